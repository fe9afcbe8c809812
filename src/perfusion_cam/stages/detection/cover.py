"""Since when something had covered the cells that a burst of change uncovered."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.stages.detection.history import GridHistory
from perfusion_cam.stages.detection.light import common_gain, smooth
from perfusion_cam.types import BoolArray, FloatArray

MIN_BASELINE_S = 0.25
GLIMPSE_S = 1.0
"""Skin seen bare for less than this may have been pressed just before, and be pale from it."""
UNTOUCHED_SHARE = 0.97
"""Of the cells that usually look bare before the tool comes: less, and it has begun to come."""
LOOK_BACK_S = 30.0
UNMOVED_SHARE = 0.6
"""Of the cells that look in every picture as they did just before they were uncovered, where the
skin was never seen bare (measured: 0.7 and more under a pressing thumb)."""
STEP_S = 0.07
BASELINE_S = 3.0


class Cover(NamedTuple):
    """Since when the changed cells were covered, and when they were seen bare before that.

    Attributes
    ----------
    contact_s, contact_se_s : float
        When the tool came to rest, and its standard error.
    baseline_s : (float, float)
        When they were seen at rest; both ends the same where they never were.
    bare_until_s : float
        When they were last seen bare, be it for a glimpse.
    """

    contact_s: float
    contact_se_s: float
    baseline_s: tuple[float, float]
    bare_until_s: float

    @property
    def seen_bare(self) -> bool:
        """Whether there is a baseline at all."""
        return self.baseline_s[1] > self.baseline_s[0]


class Past:
    """How the cells that a burst changed looked before it, covered or bare.

    Parameters
    ----------
    history : GridHistory
    start_s : float
        When the burst began.
    changed : array (rows, cols) bool
        Cells that it changed.
    held, bare : arrays (rows, cols, 3)
        Natural-log light before and after it.
    weights : array (3,)
        Trust in each colour.

    Attributes
    ----------
    t_s : array (n,)
        Pictures looked at, the last first.
    seen_bare : array (rows, cols) bool
        Those of the cells that had looked as after the burst for `MIN_BASELINE_S` or more.
    """

    def __init__(
        self,
        history: GridHistory,
        start_s: float,
        changed: BoolArray,
        held: FloatArray,
        bare: FloatArray,
        weights: FloatArray,
    ) -> None:
        window = history.window(start_s - LOOK_BACK_S, start_s)
        interval_s = float(np.median(np.diff(window.t_s))) if len(window.t_s) > 1 else STEP_S
        step = max(1, round(STEP_S / max(interval_s, 1e-3)))
        picks = range(len(window.t_s) - 1, -1, -step)
        self.t_s = window.t_s[::-step].copy()
        self._interval_s = step * interval_s
        cells = np.flatnonzero(changed)
        as_bare, as_held = (_by_colour(grid, cells, weights) for grid in (bare, held))
        near2 = 0.25 * ((as_bare - as_held) ** 2).sum(axis=0)
        self._cells = cells
        self._like_bare = np.empty((len(picks), len(cells)), bool)
        self._like_held = np.empty_like(self._like_bare)
        bare_s = np.zeros(len(cells))
        for i, pick in enumerate(picks):
            grid = smooth(window.log_rgb(pick))
            grid -= common_gain(grid - bare, ~changed)
            light = _by_colour(grid, cells, weights)
            to_bare2 = ((light - as_bare) ** 2).sum(axis=0)
            to_held2 = ((light - as_held) ** 2).sum(axis=0)
            self._like_bare[i] = to_bare2 < to_held2
            bare_s += self._interval_s * (to_bare2 < near2)
            self._like_held[i] = to_held2 < near2
        self.seen_bare = np.zeros_like(changed)
        self.seen_bare.flat[cells[bare_s >= MIN_BASELINE_S]] = True

    def find_cover(self, tool: BoolArray) -> Cover | None:
        """What covered some of the cells after they had been seen bare.

        Where they were bare for a glimpse only, their rest is sought before what covered them then.
        """
        share = self._share(self._like_bare, tool)
        bare = np.flatnonzero(share >= 0.5)
        if len(bare) == 0 or bare[0] == 0:
            return None
        usual = float(np.median(share[bare]))
        stretches = np.split(bare, np.flatnonzero(np.diff(bare) > 1) + 1)
        rests = [
            self._rest(share, stretch, max(0.75, UNTOUCHED_SHARE * usual)) for stretch in stretches
        ]
        bare_until_s = rests[0][1]
        rests = [rest for rest in rests if rest[1] - rest[0] >= MIN_BASELINE_S]
        if not rests:
            return None
        long = [rest for rest in rests if rest[1] - rest[0] >= GLIMPSE_S]
        contact = self._contact(tool, int(bare[0]) - 1)
        return Cover(*contact, [*long, *rests][0], bare_until_s)

    def _rest(
        self, share: FloatArray, stretch: NDArray[np.intp], untouched: float
    ) -> tuple[float, float]:
        """From when to when a stretch of pictures shows the cells bare; no time at all if never."""
        settled = np.flatnonzero(share[stretch] >= untouched)
        oldest_s = float(self.t_s[stretch[-1]])
        if len(settled) == 0:
            return oldest_s, oldest_s
        end_s = float(self.t_s[stretch[min(int(settled[0]) + 1, len(stretch) - 1)]])
        return max(oldest_s, end_s - BASELINE_S), end_s

    def cover_since(self, start_s: float, tool: BoolArray) -> Cover | None:
        """What covered some of the cells, unmoved, from the first picture at `start_s` on."""
        whole = len(self.t_s) > 0 and self.t_s[-1] - start_s < self._interval_s
        if not whole or self._share(self._like_bare, tool).max() >= 0.5:
            return None
        if self._share(self._like_held, tool).min() < UNMOVED_SHARE:
            return None
        return Cover(start_s, np.inf, (start_s, start_s), start_s)

    def _share(self, alike: BoolArray, tool: BoolArray) -> FloatArray:
        """Share of the tool's cells that look alike, picture by picture."""
        return np.asarray(alike[:, tool.flat[self._cells]].mean(axis=1))

    def _contact(self, tool: BoolArray, first: int) -> tuple[float, float]:
        """When the tool came to rest: covered, and looking as it did when it left."""
        share = self._share(self._like_held, tool)[: first + 1]
        held = np.flatnonzero(share >= 0.9 * float(np.median(share)))
        rest = int(held[-1]) if len(held) else first
        moving_s = float(self.t_s[rest] - self.t_s[first])
        return float(self.t_s[rest]), float(np.hypot(self._interval_s, moving_s / 3))


def _by_colour(grid: FloatArray, cells: NDArray[np.intp], weights: FloatArray) -> FloatArray:
    """Weighted light of some cells of a grid (rows, cols, 3), array (3, cells)."""
    chosen = grid.reshape(-1, 3).take(cells, axis=0)
    return np.ascontiguousarray(chosen.T) * weights[:, None]
