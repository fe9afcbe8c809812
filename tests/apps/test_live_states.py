"""What the page shows in states that a recording does not bring about: the program is played."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from live_process import Live, running, show
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from perfusion_cam.apps import live_words
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.guidance import prompt
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.live.state import Guided

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "no-press.mp4"
PROVISIONAL = "provisional: 1.66 s (95 %: 1.51 to 1.81 s)"


class NoCamera:
    """A source that is never read."""

    facts = SourceFacts("none")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("states"), "--source", str(SAMPLE)) as started:
        yield started


class Played:
    """The program's end of a tab's web socket."""

    def __init__(self) -> None:
        self.socket: WebSocketRoute | None = None
        self.heard: list[Any] = []

    def open(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(lambda message: self.heard.append(message))

    def say(self, name: str, now: Any) -> None:
        assert self.socket is not None
        self.socket.send(json.dumps({"is": name, "now": now}))

    def tab(self, *, controls: bool = True, films: bool = False) -> None:
        self.say("tab", {"controls": controls, "films": films, "notice": live_words.notice()})


@pytest.fixture
def program(tmp_path: Path) -> Played:
    return Played()


@pytest.fixture
def state(tmp_path: Path) -> Callable[..., Any]:
    """Make what the page is told of a moment, by the program's own words."""
    first = Engine(NoCamera, Saver(tmp_path), ()).state  # type: ignore[arg-type]

    def told(guided: Guided, **more: Any) -> Any:
        return live_words.said(replace(first, guided=guided, **more))

    return told


def guided(phase: str, **more: Any) -> Guided:
    plain: dict[str, Any] = {"phase_s": 3.0, "troubles": (), "side": "affected"}
    counts = {"here": 0, "there": 0}
    return Guided(running="running", phase=phase, **(plain | counts | more))  # type: ignore[arg-type]


def opened(browser: Browser, live: Live, program: Played, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height})
    context.route_web_socket("**/tab", program.open)
    context.add_cookies([{"name": n, "value": v, "url": live.url} for n, v in [cookie(live)]])
    page = show(context, replace(live, url=live.url.partition("?")[0]))
    page.wait_for_function("() => document.getElementById('says').textContent !== ''")
    while program.socket is None:
        page.wait_for_timeout(20)
    program.tab()
    return page


def cookie(live: Live) -> tuple[str, str]:
    name, _, value = live.cookie.partition("=")
    return name, value


def bottom(page: Page, where: str) -> float:
    box = page.locator(where).bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(1180, 800), (390, 844), (1920, 1080)])
def test_a_provisional_time_stands_large_beside_the_prompt(
    browser: Callable[..., Browser],
    live: Live,
    program: Played,
    state: Callable[..., Any],
    width: int,
    height: int,
) -> None:
    page = opened(browser(), live, program, width, height)
    program.say("state", state(guided("recovering", back=True, watch_left_s=21.0)))
    before = bottom(page, "#pause")
    program.say("watched", {"words": PROVISIONAL, "curve": None})
    expect(page.locator("#provisional-time")).to_have_text("provisional: 1.66 s")
    expect(page.locator("#provisional-interval")).to_have_text("(95 %: 1.51 to 1.81 s)")
    size_px = (
        "() => parseFloat(getComputedStyle(document.getElementById('provisional-time')).fontSize)"
    )
    assert page.evaluate(size_px) >= 27
    top_of_notice = bottom(page, "footer") - page.locator("footer").bounding_box()["height"]  # type: ignore[index]
    assert bottom(page, "#provisional") < top_of_notice
    assert bottom(page, "#pause") == pytest.approx(before, abs=0.5), "buttons must not move"
    if width > 1000:
        assert bottom(page, "#chart") < top_of_notice, "the whole curve is seen"
    program.say("watched", None)
    page.wait_for_selector("#provisional", state="hidden")


