"""Clips from a renderer that is not ours, each of which must come out as its truth says.

The folder stands beside the project and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from perfusion_cam.analysis import analyze
from perfusion_cam.types import Examination, PressResult

CLIPS = Path(__file__).resolve().parents[1].parent / "shared" / "clips"

pytestmark = pytest.mark.skipif(
    not CLIPS.is_dir(), reason="no ../shared/clips beside the project: clips with known truth"
)

MEASURED = (
    "light-skin",
    "very-dark-skin",
    "blue-glove-slow",
    "clear-slide",
    "close-up-hand",
    "overshoot",
    "shaky-variable-rate",
    "weak-blanch",
    "both-sides",
)


@dataclass(frozen=True)
class Clip:
    """A clip, its truth, and what was found in it."""

    truth: dict[str, Any]
    found: Examination

    @property
    def pairs(self) -> list[tuple[dict[str, Any], PressResult]]:
        """Each true press with the one found for it; as many must have been found."""
        return list(zip(self.truth["presses"], self.found.presses, strict=True))


@cache
def clip(name: str) -> Clip:
    path = CLIPS / f"{name}.mp4"
    if not path.is_file():
        pytest.skip(f"no {path.name} in ../shared/clips")
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return Clip(truth, analyze(path))


@pytest.mark.parametrize("name", MEASURED)
def test_every_press_is_found_where_and_when_it_was(name: str) -> None:
    for truth, found in clip(name).pairs:
        assert found.press.contact_s == pytest.approx(truth["start_s"], abs=0.25)
        assert found.press.release_s == pytest.approx(truth["release_s"], abs=0.1)
        assert found.site is not None
        width, height = clip(name).truth["size"]
        off_px = np.hypot(
            found.site.x_px - truth["x"] * width, found.site.y_px - truth["y"] * height
        )
        assert off_px < 0.3 * truth["radius_px"]
        assert found.site.radius_px == pytest.approx(truth["radius_px"], rel=0.35)


@pytest.mark.parametrize("name", MEASURED)
def test_the_interval_holds_the_truth(name: str) -> None:
    for truth, found in clip(name).pairs:
        assert found.refill.status == "measured"
        assert found.refill.crt_ci95_s is not None
        low, high = found.refill.crt_ci95_s
        assert low <= truth["t90_s"] <= high


@pytest.mark.parametrize("name", MEASURED)
def test_the_interval_is_of_use(name: str) -> None:
    """Wide enough to be honest is not enough: within a factor of two from end to end."""
    limit = 2.5 if name in {"weak-blanch", "close-up-hand"} else 1.6
    for _, found in clip(name).pairs:
        assert found.refill.crt_ci95_s is not None
        low, high = found.refill.crt_ci95_s
        assert high / low < limit


def test_overshoot_is_told() -> None:
    ((_, found),) = clip("overshoot").pairs
    assert "overshoot" in {flag.value for flag in found.refill.flags}


def test_both_sides_have_the_right_ratio() -> None:
    (one, here), (other, there) = clip("both-sides").pairs
    assert here.refill.crt_s is not None
    assert there.refill.crt_s is not None
    ratio = there.refill.crt_s / here.refill.crt_s
    assert ratio == pytest.approx(other["t90_s"] / one["t90_s"], rel=0.12)


def test_what_never_recovers_gets_a_lower_bound_and_no_number() -> None:
    ((_, found),) = clip("never-recovers").pairs
    assert found.refill.status == "not_recovered"
    assert found.refill.crt_s is None
    assert found.refill.lower_bound_s is not None
    watched_s = clip("never-recovers").truth["duration_s"] - found.press.release_s
    assert 3.0 < found.refill.lower_bound_s <= watched_s


def test_a_stain_that_does_not_blanch_has_no_refill_time() -> None:
    found = clip("stain-that-does-not-blanch").found
    assert all(result.refill.status == "not_measurable" for result in found.presses)
    assert all(result.refill.crt_s is None for result in found.presses)


def test_a_hand_that_passes_is_no_press() -> None:
    assert clip("hand-passes-by").found.presses == ()
