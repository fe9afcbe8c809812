"""How well curves of given shape explain a binned signal, whatever their depth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perfusion_cam.stages.refill.models import Model
from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.types import FloatArray

FULL_DEPTH, FULL_DEPTH_SD = 0.7, 0.15
MOST_DEPTH = FULL_DEPTH + 3 * FULL_DEPTH_SD
"""Natural-log light of green and blue between resting skin and skin without blood is 0.53 (type I)
to 0.68 (type VI) in simulated skin; no press shows more."""


class Overlaps(NamedTuple):
    """Inner products, in standard errors of the bins, that tell all the bins say of k shapes.

    Between shape, level and samples: each an array (k,).
    """

    shape_shape: FloatArray
    shape_level: FloatArray
    shape_value: FloatArray
    level_level: FloatArray
    level_value: FloatArray
    value_value: FloatArray


class Explained(NamedTuple):
    """What the bins say of k shapes.

    Attributes
    ----------
    misfit : array (k,)
        Least sum of squared whitened residuals, that of the level's prior among them.
    log_volume : array (k,)
        Logarithm of how much room depth and level leave at that misfit.
    depth, depth_se : arrays (k,)
    level, level_slope, level_se : arrays (k,)
        Resting level at that depth, how it moves with the depth, and its error at a known depth.
    """

    misfit: FloatArray
    log_volume: FloatArray
    depth: FloatArray
    depth_se: FloatArray
    level: FloatArray
    level_slope: FloatArray
    level_se: FloatArray


def overlaps(model: Model, parameters: FloatArray, shift_s: FloatArray, bins: Bins) -> Overlaps:
    """Compare curves of k parameters (k, p), released `shift_s` (k,) after `bins.u_s` 0.

    Curves are drawn in single precision, a ten millionth of their depth, which halves the work, and
    multiplied in double.
    """
    since_s = np.asarray(bins.u_s - shift_s[:, None], np.float32)
    np.maximum(since_s, 0.0, out=since_s)
    drawn = model.shape(since_s, parameters.astype(np.float32))
    shape = (drawn @ bins.whiten.T.astype(np.float32)).astype(float)
    level, value = bins.whiten.sum(axis=1), bins.whiten @ bins.value
    every = np.ones(len(parameters))
    return Overlaps(
        np.einsum("ij,ij->i", shape, shape),
        shape @ level,
        shape @ value,
        level @ level * every,
        level @ value * every,
        value @ value * every,
    )


def explain(seen: Overlaps, baseline_se: float, scatter: float = 1.0) -> Explained:
    """Marginalise depth and resting level of curves of given shape.

    Both enter linearly, so their share of the posterior is a normal law known in closed form: level
    with its measured uncertainty as prior, depth with none on its logarithm up to `FULL_DEPTH`. A
    shape that is over before the first bin leaves its depth open, and gains nothing from that.

    Parameters
    ----------
    seen : Overlaps
    baseline_se : float
        Standard error of the resting level.
    scatter : float
        Variance of the bins over that of their noise model. It widens what the bins say, and not
        what is known of the level without them.
    """
    ss, sf, sv, ff, fv, vv = (part / scatter for part in seen)
    ff = ff + baseline_se**-2
    precision = np.maximum(ss - sf**2 / ff, 1e-12)
    depth = (sv - sf * fv / ff) / precision
    depth_se = precision**-0.5
    beyond = np.maximum(depth - FULL_DEPTH, 0.0) / np.hypot(FULL_DEPTH_SD, depth_se)
    log_volume = -0.5 * (np.log(ff) + beyond**2) - np.log(np.hypot(1.0, depth / depth_se))
    return Explained(
        vv - fv**2 / ff - precision * depth**2,
        np.where(depth > 0, log_volume, -np.inf),
        depth,
        depth_se,
        (fv - sf * depth) / ff,
        -sf / ff,
        ff**-0.5,
    )
