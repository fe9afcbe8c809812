"""Bursts of change: something enters, moves in, or leaves the picture."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import NamedTuple

import numpy as np

from perfusion_cam.stages.detection.light import (
    CELL_CHANGE,
    colour_weights,
    common_gain,
    in_grey_levels,
    largest,
    smooth,
    usual_difference,
)
from perfusion_cam.types import FloatArray, GridSample

MIN_STEP_S = 0.045
"""Samples nearer than this to the last one looked at are passed over."""
LAG_S = 0.2
"""Change is judged against the picture this much earlier."""
EVERY = 2
"""Every second cell each way tells what moves: averaged with its neighbours it knows of them."""
MIN_SHARE = 0.002
FLOOR_FACTOR = 4.0
MOST_ABOVE = 0.05
"""Share of the picture beyond the usual that is a burst, however much else always moves: a head
before a room, with hair and glasses, changes a tenth of the picture all the time."""
FLOOR_WINDOW_S = 10.0
FLOOR_QUANTILE = 0.3
NOISE_SAMPLES = 60
QUIET_S = 0.3
LONGEST_S = 8.0
"""Unceasing change is looked through piece by piece."""
CALM_S, CALM_SHARE = 2.0, 0.25
PEAK_SHARE = 0.1
"""A burst reaches as far as activity stays above this share of its peak."""


class Burst(NamedTuple):
    """A stretch of change: nothing moved just before `start_s` nor just after `end_s`."""

    start_s: float
    end_s: float


class BurstFinder:
    """Turns grid samples into bursts of change as they end."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, FloatArray]] = deque()
        self._usual: deque[FloatArray] = deque(maxlen=NOISE_SAMPLES)
        self._t_s: list[float] = []
        self._lagged_s: list[float] = []
        self._share: list[float] = []
        self._open_from: int | None = None
        self._last_active = 0

    @property
    def open(self) -> bool:
        """Whether a burst has begun and not been told yet."""
        return self._open_from is not None

    def push(self, sample: GridSample) -> list[Burst]:
        """Take one sample; return the bursts that this sample shows to be over."""
        if self._t_s and sample.t_s - self._t_s[-1] < MIN_STEP_S:
            return []
        grid = np.ascontiguousarray(smooth(sample.log_rgb)[::EVERY, ::EVERY])
        while len(self._recent) > 1 and self._recent[1][0] <= sample.t_s - LAG_S + 1e-6:
            self._recent.popleft()
        if self._recent:
            earlier_s, earlier = self._recent[0]
            difference = grid - earlier
            change = np.abs(difference - common_gain(difference)) * self._weights(difference)
            change = in_grey_levels(change, grid, earlier)
            share = float((largest(change) > CELL_CHANGE).mean())
        else:
            earlier_s, share = sample.t_s, 0.0
        self._recent.append((sample.t_s, grid))
        self._t_s.append(sample.t_s)
        self._lagged_s.append(earlier_s)
        self._share.append(share)
        return self._step()

    def flush(self) -> list[Burst]:
        """Close the burst that the recording ended in."""
        return [] if self._open_from is None else self._close(len(self._t_s))

    def _weights(self, difference: FloatArray) -> FloatArray:
        """Trust in each colour, from the calmer ones among the last pictures."""
        self._usual.append(usual_difference(difference))
        ranked = np.sort(np.array(self._usual), axis=0)
        return colour_weights(ranked[int(FLOOR_QUANTILE * (len(ranked) - 1))])

    def _step(self) -> list[Burst]:
        i = len(self._t_s) - 1
        if self._share[i] > self._threshold(i):
            if self._open_from is None:
                self._open_from = i
            self._last_active = i
            return self._close(i) if self._too_long(i) else []
        if self._open_from is None:
            self._forget(i)
            return []
        if self._t_s[i] - self._t_s[self._last_active] <= QUIET_S:
            return []
        return self._close(i)

    def _too_long(self, i: int) -> bool:
        """Whether to look through unceasing change now: not in the middle of a peak."""
        assert self._open_from is not None
        if self._t_s[i] - self._t_s[self._open_from] < LONGEST_S:
            return False
        first = bisect_left(self._t_s, self._t_s[i] - CALM_S)
        return self._share[i] < CALM_SHARE * max(self._share[first : i + 1])

    def _threshold(self, i: int) -> float:
        first = bisect_left(self._t_s, self._t_s[i] - FLOOR_WINDOW_S)
        recent = sorted(self._share[first : i + 1])
        floor = recent[int(FLOOR_QUANTILE * (len(recent) - 1))]
        return max(MIN_SHARE, min(FLOOR_FACTOR * floor, floor + MOST_ABOVE))

    def _close(self, i: int) -> list[Burst]:
        assert self._open_from is not None
        start, stop = self._open_from, self._last_active + 1
        share = np.array(self._share[start:stop])
        above = np.concatenate([[False], share >= PEAK_SHARE * share.max(), [False]])
        edges = np.flatnonzero(np.diff(above.astype(int))).reshape(-1, 2) + start
        runs: list[tuple[int, int]] = []
        for lo, hi in edges:
            if runs and self._lagged_s[lo] - self._t_s[runs[-1][1] - 1] < QUIET_S:
                runs[-1] = (runs[-1][0], int(hi))
            else:
                runs.append((int(lo), int(hi)))
        self._open_from = None
        found = []
        for lo, hi in runs:
            found.append(Burst(self._lagged_s[lo], self._lagged_s[min(hi, i, len(self._t_s) - 1)]))
        return found

    def _forget(self, i: int) -> None:
        keep = bisect_left(self._t_s, self._t_s[i] - 2 * FLOOR_WINDOW_S)
        if keep > 2000:
            del self._t_s[:keep], self._lagged_s[:keep], self._share[:keep]
