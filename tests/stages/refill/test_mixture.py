"""All models together: times as a distribution whose middle and width are right."""

from __future__ import annotations

import numpy as np
import pytest
from curves import DEPTH, RELEASE_S, Missing, Noise, exponential, stuck, t90_of, traces, two_rate

from perfusion_cam.stages.refill.fit import Fit
from perfusion_cam.stages.refill.mixture import MIN_WEIGHT, POINTS, Mixture, fit_all
from perfusion_cam.stages.refill.models import MODELS
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.signal import blood_signal

EXPONENTIAL = MODELS[0]
QUIET = Noise(0.004, 0.0)


def mixture_of(missing: Missing, noise: Noise = QUIET) -> Mixture:
    given = traces(missing, noise=noise)
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S)
    found = fit_all(bins, 0.01)
    assert found is not None
    return found


def alone(tau_s: float, log_tau_se: float) -> Mixture:
    """One exponential, its time constant uncertain and all else known."""
    covariance = np.diag([1e-12, 1e-12, 1e-12, log_tau_se**2])
    parameters = np.array([0.0, DEPTH, 0.0, np.log(tau_s)])
    return Mixture((Fit(EXPONENTIAL, parameters, covariance, 1.0),), np.array([1.0]))


def test_times_spread_as_their_parameter_does() -> None:
    log_t90 = alone(0.8, 0.1).log_time(0.1)
    assert len(log_t90) == POINTS
    assert np.median(log_t90) == pytest.approx(np.log(0.8 * np.log(10)), abs=1e-3)
    assert np.std(log_t90) == pytest.approx(0.1, rel=0.03)
    low, high = np.quantile(log_t90, [0.025, 0.975])
    assert high - low == pytest.approx(2 * 1.96 * 0.1, rel=0.03)


def test_what_is_left_and_how_deep_it_was() -> None:
    one = alone(2.0, 0.05)
    assert np.median(one.left_at(2.0)) == pytest.approx(np.exp(-1), rel=1e-3)
    assert np.median(one.depth()) == pytest.approx(DEPTH, rel=1e-3)


def test_the_band_is_two_standard_errors_wide() -> None:
    tau_s, log_tau_se = 1.0, 0.1
    mean, low, high = alone(tau_s, log_tau_se).pallor(np.array([1.0]))
    slope = DEPTH * np.exp(-1)  # of pallor at u = tau against log tau
    assert mean[0] == pytest.approx(DEPTH * np.exp(-1), rel=1e-3)
    assert high[0] - low[0] == pytest.approx(2 * 1.96 * slope * log_tau_se, rel=0.02)


def test_weights_add_up_best_first() -> None:
    found = mixture_of(two_rate(0.5, 2.5, 0.6))
    assert found.weights.sum() == pytest.approx(1.0)
    assert (np.diff(found.weights) <= 0).all()
    assert found.weights.min() >= MIN_WEIGHT
    assert found.best is found.fits[0]


@pytest.mark.parametrize("missing", [exponential(0.8), exponential(2.5), two_rate(0.4, 2.0, 0.6)])
def test_the_middle_is_the_drawn_time(missing: Missing) -> None:
    t90 = np.exp(mixture_of(missing).log_time(0.1))
    assert np.median(t90) == pytest.approx(t90_of(missing), rel=0.15)


def test_what_never_comes_back_has_no_time() -> None:
    assert np.isinf(np.median(mixture_of(stuck(0.7, 0.4)).log_time(0.1)))
    assert np.median(mixture_of(stuck(0.7, 0.4)).left_at(12.0)) == pytest.approx(0.4, abs=0.05)


def test_more_noise_makes_a_wider_interval() -> None:
    widths = [
        np.diff(
            np.quantile(mixture_of(exponential(0.8), Noise(white, 0.0)).log_time(0.1), [0.1, 0.9])
        )
        for white in (0.002, 0.008, 0.03)
    ]
    assert widths[0] < widths[1] < widths[2]


def test_too_few_bins_are_no_mixture() -> None:
    few = Bins(np.arange(4.0), np.exp(-np.arange(4.0)), np.eye(4), 0.01, 0.1)
    assert fit_all(few, 0.02) is None
