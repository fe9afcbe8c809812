from __future__ import annotations

import math

import numpy as np
import pytest
from sided import press, recording, times

from perfusion_cam.comparison.readings import combine, scatter_chance, soon_repeated


def test_repeats_are_combined_on_the_log_scale():
    side = times(1.0, 4.0)
    assert side.crt_s == pytest.approx(2.0)
    assert side.within_site_sd == pytest.approx(math.log(4) / math.sqrt(2))
    assert side.status == "measured"
    assert side.used == (0, 1)


def test_a_single_press_has_the_published_spread_in_its_interval():
    side = times(2.0)
    low, high = side.crt_ci95_s
    assert low * high == pytest.approx(4.0, rel=1e-3)
    # 1.96 times 17 % and the press's own 4 %, somewhat more for not being sure of the 17 %.
    assert math.log(high / 2) == pytest.approx(0.36, abs=0.02)
    assert side.within_site_sd is None


def test_more_presses_narrow_the_interval():
    widths = [np.ptp(np.log(times(*[2.0] * count).crt_ci95_s)) for count in (1, 2, 3, 5, 9)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2 * widths[3]


def test_surer_presses_weigh_more():
    sure = press(1.0, (0.99, 1.01), recording=recording("a.mp4"))
    vague = press(2.0, (1.0, 4.0), recording=recording("b.mp4"))
    assert combine([sure, vague]).crt_s < 1.3


@pytest.mark.parametrize("odd", [6.0, 0.4])
def test_an_outlier_is_left_out_and_named(odd):
    side = times(1.5, 1.6, odd, 1.55)
    assert side.rejected == (2,)
    assert side.used == (0, 1, 3)
    assert side.crt_s == pytest.approx(1.55, rel=0.01)
    assert combine(side.presses, reject=False).rejected == ()


def test_of_two_that_disagree_none_is_left_out_but_the_interval_is_wide():
    side = times(1.5, 6.0)
    assert side.rejected == ()
    low, high = side.crt_ci95_s
    assert low < 1.5
    assert high > 6.0
    assert scatter_chance(side) < 0.001
    assert scatter_chance(times(1.5, 1.7)) > 0.1
    assert scatter_chance(times(1.5)) == 1.0


def test_ordinary_scatter_is_hardly_ever_left_out():
    rng = np.random.default_rng(7)
    lost = [bool(times(*np.exp(rng.normal(0.4, 0.18, 5))).rejected) for _ in range(150)]
    assert np.mean(lost) <= 0.03


def test_one_press_not_recovered_bounds_the_side_from_below():
    side = combine([press(3.0), press(lower_bound_s=12.0, number=2)])
    assert side.status == "not_recovered"
    assert side.crt_s is None
    assert side.crt_ci95_s is None
    assert side.presses_not_recovered == 1
    assert side.lower_bound_s < 6.0
    alone = combine([press(lower_bound_s=12.0)])
    assert 7.0 < alone.lower_bound_s < 12.0


def test_beside_a_press_that_did_not_recover_nothing_is_left_out():
    side = combine([*times(1.5, 1.6, 1.55, 9.0).presses, press(lower_bound_s=12.0)])
    assert side.rejected == ()


def test_an_interval_open_above_is_a_bound():
    side = combine([press(4.0, (2.5, math.inf))])
    assert side.status == "not_recovered"
    assert side.lower_bound_s < 2.5


@pytest.mark.parametrize("presses", [[], [press()], [press(), press(number=2)]])
def test_nothing_measurable_gives_no_number(presses):
    side = combine(presses)
    assert side.status == "not_measurable"
    assert (side.crt_s, side.lower_bound_s, side.used) == (None, None, ())
    assert side.presses == tuple(presses)


def test_what_cannot_be_measured_does_not_change_the_rest():
    assert combine([press(), press(2.0, number=2)]).crt_s == pytest.approx(2.0)


def test_presses_of_one_place_closer_than_two_minutes_are_found():
    first = press(1.5, contact_s=3.0, release_s=8.0)
    soon = press(1.5, number=2, contact_s=60.0, release_s=65.0)
    late = press(1.5, number=3, contact_s=190.0, release_s=195.0)
    elsewhere = press(1.5, number=4, contact_s=200.0, release_s=205.0, place_px=(500.0, 180.0))
    other = press(1.5, contact_s=70.0, recording=recording("b.mp4"))
    found = soon_repeated([first, soon, late, elsewhere, other])
    assert [(one.number, two.number, rest_s) for one, two, rest_s in found] == [(1, 2, 52.0)]
