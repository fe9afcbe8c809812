"""The verdict on one press: measured, not recovered, or not measurable and why."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from perfusion_cam.colour import delta_e_2000, lab_from_linear
from perfusion_cam.quality import Flag
from perfusion_cam.stages.refill.mixture import HORIZON_S, Mixture, fit_all
from perfusion_cam.stages.refill.models import time_to
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.signal import Signal, blood_signal, light_change
from perfusion_cam.types import FloatArray, Refill, RefillCurve, SiteTraces

MIN_DEPTH = 0.015
"""Pallor (natural log) below which skin counts as not blanched: under one grey level of mid-tone
skin in an 8-bit picture (1/130 in sRGB is 2.2/130 in light), and 3 % of a full blanch."""
FAINT_DEPTH = 0.04
MIN_SEEN_Z = 4.0
"""Standard errors by which the first pallor seen must differ from rest."""
MIN_SEEN_S = 0.8
MAX_LIGHT, MAX_LIGHT_SHARE = 0.015, 0.25
"""Light (natural log, and share of the change) mixed into the early pallor beyond which its fading
cannot be told from the light's."""
MAX_SPREAD = 8.0
"""Upper over lower end of an interval beyond which a time says nothing."""
RECOVERED = 0.9
WATCHED_ENOUGH_S = 8.0
MODEL_ERROR = 0.02
"""Relative error of a refill time that no model or placebo shows: the site refills unevenly."""
CODING_LAG_S = 0.12
CODING_BITS = 0.05
CODING_DEPTH = 0.17
CODING_SLOPE_PER_S = 0.3
"""A codec holds small changes back until they have grown, or for a while. At 0.05 bits a pixel and
a blanch of 0.17 refill times are off by some 0.1 s (docs/accuracy.md); less with more bits, with a
deeper blanch, or where the colour passes the level fast (share of the depth a second)."""
HIDDEN_ERROR, HIDDEN_POWER = 0.8, 1.5
"""Relative standard error of the depth at release if all of the refill were over before the skin
was seen, and how it grows with the share that was: curves that agree on what was seen differ on
what was not (a fast first part, a late start). From 130 simulated presses (docs/accuracy.md)."""
HIDDEN_S = 0.5
JUST_NOTICEABLE = 1.0
"""CIEDE2000 difference that an eye just sees."""


class _Known(NamedTuple):
    """What the samples themselves do not tell, as `measure_refill` is given it."""

    bits_per_pixel: float | None
    press_error: float
    dusky_red: float


def measure_refill(
    traces: SiteTraces,
    release_s: float,
    release_se_s: float,
    bits_per_pixel: float | None = None,
    press_error: float = 0.0,
    dusky_red: float = 0.0,
) -> tuple[RefillCurve, Refill]:
    """Time the colour's return.

    Parameters
    ----------
    traces : SiteTraces
    release_s, release_se_s : float
        When pressure ended in the recording's time, and its standard error.
    bits_per_pixel : float, optional
        How strongly the recording is compressed; None for an uncompressed source.
    press_error : float
        Relative standard error of the refill time that the press itself brings about.
    dusky_red : float
        Natural-log light of red that the resting site lacks for want of oxygen.

    Returns
    -------
    RefillCurve, Refill
        The refill carries only the flags that the curve itself gives rise to.
    """
    signal = blood_signal(traces)
    used = traces.used & (traces.t_s > release_s)
    if used.sum() < 8 or traces.t_s[used][-1] - traces.t_s[used][0] < MIN_SEEN_S:
        curve = RefillCurve(traces.t_s, signal.value, signal.se, used, 0.0)
        early = Flag.ENDS_EARLY if used.sum() else Flag.LOST
        return curve, Refill("not_measurable", (early, Flag.LOW_SIGNAL))
    bins = gather(signal, used, traces.baseline, release_s)
    curve = RefillCurve(traces.t_s, signal.value, signal.se, used, bins.baseline_se)
    mixture = fit_all(bins, release_se_s)
    if mixture is None:
        return curve, Refill("not_measurable", (Flag.LOW_SIGNAL,))
    known = _Known(bits_per_pixel, press_error, dusky_red)
    return curve, _judge(signal, bins, mixture, traces, release_s, known)


