"""The verdict on one press: measured, not recovered, or not measurable and why."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from perfusion_cam.colour import delta_e_2000, lab_from_linear
from perfusion_cam.quality import Flag
from perfusion_cam.stages.refill.coding import CodingLag, coding_lag
from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.placebo import placebo_excess
from perfusion_cam.stages.refill.posterior import Posterior, find_posterior, middle_of
from perfusion_cam.stages.refill.shading import (
    feigned_share,
    is_mostly_light,
    shading_error,
    staying_light,
    unshared_light,
)
from perfusion_cam.stages.refill.signal import Signal, blood_signal
from perfusion_cam.types import FloatArray, Refill, RefillCurve, SiteTraces

MIN_DEPTH = 0.015
"""Pallor (natural log) below which skin counts as not blanched: under one grey level of mid-tone
skin in an 8-bit picture (1/130 in sRGB is 2.2/130 in light), and 3 % of a full blanch."""
FAINT_DEPTH = 0.04
MIN_SEEN_Z = 4.0
"""Standard errors by which the first pallor seen must differ from rest."""
MIN_SEEN_S = 0.8
MAX_SPREAD = 8.0
"""Upper over lower end of an interval beyond which a time says nothing."""
RECOVERED = 0.9
MAY_STAY_AWAY = 0.2
"""Share of all curves left standing that never come back, beyond which only a bound is given."""
WATCHED_ENOUGH_S = 8.0
MODEL_ERROR = 0.01
"""Relative error of a refill time that no model or placebo shows: the site refills unevenly."""
HIDDEN_S = 0.5
SEEN_LATE, SEEN_LATE_SD = 0.8, 0.6
"""What leaves skin starts from rest and is seen to move a little after pressure ends: by 0.1 to 0.4
of the time from there to half way out of sight, of which the release's standard error is a quarter
(0.1 in one renderer's clips, 0.3 to 0.4 in another's)."""
DOUBTFUL_WEIGHT = 0.1
DRAWN = 300
"""Points of a fitted curve, about."""
JUST_NOTICEABLE = 1.0
"""CIEDE2000 difference that an eye just sees."""


class _Known(NamedTuple):
    """What the samples themselves do not tell, as `measure_refill` is given it."""

    bits_per_pixel: float | None
    press_error: float
    light: float
    late_s: float


def measure_refill(
    traces: SiteTraces,
    release_s: float,
    release_se_s: float,
    bits_per_pixel: float | None = None,
    press_error: float = 0.0,
    dusky_red: float = 0.0,
    shadowed: bool = False,
) -> tuple[RefillCurve, Refill]:
    """Time the colour's return.

    Parameters
    ----------
    traces : SiteTraces
    release_s, release_se_s : float
        When the tool was first seen to leave in the recording's time, and its standard error.
    bits_per_pixel : float, optional
        How strongly the recording is compressed; None for an uncompressed source.
    press_error : float
        Relative standard error of the refill time that the press itself brings about.
    dusky_red : float
        Natural-log light of red that the resting site lacks for want of oxygen.
    shadowed : bool
        Whether something has come to lie beside the site, so that the light there may not be what
        it was at rest.

    Returns
    -------
    RefillCurve, Refill
        The refill carries only the flags that the curve itself gives rise to.
    """
    light = unshared_light(traces, dusky_red)
    if shadowed:
        light = max(light, staying_light(traces))
    signal = blood_signal(traces, light > 0)
    used = traces.used & (traces.t_s > release_s)
    if used.sum() < 8 or traces.t_s[used][-1] - traces.t_s[used][0] < MIN_SEEN_S:
        curve = RefillCurve(traces.t_s, signal.value, signal.se, used, 0.0)
        early = Flag.ENDS_EARLY if used.sum() else Flag.LOST
        return curve, Refill("not_measurable", (early, Flag.LOW_SIGNAL))
    begun_s, begun_se_s = _pressure_end(traces.t_s, release_s, release_se_s)
    bins = gather(signal, used, traces.baseline, begun_s)
    curve = RefillCurve(traces.t_s, signal.value, signal.se, used, bins.baseline_se)
    curves = find_posterior(bins, begun_se_s)
    if curves is None:
        return curve, Refill("not_measurable", (Flag.LOW_SIGNAL,))
    known = _Known(bits_per_pixel, press_error, light, release_s - begun_s)
    return curve, _judge(signal, bins, curves, traces, begun_s, known)


def _pressure_end(t_s: FloatArray, release_s: float, release_se_s: float) -> tuple[float, float]:
    """When pressure ended and refill began, and its standard error."""
    later = int(np.clip(np.searchsorted(t_s, release_s), 1, len(t_s) - 1))
    between2 = min(float(t_s[later] - t_s[later - 1]) ** 2 / 12, release_se_s**2)
    slow_s = float(np.sqrt(release_se_s**2 - between2))
    return release_s - SEEN_LATE * slow_s, float(np.sqrt(between2 + (SEEN_LATE_SD * slow_s) ** 2))


def _judge(
    signal: Signal,
    bins: Bins,
    curves: Posterior,
    traces: SiteTraces,
    begun_s: float,
    known: _Known,
) -> Refill:
    depth = float(np.median(curves.depth))
    seen, low, _ = (float(edge[0]) for edge in curves.pallor(bins.u_s[:1]))
    watched_s = float(bins.u_s[-1]) - known.late_s
    flags = _flags(curves, bins, depth, known.light)
    refill = replace(
        _drawn(curves, signal, begun_s),
        flags=tuple(flags),
        blanch_depth=depth,
        signal_to_noise=depth / bins.sample_noise,
        model=curves.model,
    )
    if is_mostly_light(known.light, depth):
        return replace(refill, flags=(Flag.NOT_BLOOD, *flags))
    if depth < MIN_DEPTH:
        return replace(refill, flags=(Flag.DOES_NOT_BLANCH, *flags))
    if seen < MIN_SEEN_Z * (seen - low) / 1.96:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *flags))
    left = float(np.median(curves.left_at(watched_s)))
    refill = replace(refill, recovered_fraction=float(np.clip(1 - left, -0.5, 1.5)))
    t90_s = curves.times_s(1 - RECOVERED)
    if np.median(t90_s) > watched_s or np.isinf(t90_s).mean() > MAY_STAY_AWAY:
        if left - feigned_share(known.light, depth) < 1 - RECOVERED:
            return replace(refill, flags=(Flag.NOT_BLOOD, *flags))
        return _not_recovered(refill, t90_s, watched_s)

    def lag_at(time_s: float) -> CodingLag:
        return coding_lag(curves, time_s, depth, known.bits_per_pixel)

    def shown_s(left: float) -> float | None:
        middle = middle_of(curves.times_s(left))
        return middle - lag_at(middle).late_s if middle <= watched_s else None

    excess = placebo_excess(curves, bins, 1 - RECOVERED)
    middle_s = float(np.median(t90_s))
    error = np.hypot(known.press_error, shading_error(curves, middle_s, depth, known.light))
    crt_s, interval = _time_and_interval(t90_s, excess, lag_at(middle_s), error)
    if interval[1] > MAX_SPREAD * interval[0]:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *flags))
    return replace(
        refill,
        status="measured",
        crt_s=crt_s,
        crt_ci95_s=interval,
        t90_s=crt_s,
        t50_s=shown_s(0.5),
        t95_s=shown_s(0.05),
        tau_s=shown_s(np.exp(-1)),
        visual_s=_visual_s(curves, signal, traces, depth, watched_s),
        overshoot=_overshoot(curves, watched_s),
    )


def _not_recovered(refill: Refill, t90_s: FloatArray, watched_s: float) -> Refill:
    """A lower bound: never an extrapolated number."""
    bound_s = min(watched_s, float(np.quantile(t90_s, 0.025, method="nearest")))
    if bound_s < MIN_SEEN_S:
        return replace(refill, flags=(Flag.LOW_SIGNAL, *refill.flags))
    flags = refill.flags if watched_s >= WATCHED_ENOUGH_S else (*refill.flags, Flag.ENDS_EARLY)
    return replace(refill, status="not_recovered", flags=flags, lower_bound_s=bound_s)


def _time_and_interval(
    times_s: FloatArray, excess: float, lag: CodingLag, error: float
) -> tuple[float, tuple[float, float]]:
    low, middle, high = np.quantile(times_s, [0.025, 0.5, 0.975], method="nearest")
    coding_error = lag.se_s / middle
    extra = 1.96 * np.sqrt(MODEL_ERROR**2 + coding_error**2 + error**2)
    down = np.hypot(excess * np.log(middle / max(low, 1e-3)), extra)
    up = np.hypot(excess * np.log(min(high, 60.0) / middle), extra)
    time_s = float(middle) - lag.late_s
    return time_s, (float(time_s * np.exp(-down)), float(time_s * np.exp(min(up, 50.0))))


def _flags(curves: Posterior, bins: Bins, depth: float, light: float) -> list[Flag]:
    flags = []
    if MIN_DEPTH <= depth < FAINT_DEPTH:
        flags.append(Flag.INCOMPLETE_BLANCH)
    if bins.u_s[0] > HIDDEN_S:
        flags.append(Flag.START_HIDDEN)
    if light > 0 or bins.baseline_se > 0.25 * depth:
        flags.append(Flag.LIGHT_CHANGED)
    times_s = curves.family_times_s(1 - RECOVERED, DOUBTFUL_WEIGHT)
    if len(times_s) > 1 and max(times_s) > 1.25 * min(times_s):
        flags.append(Flag.MODELS_DISAGREE)
    if _overshoot(curves, float(bins.u_s[-1])) > 0.1:
        flags.append(Flag.OVERSHOOT)
    return flags


def _overshoot(curves: Posterior, watched_s: float) -> float:
    return float(max(0.0, -curves.middle_shape(np.linspace(0, watched_s, 200)).min()))


def _drawn(curves: Posterior, signal: Signal, begun_s: float) -> Refill:
    """A refill that so far holds nothing but the fitted curve."""
    t_s = signal.t_s[signal.t_s >= begun_s]
    t_s = t_s[:: max(1, len(t_s) // DRAWN)]
    mean, low, high = curves.pallor(t_s - begun_s)
    return Refill("not_measurable", (), fit_t_s=t_s, fit_signal=mean, fit_lo=low, fit_hi=high)


def _visual_s(
    curves: Posterior, signal: Signal, traces: SiteTraces, depth: float, watched_s: float
) -> float | None:
    """First time at which an eye could no longer tell the site from its resting colour.

    None where the difference at release is under two just-noticeable steps, or
    does not fade while watched.
    """
    if traces.resting_log_rgb is None:
        return None
    u_s = np.linspace(0, watched_s, 400)
    pallor = curves.middle_shape(u_s) * depth
    resting = lab_from_linear(np.exp(traces.resting_log_rgb))
    paled = lab_from_linear(np.exp(traces.resting_log_rgb + pallor[:, None] * signal.axis))
    difference = delta_e_2000(paled, resting[None, :])
    if difference[0] < 2 * JUST_NOTICEABLE:
        return None
    unseen = np.flatnonzero(difference <= JUST_NOTICEABLE)
    return float(u_s[unseen[0]]) if len(unseen) else None
