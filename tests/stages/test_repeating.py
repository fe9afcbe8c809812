"""Skin that is pressed again before it is back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import BLOOD, RESTING, SHAPE, Array, Visit, samples, site_of, soft_disc, stack, times

from perfusion_cam.measurement import measure_press, sight_press
from perfusion_cam.quality import Flag
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.judging import is_press
from perfusion_cam.stages.location import resting_skin
from perfusion_cam.stages.repeating import since_earlier
from perfusion_cam.stencils import Stencils
from perfusion_cam.types import Refill

FIRST = Visit(3.0, 7.0, row=27, col=44, radius=8, pallor=0.3)


def twice(rest_s: float, tau_s: float) -> tuple[Visit, Visit]:
    """Give a press, and another so long after its release."""
    first = replace(FIRST, tau_s=tau_s)
    return first, replace(first, contact_s=7.0 + rest_s, release_s=11.0 + rest_s)


def presses_in(t_s: Array, grids: Array) -> list[PressWindow]:
    """As a session finds them: what was no press is forgotten."""
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []

    def keep(found: list[PressWindow]) -> None:
        for item in found:
            if is_press(measure_press(item, sight_press(item))):
                presses.append(item)
            else:
                detector.dismiss(item.press)

    for sample in samples(t_s, grids):
        keep(detector.push(sample))
    keep(detector.flush())
    return presses


def pressed_again(rest_s: float, tau_s: float, watched_s: float = 12.0) -> PressWindow:
    """Press twice, and give the second."""
    t_s = times(11.0 + rest_s + watched_s)
    return presses_in(t_s, stack(t_s, twice(rest_s, tau_s), noise=0.004))[-1]


def refill_of(item: PressWindow) -> Refill:
    return measure_press(item, sight_press(item)).refill


def changed(item: PressWindow) -> Array | None:
    rest = resting_skin(item.window, item.press).light
    stencils = Stencils.of(rest, site_of(FIRST), item.window.always_valid)
    return since_earlier(item.window, item.press, stencils)


@pytest.mark.parametrize("rest_s", [1.5, 3.0, 6.0])
@pytest.mark.parametrize("tau_s", [1.0, 2.0, 4.0])
def test_it_is_timed_as_if_it_had_rested(rest_s: float, tau_s: float) -> None:
    refill = refill_of(pressed_again(rest_s, tau_s))
    assert refill.status == "measured"
    assert refill.crt_s == pytest.approx(tau_s * np.log(10), rel=0.1)
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= tau_s * np.log(10) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize("rest_s", [1.5, 6.0])
def test_skin_that_never_comes_back_gets_no_time_however_often_it_is_pressed(rest_s: float) -> None:
    t_s, never = times(19.0), replace(FIRST, tau_s=300.0)
    (alone,) = presses_in(t_s, stack(t_s, [never], noise=0.004))
    refill = refill_of(pressed_again(rest_s, never.tau_s))
    assert refill.status == "not_recovered"
    assert refill.blanch_depth == pytest.approx(refill_of(alone).blanch_depth, rel=0.03)


def test_what_is_left_is_the_pallor_from_before() -> None:
    since = changed(pressed_again(3.0, 2.0))
    assert since is not None
    left = 0.3 * np.exp(-(3.0 - 0.4) / 2.0)
    assert since[:, 0] == pytest.approx(left * BLOOD, rel=0.15)
    assert np.abs(since[:, 1:]).max() < 0.1 * left


@pytest.mark.parametrize("paler", [-0.05, 0.015])
def test_what_changed_for_good_is_no_refill_where_the_skin_was_long_back(paler: float) -> None:
    """Light, redness or a slide of the skin at the site, since the first press."""
    first, again = twice(12.0, 1.0)
    t_s = times(again.release_s + 8.0)
    grids = stack(t_s, [first, again], noise=0.004)
    grids[t_s > 8.0] += (paler * soft_disc(27, 44, 5)[..., None] * BLOOD).astype(np.float32)
    item = presses_in(t_s, grids)[-1]
    since = changed(item)
    assert since is not None
    assert since[1, 0] == pytest.approx(paler, rel=0.3)
    assert refill_of(item).crt_s == pytest.approx(np.log(10), rel=0.03)


def test_skin_never_seen_at_rest_gets_no_time_unless_it_was_long_back() -> None:
    item = pressed_again(3.0, 2.0)
    unseen = replace(item, press=replace(item.press, bare_before=None))
    assert changed(unseen) is None
    refill = refill_of(unseen)
    assert refill.status == "not_measurable"
    assert refill.flags[0] is Flag.NO_BASELINE
    rested = pressed_again(12.0, 1.0)
    unseen = replace(rested, press=replace(rested.press, bare_before=None))
    assert refill_of(unseen).crt_s == pytest.approx(np.log(10), rel=0.05)


def test_the_first_press_of_all_begins_before_the_recording() -> None:
    first, again = twice(3.0, 3.0)
    third = replace(again, contact_s=again.release_s + 3.0, release_s=again.release_s + 7.0)
    t_s = times(third.release_s + 12.0)
    visits = [replace(first, contact_s=-1.0), again, third]
    presses = presses_in(t_s, stack(t_s, visits, noise=0.004))
    assert [item.press.bare_before for item in presses] == [None, None, None]
    assert all(refill_of(item).status != "measured" for item in presses)


def test_redness_that_still_fades_from_the_first_press_leaves_open_which_rest_is_right() -> None:
    """Against what it was before the first press it is back after 1.57 s, and sooner than now."""
    first, again = twice(8.0, 1.0)
    t_s = times(again.release_s + 12.0)
    grids = stack(t_s, [first, again], noise=0.004)
    since = [np.where(t_s > one.release_s, t_s - one.release_s, np.inf) for one in (first, again)]
    red = [0.05 * (1 - np.exp(-u_s / 1.0)) * np.exp(-u_s / 8.0) for u_s in (since[0], since[1])]
    redder = np.where(t_s > again.release_s, red[1], np.where(t_s < again.contact_s, red[0], 0.0))
    spot = (soft_disc(27, 44, 4)[..., None] * BLOOD).astype(np.float32)
    bare = np.array([1 - np.maximum(first.cover(s), again.cover(s)) for s in t_s])[..., None]
    grids -= (redder[:, None, None, None] * bare * spot).astype(np.float32)
    item = presses_in(t_s, grids)[-1]
    interval = refill_of(item).crt_ci95_s
    now_s = refill_of(replace(item, press=replace(item.press, bare_before=None))).crt_s
    assert interval is not None
    assert now_s is not None
    assert interval[0] < 1.57 < 1.7 < now_s < interval[1]


@pytest.mark.parametrize("touched_s", [2.0, 4.0])
def test_a_touch_of_skin_still_pale_is_no_press(touched_s: float) -> None:
    """It goes on filling beneath, and is timed from its own press or not at all."""
    first = replace(FIRST, tau_s=3.0)
    contact_s = first.release_s + touched_s
    touch = replace(first, contact_s=contact_s, release_s=contact_s + 4.0, pallor=0.0)
    t_s = times(contact_s + 16.0)
    last = presses_in(t_s, stack(t_s, [first, touch], noise=0.004))[-1]
    assert last.press.contact_s == pytest.approx(contact_s, abs=0.3)
    assert refill_of(last).status == "not_measurable"


def test_a_hand_that_lay_there_while_another_place_was_pressed_is_not_its_rest() -> None:
    hand = replace(FIRST, contact_s=-5.0, release_s=10.0, col=78, radius=14, pallor=0.0)
    hand = replace(hand, light=tuple(RESTING - 0.35))
    elsewhere = replace(FIRST, col=20)
    here = replace(FIRST, col=70, contact_s=14.0, release_s=18.0)
    again = replace(here, contact_s=23.0, release_s=27.0)
    t_s = times(36.0)
    grids = stack(t_s, [elsewhere, here, again, hand], noise=0.004)
    refill = refill_of(presses_in(t_s, grids)[-1])
    assert refill.crt_s == pytest.approx(0.8 * np.log(10), rel=0.08)


def test_the_rest_of_presses_one_soon_after_the_other_is_before_the_first() -> None:
    never = replace(FIRST, tau_s=1e4)
    visits = [replace(never, contact_s=3.0 + s, release_s=7.0 + s) for s in (0.0, 62.0, 124.0)]
    t_s = times(150.0)
    last = presses_in(t_s, stack(t_s, visits, noise=0.004))[-1]
    assert refill_of(last).status == "not_recovered"


def test_skin_that_stays_pale_for_a_minute_and_more_is_no_rest() -> None:
    """Its colour has come half way back, and stays there."""
    rest_s, half = 75.0, 300.0
    first = replace(FIRST, pallor=0.15, tau_s=half)
    quick = replace(FIRST, pallor=0.3, tau_s=0.5)
    again = [
        replace(one, contact_s=7.0 + rest_s, release_s=11.0 + rest_s) for one in (first, quick)
    ]
    t_s = times(11.0 + rest_s + 8.0)
    last = presses_in(t_s, stack(t_s, [first, quick, *again], noise=0.004))[-1]
    assert last.press.since_last_s == pytest.approx(rest_s, abs=0.2)
    assert refill_of(last).status == "not_recovered"
