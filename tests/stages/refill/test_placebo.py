"""Swings that no noise model foresees widen an interval; noise that it does foresee does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import CONTACT_S, RELEASE_S, Missing, Noise, exponential, stuck, t90_of, traces

from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.placebo import placebo_excess
from perfusion_cam.stages.refill.posterior import find_posterior
from perfusion_cam.stages.refill.signal import blood_signal
from perfusion_cam.types import SiteTraces

SWING_HZ = 0.09


def swinging(seed: int, size: float, missing: Missing) -> SiteTraces:
    """Site and untouched skin whose blood swings slowly, each at its own phase."""
    rng = np.random.default_rng([seed, 5])
    made = traces(missing, seed, noise=Noise(0.003, 0.0))
    phase = rng.uniform(0, 2 * np.pi, 1 + len(made.placebo_rgb))
    swing = np.sin(2 * np.pi * SWING_HZ * made.t_s + phase[:, None])
    swing -= swing[:, made.t_s < CONTACT_S - 0.3].mean(axis=1, keepdims=True)
    moved = size * swing[..., None] * np.array([0.3, 1.0, 0.95])
    return replace(made, rgb=made.rgb + moved[0], placebo_rgb=made.placebo_rgb + moved[1:])


def bins_of(given: SiteTraces) -> Bins:
    return gather(blood_signal(given), given.used, given.baseline, RELEASE_S)


def excess_of(bins: Bins) -> float:
    curves = find_posterior(bins, 0.02)
    assert curves is not None
    return placebo_excess(curves, bins, 0.1)


@pytest.mark.parametrize("noise", [Noise(0.006, 0.0), Noise(0.006, 0.003)], ids=["white", "drift"])
def test_noise_as_foreseen_widens_nothing_much(noise: Noise) -> None:
    found = [excess_of(bins_of(traces(exponential(0.8), seed, noise=noise))) for seed in range(12)]
    assert min(found) >= 1.0
    assert np.median(found) < 1.1


def test_untouched_skin_that_moved_more_widens() -> None:
    """By as much, but for what the noise model, made from them too, foresaw."""
    for seed in range(4):
        bins = bins_of(traces(exponential(0.8), seed, noise=Noise(0.006, 0.003)))
        moved = [replace(bins, placebo=times * bins.placebo) for times in (1.0, 20.0, 40.0)]
        found = [excess_of(one) for one in moved]
        assert found[0] < 1.3
        assert 0.4 < found[1] / 20.0 < 1.4
        assert found[2] == pytest.approx(2 * found[1], rel=0.05)


def test_too_few_placebos_say_nothing() -> None:
    bins = bins_of(traces(exponential(0.8), 1))
    assert excess_of(replace(bins, placebo=100 * bins.placebo[:3])) == 1.0


def test_what_never_comes_back_has_no_time_to_widen() -> None:
    bins = bins_of(traces(stuck(0.7, 0.4), 1))
    assert excess_of(replace(bins, placebo=100 * bins.placebo)) == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_in_swings_of_blood_what_stays_pale_is_said_to(seed: int) -> None:
    refill = measure_refill(swinging(seed, 0.01, stuck(1.0, 0.5)), RELEASE_S, 0.03)[1]
    assert refill.status == "not_recovered"


@pytest.mark.parametrize("size", [0.008, 0.015])
def test_swings_of_blood_that_untouched_skin_shows_are_told_from_refill(size: float) -> None:
    """Swings of a twentieth and a tenth of the depth, either way."""
    truth_s = t90_of(missing := exponential(1.2))
    held, errors = [], []
    for seed in range(30):
        refill = measure_refill(swinging(seed, size, missing), RELEASE_S, 0.03)[1]
        assert refill.crt_s is not None
        assert refill.crt_ci95_s is not None
        low, high = refill.crt_ci95_s
        held.append(low <= truth_s <= high)
        errors.append(abs(np.log(refill.crt_s / truth_s)))
    assert np.mean(held) >= 0.93
    assert np.median(errors) < 20 * size
