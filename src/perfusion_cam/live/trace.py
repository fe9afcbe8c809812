"""The colour before and during a press: a quick look for the eye, in no number.

Until something touches the skin, the chosen site or the middle of the picture is followed; then
the place that was touched, also back in time. While the tool hides it, only the skin beside it is.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perfusion_cam.live.contact import ContactWatch
from perfusion_cam.live.steps import STEP_S, Step
from perfusion_cam.live.tail import Point
from perfusion_cam.stages.detection.activity import LAG_S
from perfusion_cam.types import BoolArray, FloatArray, GridSample

BEFORE_S = 5.0
"""So much is shown before the touch, or before now."""
APART, WIDE = 0.03, 0.1
"""Skin beside a place: how far from it, and how wide, as shares of the grid's width."""
FEWEST_CELLS = 20


class Trace(NamedTuple):
    """What there is to see.

    Attributes
    ----------
    now_s : float
        Time of the newest point, as all in the placement.
    contact_s, lifted_s : float or None
        When the tool came to rest, and when it was seen to leave.
    place : tuple of (t_s, signal)
        Natural-log light of the place against the skin beside it; 0 is its mean before the touch,
        positive is paler. Without the moments in which something moves or hides it.
    beside : tuple of (t_s, signal)
        Natural-log light of the skin beside it, against its own mean.
    """

    now_s: float
    contact_s: float | None
    lifted_s: float | None
    place: tuple[Point, ...]
    beside: tuple[Point, ...]


class TraceWatch:
    """Follows one placement.

    Parameters
    ----------
    place : array (rows, cols) bool
        What to follow until something is touched.

    Attributes
    ----------
    trace : Trace or None
        None while a recovery or a result is shown; the same object until there is more.
    """

    def __init__(self, place: BoolArray) -> None:
        self._chosen = place
        self._place = self._beside = np.zeros_like(place)
        self._contact_s: float | None = None
        self._steps: tuple[Step, ...] = ()
        self._touch: tuple[float | None, float | None] = (None, None)
        self.trace: Trace | None = None

    def push(self, sample: GridSample, steps: tuple[Step, ...], contact: ContactWatch) -> None:
        """Take one sample, what `Steps` keeps, and what is known of the touch."""
        touched_s = contact.contact_s
        lifted = touched_s is None and _is_after(contact.lifted_s, self._contact_s)
        lifted_s = contact.lifted_s if lifted else None
        touch = (touched_s, lifted_s)
        if steps is self._steps and touch == self._touch:
            return
        self._steps, self._touch = steps, touch
        if not lifted and (touched_s != self._contact_s or not self._place.any()):
            self._contact_s = touched_s
            self._choose(sample, contact.tool_cells)
        self.trace = self._look(steps, contact, lifted_s) if steps else None

    def rest(self) -> None:
        """Show nothing, and forget what was touched."""
        self._contact_s = self.trace = None
        self._place = np.zeros_like(self._place)

    def _choose(self, sample: GridSample, touched: BoolArray | None) -> None:
        self._place = (self._chosen if touched is None else touched) & sample.valid
        near, far = (_grown(self._place, share) for share in (APART, APART + WIDE))
        self._beside = far & ~near & sample.valid

    def _look(
        self, steps: tuple[Step, ...], contact: ContactWatch, lifted_s: float | None
    ) -> Trace:
        now_s, contact_s = steps[-1].t_s, self._contact_s
        start_s = (now_s if contact_s is None else contact_s) - BEFORE_S
        seen = [one for one in steps if one.t_s >= start_s and not _moved(one.t_s, contact)]
        empty = Trace(now_s, contact_s, lifted_s, (), ())
        if not seen or min(self._place.sum(), self._beside.sum()) < FEWEST_CELLS:
            return empty
        t_s = np.array([one.t_s for one in seen])
        cells = [np.flatnonzero(one) for one in (self._place, self._beside)]
        light = np.array([[one.light.take(index).mean() for index in cells] for one in seen])
        bare = t_s < (np.inf if contact_s is None else contact_s)
        if not bare.any():
            return empty
        place, beside = light[:, 0] - light[:, 1], light[:, 1]
        hidden = ~bare if lifted_s is None else ~bare & (t_s < lifted_s)
        return empty._replace(
            place=_points(t_s[~hidden], place[~hidden] - place[bare].mean()),
            beside=_points(t_s, beside - beside[bare].mean()),
        )


def _moved(t_s: float, contact: ContactWatch) -> bool:
    """Whether something moved during a step."""
    half_s = STEP_S / 2
    if contact.moving_s is not None and t_s > contact.moving_s - LAG_S - half_s:
        return True
    return any(one.start_s - half_s < t_s < one.end_s + half_s for one in contact.moves)


def _is_after(time_s: float | None, other_s: float | None) -> bool:
    return time_s is not None and other_s is not None and time_s > other_s


def _points(t_s: FloatArray, signal: FloatArray) -> tuple[Point, ...]:
    return tuple(zip(t_s.tolist(), signal.tolist(), strict=True))


def _grown(cells: BoolArray, share: float) -> BoolArray:
    radius = max(1, round(share * cells.shape[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(cells.astype(np.uint8), kernel), bool)
