"""Bursts of change: something enters, moves in, or leaves the picture."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from perfusion_cam.stages.detection.light import (
    CELL_CHANGE,
    colour_weights,
    common_gain,
    in_grey_levels,
    largest,
    smooth,
    usual_difference,
)
from perfusion_cam.types import BoolArray, FloatArray, GridSample

MIN_STEP_S = 0.045
"""Samples nearer than this to the last one looked at are passed over."""
LAG_S = 0.2
"""Change is judged against the picture this much earlier."""
EVERY = 2
"""Every second cell each way tells what moves: averaged with its neighbours it knows of them."""
MIN_SHARE = 0.002
FLOOR_FACTOR = 4.0
MOST_ABOVE = 0.07
"""Share of the picture beyond the usual that is a burst, however much else always moves: a head
before a room, with hair and glasses, changes a tenth of the picture all the time. The smaller, the
smaller a tool that is noticed, and the more talk is taken for one that comes or goes."""
FLOOR_WINDOW_S = 10.0
FLOOR_QUANTILE = 0.3
NOISE_SAMPLES = 60
QUIET_S = 0.3
LONGEST_S = 8.0
"""Unceasing change is looked through piece by piece."""
CALM_S, CALM_SHARE = 2.0, 0.25
PEAK_SHARE = 0.1
"""A burst reaches as far as activity stays above this share of its peak, beyond the usual."""
LULL_S, LULL_SHARE = 1.0, 1 / 3
"""A tool that trembles as it presses moves all the while, but for so long, the least that a press
lasts, no more than this share of how it moved before and will after."""


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
        self.least_seen = array("d")
        """Picture by picture, the least share of the picture whose change is a burst."""
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
        threshold = self._threshold(i)
        self.least_seen.append(threshold)
        if self._share[i] > threshold:
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
        floor = self._floor(i)
        return max(MIN_SHARE, min(FLOOR_FACTOR * floor, floor + MOST_ABOVE))

    def _floor(self, i: int) -> float:
        """Activity as it usually was of late."""
        first = bisect_left(self._t_s, self._t_s[i] - FLOOR_WINDOW_S)
        recent = sorted(self._share[first : i + 1])
        return recent[int(FLOOR_QUANTILE * (len(recent) - 1))]

    def _close(self, i: int) -> list[Burst]:
        assert self._open_from is not None
        start, stop = self._open_from, self._last_active + 1
        floor = min(self._floor(start), self._floor(stop - 1))
        t_s, share = np.array(self._t_s[start:stop]), np.array(self._share[start:stop])
        self._open_from = None
        found = []
        for first, last in _between_lulls(t_s, share):
            for lo, hi in self._runs(start + first, share[first:last] - floor):
                end = min(hi, i, len(self._t_s) - 1)
                found.append(Burst(self._lagged_s[lo], self._lagged_s[end]))
        return found

    def _runs(self, start: int, beyond: FloatArray) -> list[tuple[int, int]]:
        """Where activity beyond the usual, from `start` on, is near its peak: no short breaks."""
        runs: list[tuple[int, int]] = []
        for lo, hi in _stretches(beyond >= PEAK_SHARE * beyond.max()) + start:
            if runs and self._lagged_s[lo] - self._t_s[runs[-1][1] - 1] < QUIET_S:
                runs[-1] = (runs[-1][0], int(hi))
            else:
                runs.append((int(lo), int(hi)))
        return runs

    def _forget(self, i: int) -> None:
        keep = bisect_left(self._t_s, self._t_s[i] - 2 * FLOOR_WINDOW_S)
        if keep > 2000:
            del self._t_s[:keep], self._lagged_s[:keep], self._share[:keep]


def _between_lulls(t_s: FloatArray, share: FloatArray) -> list[tuple[int, int]]:
    """Cut activity where it was low for long, beside what came before and after."""
    steady = median_filter(share, 3, mode="nearest")
    before, after = np.maximum.accumulate(share), np.maximum.accumulate(share[::-1])[::-1]
    low = _stretches(steady <= LULL_SHARE * np.minimum(before, after))
    lulls = [(lo, hi) for lo, hi in low if t_s[hi - 1] - t_s[lo] >= LULL_S]
    edges = [0, *(int(edge) for lull in lulls for edge in lull), len(share)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _stretches(inside: BoolArray) -> NDArray[np.intp]:
    """First index, and the one after the last, of every run of true values, array (k, 2)."""
    padded = np.concatenate([[0], inside.astype(int), [0]])
    return np.flatnonzero(np.diff(padded)).reshape(-1, 2)
