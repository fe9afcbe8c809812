"""Floors under the accuracy: changes must not lead to worse results than these."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from perfusion_cam import Examination, analyze
from perfusion_cam.simulate import mild_grid, render

SAMPLES = Path(__file__).parents[1] / "sample_videos"
MILD = ("mild-type1-tau0.3", "mild-type3-tau1.0", "mild-type6-tau0.6", "mild-type5-stuck")
MAX_MEDIAN_ERROR_S = 0.10
MAX_ERROR_S = 0.30
MAX_RELEASE_ERROR_S = 0.15


@pytest.fixture(scope="module")
def measured(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[str, list[dict[str, Any]], Examination]]:
    """Every sample, and part of the mild grid, with its truth."""
    folder = tmp_path_factory.mktemp("mild")
    clips = sorted(SAMPLES.glob("*.mp4"))
    for scenario in mild_grid():
        if scenario.name in MILD:
            clips.append(folder / f"{scenario.name}.mp4")
            render(scenario, clips[-1])
    return [
        (clip.stem, json.loads(clip.with_suffix(".json").read_text())["presses"], analyze(clip))
        for clip in clips
    ]


def test_every_press_is_found_and_none_invented(
    measured: list[tuple[str, list[dict[str, Any]], Examination]],
) -> None:
    assert len(measured) == 9
    found = {name: len(examination.presses) for name, _, examination in measured}
    assert found == {name: len(truths) for name, truths, _ in measured}


def test_release_times(measured: list[tuple[str, list[dict[str, Any]], Examination]]) -> None:
    errors = [
        abs(result.press.release_s - truth["release_s"])
        for _, truths, examination in measured
        for truth, result in zip(truths, examination.presses, strict=True)
    ]
    assert np.median(errors) < MAX_MEDIAN_ERROR_S
    assert max(errors) < MAX_RELEASE_ERROR_S


def test_refill_times_and_their_intervals(
    measured: list[tuple[str, list[dict[str, Any]], Examination]],
) -> None:
    errors, inside = [], []
    for name, truths, examination in measured:
        for truth, result in zip(truths, examination.presses, strict=True):
            if truth["t90_s"] is None:
                continue
            refill = result.refill
            assert refill.status == "measured", (name, refill.flags)
            assert refill.crt_s is not None
            assert refill.crt_ci95_s is not None
            low, high = refill.crt_ci95_s
            errors.append(abs(refill.crt_s - truth["t90_s"]))
            inside.append(low <= truth["t90_s"] <= high)
    assert len(errors) == 7
    assert np.median(errors) < MAX_MEDIAN_ERROR_S
    assert max(errors) < MAX_ERROR_S
    assert all(inside)


def test_skin_that_does_not_recover_never_gets_a_number(
    measured: list[tuple[str, list[dict[str, Any]], Examination]],
) -> None:
    stuck = [
        result.refill
        for _, truths, examination in measured
        for truth, result in zip(truths, examination.presses, strict=True)
        if truth["t90_s"] is None
    ]
    assert len(stuck) == 2
    for refill in stuck:
        assert refill.status == "not_recovered"
        assert refill.crt_s is None
        assert refill.lower_bound_s is not None
        assert refill.lower_bound_s > 5
