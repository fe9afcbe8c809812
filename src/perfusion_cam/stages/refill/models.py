"""Curves that skin's colour may follow after release, all written as pallor left of the depth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from perfusion_cam.types import FloatArray

CurveFunction = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Model:
    """One family of refill curves.

    Attributes
    ----------
    name : str
    shape : callable (u_s, parameters) -> array
        Share of the pressed-out colour still missing `u_s` seconds after release; 1 at 0. The
        parameters run over the real line.
    start : callable (half_time_s) -> array
        Where a search begins, from a guess of the half time.
    prior : float
        Weight before any data: the simplest curve first.
    """

    name: str
    shape: CurveFunction
    start: Callable[[float], FloatArray]
    prior: float


def _share(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-x)))


def _exponential(u_s: FloatArray, p: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-u_s / np.exp(p[0])))


def _two_rate(u_s: FloatArray, p: FloatArray) -> FloatArray:
    fast = np.exp(p[0])
    slow = fast * (1.5 + np.exp(p[1]))
    share = _share(float(p[2]))
    return np.asarray(share * np.exp(-u_s / fast) + (1 - share) * np.exp(-u_s / slow))


def _delayed(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Logistic fall, scaled to 1 at release."""
    middle, width = np.exp(p[0]), np.exp(p[1])
    return np.asarray(
        (1 + np.exp(-middle / width)) / (1 + np.exp(np.clip((u_s - middle) / width, -60, 60)))
    )


def _overshoot(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Exponential with a hyperaemia that builds up as the colour returns and fades slowly."""
    tau, height, fade = np.exp(p[0]), 0.6 * _share(float(p[1])), np.exp(p[2])
    back = np.exp(-u_s / tau)
    return np.asarray(back - height * (1 - back) * np.exp(-u_s / fade))


def _partial(u_s: FloatArray, p: FloatArray) -> FloatArray:
    """Comes back only in part."""
    rest = _share(float(p[1]))
    return np.asarray(rest + (1 - rest) * np.exp(-u_s / np.exp(p[0])))


MODELS: tuple[Model, ...] = (
    Model("exponential", _exponential, lambda half: np.array([np.log(half / 0.69)]), 1.0),
    Model("two_rate", _two_rate, lambda half: np.array([np.log(half / 1.2), 0.7, 0.4]), 0.5),
    Model("delayed", _delayed, lambda half: np.array([np.log(half), np.log(half / 3)]), 0.2),
    Model("overshoot", _overshoot, lambda half: np.array([np.log(half / 0.6), -1.6, 2.0]), 0.3),
    Model("partial", _partial, lambda half: np.array([np.log(half / 0.69), -1.0]), 0.3),
)


def time_to(model: Model, parameters: FloatArray, left: float, within_s: float) -> float | None:
    """First time (s after release) at which only `left` of the depth is missing.

    Returns
    -------
    float or None
        None where that does not happen within `within_s`.
    """
    u_s = np.concatenate([[0.0], np.geomspace(0.01, within_s, 600)])
    missing = model.shape(u_s, parameters)
    below = np.flatnonzero(missing <= left)
    if len(below) == 0:
        return None
    i = int(below[0])
    if i == 0:
        return 0.0
    high, low = float(missing[i - 1]), float(missing[i])
    share = (high - left) / max(high - low, 1e-12)
    return float(u_s[i - 1] + share * (u_s[i] - u_s[i - 1]))