def test_the_wait_for_the_next_press_is_read_out_once(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    page = opened(browser(), live, program, 390, 844)
    page.evaluate(
        """() => {
          window.said = [];
          for (const one of document.querySelectorAll("[aria-live], [role=status], [role=alert]"))
            new MutationObserver(() => window.said.push(one.textContent))
              .observe(one, { childList: true, characterData: true, subtree: true });
        }"""
    )
    for left_s in (103, 102, 101):
        waiting = guided("ready", rest_s=120.0 - left_s)
        assert prompt(waiting).code == "next_site"
        program.say("state", state(waiting))
        expect(page.locator("#clock")).to_have_text(f"1:{left_s - 60}")
    assert page.evaluate("window.said") == ["Next place now, or the same in"]
    program.say("state", state(guided("ready")))
    expect(page.locator("#says")).to_have_text("Press now")
    assert page.is_hidden("#clock")


def test_after_both_sides_the_comparison_is_pointed_to(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    page = opened(browser(), live, program, 390, 844)
    sides = {"columns": ["side"], "rows": [["affected"]]}
    empty: dict[str, Any] = {key: [] for key in ("contrasts", "profiles", "notes", "sections")}
    compared = empty | {"answer": "The affected side takes longer.", "sides": sides}
    program.say("state", state(guided("idle", here=1, there=1)))
    expect(page.locator("#says")).to_have_text("Choose a side to go on")
    assert page.is_hidden("#both")
    program.say("compared", compared)
    page.click("#both a")
    expect(page.locator("#compared .answer")).to_be_in_viewport()
    program.say("state", state(guided("settling", here=1, there=1)))
    page.wait_for_selector("#both", state="hidden")


@pytest.mark.parametrize("fails", [None, "The disk is full."])
def test_a_program_that_is_gone_is_not_said_to_have_saved(
    browser: Callable[..., Browser],
    live: Live,
    program: Played,
    state: Callable[..., Any],
    fails: str | None,
) -> None:
    page = opened(browser(), live, program, 390, 844)
    program.say("state", state(guided("ready"), saving_fails=fails))
    expect(page.locator("#says")).to_have_text("Press now")
    assert program.socket is not None
    program.socket.close()
    page.wait_for_selector("#away:visible")
    said = page.inner_text("#away")
    assert "The program does not answer" in said
    assert "new address" in said
    assert ("Not everything could be saved" in said) == (fails is not None)


FILMS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)
TRACKS = "() => document.getElementById('own').srcObject?.getTracks().map((one) => one.readyState)"


def test_a_tab_that_loses_control_stops_its_camera(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    page = opened(browser(*FILMS), live, program, 390, 844)
    program.tab(films=True)
    expect(page.locator("#filmed")).to_contain_text("Filming")
    track = page.evaluate_handle("() => document.getElementById('own').srcObject.getTracks()[0]")
    assert track.evaluate("one => one.readyState") == "live"
    program.tab(controls=False, films=True)
    page.wait_for_function("one => one.readyState === 'ended'", arg=track)
    program.tab(films=True)
    expect(page.locator("#filmed")).to_contain_text("Filming")
    assert page.evaluate(TRACKS) == ["live"]


def test_a_fault_of_the_program_ends_filming_and_leaves_the_review(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    page = opened(browser(*FILMS), live, program, 390, 844)
    program.tab(films=True)
    expect(page.locator("#filmed")).to_contain_text("Filming")
    program.say("state", state(guided("pressing")))
    expect(page.locator("#pause")).to_be_enabled()
    track = page.evaluate_handle("() => document.getElementById('own').srcObject.getTracks()[0]")
    fault = "Examining has stopped: internal error: a fault. Start it again."
    program.say("failure", fault)
    program.say("state", state(replace(guided("idle"), running="failed")))
    expect(page.locator("#says")).to_have_text("Examining has stopped")
    expect(page.locator("#unsaved")).to_have_text(fault)
    page.wait_for_function("one => one.readyState === 'ended'", arg=track)
    program.tab(films=True)
    for one in ("#affected", "#unaffected", "#pause", "#clip"):
        expect(page.locator(one)).to_be_disabled()
    page.click("#review")
    expect(page).to_have_title("Capillary refill, review")


def test_a_picture_that_cannot_be_taken_is_counted_and_filming_goes_on(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    page = opened(browser(*FILMS), live, program, 390, 844)
    page.evaluate(
        """() => {
          window.whole = OffscreenCanvas.prototype.convertToBlob;
          const failed = new DOMException("", "EncodingError");
          OffscreenCanvas.prototype.convertToBlob = () => Promise.reject(failed);
        }"""
    )
    program.tab(films=True)
    expect(page.locator("#filmed")).to_contain_text("Pictures cannot be taken (EncodingError)")
    page.evaluate("() => { OffscreenCanvas.prototype.convertToBlob = window.whole; }")
    expect(page.locator("#filmed")).to_contain_text("Filming")
    program.say("state", state(guided("ready")))
    expect(page.locator("#left")).to_contain_text("of this tab's pictures were not sent")
    assert any(isinstance(one, bytes) for one in program.heard)


def test_a_refused_camera_is_said_large(
    browser: Callable[..., Browser], live: Live, program: Played, state: Callable[..., Any]
) -> None:
    refusing = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    page = opened(browser(*refusing), live, program, 390, 844)
    program.say("state", state(guided("idle")))
    program.tab(films=True)
    expect(page.locator("#says")).to_have_text("The camera was refused")
    assert "Allow it in the browser's address bar" in page.inner_text("#more")
    program.say("state", state(guided("settling")))
    page.wait_for_selector("#side.affected")
    assert page.inner_text("#says") == "The camera was refused"
