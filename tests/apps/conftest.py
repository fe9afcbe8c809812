from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import synthetic
from live_process import PATIENCE_MS

from perfusion_cam.errors import RegionError, SourceError

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(autouse=True)
def hear_closed_terminal() -> Iterator[None]:
    """Tests, and programs that they start, hear of it also where they run under ``nohup``."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip(
            "Chromium is not installed; on Debian: apt-get install --no-install-recommends chromium"
        )
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as started:
        yield started


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    opened: list[Browser] = []

    def start(*arguments: str) -> Browser:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", *arguments], timeout=PATIENCE_MS
        )
        opened.append(made)
        return made

    yield start
    for one in opened:
        one.close()


@pytest.fixture
def analysed(monkeypatch):
    """Let recordings be analysed by their name alone."""

    def analyze(path, *, region=None, on_progress=None):
        if on_progress is not None:
            on_progress(1.0, 2.0)
            on_progress(2.0, None)
        match path.stem:
            case "missing":
                raise SourceError(f"{path.name}: no such file")
            case "outside":
                raise RegionError("The circle lies outside the picture")
            case "bug":
                raise ZeroDivisionError("one\ntwo")
            case "interrupt":
                raise KeyboardInterrupt
            case "quiet":
                return synthetic.examination(path.name, presses=())
        sha256 = f"{abs(hash(str(path))):064x}"
        return synthetic.examination(path.name, source=synthetic.source(path.name, sha256=sha256))

    monkeypatch.setattr("perfusion_cam.apps.batch.analyze", analyze)
