"""From the live page to a recording and back, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from live_process import running, show
from playwright.sync_api import Browser, Page, Route, expect

from perfusion_cam.live.clip import ClipWriter
from perfusion_cam.sources.video_file import VideoFile

SAMPLES = Path(__file__).parents[2] / "sample_videos"
READY = "() => document.documentElement.dataset.ready === 'true'"
PROMPT = "code => document.documentElement.dataset.prompt === code"


def assert_fits(page: Page) -> None:
    """Nothing reaches over the edge, and the buttons on top keep their distance from it."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    right = "document.querySelector('.tools').lastElementChild.getBoundingClientRect().right"
    assert page.evaluate(f"{right} <= innerWidth - 12")


@pytest.mark.parametrize("width", [390, 1920])
def test_a_recording_is_opened_from_the_live_page_and_fitted_again(
    browser: Callable[..., Browser], tmp_path: Path, width: int
) -> None:
    truth = json.loads((SAMPLES / "normal.json").read_text(encoding="utf-8"))["presses"][0]
    with running(tmp_path, "--source", str(SAMPLES / "slow.mp4")) as live:
        page = show(browser().new_context(viewport={"width": width, "height": 900}), live)
        page.wait_for_function(PROMPT, arg="choose_side")
        assert_fits(page)
        page.focus("#review")
        page.keyboard.press("Enter")
        expect(page.locator("#saved")).to_have_text("none yet")
        assert_fits(page)
        page.click("#send")
        expect(page.locator("#told")).to_have_text("Choose a video file first.")
        page.set_input_files("#recording", SAMPLES / "normal.mp4")
        page.focus("#send")
        page.keyboard.press("Enter")
        page.wait_for_function(READY)
        assert_fits(page)
        assert page.inner_text("#file") == "normal.mp4"
        assert page.is_visible("#passing")
        page.fill("#time", str(truth["release_s"]))
        expect(page.locator("#phase")).to_contain_text("7.3")
        page.click("#release")
        page.wait_for_selector("#manual-result .value")
        assert "Release at 7.3" in page.inner_text("#changes")
        page.click("#keep")
        expect(page.locator("#kept")).to_contain_text("manual.json")
        page.reload()
        page.wait_for_function(READY)
        expect(page.locator("#kept")).to_contain_text("is kept in manual.json")
        page.click("#live")
        page.wait_for_function(PROMPT, arg="choose_side")
        page.click("#affected")
        page.wait_for_function("() => !document.getElementById('pause').disabled")
        page.click("#review")
        expect(page.locator("#finish-first")).to_contain_text("press Finish first")
        page.click("#pause")
        expect(page.locator("#finish-first")).to_be_hidden()
        page.click("#review")
        expect(page.locator("#saved strong")).to_contain_text("recording-1")
    (run,) = tmp_path.iterdir()
    folder = run / "recording-1"
    (changed,) = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"]
    low, high = changed["manual"]["crt_ci95_s"]
    assert low <= truth["t90_s"] <= high
    assert not (folder / "normal.mp4").exists()


def test_changes_made_before_an_answer_are_measured_together(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    with running(tmp_path, "--review", str(SAMPLES / "normal.mp4")) as live:
        page = show(browser().new_context(), live)
        page.wait_for_function(READY)
        held: list[Route] = []
        page.route("**/review/refit", lambda route: held.append(route))

        def wish(button: str, t_s: float) -> dict[str, float]:
            before = page.inner_text("#phase")
            page.fill("#time", str(t_s))
            expect(page.locator("#phase")).not_to_have_text(before)
            with page.expect_request("**/review/refit") as asked:
                page.click(button)
            return dict(asked.value.post_data_json)

        release_s = wish("#release", 7.1)["release_s"]
        both = wish("#end", 9.0)
        assert both["release_s"] == release_s == pytest.approx(7.1, abs=0.05)
        assert both["end_s"] == pytest.approx(9.0, abs=0.05)
        held[1].continue_()
        page.wait_for_selector("#manual-result .value")
        with page.expect_response("**/review/refit") as overtaken:
            held[0].continue_()
        overtaken.value.finished()
        assert page.inner_text("#changes").startswith("Release at 7.1")
        assert "Watch ends at 9.0" in page.inner_text("#changes")

        refused = wish("#release", 1.0)
        assert refused["release_s"] < 2.0
        held[2].continue_()
        expect(page.locator("#told")).to_contain_text("must follow the contact")
        assert page.inner_text("#changes").startswith("Release at 7.1")
        page.unroute("**/review/refit")
        page.click("#keep")
        expect(page.locator("#kept")).to_contain_text("manual.json")
    (folder,) = tmp_path.iterdir()
    (changed,) = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"]
    assert changed["changes"] == {name: both[name] for name in ("release_s", "end_s")}


def with_gap(path: Path, start_s: float, end_s: float) -> Path:
    """Two seconds of a recording, of which some are missing."""
    writer = ClipWriter(path)
    with VideoFile(SAMPLES / "normal.mp4") as video:
        for frame in video:
            if frame.t_s > 2.0:
                break
            if not start_s < frame.t_s < end_s:
                writer._frames.put(frame)  # unlike `offer`, waits: here nothing else may be missing
    writer.close()
    assert writer.error is None
    return path


def test_one_picture_back_and_on_goes_over_a_gap_in_the_recording(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    path = with_gap(tmp_path / "gap.mp4", 1.0, 1.3)
    with running(tmp_path / "out", "--review", str(path)) as live:
        page = show(browser().new_context(), live)
        page.wait_for_function(READY)
        seen = []
        page.fill("#time", "1.3")
        expect(page.locator("#phase")).to_contain_text("1.3")
        for button in ("#back", "#back", "#back", "#on", "#on", "#on"):
            with page.expect_response("**/review/picture?*") as answer:
                page.click(button)
            t_s = float(answer.value.headers["x-time"])
            expect(page.locator("#phase")).to_contain_text(f"{t_s:.2f} s")
            seen.append(t_s)
    back, on = seen[:3], seen[3:]
    assert len(set(back)) == 3
    assert back == sorted(back, reverse=True)
    assert any(earlier < 1.0 for earlier in back)
    assert on == sorted(on)
    assert on[:2] == back[1::-1]


def test_what_cannot_be_opened_and_what_must_wait_is_said(
    browser: Callable[..., Browser], tmp_path: Path
) -> None:
    (tmp_path / "letter.mp4").write_text("no video")
    with running(tmp_path / "out", "--source", str(SAMPLES / "slow.mp4")) as live:
        context = browser().new_context()
        examining = show(context, live)
        examining.wait_for_function(PROMPT, arg="choose_side")
        page = show(context, live)
        page.goto(f"{live.url.partition('?')[0]}review")
        expect(page.locator("#watching")).to_be_visible()
        assert page.is_disabled("#send")
        page.click("#control")
        expect(page.locator("#send")).to_be_enabled()
        page.set_input_files("#recording", tmp_path / "letter.mp4")
        page.click("#send")
        expect(page.locator("#told")).to_contain_text("letter.mp4")
        examining.click("#control")
        examining.click("#affected")
        expect(page.locator("#held")).to_contain_text("press Finish on the live page first")
        expect(page.locator("#control")).to_be_hidden()
        assert page.is_disabled("#send")
