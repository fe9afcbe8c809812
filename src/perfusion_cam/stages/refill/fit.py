"""Fit one model to a binned curve, with everything that is uncertain left uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from perfusion_cam.stages.refill.models import Model
from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.types import FloatArray

TIME_PRIOR_SD, SHAPE_PRIOR_SD = 2.0, 1.0
"""Spread of a model's time scale and of its other parameters round their start, on their
logarithmic scales."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model.

    Attributes
    ----------
    model : Model
    parameters : array (3 + p,)
        Release shift (s), depth, resting level, then the model's own.
    covariance : array (3 + p, 3 + p)
    misfit : float
        Penalised sum of squared whitened residuals.
    """

    model: Model
    parameters: FloatArray
    covariance: FloatArray
    misfit: float

    def pallor(self, u_s: FloatArray, parameters: FloatArray | None = None) -> FloatArray:
        """Fitted signal `u_s` seconds after the nominal release."""
        return curve(self.model, u_s, self.parameters if parameters is None else parameters)


def curve(model: Model, u_s: FloatArray, parameters: FloatArray) -> FloatArray:
    """Pallor of a model: depth times shape, plus the resting level."""
    shift_s, depth, level = parameters[:3]
    return np.asarray(depth * model.shape(np.maximum(u_s - shift_s, 0.0), parameters[3:]) + level)


def fit_model(model: Model, bins: Bins, release_se_s: float) -> Fit | None:
    """Penalised generalised least squares.

    The release time and the resting level are parameters with their measured uncertainty as
    prior, so their errors reach every time that is read off the curve.
    """
    early = bins.value[: max(3, len(bins.value) // 20)]
    depth0 = max(float(early.mean()), 1e-4)
    below = np.flatnonzero(bins.value < 0.5 * depth0)
    half_s = float(np.clip(bins.u_s[below[0]] if len(below) else bins.u_s[-1], 0.1, 20.0))
    shape0 = model.start(half_s)
    start = np.concatenate([[0.0, 1.2 * depth0, 0.0], shape0])
    shape_sd = [TIME_PRIOR_SD] + [SHAPE_PRIOR_SD] * (len(shape0) - 1)
    prior_sd = np.concatenate([[release_se_s, 1e3, bins.baseline_se], shape_sd])
    centre = np.concatenate([[0.0, 0.0, 0.0], shape0])

    def residuals(parameters: FloatArray) -> FloatArray:
        apart = bins.whiten @ (bins.value - curve(model, bins.u_s, parameters))
        return np.concatenate([apart, (parameters - centre) / prior_sd])

    try:
        found = least_squares(
            residuals,
            start,
            x_scale=np.concatenate([[0.05, depth0, 0.02], np.ones(len(shape0))]),
            max_nfev=60,
        )
    except (ValueError, FloatingPointError):
        return None
    count, free = len(bins.value), len(start)
    if count <= free + 1:
        return None
    misfit = float((found.fun**2).sum())
    scatter = max(1.0, misfit / (count - free))
    jacobian = np.asarray(found.jac)
    covariance = np.linalg.pinv(jacobian.T @ jacobian) * scatter
    return Fit(model, found.x, covariance, misfit)


def aicc_weights(fits: list[Fit], count: int) -> FloatArray:
    """Akaike weights, corrected for small samples and for scatter beyond the noise model.

    Parameters
    ----------
    fits : list of Fit
    count : int
        Number of bins.

    Notes
    -----
    Burnham & Anderson 2002, Model Selection and Multimodel Inference, eq. 2.25 (QAICc).
    """
    free = np.array([len(fit.parameters) for fit in fits], float)
    misfit = np.array([fit.misfit for fit in fits])
    scatter = max(1.0, float((misfit / (count - free)).min()))
    criterion = misfit / scatter + 2 * free + 2 * free * (free + 1) / (count - free - 1)
    prior = np.array([fit.model.prior for fit in fits])
    weights = prior * np.exp(-0.5 * (criterion - criterion.min()))
    return np.asarray(weights / weights.sum())
