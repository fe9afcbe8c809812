"""Found presses against true ones."""

from dataclasses import replace

import numpy as np
import pytest
from scored import BARE, GOOD, MISSED, STUCK, WRONG

from perfusion_cam.quality import Flag
from perfusion_cam.simulate import Curve, Event, PressTruth, Scenario, truth_of
from perfusion_cam.types import Press, PressResult, Refill
from perfusion_cam.validation.scoring import score_presses

TRUE = PressTruth(2.0, 7.0, 300, 200, 30, Curve(tau_s=0.8))
CLIP = Scenario("clip", presses=(TRUE,), duration_s=14.0)


def found(release_s: float, refill: Refill) -> PressResult:
    cells = np.zeros((2, 2), bool)
    press = Press(2.0, 0.1, release_s, 0.05, cells, 14.0, "recording", 0.3, 1.0, (0, 1), release_s)
    return PressResult(press, None, None, refill)


MEASURED = Refill("measured", (Flag.HOLD_LONG,), crt_s=1.9, crt_ci95_s=(1.7, 2.1), t90_s=1.9)


def test_a_press_is_the_nearest_one_within_a_second() -> None:
    far, near = found(7.8, Refill("not_measurable", ())), found(7.05, MEASURED)
    (score,), invented = score_presses(CLIP, [far, near], [1.85])
    assert score.release_error_s == pytest.approx(0.05)
    assert (score.crt_s, score.low_s, score.high_s) == (1.9, 1.7, 2.1)
    assert score.flags == ("hold_long",)
    assert score.watched_s == 7.0
    assert score.t90_s == truth_of(CLIP).presses[0].t90_s
    assert score.inside is True
    assert invented == ("7.80 s, not_measurable",)


def test_a_press_that_nobody_found_is_missed() -> None:
    (score,), invented = score_presses(CLIP, [found(9.0, MEASURED)])
    assert not score.found
    assert score.error_s is None
    assert invented == ("9.00 s, measured",)


def hand_above(pause_s: float) -> Scenario:
    """A clip in which nobody presses, and a hand rests above the skin from 3 s on."""
    return replace(CLIP, presses=(), events=(Event("hand-passes", 2.0, 2.0 + pause_s, pause_s),))


def test_a_hand_held_above_may_be_reported_but_not_with_a_time() -> None:
    refused = found(6.6, Refill("not_measurable", (Flag.DOES_NOT_BLANCH,)))
    (score,), invented = score_presses(hand_above(3.5), [refused])
    assert (score.kind, score.status, invented) == ("held", "not_measurable", ())
    assert score.release_error_s is None
    assert not score.false_number
    for given in (MEASURED, Refill("not_recovered", (), lower_bound_s=5.0)):
        (score,), _ = score_presses(hand_above(3.5), [found(6.6, given)])
        assert score.false_number
    assert score_presses(replace(hand_above(3.5), duration_s=6.0), []) == ((), ())


def test_a_hand_that_only_passes_is_no_press() -> None:
    refused = found(5.0, Refill("not_measurable", (Flag.DOES_NOT_BLANCH,)))
    assert score_presses(hand_above(1.9), [refused]) == ((), ("5.00 s, not_measurable",))


def test_what_nobody_pressed_has_no_presses() -> None:
    assert score_presses(replace(CLIP, presses=()), []) == ((), ())


@pytest.mark.parametrize(
    ("press", "kind"),
    [
        (TRUE, "timed"),
        (replace(TRUE, curve=Curve("stuck", recovered=0.3)), "never"),
        (replace(TRUE, depth=0.0), "unblanched"),
        (replace(TRUE, contact_s=-1.0), "unseen"),
    ],
)
def test_kinds_of_presses(press: PressTruth, kind: str) -> None:
    (score,), _ = score_presses(replace(CLIP, presses=(press,)), [found(7.0, MEASURED)])
    assert score.kind == kind
    assert score.false_number == (kind != "timed")
    assert (score.error_s is None) == (kind != "timed")


def test_a_bound_is_false_where_the_skin_was_back_before() -> None:
    assert not STUCK.false_bound
    assert replace(GOOD, lower_bound_s=3.0).false_bound
    assert not replace(GOOD, lower_bound_s=1.5).false_bound


def test_errors_and_intervals() -> None:
    assert GOOD.error_s == pytest.approx(0.05)
    assert GOOD.oracle_error_s == pytest.approx(0.04)
    assert (GOOD.inside, WRONG.inside, MISSED.inside, BARE.inside) == (True, False, None, None)
