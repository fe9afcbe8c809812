"""Light at the site that the skin beside it did not share, and what it does to a refill time."""

from __future__ import annotations

import numpy as np

from perfusion_cam.blood import BLOOD_AXIS
from perfusion_cam.stages.refill.posterior import Posterior
from perfusion_cam.stages.refill.signal import EARLY_S
from perfusion_cam.types import FloatArray, SiteTraces

MAX_LIGHT, MAX_LIGHT_SHARE = 0.015, 0.25
"""Light (natural log, and share of the change) mixed into the early pallor up to which it is left
there; beyond, only what red does not share of the fading is blood's."""
TINT = 0.1
"""How much that light may differ between colours: a hand nearby or a dent in the skin tints it."""
MAX_FEIGNED = 0.25
"""Share of the depth that such a tint may feign."""
LATE_S = 1.0
STAYING_SHARE = 0.01
"""Share of the early pallor up to which light that stays is left there: it moves t90 by a tenth of
the time constant."""
UNMIXED_ERROR = 0.05
"""Relative error of a time read from what red does not share: 0.045 in simulated clips, 0.008 from
all that blood does (median), as colour is coded more coarsely than brightness."""


def unshared_light(traces: SiteTraces, dusky_red: float = 0.0) -> float:
    """How much of the early change at the site is light rather than blood.

    Blood moves red about a third as far as green and blue, light all alike; so the change of red
    tells the two apart. Blood with little oxygen darkens red, too, and gives it back when it is
    pressed out: what the site lacked of red at rest is no light.

    Parameters
    ----------
    traces : SiteTraces
    dusky_red : float
        Natural-log light of red that the resting site lacks for want of oxygen.

    Returns
    -------
    float
        Natural-log light; 0 where it is too little to matter, or a colour is clipped.
    """
    if traces.clipped.any() or not traces.used.any():
        return 0.0
    first_s = traces.t_s[traces.used][0]
    early = traces.rgb[traces.used & (traces.t_s <= first_s + EARLY_S)].mean(axis=0)
    whole = float(early[1:].mean())
    light = _beyond_blood(early, dusky_red)
    return light if light > max(MAX_LIGHT, MAX_LIGHT_SHARE * whole) and whole > 0 else 0.0


def staying_light(traces: SiteTraces) -> float:
    """How much light at the site is not as it was in the end, other than by blood.

    Returns
    -------
    float
        Natural-log light; 0 where it is too little to matter, infinite where a clipped colour
        keeps it from being told.
    """
    if not traces.used.any():
        return 0.0
    if traces.clipped.any():
        return np.inf
    t_s = traces.t_s[traces.used]
    early, late = (
        traces.rgb[traces.used & part].mean(axis=0)
        for part in (traces.t_s <= t_s[0] + EARLY_S, traces.t_s >= t_s[-1] - LATE_S)
    )
    light = abs(_beyond_blood(late))
    return light if light > STAYING_SHARE * abs(float(early[1:].mean())) else 0.0


def _beyond_blood(change: FloatArray, other_red: float = 0.0) -> float:
    """Light in a change (3,) whose red is more than blood's, and other than what is known of."""
    blood_red = float(BLOOD_AXIS[0])
    return (float(change[0]) - blood_red * float(change[1:].mean()) - other_red) / (1 - blood_red)


def is_mostly_light(light: float, depth: float) -> bool:
    """Whether a tint of the light could feign too much of the depth."""
    return TINT * light > MAX_FEIGNED * depth


def feigned_share(light: float, depth: float) -> float:
    """Share of the depth that a tint of light which has been kept out may feign or hide."""
    return TINT * light / depth


def shading_error(curves: Posterior, time_s: float, depth: float, light: float) -> float:
    """Relative standard error of a time that light which has been kept out leaves.

    Parameters
    ----------
    curves : Posterior
    time_s : float
        After release.
    depth, light : float
        Natural-log light of the blanch and of what is no blood.
    """
    if light == 0:
        return 0.0
    earlier, later = curves.middle_shape(np.array([0.9, 1.1]) * time_s)
    fall_per_log_time = max(float(earlier - later) / np.log(1.1 / 0.9), 1e-3)
    return float(np.hypot(UNMIXED_ERROR, feigned_share(light, depth) / fall_per_log_time))
