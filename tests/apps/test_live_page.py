"""The page in a real browser: a person who has never used it, and what may go wrong."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from live_process import Live, running, show
from playwright.sync_api import Browser, Page, expect

from perfusion_cam import analyze
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import write_examination
from perfusion_cam.simulate import SCENARIOS, frames

SAMPLES = Path(__file__).parents[2] / "sample_videos"

Open = Callable[..., Page]


def await_prompt(page: Page, *codes: str) -> str:
    """Wait until the page asks for one of these; which."""
    page.wait_for_function(
        "codes => codes.includes(document.documentElement.dataset.prompt)", arg=list(codes)
    )
    return str(page.evaluate("document.documentElement.dataset.prompt"))


def truth_of(name: str) -> list[dict[str, Any]]:
    return list(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["presses"])


def results(live: Live, placement: str) -> list[dict[str, Any]]:
    (folder,) = live.folder.iterdir()
    text = (folder / placement / "result.json").read_text(encoding="utf-8")
    return list(json.loads(text)["presses"])


def placed(live: Live, side: str) -> str:
    """Name the placement of a side in which a press was measured: it may have begun anew."""
    (folder,) = live.folder.iterdir()
    end_s = time.monotonic() + WRITTEN_S
    while True:
        written = [path.parent.name for path in sorted(folder.glob(f"{side}-*/result.json"))]
        measured = [name for name in written if results(live, name)]
        if measured or time.monotonic() > end_s:
            return measured[-1]
        time.sleep(0.1)


def stood_still_s(live: Live, placement: str) -> float:
    """For how long no picture came of the refill: Chromium's fake camera then stands still, too.

    It goes on with the picture it stopped at, which real skin does not.
    """
    (folder,) = live.folder.iterdir()
    with (folder / placement / "curve.csv").open(encoding="utf-8") as file:
        t_s = np.array([float(row["t_from_release_s"]) for row in csv.DictReader(file)])
    between_s = np.diff(t_s[t_s > 0])
    return float(between_s[between_s > LONG_S].sum())


def assert_true_within(press: dict[str, Any], truth: dict[str, Any], stood_s: float = 0.0) -> None:
    assert press["status"] == "measured"
    low, high = press["crt_ci95_s"]
    assert low - stood_s <= truth["t90_s"] <= high


FilmOf = Callable[..., Path]
WRITTEN_S = 20.0
LONG_S = 0.2
"""Between two pictures; 15 a second are filmed."""


@pytest.fixture(scope="module")
def film_of(tmp_path_factory: pytest.TempPathFactory) -> FilmOf:
    """Render a sample as a camera sees it, 15 a second: at times of rest the skin to and fro.

    Not from its recording, whose codec holds small changes back: a camera has none.
    """

    def film(name: str, rests_s: tuple[float, ...], end_s: float = 99.0) -> Path:
        path = tmp_path_factory.mktemp("filmed") / f"{name}.y4m"
        scenario = replace(SCENARIOS[name], fps=15.0)
        given = [
            av.VideoFrame.from_ndarray(rgb, format="rgb24").to_ndarray(format="yuv420p")
            for _, rgb in frames(replace(scenario, duration_s=min(scenario.duration_s, end_s)))
        ]
        height, width = given[0].shape[0] * 2 // 3, given[0].shape[1]
        with path.open("wb") as file:
            file.write(f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode())
            for index, planes in enumerate(given):
                shown = [planes]
                if any(index == round(15 * rest_s) for rest_s in rests_s):
                    before = given[index - 24 : index + 1]
                    shown = [planes, *before[::-1], *before]
                for one in shown:
                    file.write(b"FRAME\n" + np.ascontiguousarray(one).tobytes())
        return path

    return film


@pytest.fixture(scope="module")
def filmed(film_of: FilmOf) -> Path:
    return film_of("normal", rests_s=(1.7,), end_s=13.0)


def filming(film: Path) -> tuple[str, ...]:
    """Arguments of a browser whose camera shows a film."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


