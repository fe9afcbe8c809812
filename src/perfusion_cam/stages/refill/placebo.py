"""Would untouched skin, read the same way, have moved the refill time more than noise can?"""

from __future__ import annotations

import numpy as np

from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.stages.refill.posterior import Posterior
from perfusion_cam.stages.refill.signal import MIN_PLACEBOS

BY_CHANCE = 1.5
"""Ratio up to which nothing is added: the noise model is made from the same placebos. By chance 40
of them, which overlap, reach 1.14 in one of ten simulated clips; swings of blood exceed it."""


def placebo_excess(curves: Posterior, bins: Bins, left: float) -> float:
    """How much too narrow the noise model leaves a refill time.

    The time's covariance with the curve tells how it moves with every bin of the signal; that
    applied to what untouched skin did over the same seconds tells how far slow swings of blood
    (vasomotion), light or registration move it.

    Parameters
    ----------
    curves : Posterior
    bins : Bins
    left : float
        Missing share of the depth whose time is meant.

    Returns
    -------
    float
        Factor, 1 or more, by which the spread of the time's logarithm must grow.
    """
    times_s = curves.times_s(left)
    back = np.isfinite(times_s)
    if len(bins.placebo) < MIN_PLACEBOS or back.mean() < 0.5:
        return 1.0
    log_time, signal = np.log(times_s[back]), curves.signals(bins.u_s)[back]
    together = (log_time - log_time.mean()) @ (signal - signal.mean(axis=0)) / len(log_time)
    whitened = bins.whiten @ together
    foretold = float(np.sqrt(curves.scatter) * np.linalg.norm(whitened))
    moved = np.abs(bins.placebo @ (bins.whiten.T @ whitened))
    ratio = 1.4826 * float(np.median(moved)) / max(foretold, 1e-9)
    return float(np.sqrt(1 + max(ratio**2 - BY_CHANCE**2, 0.0)))
