"""How blood comes back after a press: the laws that the truth follows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

CurveKind = Literal["exp", "two-rate", "sigmoid", "overshoot", "stretched", "linear", "stuck"]

LONGEST_WATCH_S = 60.0
"""A colour that is not back after this long counts as never back."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A refill law: the fraction of the pressed-out blood still missing after release.

    Attributes
    ----------
    kind : "exp", "two-rate", "sigmoid", "overshoot", "stretched", "linear" or "stuck"
        *exp*: one exponential. *two-rate*: a fast share and a slow rest, as real skin shows after
        presses of 5 s. *sigmoid*: nothing happens for a while, then logistic. *overshoot*: reactive
        hyperaemia, redder than at rest, fading over ten seconds or so. *stretched*: many rates at
        once, exp(-(u / tau)^beta). *linear*: at one pace until it is back. *stuck*: the colour
        comes back in part, then stays.
    tau_s : float
        Time constant, seconds; for *two-rate* that of the fast share, for *linear* the whole time.
    slow_tau_s : float or None
        Time constant of the slow share of *two-rate*; None is four times `tau_s`.
    fast_share : float
        Share of the fast part of *two-rate*, 0 to 1.
    delay_s : float
        Middle of the logistic of *sigmoid*, seconds.
    overshoot : float
        Hyperaemia of *overshoot* as a share of the blanch, 0 to 0.5.
    fade_s : float
        Time constant with which hyperaemia fades, seconds.
    beta : float
        Exponent of *stretched*, 0.3 to 1.5; under 1 it starts fast and ends slow.
    recovered : float
        What comes back under *stuck*, 0 to 1.
    """

    kind: CurveKind = "exp"
    tau_s: float = 0.7
    slow_tau_s: float | None = None
    fast_share: float = 0.6
    delay_s: float = 0.8
    overshoot: float = 0.15
    fade_s: float = 4.0
    beta: float = 0.7
    recovered: float = 0.4

    def __post_init__(self) -> None:
        if self.kind not in get_args(CurveKind):
            raise ValueError(f"kind {self.kind!r} is none of {', '.join(get_args(CurveKind))}")
        for name in ("tau_s", "fade_s", "slow_tau_s"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be positive, not {value}")
        for name, limit in (("fast_share", 1.0), ("overshoot", 0.5), ("recovered", 1.0)):
            if not 0 <= getattr(self, name) <= limit:
                raise ValueError(f"{name} must lie in 0 to {limit}, not {getattr(self, name)}")
        if not 0.3 <= self.beta <= 1.5:
            raise ValueError(f"beta must lie in 0.3 to 1.5, not {self.beta}")
        if not self.delay_s >= 0:
            raise ValueError(f"delay_s must not be negative, not {self.delay_s}")

    def missing(self, u_s: FloatArray) -> FloatArray:
        """Fraction of the pressed-out blood still missing `u_s` seconds after release.

        Parameters
        ----------
        u_s : array
            Seconds after release; what is negative counts as 0.

        Returns
        -------
        array
            1 at release, 0 where the skin is back, negative where it is redder than at rest.
        """
        u = np.maximum(u_s, 0.0)
        gone = np.exp(-u / self.tau_s)
        if self.kind == "two-rate":
            slow = np.exp(-u / (self.slow_tau_s or 4.0 * self.tau_s))
            return np.asarray(self.fast_share * gone + (1.0 - self.fast_share) * slow)
        if self.kind == "sigmoid":
            offset = math.exp(-self.delay_s / self.tau_s)
            return np.asarray((1.0 + offset) * gone / (gone + offset))
        if self.kind == "overshoot":
            return np.asarray(gone - self.overshoot * (1.0 - gone) * np.exp(-u / self.fade_s))
        if self.kind == "stretched":
            return np.asarray(np.exp(-((u / self.tau_s) ** self.beta)))
        if self.kind == "linear":
            return np.asarray(np.maximum(1.0 - u / self.tau_s, 0.0))
        if self.kind == "stuck":
            return np.asarray(1.0 - self.recovered * (1.0 - gone))
        return np.asarray(gone)


def first_time_below(u_s: FloatArray, missing: FloatArray, level: float) -> float | None:
    """First time at which a sampled curve is at or below `level`, between samples by a line.

    Parameters
    ----------
    u_s, missing : arrays (n,)
        Times in seconds, rising, and the curve there.
    level : float

    Returns
    -------
    float or None
        None where the curve never comes so low.
    """
    below = np.flatnonzero(missing <= level)
    if below.size == 0:
        return None
    i = int(below[0])
    if i == 0:
        return float(u_s[0])
    before, after = float(missing[i - 1]), float(missing[i])
    return float(u_s[i - 1] + (u_s[i] - u_s[i - 1]) * (before - level) / (before - after))
