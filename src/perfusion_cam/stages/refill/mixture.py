"""All models together: times with their uncertainty, model choice included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from perfusion_cam.stages.refill.fit import Fit, aicc_weights, curve, fit_model
from perfusion_cam.stages.refill.models import MODELS, time_to
from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.types import FloatArray

HORIZON_S = 60.0
MIN_WEIGHT = 0.02
POINTS = 400
"""Quantile points by which a mixture of normal laws is represented."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Every model that the data leave standing, with its weight.

    Attributes
    ----------
    fits : tuple of Fit
        Best first.
    weights : array (m,)
    """

    fits: tuple[Fit, ...]
    weights: FloatArray

    @property
    def best(self) -> Fit:
        """The fit with the largest weight."""
        return self.fits[0]

    def log_time(self, left: float) -> FloatArray:
        """Distribution of the log time (s) at which `left` of the depth is still missing.

        Returns
        -------
        array (about 400,)
            Equally likely values; infinite where a model does not come back within a minute.
        """

        def value(fit: Fit, parameters: FloatArray) -> float:
            found = time_to(fit.model, parameters[3:], left, HORIZON_S)
            return np.inf if found is None else float(np.log(max(found, 1e-3)))

        return self._spread(value)

    def depth(self) -> FloatArray:
        """Distribution of the pallor at release."""
        return self._spread(lambda _, parameters: float(parameters[1]))

    def left_at(self, u_s: float) -> FloatArray:
        """Distribution of the share of the depth still missing `u_s` after release."""

        def value(fit: Fit, parameters: FloatArray) -> float:
            moment = np.array([max(u_s - parameters[0], 0.0)])
            return float(fit.model.shape(moment, parameters[3:])[0])

        return self._spread(value)

    def pallor(self, u_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Weighted mean curve, and its 95 % band, `u_s` (n,) after the nominal release."""
        curves = np.stack([fit.pallor(u_s) for fit in self.fits])
        mean = self.weights @ curves
        variance = self.weights @ (curves - mean) ** 2
        for weight, fit in zip(self.weights, self.fits, strict=True):
            slopes = np.stack(
                [
                    (curve(fit.model, u_s, fit.parameters + step) - fit.pallor(u_s)) / step[i]
                    for i, step in enumerate(_steps(fit))
                ]
            )
            variance += weight * np.einsum("in,ij,jn->n", slopes, fit.covariance, slopes)
        half = 1.96 * np.sqrt(variance)
        return mean, mean - half, mean + half

    def _spread(self, value: Callable[[Fit, FloatArray], float]) -> FloatArray:
        """Mixture of normal laws, each by first-order propagation from a fit's parameters."""
        points = []
        for weight, fit in zip(self.weights, self.fits, strict=True):
            count = max(2, round(POINTS * float(weight)))
            centre = value(fit, fit.parameters)
            if not np.isfinite(centre):
                points.append(np.full(count, np.inf))
                continue
            slope = np.array(
                [
                    (value(fit, fit.parameters + step) - centre) / step[i]
                    for i, step in enumerate(_steps(fit))
                ]
            )
            slope = np.where(np.isfinite(slope), slope, 0.0)
            se = float(np.sqrt(max(slope @ fit.covariance @ slope, 0.0)))
            points.append(centre + se * norm.ppf((np.arange(count) + 0.5) / count))
        return np.concatenate(points)


def _steps(fit: Fit) -> FloatArray:
    """One small step per parameter, rows of a matrix."""
    return np.diag(0.02 * np.sqrt(np.diag(fit.covariance)) + 1e-6)


def fit_all(bins: Bins, release_se_s: float) -> Mixture | None:
    """Fit every model and keep all that the data leave standing.

    Returns
    -------
    Mixture or None
        None where no model could be fitted at all.
    """
    fits = [fit for model in MODELS if (fit := fit_model(model, bins, release_se_s)) is not None]
    if not fits:
        return None
    weights = aicc_weights(fits, len(bins.value))
    order = [int(i) for i in np.argsort(-weights) if weights[i] >= MIN_WEIGHT]
    return Mixture(tuple(fits[i] for i in order), weights[order] / weights[order].sum())
