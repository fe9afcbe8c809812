"""How far skin that is pressed again was back from the press before."""

from __future__ import annotations

import numpy as np

from perfusion_cam.blood import BLOOD_AXIS
from perfusion_cam.stencils import Stencils, rested
from perfusion_cam.types import WATCH_S, FloatArray, GridWindow, Press

LEFT_Z = 3.0
"""Robust standard deviations of untouched skin by which a site must differ from what it was before
an earlier press to count as not back from it, once as much time has passed as one is watched."""
UNKNOWN_SD = 0.01
"""Such a deviation, natural-log light, where no untouched skin tells it."""


def since_earlier(window: GridWindow, press: Press, stencils: Stencils) -> FloatArray:
    """See how site and untouched skin changed from before an earlier press to before this one.

    Pressure empties skin down to a level of its own, so that of a site not yet back the next press
    moves only a part; against that part alone it would be back far too soon.

    Parameters
    ----------
    window : GridWindow
    press : Press
    stencils : Stencils

    Returns
    -------
    array (3, 1 + k)
        Natural-log light of the site against its control, then the same of k places that nobody
        pressed; zero where the site was not pressed in the last minute, or was back from it.
    """
    laid = (stencils.site, *stencils.placebos)
    if press.since_last_s is None or not press.rests_since_last or press.bare_before is None:
        return np.zeros((3, len(laid)))
    before = window.mean_log_rgb(rested(window, press))
    change = np.asarray(before - press.bare_before.light, float)
    since = np.stack([stencil.laid_on(change) for stencil in laid], axis=1)
    pallor = np.abs(BLOOD_AXIS @ since) / (BLOOD_AXIS @ BLOOD_AXIS)
    chance = 1.4826 * float(np.median(pallor[1:])) if stencils.placebos else UNKNOWN_SD
    back = press.since_last_s > WATCH_S and pallor[0] < LEFT_Z * chance
    return np.zeros_like(since) if back else since
