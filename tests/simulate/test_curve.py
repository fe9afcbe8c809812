"""Refill laws against their formulas."""

import math
from typing import get_args

import numpy as np
import pytest

from perfusion_cam.simulate import Curve, PressTruth
from perfusion_cam.simulate.blanch import make_blanch, refill_times_s
from perfusion_cam.simulate.curve import CurveKind, first_time_below

KINDS: tuple[CurveKind, ...] = get_args(CurveKind)


@pytest.mark.parametrize("kind", KINDS)
def test_all_is_missing_at_release_and_never_more_after(kind: CurveKind) -> None:
    missing = Curve(kind, tau_s=0.5).missing(np.linspace(0, 60, 6001))
    assert missing[0] == pytest.approx(1.0)
    assert missing.max() <= 1.0 + 1e-12


def test_overshoot_turns_redder_than_at_rest_and_fades() -> None:
    u_s = np.linspace(0, 60, 6001)
    missing = Curve("overshoot", tau_s=0.5, overshoot=0.2).missing(u_s)
    assert -0.2 <= missing.min() < -0.1
    assert abs(missing[u_s >= 20]).max() < 0.01


def test_stuck_stays_where_it_is() -> None:
    missing = Curve("stuck", tau_s=1.0, recovered=0.4).missing(np.array([30.0, 60.0]))
    assert missing == pytest.approx([0.6, 0.6])


def _times(curve: Curve, uneven: float = 0.0, depth: float = 0.8) -> tuple[float | None, ...]:
    press = PressTruth(2.0, 7.0, 100, 100, 20, curve, depth=depth, uneven=uneven)
    return refill_times_s(make_blanch(press, np.random.default_rng(1)))


@pytest.mark.parametrize("tau_s", [0.3, 1.0, 2.5])
def test_an_exponential_is_back_when_the_formula_says(tau_s: float) -> None:
    t50, t90, t95 = _times(Curve(tau_s=tau_s))
    assert t50 == pytest.approx(math.log(2) * tau_s, abs=1e-3)
    assert t90 == pytest.approx(math.log(10) * tau_s, abs=1e-3)
    assert t95 == pytest.approx(math.log(20) * tau_s, abs=1e-3)


def test_a_stretched_exponential_and_a_straight_line_are_back_when_their_formulas_say() -> None:
    stretched = _times(Curve("stretched", tau_s=1.0, beta=0.6))
    assert stretched[1] == pytest.approx(math.log(10) ** (1 / 0.6), abs=1e-3)
    assert _times(Curve("linear", tau_s=2.0)) == pytest.approx((1.0, 1.8, 1.9), abs=1e-3)


def test_depth_does_not_change_the_times() -> None:
    assert _times(Curve(tau_s=1.0), depth=0.03) == pytest.approx(_times(Curve(tau_s=1.0)))


def test_stuck_skin_is_never_back() -> None:
    assert _times(Curve("stuck", tau_s=1.0, recovered=0.6))[1:] == (None, None)
    assert _times(Curve("stuck", tau_s=1.0, recovered=0.6))[0] is not None


def test_back_after_more_than_a_minute_counts_as_never() -> None:
    assert _times(Curve(tau_s=25.0))[2] is None


def test_uneven_skin_is_later_back_than_even_skin() -> None:
    even, uneven = _times(Curve(tau_s=1.0)), _times(Curve(tau_s=1.0), uneven=0.3)
    assert even[2] is not None
    assert uneven[2] is not None
    assert uneven[2] > even[2] * 1.02


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tau_s", [0.15, 1.0, 8.0])
def test_times_are_the_first_of_the_mean_over_the_core(kind: CurveKind, tau_s: float) -> None:
    press = PressTruth(2.0, 7.0, 100, 100, 6, Curve(kind, tau_s=tau_s), depth=0.8, uneven=0.3)
    blanch = make_blanch(press, np.random.default_rng(2))
    depth, u_s = blanch.depth[blanch.core], np.arange(0, 60, 0.002)
    missing = press.curve.missing(u_s / blanch.pace[blanch.core][:, None])
    mean = (depth[:, None] * missing).sum(axis=0) / depth.sum()
    expected = tuple(first_time_below(u_s, mean, left) for left in (0.5, 0.1, 0.05))
    assert refill_times_s(blanch) == tuple(
        None if time_s is None else pytest.approx(time_s, abs=1e-4) for time_s in expected
    )


def test_crossings_lie_between_samples() -> None:
    assert first_time_below(np.array([0.0, 1.0]), np.array([1.0, 0.0]), 0.25) == 0.75
    assert first_time_below(np.array([0.0, 1.0]), np.array([1.0, 0.5]), 0.25) is None


@pytest.mark.parametrize(
    "wrong", [{"tau_s": 0}, {"overshoot": 0.9}, {"recovered": -0.1}, {"kind": "cubic"}]
)
def test_impossible_laws_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Curve(**wrong)  # type: ignore[arg-type]
