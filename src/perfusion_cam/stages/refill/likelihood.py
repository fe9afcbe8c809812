"""How well curves of given shape explain a binned signal, whatever their depth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perfusion_cam.stages.refill.models import Model
from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.types import FloatArray

STEP_S = 0.02
FULL_DEPTH, FULL_DEPTH_SD = 0.7, 0.15
MOST_DEPTH = FULL_DEPTH + 3 * FULL_DEPTH_SD
"""Natural-log light of green and blue between resting skin and skin without blood is 0.53 (type I)
to 0.68 (type VI) in simulated skin; no press shows more."""


class Explained(NamedTuple):
    """What the bins say of k shapes.

    Attributes
    ----------
    misfit : array (k,)
        Least sum of squared whitened residuals, that of the level's prior among them.
    log_volume : array (k,)
        Logarithm of how much room depth, level and release leave at that misfit.
    depth, depth_se : arrays (k,)
    level, level_slope, level_se : arrays (k,)
        Resting level at that depth, how it moves with the depth, and its error at a known depth.
    shift : arrays (k, 3)
        Release's shift (s) as a linear function of 1, depth and level.
    shift_se_s : array (k,)
    """

    misfit: FloatArray
    log_volume: FloatArray
    depth: FloatArray
    depth_se: FloatArray
    level: FloatArray
    level_slope: FloatArray
    level_se: FloatArray
    shift: FloatArray
    shift_se_s: FloatArray


def explain(model: Model, parameters: FloatArray, bins: Bins, release_se_s: float) -> Explained:
    """Marginalise depth, resting level and release time of curves of given shape.

    All three enter (almost) linearly, so their share of the posterior is a normal law known in
    closed form: level and release with their measured uncertainty as prior, depth with none on its
    logarithm up to `FULL_DEPTH`. A shape that is over before the first bin leaves its depth open,
    and gains nothing from that.

    Parameters
    ----------
    model : Model
    parameters : array (k, p)
    bins : Bins
    release_se_s : float
    """
    u_s = bins.u_s
    seen = model.shape(np.maximum(u_s, 0.0), parameters)
    later = model.shape(np.maximum(u_s - STEP_S, 0.0), parameters)
    earlier = model.shape(np.maximum(u_s + STEP_S, 0.0), parameters)
    shape, slope = seen @ bins.whiten.T, (later - earlier) / (2 * STEP_S) @ bins.whiten.T
    flat, value = bins.whiten.sum(axis=1), bins.whiten @ bins.value
    alone = np.maximum(shape @ value / np.maximum((shape**2).sum(axis=1), 1e-12), 0.0)
    moved = release_se_s * alone[:, None] * slope
    room = 1 + (moved**2).sum(axis=1)
    by_shape, by_flat, by_value = (moved * shape).sum(axis=1), moved @ flat, moved @ value
    ss = (shape**2).sum(axis=1) - by_shape**2 / room
    sf = shape @ flat - by_shape * by_flat / room
    ff = flat @ flat - by_flat**2 / room + bins.baseline_se**-2
    sv = shape @ value - by_shape * by_value / room
    fv = flat @ value - by_flat * by_value / room
    vv = value @ value - by_value**2 / room
    precision = np.maximum(ss - sf**2 / ff, 1e-12)
    depth = (sv - sf * fv / ff) / precision
    misfit = vv - fv**2 / ff - precision * depth**2
    depth_se = precision**-0.5
    beyond = np.maximum(depth - FULL_DEPTH, 0.0) / np.hypot(FULL_DEPTH_SD, depth_se)
    log_volume = -0.5 * (np.log(ff * room) + beyond**2) - np.log(np.hypot(1.0, depth / depth_se))
    shift_s = release_se_s * np.stack([by_value, -by_shape, -by_flat], axis=1) / room[:, None]
    return Explained(
        misfit,
        np.where(depth > 0, log_volume, -np.inf),
        depth,
        depth_se,
        (fv - sf * depth) / ff,
        -sf / ff,
        ff**-0.5,
        shift_s,
        release_se_s * room**-0.5,
    )
