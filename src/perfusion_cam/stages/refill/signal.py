"""From three colours to one signal: along blood's direction, weighted by measured noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perfusion_cam.blood import BLOOD, BLOOD_AXIS
from perfusion_cam.types import FloatArray, SiteTraces

BLOOD_SD = 0.2
MIN_PLACEBOS = 4
RIDGE = 0.02
EARLY_S = 0.6
SHADING_SD = 1.0
"""Natural-log light, far more than any noise."""
UNUSABLE = 1e3
"""Variance given to a clipped colour, so that it gets no weight."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Pallor over time, with what the same reading gives on untouched skin.

    Attributes
    ----------
    t_s, value, se : arrays (n,)
        Pallor in natural-log light of green and blue; its standard error per sample.
    placebo : array (k, n)
    axis : array (3,)
        Blood's direction as found here, mean of green and blue 1.
    """

    t_s: FloatArray
    value: FloatArray
    se: FloatArray
    placebo: FloatArray
    axis: FloatArray


def blood_signal(traces: SiteTraces, shaded: bool = False) -> Signal:
    """Project a site's traces on the direction in which blood moves colour.

    The weights are those of least variance that pass blood's direction whole (generalised least
    squares); shading, which moves all colours alike, is part of the measured noise and so
    weighted down exactly as far as it is present.

    Parameters
    ----------
    traces : SiteTraces
    shaded : bool
        Whether light at the site changed as that of untouched skin did not: what moves all colours
        alike then counts nothing, and what is left is noisier.
    """
    noise = _noise_covariance(traces)
    if shaded:
        noise += SHADING_SD**2
        axis = BLOOD_AXIS
    else:
        axis = _blood_axis(traces, noise)
    inverse = np.linalg.inv(noise)
    weights = inverse @ axis / (axis @ inverse @ axis)
    value = traces.rgb @ weights
    placebo = traces.placebo_rgb @ weights
    return Signal(traces.t_s, value, _sample_se(traces, value, placebo), placebo, axis)


def _noise_covariance(traces: SiteTraces) -> FloatArray:
    seen = traces.used | traces.baseline
    if len(traces.placebo_rgb) >= MIN_PLACEBOS:
        samples = traces.placebo_rgb[:, seen].reshape(-1, 3)
        limit = 6 * 1.4826 * np.median(np.abs(samples), axis=0) + 1e-9
        samples = np.clip(samples, -limit, limit)
        covariance = samples.T @ samples / len(samples)
    else:
        steps = np.diff(traces.rgb[seen], axis=0)
        rest = traces.rgb[traces.baseline] - traces.rgb[traces.baseline].mean(axis=0)
        covariance = steps.T @ steps / (2 * max(len(steps), 1))
        covariance += rest.T @ rest / max(len(rest), 1)
    floor = RIDGE * np.trace(covariance) / 3 + 1e-10
    return np.asarray(covariance + np.diag(np.where(traces.clipped, UNUSABLE, floor)))


def _blood_axis(traces: SiteTraces, noise: FloatArray) -> FloatArray:
    """Early pallor's direction, drawn towards the literature's as far as noise leaves it open."""
    first_s = traces.t_s[traces.used][:1]
    early = traces.used & (traces.t_s <= (first_s[0] if len(first_s) else 0.0) + EARLY_S)
    if not early.any():
        return BLOOD_AXIS
    change = traces.rgb[early].mean(axis=0)
    depth = float(change[1:].mean())
    if depth <= 0:
        return BLOOD_AXIS
    variance = np.diag(noise) / depth**2 + 1e-4
    axis = (change / depth / variance + BLOOD / BLOOD_SD**2) / (1 / variance + 1 / BLOOD_SD**2)
    return np.asarray(axis / axis[1:].mean())


def _sample_se(traces: SiteTraces, value: FloatArray, placebo: FloatArray) -> FloatArray:
    """Standard error per sample: placebos' spread at that time, smoothed over half a second.

    Without them, what the resting site itself does, slow movements among it.
    """
    seen = traces.used | traces.baseline
    steps = np.diff(value[seen])
    quick = 1.4826 * float(np.median(np.abs(steps))) / np.sqrt(2) if len(steps) else 1e-3
    if len(placebo) < MIN_PLACEBOS:
        rest = value[traces.baseline]
        slow = float(np.std(rest)) if len(rest) > 2 else 0.0
        return np.full(len(value), max(quick, slow, 1e-5))
    spread2 = np.minimum(placebo**2, 25 * np.median(placebo**2, axis=0)).mean(axis=0)
    width = max(1, round(0.5 / max(sample_interval_s(traces.t_s), 1e-3)))
    kernel = np.ones(width) / width
    smooth = np.convolve(np.pad(spread2, width, mode="edge"), kernel, "same")[width:-width]
    return np.sqrt(np.maximum(smooth, max(quick, 1e-5) ** 2))


def sample_interval_s(t_s: FloatArray) -> float:
    """Median interval to the microsecond: the same, whenever the clock began."""
    return round(float(np.median(np.diff(t_s))), 6)
