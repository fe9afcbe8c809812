"""Refill curves start at 1, and their times are those of algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.stages.refill.models import MODELS, Model, first_time_s

BY_NAME = {model.name: model for model in MODELS}
U_S = np.concatenate([[0.0], np.geomspace(0.01, 60.0, 2000)])
OFFSETS = st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3)


def time_to(name: str, parameters: list[float], left: float) -> float:
    missing = BY_NAME[name].shape(U_S, np.array([parameters]))
    return float(first_time_s(U_S, missing, left)[0])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(offsets=OFFSETS)
def test_everything_is_missing_at_release(model: Model, offsets: list[float]) -> None:
    parameters = model.usual + model.spread * np.array(offsets)[: len(model.usual)]
    shape = model.shape(U_S, parameters[None])[0]
    assert shape[0] == pytest.approx(1.0, abs=1e-9)
    assert np.isfinite(shape).all()
    assert shape.max() <= 1.0 + 1e-9
    if model.name != "overshoot":
        assert (np.diff(shape) <= 1e-12).all()
        assert shape.min() >= 0.0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_many_curves_at_once_are_each_by_itself(model: Model) -> None:
    rows = model.usual + model.spread * np.linspace(-1, 1, 5)[:, None]
    together = model.shape(U_S, rows)
    assert together.shape == (5, len(U_S))
    for row, curve in zip(rows, together, strict=True):
        np.testing.assert_allclose(model.shape(U_S, row[None])[0], curve)
    each_its_own_time = model.shape(np.tile(U_S, (5, 1)), rows)
    np.testing.assert_allclose(each_its_own_time, together)


@pytest.mark.parametrize("tau_s", [0.2, 0.8, 3.0])
@pytest.mark.parametrize("left", [0.5, np.exp(-1), 0.1, 0.05])
def test_times_of_an_exponential(tau_s: float, left: float) -> None:
    found = time_to("exponential", [np.log(tau_s)], float(left))
    assert found == pytest.approx(tau_s * np.log(1 / left), rel=1e-3)


def test_times_of_a_delayed_return() -> None:
    middle_s, width_s, left = 1.5, 0.25, 0.1
    scale = 1 + np.exp(-middle_s / width_s)
    expected = middle_s + width_s * np.log(scale / left - 1)
    found = time_to("delayed", [np.log(middle_s), np.log(width_s / middle_s)], left)
    assert found == pytest.approx(expected, rel=1e-3)


def test_two_rates_lie_between_the_slow_and_the_fast() -> None:
    fast_s = 0.5
    slow_s = fast_s * 4.0
    found = time_to("two_rate", [np.log(fast_s), np.log(2.5), 0.0], 0.1)
    assert fast_s * np.log(10) < found < slow_s * np.log(10)
    half_each = 0.5 * np.exp(-found / fast_s) + 0.5 * np.exp(-found / slow_s)
    assert half_each == pytest.approx(0.1, rel=1e-3)


@pytest.mark.parametrize("power", [0.7, 1.0, 3.0])
def test_what_ends_is_back_for_good(power: float) -> None:
    tau_s, alike = 1.5, np.log(1e-5)  # all parts at once
    found = time_to("ending", [np.log(tau_s), np.log(power), alike], 0.1)
    assert found == pytest.approx(power * tau_s * (1 - 0.1 ** (1 / power)), rel=1e-3)
    after = np.array([power * tau_s * 1.001, 50.0])
    parameters = np.array([[np.log(tau_s), np.log(power), alike]])
    assert (BY_NAME["ending"].shape(after, parameters) < 1e-12).all()


@pytest.mark.parametrize("exponent", [0.6, 1.0, 1.6])
def test_times_of_a_stretched_return(exponent: float) -> None:
    found = time_to("stretched", [np.log(0.9), np.log(exponent)], 0.1)
    assert found == pytest.approx(0.9 * np.log(10) ** (1 / exponent), rel=1e-3)


def test_what_comes_back_in_part_never_comes_back() -> None:
    rest = 0.3
    parameters = [0.0, np.log(rest / (1 - rest))]
    assert time_to("partial", parameters, 0.1) == np.inf
    assert time_to("partial", parameters, 0.5) == pytest.approx(np.log(0.7 / 0.2), rel=1e-3)


def test_a_return_after_the_horizon_has_no_time() -> None:
    assert time_to("exponential", [np.log(30.0)], 0.1) == np.inf


def test_nothing_needs_no_time() -> None:
    assert time_to("exponential", [0.0], 1.0) == 0.0


def test_overshoot_goes_below_rest_and_fades() -> None:
    u_s, parameters = np.linspace(0, 80, 801), np.array([[np.log(0.5), 0.0, 2.0]])
    shape = BY_NAME["overshoot"].shape(u_s, parameters)[0]
    assert -0.3 < shape.min() < -0.15
    assert abs(shape[-1]) < 1e-3
