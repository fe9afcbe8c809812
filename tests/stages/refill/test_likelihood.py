"""Depth and level marginalised in closed form: as a sum over all of them would be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import DEPTH, RELEASE_S, SILENT, Missing, Noise, delayed, exponential, stuck, traces

from perfusion_cam.stages.refill.likelihood import FULL_DEPTH, Explained, explain, overlaps
from perfusion_cam.stages.refill.models import MODELS, Model
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.signal import blood_signal
from perfusion_cam.types import FloatArray

BY_NAME = {model.name: model for model in MODELS}
EXPONENTIAL = BY_NAME["exponential"]
MEAN_BLOOD = 0.975
TAU_S = 0.8
AT_TRUTH = np.array([[np.log(TAU_S)]])


def bins_of(missing: Missing, noise: Noise = SILENT, seed: int = 0, **changes: float) -> Bins:
    given = traces(missing, seed, noise=noise, **changes)
    return gather(blood_signal(given), given.used, given.baseline, RELEASE_S)


def told_of(model: Model, parameters: FloatArray, bins: Bins, scatter: float = 1.0) -> Explained:
    at_release = np.zeros(len(parameters))
    return explain(overlaps(model, parameters, at_release, bins), bins.baseline_se, scatter)


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
    told = told_of(BY_NAME[name], np.array([parameters]), bins_of(missing))
    assert told.depth[0] == pytest.approx(DEPTH * MEAN_BLOOD, rel=0.02)
    assert abs(told.level[0]) < 1e-3


def test_the_true_shape_explains_best() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.004, 0.0))
    tries = np.log(np.linspace(0.4, 1.6, 49))[:, None]
    told = told_of(EXPONENTIAL, tries, bins)
    best = float(np.exp(tries[told.misfit.argmin(), 0]))
    assert best == pytest.approx(TAU_S, rel=0.1)


def test_the_closed_form_is_the_sum_over_all_depths_and_levels() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.01, 0.0))
    told = told_of(EXPONENTIAL, AT_TRUTH, bins)
    depth = told.depth[0] + told.depth_se[0] * np.linspace(-7, 7, 71)
    level = bins.baseline_se * np.linspace(-7, 7, 71)
    flat, value = bins.whiten.sum(axis=1), bins.whiten @ bins.value
    shape = bins.whiten @ EXPONENTIAL.shape(bins.u_s, AT_TRUTH)[0]
    apart = value - depth[:, None, None] * shape - level[None, :, None] * flat
    misfit = (apart**2).sum(axis=2) + (level / bins.baseline_se) ** 2 + 2 * np.log(depth)[:, None]
    total = float(np.exp(-0.5 * (misfit - told.misfit[0])).sum())
    cell = (depth[1] - depth[0]) * (level[1] - level[0])
    # what a normal prior of unit height leaves out of the closed form: 2 pi
    exact = np.log(total * cell) - np.log(2 * np.pi)
    assert told.log_volume[0] == pytest.approx(exact, abs=0.05)


def test_errors_are_those_of_repeated_noise() -> None:
    found, claimed = [], []
    for seed in range(40):
        told = told_of(EXPONENTIAL, AT_TRUTH, bins_of(exponential(TAU_S), Noise(0.008, 0.0), seed))
        found.append(told.depth[0])
        claimed.append(told.depth_se[0])
    assert np.mean(found) == pytest.approx(DEPTH * MEAN_BLOOD, abs=4 * np.std(found) / np.sqrt(40))
    assert np.median(claimed) == pytest.approx(np.std(found), rel=0.4)


def test_curves_count_from_their_own_release() -> None:
    given = traces(delayed(1.2, 0.25), 0, noise=SILENT)
    early_s = 0.05
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S - early_s)
    parameters = np.tile([np.log(1.2), np.log(0.25 / 1.2)], (3, 1))
    seen = overlaps(BY_NAME["delayed"], parameters, np.array([0.0, early_s, 0.1]), bins)
    misfit = explain(seen, bins.baseline_se).misfit
    assert misfit.argmin() == 1
    assert misfit[1] < 0.02 * misfit[[0, 2]].min()


def test_scatter_widens_the_noise_and_not_what_is_known_of_the_level() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.004, 0.0))
    plain, scattered = (told_of(EXPONENTIAL, AT_TRUTH, bins, times) for times in (1.0, 16.0))
    noisier = replace(bins, whiten=bins.whiten / 4)
    for one, other in zip(scattered, told_of(EXPONENTIAL, AT_TRUTH, noisier), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)
    assert scattered.depth_se > 2 * plain.depth_se
    assert plain.level_se < scattered.level_se < bins.baseline_se


def test_deeper_than_bloodless_skin_is_not_believed() -> None:
    bins = bins_of(exponential(TAU_S), Noise(0.004, 0.0), depth=2 * FULL_DEPTH)
    shallow = bins_of(exponential(TAU_S), Noise(0.004, 0.0), depth=0.5 * FULL_DEPTH)
    deep_told, told = (told_of(EXPONENTIAL, AT_TRUTH, one) for one in (bins, shallow))
    assert deep_told.log_volume[0] < told.log_volume[0] - 5


def test_skin_that_darkened_is_no_pallor() -> None:
    bins = bins_of(exponential(TAU_S))
    darker = replace(bins, value=-bins.value)
    assert told_of(EXPONENTIAL, AT_TRUTH, darker).log_volume[0] == -np.inf
