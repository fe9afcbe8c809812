from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import synthetic

from perfusion_cam.errors import RegionError, SourceError


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
