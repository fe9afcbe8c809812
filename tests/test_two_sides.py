"""Two sides of a sample recording, from pictures to their ratio."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import perfusion_cam

SAMPLE = Path(__file__).parents[1] / "sample_videos" / "two-sides.mp4"


def test_the_ratio_of_the_sides_is_the_true_one() -> None:
    left, right = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["presses"]
    found = perfusion_cam.compare(both=SAMPLE, affected_is="right").comparison
    true_ratio = right["t90_s"] / left["t90_s"]
    assert found.affected.presses[0].place_px == pytest.approx(
        (right["x_px"], right["y_px"]), abs=5
    )
    assert found.sides.ratio == pytest.approx(true_ratio, rel=0.08)
    assert found.sides.ratio_ci95 is not None
    low, high = found.sides.ratio_ci95
    assert 1 < low < true_ratio < high
    assert found.sides.difference_s == pytest.approx(right["t90_s"] - left["t90_s"], rel=0.1)
    assert found.remarks == ()
