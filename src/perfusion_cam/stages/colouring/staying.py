"""Blood's colour that a press does not take away."""

from __future__ import annotations

import math

import numpy as np

from perfusion_cam.stages.colouring.contrast import Reader
from perfusion_cam.types import Estimate, FloatArray, SignName, SignReading

RESTING_BLOOD = 0.55
"""Natural-log light of green that a full blanch gives back, skin types I to VI (own
simulation of skin optics)."""
BLANCH_TINT_SD = 0.055
"""Spread of red's change when the resting blood is pressed out (0 to 0.33 of green: own
simulation, and forearms): what of it is taken for oxygen by mistake."""
MIN_PRESSED_OUT = 0.05


def fixed_stain(reader: Reader, at_rest: FloatArray, pressed: FloatArray) -> SignReading:
    """Compare the site against its control before the press and just after it.

    A press takes the same share of all blood in vessels with it, and of its lack of oxygen. What
    is out of the vessels, or in vessels that cannot be emptied, stays. Two readings, of which the
    stronger counts: desaturation beyond the share that should be left; and darkness that is still
    there by more than half, however much was pressed out.

    Parameters
    ----------
    reader : Reader
    at_rest, pressed : arrays (3,)
        Contrast of the site against its control, natural-log light.

    Returns
    -------
    SignReading
    """
    (blood, less_oxygen), (blood_left, less_oxygen_left) = map(reader.read, (at_rest, pressed))
    mobile = RESTING_BLOOD + max(float(blood), 0.0)
    out = float(np.clip((blood - blood_left) / mobile, MIN_PRESSED_OUT, 1.0))
    stays_dark = min(float(blood), float(2 * blood_left - blood))
    stays_dusky = min(
        float(less_oxygen), float(less_oxygen + (less_oxygen_left - less_oxygen) / out)
    )
    dark_se, dusky_se = float(reader.se[0]), float(np.hypot(reader.se[1], BLANCH_TINT_SD))
    if stays_dark / dark_se > stays_dusky / dusky_se:
        change = Estimate(stays_dark, dark_se)
    else:
        change = Estimate(stays_dusky, dusky_se)
    return reading("fixed_stain", change, reader.times, reader.against_light(at_rest))


def reading(name: SignName, change: Estimate, times: float, most: float = math.inf) -> SignReading:
    """Express a change in multiples of what is detectable, `times` its standard error.

    Parameters
    ----------
    name : str
    change : Estimate
    times : float
    most : float, optional
        Largest strength, either way.
    """
    detectable = times * change.se
    strength = float(np.clip(change.value / detectable, -most, most))
    return SignReading(name, Estimate(strength, 1 / times), change, detectable)
