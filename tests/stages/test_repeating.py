"""Skin that is pressed again before it is back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import BLOOD, SHAPE, Visit, samples, site_of, stack, times

from perfusion_cam.measurement import measure_press, sight_press
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.location import resting_skin
from perfusion_cam.stages.repeating import since_earlier
from perfusion_cam.stencils import Stencils
from perfusion_cam.types import Refill

FIRST = Visit(3.0, 7.0, row=27, col=44, radius=8, pallor=0.3)


def pressed_again(rest_s: float, tau_s: float, watched_s: float = 12.0) -> PressWindow:
    """The second press so long after the first one's release."""
    first = replace(FIRST, tau_s=tau_s)
    again = replace(first, contact_s=7.0 + rest_s, release_s=11.0 + rest_s)
    t_s = times(11.0 + rest_s + watched_s)
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []
    for sample in samples(t_s, stack(t_s, [first, again], noise=0.004)):
        presses += detector.push(sample)
    return (presses + detector.flush())[-1]


def refill_of(item: PressWindow) -> Refill:
    return measure_press(item, sight_press(item)).refill


def changed(item: PressWindow) -> np.ndarray:
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
    refill = refill_of(pressed_again(rest_s, 300.0))
    assert refill.status == "not_recovered"
    assert refill.blanch_depth is not None
    assert refill.blanch_depth > 0.8 * FIRST.pallor


def test_what_is_left_is_the_pallor_from_before() -> None:
    since = changed(pressed_again(3.0, 2.0))
    left = 0.3 * np.exp(-(3.0 - 0.4) / 2.0)
    assert since[:, 0] == pytest.approx(left * BLOOD, rel=0.15)
    assert np.abs(since[:, 1:]).max() < 0.1 * left


def test_skin_that_was_back_long_ago_is_put_against_its_latest_rest() -> None:
    item = pressed_again(40.0, 1.0)
    assert item.press.bare_before is not None
    assert not changed(item).any()


def test_skin_never_seen_before_the_first_press_keeps_its_own_rest() -> None:
    item = pressed_again(3.0, 2.0)
    unseen = replace(item, press=replace(item.press, bare_before=None))
    assert not changed(unseen).any()
    interval = refill_of(unseen).crt_ci95_s
    assert interval is not None
    assert interval[1] / interval[0] > 1.3


def test_skin_that_stays_pale_for_a_minute_and_more_is_no_rest() -> None:
    """Its colour has come half way back, and stays there."""
    rest_s, half = 75.0, 300.0
    first = replace(FIRST, pallor=0.15, tau_s=half)
    quick = replace(FIRST, pallor=0.3, tau_s=0.5)
    again = [
        replace(one, contact_s=7.0 + rest_s, release_s=11.0 + rest_s) for one in (first, quick)
    ]
    t_s = times(11.0 + rest_s + 8.0)
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []
    for sample in samples(t_s, stack(t_s, [first, quick, *again], noise=0.004)):
        presses += detector.push(sample)
    last = (presses + detector.flush())[-1]
    assert last.press.since_last_s == pytest.approx(rest_s, abs=0.2)
    assert refill_of(last).status == "not_recovered"
