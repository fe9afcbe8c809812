"""Samples gathered into bins, and how the bins' errors hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perfusion_cam.stages.refill.signal import MIN_PLACEBOS, Signal, sample_interval_s
from perfusion_cam.types import BoolArray, FloatArray

MAX_BINS = 90
FEW_PLACEBOS = 2.0
"""How much more than the site's own scatter at rest its mean may have drifted since, where no
untouched skin tells: a few seconds at rest show slow drift only in part."""
LEAVING, LEAVING_S = 0.003, 0.05
"""Natural-log light by which the last of a tool or of its shadow may still change the first sample
used, and how fast that fades: a site counts as bare before the scatter over its cells is back to
its usual by 0.01."""
TRUSTED_PLACEBOS = 40
"""Placebos from which on their own covariance counts as much as the smooth one: they overlap."""
OUTLYING = 3.0
"""Standard errors beyond which a placebo counts no further: it saw something else."""
DRIFT_TIMES_S = np.array([0.1, 0.3, 1.0, 3.0, 10.0])


@dataclass(frozen=True, slots=True)
class Bins:
    """A curve ready to fit.

    Attributes
    ----------
    u_s : array (b,)
        Time since the nominal release.
    value : array (b,)
    whiten : array (b, b)
        Turns residuals into independent ones of unit variance.
    placebo : array (k, b)
        The same of untouched skin.
    baseline_se : float
        Standard error of the resting level, drift since before the press included.
    sample_noise : float
        Standard deviation of one sample.
    """

    u_s: FloatArray
    value: FloatArray
    whiten: FloatArray
    placebo: FloatArray
    baseline_se: float
    sample_noise: float


def gather(signal: Signal, used: BoolArray, baseline: BoolArray, release_s: float) -> Bins:
    """Average samples in bins that widen with time, and model their joint error.

    Errors are white noise of each sample plus a drift whose correlation falls off exponentially;
    shares and time come from the placebos' own structure function. The more placebos there are, the
    more their own covariance stands in for the drift's: swings of blood (vasomotion) hold together
    as no such law foresees. What the last of the tool does to the first samples is an error of its
    own.
    """
    u_s = signal.t_s[used] - release_s
    edges = _edges(u_s)
    index = np.searchsorted(edges, u_s, side="right") - 1
    count = np.bincount(index, minlength=len(edges)).astype(float)
    kept = count > 0

    def average(x: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(index, x, len(edges))[kept] / count[kept])

    centre_s, value = average(u_s), average(signal.value[used])
    se2 = average(signal.se[used] ** 2)
    white_share, drift_s = _structure(signal, used)
    apart = np.abs(centre_s[:, None] - centre_s[None, :])
    scale = np.sqrt(se2[:, None] * se2[None, :])
    untouched = np.array([average(series[used]) for series in signal.placebo])
    untouched = untouched.reshape(-1, len(centre_s))
    drift = scale * np.exp(-apart / drift_s)
    if len(untouched) >= MIN_PLACEBOS:
        trust = len(untouched) / (len(untouched) + TRUSTED_PLACEBOS)
        drift = (1 - trust) * drift + trust * _together(untouched, np.sqrt(se2))
    covariance = (1 - white_share) * drift
    covariance += np.diag(white_share * se2 / count[kept] + 1e-12)
    leaving = LEAVING * np.exp((centre_s[0] - centre_s) / LEAVING_S)
    covariance += np.outer(leaving, leaving)
    whiten = np.linalg.inv(np.linalg.cholesky(covariance))
    return Bins(
        centre_s,
        value,
        whiten,
        untouched,
        _baseline_se(signal, used, baseline),
        float(np.sqrt(np.median(se2))),
    )


def _together(untouched: FloatArray, se: FloatArray) -> FloatArray:
    """Covariance, array (b, b), of what k placebos (k, b) did."""
    within = np.clip(untouched, -OUTLYING * se, OUTLYING * se)
    return np.asarray(within.T @ within / len(within))


def _edges(u_s: FloatArray) -> FloatArray:
    """Every sample its own bin at first, then bins of constant ratio."""
    span = u_s[-1] - u_s[0]
    interval = span / (len(u_s) - 1)
    if len(u_s) <= MAX_BINS:
        return np.asarray(u_s - interval / 1000)
    growth = np.geomspace(1, 1 + span / (8 * interval), MAX_BINS) - 1
    return np.asarray(u_s[0] + (np.unique(np.round(growth * 8)) - 0.5) * interval)


def _structure(signal: Signal, used: BoolArray) -> tuple[float, float]:
    """White share of the variance, and the drift's correlation time in seconds."""
    if len(signal.placebo) < MIN_PLACEBOS or used.sum() < 20:
        return 0.5, 3.0
    series = signal.placebo[:, used] / signal.se[used]
    interval_s = sample_interval_s(signal.t_s[used])
    variance = float(np.mean(np.clip(series, -5, 5) ** 2))
    if variance <= 0:
        return 0.5, 3.0
    correlation = []
    for lag_s in DRIFT_TIMES_S:
        lag = max(1, round(lag_s / interval_s))
        if lag >= series.shape[1] // 2:
            break
        steps = np.clip(series[:, lag:] - series[:, :-lag], -7, 7)
        correlation.append(1 - float(np.mean(steps**2)) / (2 * variance))
    if not correlation:
        return 0.5, 3.0
    found = np.clip(np.array(correlation), 0.0, 0.999)
    lags = DRIFT_TIMES_S[: len(found)]
    drift_share = float(np.clip(found[0], 0.02, 0.98))
    fallen = np.flatnonzero(found < drift_share / np.e)
    drift_s = float(lags[fallen[0]]) if len(fallen) else float(3 * lags[-1])
    return 1 - drift_share, max(drift_s, 0.2)


def _baseline_se(signal: Signal, used: BoolArray, baseline: BoolArray) -> float:
    """How far untouched skin's mean after the press lies from its mean before."""
    if len(signal.placebo) >= MIN_PLACEBOS:
        shifts = signal.placebo[:, used].mean(axis=1)
        usual = 1.4826 * float(np.median(np.abs(shifts)))
        within = np.clip(shifts, -OUTLYING * usual, OUTLYING * usual)
        return max(usual, 0.7 * float(np.std(within)), 1e-5)
    spread = float(np.std(signal.value[baseline])) if baseline.sum() > 2 else 0.01
    return max(FEW_PLACEBOS * spread, 1e-4)
