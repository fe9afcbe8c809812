"""Curves that skin's colour may follow after release, all written as pallor left of the depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from perfusion_cam.types import FloatArray

CurveFunction = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Model:
    """One family of refill curves, and what is known of it before any picture.

    Attributes
    ----------
    name : str
    shape : callable (u_s, parameters) -> array (k, n)
        Share of the pressed-out colour still missing `u_s` (n,) or (k, n) seconds after release
        under each of k rows of parameters (k, p); 1 at 0. The parameters run over the real line.
    usual, spread : arrays (p,)
        Mean and standard deviation of the parameters, normal and independent.
    prior : float
        Weight of the family among the others.
    """

    name: str
    shape: CurveFunction
    usual: FloatArray
    spread: FloatArray
    prior: float


def _exponential(u_s: FloatArray, p: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-u_s * np.exp(-p[:, :1])))


def _two_rate(u_s: FloatArray, p: FloatArray) -> FloatArray:
    fast = np.exp(p[:, :1])
    slow = fast * (1.5 + np.exp(p[:, 1:2]))
    share = expit(p[:, 2:3])
    return np.asarray(share * np.exp(-u_s / fast) + (1 - share) * np.exp(-u_s / slow))


def _stretched(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Many rates at once (exponent under 1), or few."""
    log_time = np.log(np.maximum(u_s, 1e-30)) - p[:, :1]
    return np.asarray(np.exp(-np.exp(np.clip(np.exp(p[:, 1:2]) * log_time, -60, 5))))


def _ending(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Back for good, some parts sooner than others: at one pace (power 1), or slowing down."""
    power, uneven = np.exp(p[:, 1:2]), np.exp(p[:, 2:3])
    left = _bent((1 - u_s / (power * np.exp(p[:, :1]))) / uneven)
    return np.asarray((left / _bent(1 / uneven)) ** power)


def _bent(x: FloatArray) -> FloatArray:
    """Turn smoothly from 0 into the line of slope 1, over a few units round 0."""
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


def _delayed(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Logistic fall, scaled to 1 at release."""
    middle = np.exp(p[:, :1])
    width = middle * np.exp(p[:, 1:2])
    return np.asarray(
        (1 + np.exp(-middle / width)) / (1 + np.exp(np.clip((u_s - middle) / width, -60, 60)))
    )


def _overshoot(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Exponential with a hyperaemia that builds up as the colour returns and fades slowly."""
    height, fade = 0.6 * expit(p[:, 1:2]), np.exp(p[:, 2:3])
    back = _exponential(u_s, p)
    return np.asarray(back - height * (1 - back) * np.exp(-u_s / fade))


def _partial(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Comes back only in part."""
    rest = expit(p[:, 1:2])
    return np.asarray(rest + (1 - rest) * _exponential(u_s, p))


MODELS: tuple[Model, ...] = (
    Model("exponential", _exponential, np.log([0.8]), np.array([1.2]), 1.0),
    Model("two_rate", _two_rate, np.array([-1.05, 1.1, 0.3]), np.array([0.9, 0.8, 0.9]), 1.0),
    Model("stretched", _stretched, np.log([0.8, 1.0]), np.array([1.2, 0.35]), 0.3),
    Model("ending", _ending, np.log([0.8, 1.5, 0.05]), np.array([1.2, 0.6, 0.8]), 0.3),
    Model("delayed", _delayed, np.log([0.9, 0.4]), np.array([0.8, 0.5]), 0.2),
    Model("overshoot", _overshoot, np.array([-0.5, -1.2, 1.6]), np.array([1.0, 1.0, 0.7]), 0.3),
    Model("partial", _partial, np.array([-0.2, -2.0]), np.array([1.2, 1.6]), 0.3),
)
"""Time constants of 0.1 to 8 s, as published refill times have it. Presses of 5 s on real skin show
a fast transient of a fraction of a second before a slower return, and at times an overshoot of up
to a fifth that fades over seconds (docs/accuracy.md). What stays away may be a hundredth of the
depth, which on light still lies beside the site, or nearly all of it."""


def first_time_s(u_s: FloatArray, missing: FloatArray, left: float) -> FloatArray:
    """First time at which only `left` of the depth is missing.

    Parameters
    ----------
    u_s : array (n,)
        Rising from 0.
    missing : array (k, n)
        Curves there.
    left : float

    Returns
    -------
    array (k,)
        Infinite where that does not happen.
    """
    below = missing <= left
    after = np.maximum(below.argmax(axis=1), 1)
    row = np.arange(len(missing))
    high, low = missing[row, after - 1], missing[row, after]
    share = np.clip((high - left) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    time_s = u_s[after - 1] + share * (u_s[after] - u_s[after - 1])
    return np.asarray(np.where(below.any(axis=1), time_s, np.inf))
