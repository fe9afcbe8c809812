"""Pictures averaged over a moment: what eyes follow, without the noise of single pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perfusion_cam.types import FloatArray, GridSample

STEP_S = 0.2
KEPT_S = 12.0


class Step(NamedTuple):
    """One moment.

    Attributes
    ----------
    t_s : float
    light : array (rows, cols) float32
        Natural-log light in the colours that blood takes away, green and blue.
    """

    t_s: float
    light: FloatArray


class Steps:
    """Averages the pictures in which the skin was followed.

    Attributes
    ----------
    kept : tuple of Step
        The last ones; the same object until there is another.
    """

    def __init__(self) -> None:
        self._waiting: list[Step] = []
        self.kept: tuple[Step, ...] = ()

    def push(self, sample: GridSample) -> None:
        """Take one sample."""
        waiting = self._waiting
        if sample.registered:
            green, blue = sample.log_rgb[..., 1], sample.log_rgb[..., 2]
            waiting.append(Step(sample.t_s, (green + blue) / 2))  # NumPy's own mean is slow here
        else:
            waiting.clear()
        if not waiting or sample.t_s - waiting[0].t_s < STEP_S:
            return
        times_s, grids = zip(*waiting, strict=True)
        self._waiting = []
        new = Step(float(np.mean(times_s)), sum(grids) / np.float32(len(grids)))
        self.kept = (*(one for one in self.kept if one.t_s >= sample.t_s - KEPT_S), new)
