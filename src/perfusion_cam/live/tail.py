"""The colour between two measurements of a press: a quick look for the eye, in no number."""

from __future__ import annotations

import numpy as np

from perfusion_cam.live.steps import Step
from perfusion_cam.types import PressResult

OVERLAP_S = 1.0
"""The quick look is laid on so much of the end of the measured curve."""

Point = tuple[float, float]


class Tail:
    """Goes on with the curve of a press where its last measurement ended.

    Attributes
    ----------
    points : tuple of (t_s, signal)
        What followed, as in `RefillCurve`; the same object until there is more.
    """

    def __init__(self) -> None:
        self._seen: tuple[tuple[Step, ...], PressResult | None] = ((), None)
        self.points: tuple[Point, ...] = ()

    def push(self, steps: tuple[Step, ...], measured: PressResult | None) -> None:
        """Take what `Steps` keeps, and the press as measured last; None while there is none."""
        before, measured_before = self._seen
        if steps is not before or measured is not measured_before:
            self._seen = steps, measured
            self.points = () if measured is None else _following(steps, measured)


def _following(steps: tuple[Step, ...], measured: PressResult) -> tuple[Point, ...]:
    site, curve = measured.site, measured.curve
    if site is None or curve is None:
        return ()
    known = curve.used & (curve.t_s > measured.press.release_s)
    if not known.any():
        return ()
    end_s = curve.t_s[known][-1]
    late = [step for step in steps if step.t_s > end_s - OVERLAP_S]
    t_s = np.array([step.t_s for step in late])
    pallor = np.array(
        [step.light[site.cells].mean() - step.light[site.control_cells].mean() for step in late]
    )
    overlap = t_s <= end_s
    if not overlap.any():
        return ()
    level = np.interp(t_s[overlap], curve.t_s[known], curve.signal[known]) - pallor[overlap]
    after = ~overlap
    return tuple(zip(t_s[after].tolist(), (pallor[after] + level.mean()).tolist(), strict=True))