def _judge(
    signal: Signal,
    bins: Bins,
    mixture: Mixture,
    traces: SiteTraces,
    release_s: float,
    known: _Known,
) -> Refill:
    depth = float(np.median(mixture.depth()))
    seen, low, _ = (float(edge[0]) for edge in mixture.pallor(bins.u_s[:1]))
    watched_s = float(bins.u_s[-1])
    flags = _flags(mixture, bins, depth)
    refill = replace(
        _drawn(mixture, signal, release_s),
        flags=tuple(flags),
        blanch_depth=depth,
        signal_to_noise=depth / bins.sample_noise,
        model=mixture.best.model.name,
    )
    if depth < MIN_DEPTH:
        return replace(refill, flags=(Flag.DOES_NOT_BLANCH, *flags))
    light, share = light_change(traces, known.dusky_red)
    if light > MAX_LIGHT and share > MAX_LIGHT_SHARE:
        return replace(refill, flags=(Flag.NOT_BLOOD, Flag.LIGHT_CHANGED, *flags))
    if seen < MIN_SEEN_Z * (seen - low) / 1.96:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *flags))
    left = float(np.median(mixture.left_at(watched_s)))
    refill = replace(refill, recovered_fraction=float(np.clip(1 - left, -0.5, 1.5)))
    t90 = np.exp(mixture.log_time(1 - RECOVERED))
    if np.median(t90) > watched_s:
        return _not_recovered(refill, t90, watched_s)
    unseen_s = _unseen_error_s(mixture, bins, depth, known.bits_per_pixel)
    crt_s, interval = _time_and_interval(t90, unseen_s, known.press_error)
    if interval[1] > MAX_SPREAD * interval[0]:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *flags))
    return replace(
        refill,
        status="measured",
        crt_s=crt_s,
        crt_ci95_s=interval,
        t90_s=crt_s,
        t50_s=_median_time(mixture, 0.5),
        t95_s=_median_time(mixture, 0.05),
        tau_s=_median_time(mixture, np.exp(-1)),
        visual_s=_visual_s(mixture, signal, traces, depth, watched_s),
        overshoot=_overshoot(mixture, watched_s),
    )


def _not_recovered(refill: Refill, t90: FloatArray, watched_s: float) -> Refill:
    """A lower bound: never an extrapolated number."""
    bound_s = min(watched_s, float(np.quantile(t90, 0.025, method="nearest")))
    if bound_s < MIN_SEEN_S:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *refill.flags))
    flags = refill.flags if watched_s >= WATCHED_ENOUGH_S else (*refill.flags, Flag.ENDS_EARLY)
    return replace(refill, status="not_recovered", flags=flags, lower_bound_s=bound_s)


def _unseen_error_s(
    mixture: Mixture, bins: Bins, depth: float, bits_per_pixel: float | None
) -> float:
    """Standard error of t90 that the samples themselves do not show.

    Nobody saw the colour's first return: the depth's error moves the level that counts as back, and
    the curve's slope there turns that into time. And a codec lags behind.
    """
    model, parameters = mixture.best.model, mixture.best.parameters[3:]
    t90_s = time_to(model, parameters, 1 - RECOVERED, HORIZON_S)
    if t90_s is None:
        return 0.0
    first, earlier, later = model.shape(
        np.array([max(float(bins.u_s[0]), 0.0), 0.98 * t90_s, 1.02 * t90_s]), parameters
    )
    slope_per_s = max((earlier - later) / (0.04 * t90_s), 1e-3)
    hidden = max(1 - float(first), 0.0)
    hidden_s = HIDDEN_ERROR * hidden**HIDDEN_POWER * (1 - RECOVERED) / slope_per_s
    if bits_per_pixel is None:
        return float(hidden_s)
    coarse = CODING_BITS / max(bits_per_pixel, 1e-3) * np.sqrt(CODING_DEPTH / depth)
    coding_s = CODING_LAG_S * coarse * min(1.0, CODING_SLOPE_PER_S / slope_per_s)
    return float(np.hypot(hidden_s, coding_s))


