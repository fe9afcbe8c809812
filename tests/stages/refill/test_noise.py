"""Bins hold every sample once, and their errors are those that were drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import RELEASE_S, Noise, exponential, traces

from perfusion_cam.stages.refill.noise import MAX_BINS, Bins, gather
from perfusion_cam.stages.refill.signal import Signal, blood_signal

WHITE = Noise(0.01, 0.0)
DRIFTING = Noise(0.002, 0.01, memory_s=3.0)


def binned(noise: Noise, seed: int = 0, **changes: float) -> tuple[Signal, Bins]:
    """Bins of a site where nothing happens."""
    given = traces(lambda u_s: 0 * u_s, seed, noise=noise, **changes)  # type: ignore[arg-type]
    signal = blood_signal(given)
    return signal, gather(signal, given.used, given.baseline, RELEASE_S)


def test_bins_lie_in_time_order_and_widen() -> None:
    _, bins = binned(WHITE)
    assert len(bins.u_s) <= MAX_BINS
    steps = np.diff(bins.u_s)
    assert (steps > 0).all()
    assert steps[0] < 2 / 15
    assert steps[-5:].mean() > 1.5 * steps[0]


@pytest.mark.parametrize("watched_s", [2.0, 12.0, 30.0])
def test_bins_hold_every_sample_once(watched_s: float) -> None:
    """A straight line, weighted by its bins' counts, keeps its sum."""
    given = traces(exponential(1.0), watched_s=watched_s)
    count = len(given.t_s)
    ramp = Signal(given.t_s, given.t_s, np.full(count, 0.01), np.empty((0, count)), np.ones(3))
    bins = gather(ramp, given.used, given.baseline, RELEASE_S)
    np.testing.assert_allclose(bins.value - bins.u_s, RELEASE_S)
    last_s = given.t_s[given.used][-1] - RELEASE_S
    first_s = given.t_s[given.used][0] - RELEASE_S
    assert bins.u_s[0] == pytest.approx(first_s, abs=0.05)
    assert bins.u_s[-1] == pytest.approx(last_s, abs=1.0)


@pytest.mark.parametrize("noise", [WHITE, DRIFTING], ids=["white", "drifting"])
def test_whitened_residuals_have_unit_variance(noise: Noise) -> None:
    residuals = []
    for seed in range(30):
        _, bins = binned(noise, seed)
        residuals.append(bins.whiten @ bins.value)
    rms = np.sqrt(np.mean(np.concatenate(residuals) ** 2))
    assert rms == pytest.approx(1.0, abs=0.3)


def test_a_mean_of_drifting_bins_is_as_uncertain_as_drawn() -> None:
    """Generalised least squares says how well a level is known; repeats say how well it is."""
    levels, claimed = [], []
    for seed in range(60):
        _, bins = binned(DRIFTING, seed)
        ones = bins.whiten @ np.ones(len(bins.value))
        levels.append(ones @ (bins.whiten @ bins.value) / (ones @ ones))
        claimed.append(np.hypot(1 / np.sqrt(ones @ ones), bins.baseline_se))
    assert np.std(levels) < 1.4 * np.median(claimed)
    assert np.std(levels) > 0.4 * np.median(claimed)


def test_drift_since_the_baseline_is_in_its_standard_error() -> None:
    quiet = np.median([binned(WHITE, seed)[1].baseline_se for seed in range(8)])
    drifting = np.median([binned(DRIFTING, seed)[1].baseline_se for seed in range(8)])
    # white: 0.01 / |axis| over the root of 40 samples before the press
    assert quiet == pytest.approx(0.0075 / np.sqrt(40), rel=0.6)
    assert drifting > 2 * quiet


def test_one_place_under_something_else_says_nothing_of_the_rest() -> None:
    given = traces(exponential(0.8))
    covered = given.placebo_rgb.copy()
    covered[3, given.t_s > RELEASE_S] -= 0.8
    usual, disturbed = (
        gather(blood_signal(one), one.used, one.baseline, RELEASE_S).baseline_se
        for one in (given, replace(given, placebo_rgb=covered))
    )
    assert disturbed < 2 * usual


def test_the_noise_of_a_sample_is_told() -> None:
    signal, bins = binned(WHITE)
    assert bins.sample_noise == pytest.approx(np.median(signal.se), rel=0.1)


def test_few_samples_and_no_placebos_are_no_error() -> None:
    given = traces(exponential(1.0), watched_s=1.0, placebos=0)
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S)
    assert np.isfinite(bins.whiten).all()
    assert bins.baseline_se > 0
