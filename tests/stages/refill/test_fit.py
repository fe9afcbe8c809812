"""One model on bins: its own curves come back, with errors that are true."""

from __future__ import annotations

import numpy as np
import pytest
from curves import DEPTH, RELEASE_S, SILENT, Noise, delayed, exponential, stuck, traces, two_rate

from perfusion_cam.stages.refill.fit import aicc_weights, curve, fit_model
from perfusion_cam.stages.refill.models import MODELS, time_to
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.signal import blood_signal

BY_NAME = {model.name: model for model in MODELS}
MEAN_BLOOD = 0.975
RELEASE_SE_S = 0.02


def bins_of(missing, seed: int = 0, noise: Noise = SILENT, **changes: float) -> Bins:
    given = traces(missing, seed, noise=noise, **changes)
    return gather(blood_signal(given), given.used, given.baseline, RELEASE_S)


@pytest.mark.parametrize("tau_s", [0.3, 0.8, 2.5])
def test_an_exponential_comes_back(tau_s: float) -> None:
    fit = fit_model(BY_NAME["exponential"], bins_of(exponential(tau_s)), 0.001)
    assert fit is not None
    shift_s, depth, level, log_tau = fit.parameters
    assert np.exp(log_tau) == pytest.approx(tau_s, rel=0.01)
    assert depth == pytest.approx(DEPTH * MEAN_BLOOD, rel=0.02)
    assert abs(shift_s) < 0.003
    assert abs(level) < 1e-3


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("two_rate", two_rate(0.5, 2.5, 0.6)),
        ("delayed", delayed(1.2, 0.25)),
        ("partial", stuck(0.8, 0.35)),
    ],
)
def test_every_model_follows_its_own_curve(name: str, missing) -> None:
    fit = fit_model(BY_NAME[name], bins_of(missing), 0.001)
    assert fit is not None
    u_s = np.linspace(0.3, 10, 50)
    np.testing.assert_allclose(
        fit.pallor(u_s), DEPTH * MEAN_BLOOD * missing(u_s), atol=0.01 * DEPTH
    )


def test_a_fit_tells_its_error_truly() -> None:
    noise = Noise(0.008, 0.0)
    found, claimed = [], []
    for seed in range(40):
        fit = fit_model(BY_NAME["exponential"], bins_of(exponential(0.8), seed, noise), 1e-4)
        assert fit is not None
        found.append(fit.parameters[3])
        claimed.append(np.sqrt(fit.covariance[3, 3]))
    assert np.mean(found) == pytest.approx(np.log(0.8), abs=3 * np.std(found) / np.sqrt(40))
    assert np.median(claimed) == pytest.approx(np.std(found), rel=0.4)


def test_an_uncertain_release_makes_an_uncertain_time() -> None:
    bins = bins_of(exponential(0.8), noise=Noise(0.004, 0.0))
    sharp, vague = (
        fit_model(BY_NAME["exponential"], bins, release_se_s) for release_se_s in (0.001, 0.2)
    )
    assert sharp is not None
    assert vague is not None
    assert np.sqrt(vague.covariance[0, 0]) == pytest.approx(0.2, rel=0.1)
    assert np.sqrt(sharp.covariance[0, 0]) < 0.002
    # the curve's own time scale is seen by itself
    assert vague.covariance[3, 3] == pytest.approx(sharp.covariance[3, 3], rel=0.3)


def test_curves_wait_for_the_release() -> None:
    model, parameters = BY_NAME["exponential"], np.array([0.5, 0.2, 0.01, 0.0])
    pallor = curve(model, np.array([-1.0, 0.0, 0.5, 1.5]), parameters)
    np.testing.assert_allclose(pallor, [0.21, 0.21, 0.21, 0.2 * np.exp(-1) + 0.01])


def test_too_few_bins_are_no_fit() -> None:
    few = Bins(np.arange(4.0), np.exp(-np.arange(4.0)), np.eye(4), 0.01, 0.1)
    assert fit_model(BY_NAME["exponential"], few, RELEASE_SE_S) is None


def test_weights_add_up_and_favour_the_true_model() -> None:
    bins = bins_of(delayed(1.5, 0.2), noise=Noise(0.004, 0.0))
    fits = [fit_model(model, bins, RELEASE_SE_S) for model in MODELS]
    kept = [fit for fit in fits if fit is not None]
    weights = aicc_weights(kept, len(bins.value))
    assert weights.sum() == pytest.approx(1.0)
    assert kept[int(weights.argmax())].model.name == "delayed"


def test_of_equal_fits_the_simplest_is_believed_most() -> None:
    bins = bins_of(exponential(0.8), noise=Noise(0.008, 0.0))
    kept = [fit for model in MODELS if (fit := fit_model(model, bins, RELEASE_SE_S)) is not None]
    best = kept[int(aicc_weights(kept, len(bins.value)).argmax())]
    assert best.model.name == "exponential"
    t90_s = time_to(best.model, best.parameters[3:], 0.1, 60.0)
    assert t90_s == pytest.approx(0.8 * np.log(10), rel=0.15)