CONTRASTS = """() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!colour.endsWith(", 0)") && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const said = [...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!said || !one.checkVisibility()) continue;
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), one.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""


def assert_readable(page: Page, largest: str = "says") -> None:
    """Check contrast (WCAG AA), room at all widths, names of controls and the words on top."""
    for dark in (False, True):
        if (page.get_attribute("#dark", "aria-pressed") == "true") != dark:
            page.click("#dark")
        contrasts = page.evaluate(CONTRASTS)
        assert len(contrasts) > 10
        assert [pair for pair in contrasts if pair[0] < 4.5] == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(set(paper[4:-1].split(", "))) == 1, "the dark page must be neutral grey"
    for width, height in ((390, 844), (1024, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0
        notice = page.locator("#notice")
        assert "Research use only" in notice.inner_text()
        box = notice.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
        size_px = "id => parseFloat(getComputedStyle(document.getElementById(id)).fontSize)"
        assert page.evaluate(size_px, largest) >= (35 if largest == "says" else 16)
    for control in page.locator("button, select, input, canvas").all():
        if control.is_visible():
            named = "one => one.ariaLabel || one.labels?.length || one.textContent.trim()"
            assert control.evaluate(named)


def test_a_first_run_from_the_page_to_a_comparison(
    browser: Callable[..., Browser], film_of: FilmOf, tmp_path: Path
) -> None:
    slow, fast = truth_of("two-sides")[::-1]
    with running(tmp_path, "--browser") as live:
        context = browser(*filming(film_of("two-sides", rests_s=(1.7, 14.0)))).new_context()
        page = show(context, live)
        assert await_prompt(page, "choose_side")
        assert page.url == live.url.partition("?")[0]
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.id") != "unaffected":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        (folder,) = live.folder.iterdir()
        (folder / "unaffected-1").write_text("in the way")
        await_prompt(page, "press_now", "keep_pressing")
        await_prompt(page, "keep_pressing")
        assert page.inner_text("#count") in "54321"
        expect(page.locator("#phase")).to_have_text("pressing")
        await_prompt(page, "release", "release_seen")
        await_prompt(page, "back_so_far")
        expect(page.locator("#provisional")).to_contain_text("provisional: 1.")
        assert page.is_hidden("#comparison")
        page.click("#affected")
        page.wait_for_selector("#unaffected-results .value")
        page.wait_for_selector("#unsaved:visible")
        assert "They are kept here" in page.inner_text("#unsaved")
        (folder / "unaffected-1").unlink()
        page.wait_for_selector("#unsaved:not(:visible)", state="attached")
        watching = show(context, live)
        await_prompt(watching, "hold_still", "press_now", "keep_pressing")
        assert watching.is_visible("#watching")
        assert watching.is_disabled("#affected")
        watching.close()
        page.bring_to_front()
        await_prompt(page, "keep_pressing")
        await_prompt(page, "back_so_far")
        page.click("#pause")
        await_prompt(page, "paused")
        page.wait_for_selector("#compared .answer")
        answer = page.inner_text("#compared .answer")
        names = [placed(live, side) for side in ("unaffected", "affected")]
        found_s = [results(live, name)[0]["crt_s"] for name in names]
        times = re.match(r"The affected side takes (\d+\.\d+)", answer)
        assert times is not None
        assert float(times[1]) == pytest.approx(found_s[1] / found_s[0], rel=0.05)
        assert "does not rule out" in answer or "beyond the limit of" in answer
        for name, truth in zip(names, (fast, slow), strict=True):
            assert_true_within(results(live, name)[0], truth, stood_still_s(live, name))
        shown = float(page.inner_text("#affected-results .value").split()[0])
        assert shown == pytest.approx(found_s[1], abs=0.06)
        with page.expect_download() as download:
            page.click("text=Report as PDF")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        with context.expect_page() as opened:
            page.click("text=Report as a web page")
        report = opened.value
        report.wait_for_load_state()
        assert answer in report.inner_text("body").replace("\xa0", " ")
        pictures = "[...document.images].map((one) => one.naturalWidth > 0)"
        assert set(report.evaluate(pictures)) == {True}
        report.close()
        assert page.is_visible("#both")
        assert_readable(page)
        written = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
        low, high = written["comparison"]["ratio_ci95"]
        assert low <= slow["t90_s"] / fast["t90_s"] <= high


def test_a_reload_in_the_middle_of_a_press_loses_nothing(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    with running(tmp_path, "--source", str(SAMPLES / "normal.mp4")) as live:
        page = show(browser().new_context(), live)
        await_prompt(page, "choose_side")
        page.click("#clip")
        page.wait_for_selector("#kept:visible")
        page.click("#affected")
        await_prompt(page, "keep_pressing")
        assert "affected-1/clip.mp4" in page.inner_text("#kept")
        page.reload()
        assert await_prompt(page, "keep_pressing", "release") in ("keep_pressing", "release")
        assert page.is_hidden("#watching")
        await_prompt(page, "back_so_far")
        page.click("#pause")
        page.wait_for_selector("#affected-results .value")
        assert await_prompt(page, "paused", "ended")
        stood_s = stood_still_s(live, "affected-1")
        assert_true_within(results(live, "affected-1")[0], truth_of("normal")[0], stood_s)
        (folder,) = live.folder.iterdir()
        with av.open(str(folder / "affected-1" / "clip.mp4")) as clip:
            pictures = sum(1 for _ in clip.decode(video=0))
        assert pictures > 150


def test_the_browsers_own_camera_also_when_it_is_lost_in_a_press(
    browser: Callable[..., Browser], filmed: Path, tmp_path: Path
) -> None:
    with running(tmp_path, "--browser") as live:
        page = show(browser(*filming(filmed)).new_context(), live)
        page.wait_for_function(
            "() => document.getElementById('filmed').textContent.includes('Filming')"
        )
        page.click("#affected")
        await_prompt(page, "keep_pressing")
        page.evaluate(
            """() => {
              const [track] = document.getElementById("own").srcObject.getTracks();
              track.stop();
              track.dispatchEvent(new Event("ended"));
            }"""
        )
        assert "The camera is gone" in page.inner_text("#filmed")
        await_prompt(page, "camera_lost")
        assert "This press is lost" in page.inner_text("#more")
        page.click("#film")
        await_prompt(page, "hold_still", "press_now")
        await_prompt(page, "back_so_far")
        page.click("#pause")
        page.wait_for_selector("#affected-results .value")
        *_, press = results(live, "affected-2")
        assert_true_within(press, truth_of("normal")[0], stood_still_s(live, "affected-2"))


def test_a_shared_page_films_with_the_first_browser_that_opens_it(
    browser: Callable[..., Browser], filmed: Path, tmp_path: Path
) -> None:
    with running(tmp_path, "--share") as live:
        if not live.url:
            pytest.skip("this machine is in no local network")
        started = browser(*filming(filmed))
        page = show(started.new_context(ignore_https_errors=True), live)
        assert page.url == live.url.partition("?")[0]
        page.wait_for_function(
            "() => document.getElementById('filmed').textContent.includes('Filming')"
        )
        page.click("#affected")
        await_prompt(page, "hold_still", "press_now")
        other = show(started.new_context(ignore_https_errors=True), live)
        assert "It opens once" in other.inner_text("body")
        assert other.query_selector("#picture") is None


def test_a_camera_that_is_refused_is_said(browser: Callable[..., Browser], tmp_path: Path) -> None:
    with running(tmp_path, "--browser") as live:
        arguments = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
        page = show(browser(*arguments).new_context(), live)
        page.wait_for_function("() => document.getElementById('filmed').textContent !== ''")
        assert "was refused" in page.inner_text("#filmed")
        assert page.is_enabled("#film")
        assert "Research use only" in page.inner_text("#notice")


def test_the_end_of_the_program_is_said(browser: Callable[..., Browser], tmp_path: Path) -> None:
    with running(tmp_path, "--source", str(SAMPLES / "normal.mp4")) as live:
        page = show(browser().new_context(), live)
        await_prompt(page, "choose_side")
        assert live.end() == 0
        page.wait_for_selector("#away:visible")
        assert page.is_disabled("#affected")


@contextmanager
def stopped(live: Live) -> Iterator[None]:
    """Let the program hang."""
    live.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        live.process.send_signal(signal.SIGCONT)


def test_a_program_that_hangs_is_said_and_then_its_true_state(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    with running(tmp_path, "--source", str(SAMPLES / "normal.mp4")) as live:
        context = browser().new_context()
        page = show(context, live)
        await_prompt(page, "choose_side")
        page.click("#affected")
        await_prompt(page, "keep_pressing")
        assert page.inner_text("#colour-title") == "Colour, live"
        with stopped(live):
            page.wait_for_function(
                "() => document.getElementById('says').textContent.includes('does not answer')",
                timeout=4000,
            )
            assert page.inner_text("#more") == "Nothing here is up to date."
            for gone in ("#count", "#clock", "#phase", "#provisional"):
                assert page.is_hidden(gone)
            assert page.inner_text("#colour-title") == "Return of the colour"
            assert page.is_visible("#away")
            assert page.is_disabled("#pause")
            page.wait_for_timeout(4000)
            expect(page.locator("#says")).to_have_text("The program does not answer")
        page.wait_for_selector("#away", state="hidden")
        expect(page.locator("#pause")).to_be_enabled()
        page.click("#pause")
        assert await_prompt(page, "paused", "ended")
        page.wait_for_selector("#away", state="hidden")
        other = show(context, live)
        await_prompt(other, "paused", "ended")
        for same in ("#says", "#more", "#side", "#affected-results", "#colour-title"):
            expect(page.locator(same)).to_have_text(other.inner_text(same))
        other.close()
        page.wait_for_timeout(4000)
        assert page.is_hidden("#away"), "it speaks though nothing is new"


def test_the_browsers_own_camera_does_not_film_for_a_program_that_hangs(
    browser: Callable[..., Browser], filmed: Path, tmp_path: Path
) -> None:
    with running(tmp_path, "--browser") as live:
        page = show(browser(*filming(filmed)).new_context(), live)
        expect(page.locator("#filmed")).to_contain_text("Filming")
        page.click("#affected")
        await_prompt(page, "keep_pressing")
        own = "document.getElementById('own').srcObject"
        track = page.evaluate_handle(f"() => {own}.getTracks()[0]")
        with stopped(live):
            await_prompt(page, "no_answer")
            page.wait_for_function("one => one.readyState === 'ended'", arg=track, timeout=7000)
            assert page.inner_text("#filmed") == ""
            assert page.is_disabled("#film")
            assert page.inner_text("#says") == "The program does not answer"
        expect(page.locator("#filmed")).to_contain_text("Filming")
        await_prompt(page, "hold_still", "press_now", "keep_pressing")
        assert page.evaluate(f"{own}.getTracks()[0].readyState") == "live"


def test_a_recording_is_reviewed_and_fitted_again(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    (truth,) = truth_of("normal")
    with running(tmp_path, "--review", str(SAMPLES / "normal.mp4")) as live:
        page = show(browser().new_context(), live)
        page.wait_for_function("() => document.documentElement.dataset.ready === 'true'")
        automatic = page.inner_text("#automatic-result .value")
        assert "recovering 0" in page.inner_text("#phase") or "pressing" in page.inner_text(
            "#phase"
        )
        page.fill("#time", str(truth["release_s"]))
        page.wait_for_function("() => document.getElementById('phase').innerText.startsWith('7.3')")
        page.click("#on")
        page.click("#release")
        page.wait_for_selector("#manual-result .value")
        assert "Release at 7.3" in page.inner_text("#changes")
        assert page.inner_text("#automatic-result .value") == automatic
        page.fill("#time", "8.0")
        page.wait_for_function("() => document.getElementById('phase').innerText.startsWith('8.0')")
        page.click("#end")
        page.wait_for_function(
            "() => !document.querySelector('#manual-result .value').innerText.startsWith('1.')"
        )
        page.click("#undo")
        assert page.inner_text("#manual-result") == "nothing changed"
        box = page.locator("#picture").bounding_box()
        assert box is not None
        x, y = truth["x_px"] / 640 * box["width"], truth["y_px"] / 360 * box["height"]
        page.click("#picture", position={"x": x, "y": y})
        page.wait_for_selector("#manual-result .value")
        assert "Site looked for at 3" in page.inner_text("#changes")
        page.click("#keep")
        page.wait_for_function("() => document.getElementById('kept').textContent !== ''")
        (folder,) = tmp_path.iterdir()
        kept = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"][0]
        assert_true_within(kept["manual"], truth)
        assert_readable(page, "automatic-result")


def test_saved_examinations_are_opened_one_after_another(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    examination = analyze(SAMPLES / "normal.mp4")
    for name, file in (("gone", "other.mp4"), ("there", "normal.mp4")):
        (tmp_path / name).mkdir()
        one = replace(examination, source=replace(examination.source, file=file))
        write_examination(one, document(one), tmp_path / name)
    shutil.copy(SAMPLES / "normal.mp4", tmp_path)
    for name in ("empty", "torn"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text("{" * (name == "torn"))
    with running(tmp_path, "--review", str(tmp_path)) as live:
        page = show(browser().new_context(), live)
        expect(page.locator("#saved strong")).to_have_text(["there", "gone"])
        expect(page.locator("#damaged")).to_have_text(
            "2 cannot be read (result.json is damaged, or none of this program): empty, torn."
        )
        assert_readable(page, "saved")
        page.click("#saved button:has-text('gone')")
        ready = "() => document.documentElement.dataset.ready === 'true'"
        page.wait_for_function(ready)
        assert page.inner_text("#file") == "other.mp4"
        drawn = "[...document.querySelectorAll('#stills img')].map((one) => one.naturalWidth > 100)"
        page.wait_for_function(f"() => {drawn}.join() === 'true,true'")
        saved = page.inner_text("#automatic-result .value")
        assert page.is_hidden("#changing")
        assert page.is_hidden("#scrub")
        assert "nothing can be measured anew" in page.inner_text("#fixed")
        assert_readable(page, "automatic-result")
        page.click("#chooser summary")
        page.click("#saved button:has-text('there')")
        page.wait_for_selector("#scrub:visible")
        page.wait_for_function(ready)
        assert page.inner_text("#automatic-result .value") == saved
        assert page.is_hidden("#stills")
        page.click("#release")
        page.wait_for_selector("#manual-result .value")
        page.click("#keep")
        page.wait_for_function("() => document.getElementById('kept').textContent !== ''")
        assert (tmp_path / "there" / "manual.json").exists()


def test_a_review_says_that_it_reads_and_when_the_program_is_gone(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    examination = analyze(SAMPLES / "normal.mp4")
    write_examination(examination, document(examination), tmp_path)
    shutil.copy(SAMPLES / "normal.mp4", tmp_path)
    with running(tmp_path, "--review", str(tmp_path)) as live:
        page = show(browser().new_context(), live)
        expect(page.locator("#doing-words")).to_contain_text("Reading ")
        page.wait_for_function("() => document.documentElement.dataset.ready === 'true'")
        assert page.is_hidden("#doing")
        assert live.end() == 0
        expect(page.locator("#told")).to_contain_text("The program does not answer.")
        assert page.is_disabled("#release")
        page.click("#on")
        assert page.is_visible("#automatic-result .value")
