from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sided import press, times

from perfusion_cam.comparison.contrasting import contrast
from perfusion_cam.comparison.readings import combine

seconds = st.floats(0.3, 12.0)
sides = st.lists(seconds, min_size=1, max_size=4)
few = settings(max_examples=60)


def bounded(lower_bound_s: float):
    return combine([press(lower_bound_s=lower_bound_s)])


@few
@given(sides, sides)
def test_swapping_sides_inverts_the_ratio(one, other):
    there, back = contrast(times(*one), times(*other)), contrast(times(*other), times(*one))
    assert there.ratio * back.ratio == pytest.approx(1.0)
    assert there.ratio_ci95[0] * back.ratio_ci95[1] == pytest.approx(1.0, rel=1e-6)
    assert there.difference_s == pytest.approx(-back.difference_s)
    assert there.difference_ci95_s[0] == pytest.approx(
        -back.difference_ci95_s[1], rel=1e-3, abs=1e-3
    )
    assert there.smallest_detectable_ratio == pytest.approx(back.smallest_detectable_ratio)
    assert there.probability_above_one == pytest.approx(1 - back.probability_above_one, abs=1e-9)


@few
@given(sides, sides, st.floats(1.0, 5.0))
def test_slower_refill_raises_ratio_and_both_ends(one, other, factor):
    slower = [time_s * factor for time_s in one]
    before, after = (contrast(times(*first), times(*other)) for first in (one, slower))
    assert after.ratio == pytest.approx(before.ratio * factor)
    for less, more in zip(before.ratio_ci95, after.ratio_ci95, strict=True):
        assert more >= less * (1 - 1e-9)


@few
@given(st.floats(2.0, 30.0), st.floats(1.0, 4.0), sides)
def test_a_longer_watch_in_vain_never_lowers_the_bound(watched_s, factor, other):
    short = contrast(bounded(watched_s), times(*other)).ratio_lower_bound
    assert contrast(bounded(watched_s * factor), times(*other)).ratio_lower_bound >= short


@few
@given(sides, sides)
def test_the_difference_leaves_out_zero_where_the_ratio_leaves_out_one(one, other):
    found = contrast(times(*one), times(*other))
    for ratio, difference_s in zip(found.ratio_ci95, found.difference_ci95_s, strict=True):
        if abs(math.log(ratio)) > 0.01:
            assert (ratio > 1) == (difference_s > 0)


def test_numbers_agree_with_each_other():
    found = contrast(times(3.0, 3.2), times(1.5, 1.6, 1.4))
    assert found.outcome == "compared"
    assert found.log_ratio == pytest.approx(math.log(found.ratio))
    np.testing.assert_allclose(found.log_ratio_ci95, np.log(found.ratio_ci95))
    half = (found.log_ratio_ci95[1] - found.log_ratio_ci95[0]) / 2
    assert found.smallest_detectable_ratio == pytest.approx(math.exp(half))
    assert found.probability_above_one > 0.99
    assert found.with_rejected is None


def test_what_was_left_out_is_told_with_its_effect():
    found = contrast(times(1.5, 1.6, 1.55, 9.0), times(1.5, 1.6))
    assert found.ratio == pytest.approx(1.0, abs=0.05)
    assert found.with_rejected[0] > 1.4


def test_a_side_that_did_not_recover_gives_a_bound_and_no_number():
    found = contrast(bounded(12.0), times(1.5))
    assert found.outcome == "bounded"
    assert (found.ratio, found.ratio_ci95, found.difference_s) == (None, None, None)
    assert 4.0 < found.ratio_lower_bound < 8.0
    assert 4.0 < found.difference_lower_bound_s < 10.5
    assert found.ratio_upper_bound is None
    assert found.smallest_detectable_ratio == pytest.approx(1.65, abs=0.05)


def test_a_reference_that_did_not_recover_bounds_from_above():
    found = contrast(times(1.5), bounded(12.0))
    assert found.ratio_lower_bound is None
    assert found.ratio_upper_bound == pytest.approx(
        1 / contrast(bounded(12.0), times(1.5)).ratio_lower_bound
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (combine([]), times(1.5)),
        (times(1.5), combine([press()])),
        (bounded(9.0), bounded(12.0)),
    ],
)
def test_without_two_sides_there_is_nothing(one, other):
    found = contrast(one, other)
    assert found.outcome == "incomplete"
    assert found.ratio is None
    assert found.ratio_lower_bound is None
    assert found.smallest_detectable_ratio is None
