"""From the live page to a recording and back, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from live_process import running, show
from playwright.sync_api import Browser, Page, expect

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
