"""Traces of a site and of untouched skin whose refill and noise are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.stats import norm

from perfusion_cam.types import SiteTraces

Array = NDArray[np.floating[Any]]
Missing = Callable[[Array], Array]

BLOOD = np.array([0.3, 1.0, 0.95])
CONTACT_S, RELEASE_S = 3.0, 8.0
HIDDEN_S = 0.3
"""How long the leaving tool hides the site."""
RATE_HZ = 15.0
DEPTH = 0.15
PLACEBOS = 24


@dataclass(frozen=True)
class Noise:
    """White noise of each sample, and a drift (first-order autoregressive) of given memory."""

    white: float = 0.006
    drift: float = 0.003
    memory_s: float = 2.0
    colours: tuple[float, float, float] = (0.8, 1.0, 1.3)

    def draw(self, rng: np.random.Generator, count: int, interval_s: float) -> Array:
        """One series for each colour, (count, 3); drift is mostly common to all three."""
        keep = np.exp(-interval_s / self.memory_s)
        settling = 400
        steps = rng.standard_normal((count + settling, 3))
        steps = 0.8 * steps[:, :1] + 0.6 * steps
        steps /= steps.std(axis=0)
        drift = lfilter([np.sqrt(1 - keep**2)], [1, -keep], steps, axis=0)[settling:]
        white = rng.standard_normal((count, 3))
        return np.asarray((self.white * white + self.drift * drift) * self.colours)


SILENT = Noise(1e-5, 0.0)


def exponential(tau_s: float) -> Missing:
    return lambda u_s: np.exp(-u_s / tau_s)


def two_rate(fast_s: float, slow_s: float, share: float) -> Missing:
    return lambda u_s: share * np.exp(-u_s / fast_s) + (1 - share) * np.exp(-u_s / slow_s)


def delayed(middle_s: float, width_s: float) -> Missing:
    scale = 1 + np.exp(-middle_s / width_s)
    return lambda u_s: scale / (1 + np.exp((u_s - middle_s) / width_s))


def overshoot(tau_s: float, height: float, fade_s: float) -> Missing:
    return lambda u_s: (
        np.exp(-u_s / tau_s) - height * (1 - np.exp(-u_s / tau_s)) * np.exp(-u_s / fade_s)
    )


def stuck(tau_s: float, rest: float) -> Missing:
    return lambda u_s: rest + (1 - rest) * np.exp(-u_s / tau_s)


def linear(whole_s: float) -> Missing:
    return lambda u_s: np.maximum(1 - u_s / whole_s, 0.0)


def late_line(from_s: float, to_s: float) -> Missing:
    """Nothing comes back at first, then all of it at one pace."""
    return lambda u_s: np.clip((to_s - u_s) / (to_s - from_s), 0.0, 1.0)


def unevenly(missing: Missing, spread: float) -> Missing:
    """Average a site whose parts are faster and slower by a factor of so much (sd of its log)."""
    paces = np.exp(spread * norm.ppf((np.arange(60) + 0.5) / 60))
    return lambda u_s: np.mean([missing(u_s / pace) for pace in paces], axis=0)


def t90_of(missing: Missing) -> float:
    """First time at which a tenth of the depth is missing, by bisection."""
    rough = np.linspace(0, 60, 60_001)
    first = rough[np.argmax(missing(rough) <= 0.1)]
    return float(
        brentq(lambda u_s: float(missing(np.array(u_s))) - 0.1, first - 0.01, first + 0.01)
    )


def traces(
    missing: Missing,
    seed: int = 0,
    *,
    depth: float = DEPTH,
    noise: Noise = Noise(),
    watched_s: float = 12.0,
    rate_hz: float = RATE_HZ,
    placebos: int = PLACEBOS,
) -> SiteTraces:
    rng = np.random.default_rng(seed)
    t_s = np.arange(round((RELEASE_S + watched_s) * rate_hz)) / rate_hz
    baseline = t_s < CONTACT_S - 0.3
    u_s = np.maximum(t_s - RELEASE_S, 0.0)
    pallor = np.where(t_s < CONTACT_S, 0.0, depth * missing(u_s))
    rgb = pallor[:, None] * BLOOD + noise.draw(rng, len(t_s), 1 / rate_hz)
    untouched = [noise.draw(rng, len(t_s), 1 / rate_hz) for _ in range(placebos)]
    placebo_rgb = np.array(untouched).reshape(placebos, len(t_s), 3)
    return SiteTraces(
        t_s=t_s,
        rgb=rgb - rgb[baseline].mean(axis=0),
        placebo_rgb=placebo_rgb - placebo_rgb[:, baseline].mean(axis=1, keepdims=True),
        used=t_s > RELEASE_S + HIDDEN_S,
        baseline=baseline,
        clipped=np.zeros(3, bool),
        resting_log_rgb=np.array([-0.7, -1.3, -1.6]),
    )
