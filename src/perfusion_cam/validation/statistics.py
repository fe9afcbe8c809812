"""Figures with intervals of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z95 = 1.959964
_RESAMPLES = 1000

Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval, from `count` values; None where there are none."""

    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and Wilson's 95 % interval of the share.

    Attributes
    ----------
    hits, count : int
    low, high : float
        0 and 1 where nothing was counted.
    """

    hits: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return self.hits / self.count if self.count else None


def share_of(outcomes: Sequence[bool]) -> Share:
    """Count what is true (interval: Wilson 1927, 10.1080/01621459.1927.10502953)."""
    hits, n = sum(outcomes), len(outcomes)
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = hits / n, _Z95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Share(hits, n, max(0.0, middle - half), min(1.0, middle + half))


def median_of(values: Sequence[float]) -> Estimate:
    """Median, with a bootstrap interval (Efron 1979, 10.1214/aos/1176344552)."""
    return bootstrapped(values, lambda rows: np.median(rows, axis=-1))


def percentile90_of(values: Sequence[float]) -> Estimate:
    """90th percentile, with a bootstrap interval."""
    return bootstrapped(values, lambda rows: np.quantile(rows, 0.9, axis=-1))


def bootstrapped(values: Sequence[float], statistic: Statistic) -> Estimate:
    """Work out a statistic along the last axis, and its percentile interval; seeded.

    From fewer than three values there is no interval.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.size == 0:
        return Estimate(None, None, None, 0)
    value = float(statistic(given))
    if given.size < 3:
        return Estimate(value, None, None, given.size)
    drawn = np.random.default_rng(given.size).choice(given, (_RESAMPLES, given.size))
    low, high = np.quantile(statistic(drawn), [0.025, 0.975])
    return Estimate(value, float(low), float(high), given.size)
