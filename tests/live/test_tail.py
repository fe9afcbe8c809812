"""The quick look goes on where the measured curve ends."""

from __future__ import annotations

from typing import Any

import numpy as np

from perfusion_cam.live.steps import STEP_S, Steps
from perfusion_cam.live.tail import Tail
from perfusion_cam.types import GridSample, Press, PressResult, Refill, RefillCurve, Site

SHAPE = (9, 16)
RELEASE_S, TAU_S, DEPTH = 5.0, 1.5, 0.4
FPS = 30.0


def cells(rows: slice, cols: slice) -> np.ndarray[Any, np.dtype[np.bool_]]:
    made = np.zeros(SHAPE, bool)
    made[rows, cols] = True
    return made


SITE = Site(0, 0, 1, cells(slice(2, 5), slice(2, 5)), cells(slice(2, 5), slice(9, 14)))


def pallor(t_s: float) -> float:
    return DEPTH * float(np.exp(-(t_s - RELEASE_S) / TAU_S))


def sample(t_s: float, registered: bool = True) -> GridSample:
    log_rgb = np.full((*SHAPE, 3), -1.0 + 0.1 * np.sin(t_s), np.float32)
    log_rgb[SITE.cells, 1:] += np.float32(pallor(t_s))
    valid = np.ones(SHAPE, bool)
    return GridSample(t_s, log_rgb, valid, np.zeros((*SHAPE, 3), bool), np.eye(2, 3), 1, registered)


def measured(end_s: float) -> PressResult:
    t_s = np.arange(RELEASE_S, end_s, 1 / FPS)
    signal = np.array([pallor(t) for t in t_s])
    curve = RefillCurve(t_s, signal, np.full(len(t_s), 0.01), np.ones(len(t_s), bool), 0.0)
    press = Press(0, 0.1, RELEASE_S, 0.1, SITE.cells, end_s, "recording", 1, 1, (0, 1), 5)
    return PressResult(press, SITE, curve, Refill("not_recovered", ()))


class Followed:
    """A tail with the steps that it is drawn from."""

    def __init__(self) -> None:
        self._steps, self._tail = Steps(), Tail()

    def push(self, taken: GridSample, result: PressResult | None) -> None:
        self._steps.push(taken)
        self._tail.push(self._steps.kept, result)

    @property
    def points(self) -> Any:
        return self._tail.points


def test_it_follows_the_true_curve_from_where_the_measured_one_ends() -> None:
    tail, result = Followed(), None
    for t_s in np.arange(RELEASE_S, RELEASE_S + 4.0, 1 / FPS):
        result = measured(t_s) if result is None and t_s > RELEASE_S + 2.0 else result
        tail.push(sample(t_s), result)
        if result is None:
            assert tail.points == ()
    times_s, signal = np.array(tail.points).T
    assert times_s[0] >= RELEASE_S + 2.0
    assert times_s[-1] > RELEASE_S + 4.0 - 2 * STEP_S
    steps_s = np.diff(times_s)
    assert (steps_s >= STEP_S).all()
    assert (steps_s < STEP_S + 2.5 / FPS).all()
    np.testing.assert_allclose(signal, [pallor(t_s) for t_s in times_s], atol=0.01)
    newer = measured(RELEASE_S + 3.5)
    tail.push(sample(RELEASE_S + 4.0), newer)
    assert tail.points
    assert tail.points[0][0] > RELEASE_S + 3.4
    before = tail.points
    tail.push(sample(RELEASE_S + 4.03), newer)
    assert tail.points is before
    tail.push(sample(RELEASE_S + 4.07), None)
    assert tail.points == ()


def test_pictures_in_which_the_skin_is_lost_are_passed_over() -> None:
    tail, result = Followed(), measured(RELEASE_S + 1.0)
    for t_s in np.arange(RELEASE_S, RELEASE_S + 2.0, 1 / FPS):
        tail.push(sample(t_s, registered=t_s < RELEASE_S + 1.5), result)
    assert tail.points[-1][0] < RELEASE_S + 1.6
