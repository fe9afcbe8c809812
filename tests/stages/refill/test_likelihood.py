"""Depth, level and release marginalised in closed form: as a sum over all of them would be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import DEPTH, RELEASE_S, SILENT, Missing, Noise, delayed, exponential, stuck, traces

from perfusion_cam.stages.refill.likelihood import FULL_DEPTH, explain
from perfusion_cam.stages.refill.models import MODELS
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.signal import blood_signal

BY_NAME = {model.name: model for model in MODELS}
EXPONENTIAL = BY_NAME["exponential"]
MEAN_BLOOD = 0.975
TAU_S = 0.8
AT_TRUTH = np.array([[np.log(TAU_S)]])


def bins_of(missing: Missing, noise: Noise = SILENT, seed: int = 0, **changes: float) -> Bins:
    given = traces(missing, seed, noise=noise, **changes)
    return gather(blood_signal(given), given.used, given.baseline, RELEASE_S)


@pytest.mark.parametrize(
    ("name", "parameters", "missing"),
    [
        ("exponential", [np.log(TAU_S)], exponential(TAU_S)),
        ("delayed", [np.log(1.2), np.log(0.25 / 1.2)], delayed(1.2, 0.25)),
        ("partial", [np.log(0.8), np.log(0.35 / 0.65)], stuck(0.8, 0.35)),
    ],
)
def test_the_true_shape_tells_the_depth(
    name: str, parameters: list[float], missing: Missing
) -> None:
    told = explain(BY_NAME[name], np.array([parameters]), bins_of(missing), 0.001)
    assert told.depth[0] == pytest.approx(DEPTH * MEAN_BLOOD, rel=0.02)
    assert abs(told.level[0]) < 1e-3


def test_the_true_shape_explains_best() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.004, 0.0))
    tries = np.log(np.linspace(0.4, 1.6, 49))[:, None]
    told = explain(EXPONENTIAL, tries, bins, 0.01)
    best = float(np.exp(tries[told.misfit.argmin(), 0]))
    assert best == pytest.approx(TAU_S, rel=0.1)


def test_the_closed_form_is_the_sum_over_all_depths_levels_and_releases() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.01, 0.0))
    release_se_s = 0.03
    told = explain(EXPONENTIAL, AT_TRUTH, bins, release_se_s)
    depth = told.depth[0] + told.depth_se[0] * np.linspace(-7, 7, 71)
    level = bins.baseline_se * np.linspace(-7, 7, 71)
    shift_s = release_se_s * np.linspace(-5, 5, 51)
    total = 0.0
    flat, value = bins.whiten.sum(axis=1), bins.whiten @ bins.value
    shapes = EXPONENTIAL.shape(
        np.maximum(bins.u_s - shift_s[:, None], 0), np.tile(AT_TRUTH, (51, 1))
    )
    for moved_s, shape in zip(shift_s, shapes @ bins.whiten.T, strict=True):
        apart = value - depth[:, None, None] * shape - level[None, :, None] * flat
        misfit = (apart**2).sum(axis=2) + (level / bins.baseline_se) ** 2
        misfit += (moved_s / release_se_s) ** 2 + 2 * np.log(depth)[:, None]
        total += float(np.exp(-0.5 * (misfit - told.misfit[0])).sum())
    cell = (depth[1] - depth[0]) * (level[1] - level[0]) * (shift_s[1] - shift_s[0])
    # what a normal prior of unit height leaves out of the closed form: (2 pi)^1.5 and its spread
    exact = np.log(total * cell) - 1.5 * np.log(2 * np.pi) - np.log(release_se_s)
    assert told.log_volume[0] == pytest.approx(exact, abs=0.05)


def test_errors_are_those_of_repeated_noise() -> None:
    found, claimed = [], []
    for seed in range(40):
        told = explain(
            EXPONENTIAL, AT_TRUTH, bins_of(exponential(TAU_S), Noise(0.008, 0.0), seed), 1e-4
        )
        found.append(told.depth[0])
        claimed.append(told.depth_se[0])
    assert np.mean(found) == pytest.approx(DEPTH * MEAN_BLOOD, abs=4 * np.std(found) / np.sqrt(40))
    assert np.median(claimed) == pytest.approx(np.std(found), rel=0.4)


def test_a_release_told_wrong_is_found_as_far_as_it_may_be() -> None:
    given = traces(delayed(1.2, 0.25), 0, noise=Noise(0.002, 0.0))
    late_s = 0.05
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S + late_s)
    parameters = np.array([[np.log(1.2), np.log(0.25 / 1.2)]])
    told = explain(BY_NAME["delayed"], parameters, bins, 0.1)
    shift_s = told.shift[0] @ [1.0, told.depth[0], told.level[0]]
    assert shift_s == pytest.approx(-late_s, abs=0.015)
    strict = explain(BY_NAME["delayed"], parameters, bins, 0.001)
    assert abs(strict.shift[0] @ [1.0, strict.depth[0], strict.level[0]]) < 0.003
    assert strict.misfit[0] > told.misfit[0]


def test_deeper_than_bloodless_skin_is_not_believed() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.004, 0.0), depth=2 * FULL_DEPTH)
    shallow = bins_of(exponential(TAU_S), Noise(0.004, 0.0), depth=0.5 * FULL_DEPTH)
    deep_told, told = (explain(EXPONENTIAL, AT_TRUTH, one, 0.01) for one in (bins, shallow))
    assert deep_told.log_volume[0] < told.log_volume[0] - 5


def test_skin_that_darkened_is_no_pallor() -> None:
    bins = bins_of(exponential(TAU_S))
    darker = replace(bins, value=-bins.value)
    assert explain(EXPONENTIAL, AT_TRUTH, darker, 0.01).log_volume[0] == -np.inf
