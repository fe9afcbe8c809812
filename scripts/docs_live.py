"""Photograph the live page at work, for docs/live.md. Needs Chromium; takes about a minute."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "figures"
SOURCE = ROOT / "sample_videos" / "two-sides.mp4"
WIDE, NARROW = {"width": 1180, "height": 800}, {"width": 390, "height": 844}
COLOURS = 256
PATIENCE_MS = 60_000


def await_prompt(page: Page, code: str) -> None:
    """Wait until the page asks for something."""
    page.wait_for_function(
        "code => document.documentElement.dataset.prompt === code", arg=code, timeout=PATIENCE_MS
    )


def photograph(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep the page as it is, in a window as long as the page if wanted."""
    if whole:
        height = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({"width": WIDE["width"], "height": height})
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = taken.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(FIGURES / f"live-{name}.png", optimize=True)


def main() -> None:
    """Run one examination and keep its moments."""
    code = "from perfusion_cam.apps.cli import main; main()"
    with tempfile.TemporaryDirectory() as out, sync_playwright() as playwright:
        command = [sys.executable, "-c", code, "live", "--no-open", "--out", out]
        live = subprocess.Popen(
            [*command, "--source", str(SOURCE)], stdout=subprocess.PIPE, text=True
        )
        assert live.stdout is not None
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=WIDE)
        page.goto(live.stdout.readline().strip())
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
        page.wait_for_timeout(300)
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
        page.wait_for_selector("#compared .answer", timeout=PATIENCE_MS)
        photograph(page, "compared", whole=True)
        browser.close()
        live.send_signal(signal.SIGINT)
        live.wait()


if __name__ == "__main__":
    main()
