"""Photograph the live page at work, for docs/live.md. Needs Chromium; takes some minutes."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from perfusion_cam.simulate import SCENARIOS, render

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "figures"
SAMPLES = ROOT / "sample_videos"
WIDE, NARROW = {"width": 1180, "height": 800}, {"width": 390, "height": 844}
COLOURS = 256
PATIENCE_MS = 60_000
ENDINGS = {
    "other_side": {},
    "not_measured": {"depth": 0.0},
    "unrecognised": {"release_s": SCENARIOS["normal"].presses[0].contact_s + 0.8},
}
"""What becomes of a press, by its prompt, and how the press differs."""
WHOLE_WATCH_S = 42.0


@contextmanager
def shown(browser: Browser, *options: str) -> Iterator[Page]:
    """Start the program and open its page."""
    code = "from perfusion_cam.apps.cli import main; main()"
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-c", code, "live", "--no-open", "--out", out, *options]
        live = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert live.stdout is not None
        try:
            page = browser.new_context(viewport=WIDE).new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(live.stdout.readline().strip())
            yield page
        finally:
            live.send_signal(signal.SIGINT)
            live.wait()


def await_prompt(page: Page, code: str) -> None:
    """Wait until the page asks for something."""
    page.wait_for_function("code => document.documentElement.dataset.prompt === code", arg=code)


def photograph(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep the page as it is, in a window as long as the page if wanted."""
    for _ in range(2 * whole):  # the curve is drawn taller in a taller window
        height = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": WIDE["width"], "height": height})
        page.wait_for_timeout(300)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    palette = taken.quantize(COLOURS, Image.Quantize.FASTOCTREE)
    small = taken.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(FIGURES / f"live-{name}.png", optimize=True)


def examine(page: Page) -> None:
    """Keep the moments of one examination."""
    await_prompt(page, "choose_side")
    photograph(page, "choose")
    page.click("#unaffected")
    page.mouse.move(0, 0)
    await_prompt(page, "press_now")
    photograph(page, "press")
    await_prompt(page, "keep_pressing")
    page.wait_for_timeout(1500)
    photograph(page, "hold")
    await_prompt(page, "release")
    page.set_viewport_size(NARROW)
    photograph(page, "release-narrow")
    page.set_viewport_size(WIDE)
    await_prompt(page, "back_so_far")
    photograph(page, "recovering")
    page.click("#affected")
    page.mouse.move(0, 0)
    page.click("#dark")
    await_prompt(page, "keep_pressing")
    page.wait_for_timeout(1000)
    photograph(page, "dark")
    page.click("#dark")
    await_prompt(page, "back_so_far")
    page.click("#pause")
    page.wait_for_selector("#compared .answer")
    photograph(page, "compared", whole=True)


@contextmanager
def pressed(**changes: float) -> Iterator[Path]:
    """Render a press that is watched to its end."""
    normal = SCENARIOS["normal"]
    press = replace(normal.presses[0], **changes)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "press.mp4"
        render(replace(normal, name="press", presses=(press,), duration_s=WHOLE_WATCH_S), clip)
        yield clip


def end(page: Page, code: str) -> None:
    """Keep what is said once a press is over."""
    await_prompt(page, "choose_side")
    page.click("#affected")
    page.mouse.move(0, 0)
    await_prompt(page, code)
    page.wait_for_timeout(500)
    photograph(page, code.replace("_", "-"))


def refuse(page: Page) -> None:
    """Keep what is said where the browser refuses its camera."""
    page.wait_for_function("() => document.getElementById('says').innerText.includes('refused')")
    photograph(page, "refused")


def watch(page: Page) -> None:
    """Keep a second tab, which watches."""
    await_prompt(page, "choose_side")
    page.click("#affected")
    await_prompt(page, "press_now")
    with page.context.new_page() as other:
        other.set_viewport_size(WIDE)
        other.goto(page.url)
        await_prompt(other, "keep_pressing")
        other.wait_for_timeout(1000)
        photograph(other, "watching")


def open_again(page: Page) -> None:
    """Keep the list of what can be reviewed, while a recording is read."""
    await_prompt(page, "choose_side")
    page.click("#review")
    for name in ("normal", "two-sides"):
        page.set_input_files("#recording", SAMPLES / f"{name}.mp4")
        page.click("#send")
        page.wait_for_selector(f"#file:text('{name}.mp4')")
        page.evaluate("() => { document.getElementById('chooser').open = true; }")
    page.click("#close")
    page.set_input_files("#recording", SAMPLES / "slow.mp4")
    page.click("#send")
    page.wait_for_selector("#doing-words:text('Reading slow.mp4: 1')")
    page.mouse.move(0, 0)
    photograph(page, "open")


def look_again(page: Page) -> None:
    """Keep a review in which the end of the watch was moved."""
    page.wait_for_function("() => document.documentElement.dataset.ready === 'true'")
    page.fill("#time", "12")
    page.wait_for_function("() => document.getElementById('phase').innerText.startsWith('12')")
    page.click("#end")
    page.mouse.move(0, 0)
    page.wait_for_selector("#manual-result .value")
    photograph(page, "review", whole=True)


def main() -> None:
    """Keep all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        with shown(browser, "--source", str(SAMPLES / "two-sides.mp4")) as page:
            examine(page)
        for code, changes in ENDINGS.items():
            with (
                pressed(**changes) as clip,
                shown(browser, "--source", str(clip)) as page,
            ):
                end(page, code)
        with shown(browser, "--source", str(SAMPLES / "slow.mp4")) as page:
            watch(page)
        with shown(browser, "--source", str(SAMPLES / "slow.mp4")) as page:
            open_again(page)
        with shown(browser, "--review", str(SAMPLES / "slow.mp4")) as page:
            look_again(page)
        browser.close()
        refusing = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--use-fake-device-for-media-stream",
                "--deny-permission-prompts",
            ],
        )
        with shown(refusing, "--browser") as page:
            refuse(page)
        refusing.close()


if __name__ == "__main__":
    main()
