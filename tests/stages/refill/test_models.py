"""Refill curves start at 1, and their times are those of algebra."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.stages.refill.models import MODELS, Model, time_to

BY_NAME = {model.name: model for model in MODELS}
U_S = np.linspace(0, 30, 301)
HALF_TIMES_S = st.floats(0.1, 15.0)
OFFSETS = st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=3)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@given(half_s=HALF_TIMES_S, offsets=OFFSETS)
def test_everything_is_missing_at_release(
    model: Model, half_s: float, offsets: list[float]
) -> None:
    start = model.start(half_s)
    shape = model.shape(U_S, start + np.array(offsets)[: len(start)])
    assert shape[0] == pytest.approx(1.0, abs=1e-9)
    assert np.isfinite(shape).all()
    assert shape.max() <= 1.0 + 1e-9
    if model.name != "overshoot":
        assert (np.diff(shape) <= 1e-12).all()
        assert shape.min() >= 0.0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("half_s", [0.3, 1.0, 4.0])
def test_a_search_starts_near_its_half_time(model: Model, half_s: float) -> None:
    found = time_to(model, model.start(half_s), 0.5, 60.0)
    assert found == pytest.approx(half_s, rel=0.7)


@pytest.mark.parametrize("tau_s", [0.2, 0.8, 3.0])
@pytest.mark.parametrize("left", [0.5, np.exp(-1), 0.1, 0.05])
def test_times_of_an_exponential(tau_s: float, left: float) -> None:
    found = time_to(BY_NAME["exponential"], np.array([np.log(tau_s)]), float(left), 60.0)
    assert found == pytest.approx(tau_s * np.log(1 / left), rel=1e-3)


def test_times_of_a_delayed_return() -> None:
    middle_s, width_s, left = 1.5, 0.25, 0.1
    scale = 1 + np.exp(-middle_s / width_s)
    expected = middle_s + width_s * np.log(scale / left - 1)
    found = time_to(BY_NAME["delayed"], np.log([middle_s, width_s]), left, 60.0)
    assert found == pytest.approx(expected, rel=1e-3)


def test_two_rates_lie_between_the_slow_and_the_fast() -> None:
    fast_s = 0.5
    parameters = np.array([np.log(fast_s), np.log(2.5), 0.0])
    slow_s = fast_s * 4.0
    found = time_to(BY_NAME["two_rate"], parameters, 0.1, 60.0)
    assert found is not None
    assert fast_s * np.log(10) < found < slow_s * np.log(10)
    half_each = 0.5 * np.exp(-found / fast_s) + 0.5 * np.exp(-found / slow_s)
    assert half_each == pytest.approx(0.1, rel=1e-3)


def test_what_comes_back_in_part_never_comes_back() -> None:
    rest = 0.3
    parameters = np.array([0.0, np.log(rest / (1 - rest))])
    assert time_to(BY_NAME["partial"], parameters, 0.1, 60.0) is None
    half = time_to(BY_NAME["partial"], parameters, 0.5, 60.0)
    assert half == pytest.approx(np.log(0.7 / 0.2), rel=1e-3)


def test_a_return_after_the_horizon_is_none() -> None:
    slow = np.log([30.0])
    assert time_to(BY_NAME["exponential"], slow, 0.1, 60.0) is None
    assert time_to(BY_NAME["exponential"], slow, 0.1, 80.0) == pytest.approx(69.08, rel=1e-3)


def test_nothing_needs_no_time() -> None:
    assert time_to(BY_NAME["exponential"], np.array([0.0]), 1.0, 60.0) == 0.0


def test_overshoot_goes_below_rest_and_fades() -> None:
    shape = BY_NAME["overshoot"].shape(np.linspace(0, 80, 801), np.array([np.log(0.5), 0.0, 2.0]))
    assert -0.3 < shape.min() < -0.15
    assert abs(shape[-1]) < 1e-3
