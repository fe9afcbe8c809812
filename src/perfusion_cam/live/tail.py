"""The colour between two measurements of a press: a quick look for the eye, in no number."""

from __future__ import annotations

from collections import deque

import numpy as np

from perfusion_cam.types import FloatArray, GridSample, PressResult

STEP_S = 0.2
"""Pictures averaged into one point: what eyes follow, without the noise of single pictures."""
KEPT_S = 10.0
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
        self._waiting: list[tuple[float, FloatArray]] = []
        self._steps: deque[tuple[float, FloatArray]] = deque()
        self._measured: PressResult | None = None
        self.points: tuple[Point, ...] = ()

    def push(self, sample: GridSample, measured: PressResult | None) -> None:
        """Take one sample, and the press as it was measured last; None while there is none."""
        if sample.registered:
            self._waiting.append((sample.t_s, sample.log_rgb[..., 1:].mean(axis=-1)))
        else:
            self._waiting = []
        stepped = bool(self._waiting) and sample.t_s - self._waiting[0][0] >= STEP_S
        if stepped:
            times_s, grids = zip(*self._waiting, strict=True)
            self._steps.append((float(np.mean(times_s)), np.mean(grids, axis=0)))
            self._waiting = []
        while self._steps and self._steps[0][0] < sample.t_s - KEPT_S:
            self._steps.popleft()
        if stepped or measured is not self._measured:
            self._measured = measured
            self.points = () if measured is None else self._following(measured)

    def _following(self, measured: PressResult) -> tuple[Point, ...]:
        site, curve = measured.site, measured.curve
        if site is None or curve is None or not self._steps:
            return ()
        known = curve.used & (curve.t_s > measured.press.release_s)
        if not known.any():
            return ()
        end_s = curve.t_s[known][-1]
        t_s = np.array([step_s for step_s, _ in self._steps])
        pallor = np.array(
            [grid[site.cells].mean() - grid[site.control_cells].mean() for _, grid in self._steps]
        )
        overlap = (t_s > end_s - OVERLAP_S) & (t_s <= end_s)
        if not overlap.any():
            return ()
        level = np.interp(t_s[overlap], curve.t_s[known], curve.signal[known]) - pallor[overlap]
        after = t_s > end_s
        return tuple(zip(t_s[after].tolist(), (pallor[after] + level.mean()).tolist(), strict=True))