def _time_and_interval(
    times_s: FloatArray, unseen_s: float, press_error: float
) -> tuple[float, tuple[float, float]]:
    low, middle, high = np.quantile(times_s, [0.025, 0.5, 0.975], method="nearest")
    extra = 1.96 * np.sqrt(MODEL_ERROR**2 + min(unseen_s / middle, 0.5) ** 2 + press_error**2)
    down = np.hypot(np.log(middle / max(low, 1e-3)), extra)
    up = np.hypot(np.log(min(high, 60.0) / middle), extra)
    return float(middle), (float(middle * np.exp(-down)), float(middle * np.exp(up)))


def _median_time(mixture: Mixture, left: float) -> float | None:
    middle = float(np.exp(np.quantile(mixture.log_time(left), 0.5, method="nearest")))
    return middle if np.isfinite(middle) else None


def _flags(mixture: Mixture, bins: Bins, depth: float) -> list[Flag]:
    flags = []
    if MIN_DEPTH <= depth < FAINT_DEPTH:
        flags.append(Flag.INCOMPLETE_BLANCH)
    if bins.u_s[0] > HIDDEN_S:
        flags.append(Flag.START_HIDDEN)
    if bins.baseline_se > 0.25 * abs(depth):
        flags.append(Flag.LIGHT_CHANGED)
    times = [
        found
        for fit, weight in zip(mixture.fits, mixture.weights, strict=True)
        if weight > 0.1 and (found := time_to(fit.model, fit.parameters[3:], 0.1, 60.0))
    ]
    if len(times) > 1 and max(times) > 1.25 * min(times):
        flags.append(Flag.MODELS_DISAGREE)
    if _overshoot(mixture, float(bins.u_s[-1])) > 0.1:
        flags.append(Flag.OVERSHOOT)
    return flags


def _overshoot(mixture: Mixture, watched_s: float) -> float:
    u_s = np.linspace(0, watched_s, 200)
    fit = mixture.best
    return float(max(0.0, -fit.model.shape(u_s, fit.parameters[3:]).min()))


def _drawn(mixture: Mixture, signal: Signal, release_s: float) -> Refill:
    """A refill that so far holds nothing but the fitted curve."""
    t_s = signal.t_s[signal.t_s >= release_s]
    mean, low, high = mixture.pallor(t_s - release_s)
    return Refill("not_measurable", (), fit_t_s=t_s, fit_signal=mean, fit_lo=low, fit_hi=high)


def _visual_s(
    mixture: Mixture, signal: Signal, traces: SiteTraces, depth: float, watched_s: float
) -> float | None:
    """First time at which an eye could no longer tell the site from its resting colour.

    None where the difference at release is under two just-noticeable steps, or
    does not fade while watched.
    """
    if traces.resting_log_rgb is None:
        return None
    u_s = np.linspace(0, watched_s, 400)
    pallor = mixture.best.model.shape(u_s, mixture.best.parameters[3:]) * depth
    resting = lab_from_linear(np.exp(traces.resting_log_rgb))
    paled = lab_from_linear(np.exp(traces.resting_log_rgb + pallor[:, None] * signal.axis))
    difference = delta_e_2000(paled, resting[None, :])
    if difference[0] < 2 * JUST_NOTICEABLE:
        return None
    unseen = np.flatnonzero(difference <= JUST_NOTICEABLE)
    return float(u_s[unseen[0]]) if len(unseen) else None
