"""All curves that the data leave standing: times with their uncertainty, model choice included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, ndtri
from scipy.stats import qmc

from perfusion_cam.stages.refill.likelihood import (
    MOST_DEPTH,
    Explained,
    Overlaps,
    explain,
    overlaps,
)
from perfusion_cam.stages.refill.models import MODELS, Model, first_time_s
from perfusion_cam.stages.refill.noise import Bins
from perfusion_cam.types import FloatArray

HORIZON_S = 60.0
ROUNDS, SAMPLES, DRAWS = 4, 1024, 800
ENOUGH = 12
"""Effective samples a parameter from which the next round's law may be drawn."""
WIDER = 1.5
"""How much wider than the last round's posterior the next is drawn from, as a variance."""
GRID_S = np.concatenate([[0.0], np.geomspace(0.02, HORIZON_S, 360)])


class Draws(NamedTuple):
    """Equally likely curves of one family.

    Attributes
    ----------
    model : Model
    parameters : array (k, p)
    depth, level, shift_s : arrays (k,)
        Pallor at release, resting level, and release after the nominal one.
    """

    model: Model
    parameters: FloatArray
    depth: FloatArray
    level: FloatArray
    shift_s: FloatArray

    def left(self, u_s: FloatArray | float) -> FloatArray:
        """Share of the depth still missing, array (k, n), `u_s` (n,) after the nominal release."""
        since_s = np.maximum(u_s - self.shift_s[:, None], 0.0)
        return self.model.shape(since_s, self.parameters)

    def pallor(self, u_s: FloatArray) -> FloatArray:
        """Signal, array (k, n), `u_s` (n,) after the nominal release."""
        return np.asarray(self.depth[:, None] * self.left(u_s) + self.level[:, None])


@dataclass(frozen=True, slots=True)
class Posterior:
    """Equally likely curves of every family, likeliest family first.

    Attributes
    ----------
    families : tuple of Draws
    model : str
        Name of the family that AICc chooses.
    missing : array (d, n)
        Every curve's missing share at `GRID_S` after its release.
    middle : array (n,)
        Their median.
    scatter : float
        Variance of the data over that of the noise model, 1 or more, by which noise is widened.
    """

    families: tuple[Draws, ...]
    model: str
    missing: FloatArray
    middle: FloatArray
    scatter: float

    @property
    def depth(self) -> FloatArray:
        """Pallor at release of every curve, array (d,)."""
        return np.concatenate([family.depth for family in self.families])

    def times_s(self, left: float) -> FloatArray:
        """When only `left` of the depth is missing, array (d,); infinite after `HORIZON_S`."""
        return first_time_s(GRID_S, self.missing, left)

    def family_times_s(self, left: float, least_weight: float) -> list[float]:
        """Median of those times in every family of a certain weight."""
        ends = np.cumsum([len(family.depth) for family in self.families])
        parts = np.split(self.times_s(left), ends[:-1])
        return [middle_of(part) for part in parts if len(part) > least_weight * ends[-1]]

    def left_at(self, u_s: float) -> FloatArray:
        """Share of the depth still missing `u_s` after the nominal release, array (d,)."""
        return np.concatenate([family.left(u_s)[:, 0] for family in self.families])

    def middle_shape(self, u_s: FloatArray) -> FloatArray:
        """Median missing share `u_s` (n,) after release."""
        return np.interp(u_s, GRID_S, self.middle)

    def signals(self, u_s: FloatArray) -> FloatArray:
        """Every curve's signal, array (d, n), `u_s` (n,) after the nominal release."""
        return np.concatenate([family.pallor(u_s) for family in self.families])

    def pallor(self, u_s: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Mean curve, and its 95 % band, `u_s` (n,) after the nominal release."""
        curves = self.signals(u_s)
        low, high = np.quantile(curves, [0.025, 0.975], axis=0)
        return np.asarray(curves.mean(axis=0)), low, high


def find_posterior(bins: Bins, release_se_s: float) -> Posterior | None:
    """Weigh all curves of all families by how well they explain the bins.

    AICc chooses the family that is named. Times average all of them, each weighed by its evidence,
    not by its best fit less a charge for each parameter as in AICc: a parameter that no sample
    shows, such as a fast first part that was over before the skin came in sight, costs nothing and
    takes nothing away, but widens what can be said.

    Parameters
    ----------
    bins : Bins
    release_se_s : float

    Returns
    -------
    Posterior or None
        None where there are too few bins, or nothing paled.

    Notes
    -----
    Adaptive multiple importance sampling (Cornuet et al. 2012, Scand. J. Stat. 39:798), drawn from
    quasi-random numbers: the same bins always give the same curves. Scatter beyond the noise model
    widens the noise, as in quasi-likelihood (Burnham & Anderson 2002, ch. 2.5), and not what is
    known of the release without the curve.
    """
    count = len(bins.value)
    if count <= 3 + max(len(model.usual) for model in MODELS) + 1:
        return None
    samples = [_sample(model, bins, release_se_s) for model in MODELS]
    scatter = min(one.scatter(count) for one in samples)
    if not np.isfinite(scatter):
        return None
    told = [one.explained(scatter) for one in samples]
    log_weights = [one.log_weights(each) for one, each in zip(samples, told, strict=True)]
    evidence = np.array(
        [
            logsumexp(weight) + np.log(model.prior)
            for weight, model in zip(log_weights, MODELS, strict=True)
        ]
    )
    if np.isneginf(evidence).all():
        return None
    share = np.exp(evidence - logsumexp(evidence))
    families = tuple(
        _draw(MODELS[i], samples[i].tried, told[i], log_weights[i], release_se_s, draws)
        for i in np.argsort(-share)
        if (draws := round(DRAWS * float(share[i]))) > 0
    )
    missing = np.concatenate([family.model.shape(GRID_S, family.parameters) for family in families])
    criterion = [one.aicc(each, count) for one, each in zip(samples, told, strict=True)]
    model = MODELS[int(np.argmin(criterion))].name
    return Posterior(families, model, missing, np.median(missing, axis=0), scatter)


class _Samples(NamedTuple):
    """Curves tried of one family.

    Attributes
    ----------
    tried : array (k, p + 1)
        Parameters and, in standard errors, release after the nominal one.
    log_excess : array (k,)
        Logarithm of their prior over the density they were drawn with.
    seen : Overlaps
    baseline_se : float
    closest : float
        Least misfit of any to bins that scatter as their noise does.
    """

    tried: FloatArray
    log_excess: FloatArray
    seen: Overlaps
    baseline_se: float
    closest: float

    def explained(self, scatter: float) -> Explained:
        return explain(self.seen, self.baseline_se, scatter)

    def log_weights(self, told: Explained) -> FloatArray:
        return np.asarray(self.log_excess + told.log_volume - 0.5 * told.misfit)

    def scatter(self, bins: int) -> float:
        """Variance of so many bins over that of their noise, 1 or more."""
        free = bins - 2 - len(self.tried.T)
        return max(1.0, self.closest / free)

    def aicc(self, told: Explained, bins: int) -> float:
        """Akaike's criterion of the best curve, for few bins.

        Burnham & Anderson 2002, Model Selection and Multimodel Inference, eq. 2.25 (QAICc).
        """
        free = 2 + len(self.tried.T)
        correction = 2 * free * (free + 1) / (bins - free - 1)
        return _least_misfit(self.tried, told) + 2 * free + correction


def _least_misfit(tried: FloatArray, told: Explained) -> float:
    misfit = told.misfit + tried[:, -1] ** 2
    return float(np.min(misfit[np.isfinite(told.log_volume)], initial=np.inf))


def _sample(model: Model, bins: Bins, release_se_s: float) -> _Samples:
    """Try curves from the prior, then round after round from where they explained most."""
    size = len(model.usual) + 1
    laws = [(np.append(model.usual, 0.0), np.diag(np.append(model.spread, 1.0)))]
    tried, prior, drawn = np.empty((0, size)), np.empty(0), np.empty(0)
    seen, closest = Overlaps(*[np.empty(0)] * len(Overlaps._fields)), np.inf
    for turn in range(ROUNDS):
        middle, factor = laws[-1]
        new = middle + _normals(size, turn) @ factor.T
        drawn = np.logaddexp(drawn, _log_normal(tried, laws[-1]))
        by_law = [_log_normal(new, law) for law in laws]
        drawn = np.concatenate([drawn, np.logaddexp.reduce(by_law)])
        prior = np.concatenate([prior, by_law[0]])
        tried = np.concatenate([tried, new])
        newly = overlaps(model, new[:, :-1], release_se_s * new[:, -1], bins)
        closest = min(closest, _least_misfit(new, explain(newly, bins.baseline_se)))
        seen = Overlaps(*map(np.concatenate, zip(seen, newly, strict=True)))
        excess = prior - drawn + np.log(len(laws) / len(tried))
        samples = _Samples(tried, excess, seen, bins.baseline_se, closest)
        scatter = samples.scatter(len(bins.value))
        if not np.isfinite(scatter):
            break
        weights = samples.log_weights(samples.explained(scatter))
        if np.isneginf(weights).all():
            break
        laws.append(_law(tried, _tempered(weights, ENOUGH * size)))
    return samples


def _tempered(log_weights: FloatArray, enough: float) -> FloatArray:
    """Weights that add to 1, evened out until enough samples share them."""
    power = 1.0
    while True:
        weights = np.exp(power * (log_weights - log_weights.max()))
        weights /= weights.sum()
        if 1 / (weights**2).sum() >= enough or power < 1e-3:
            return np.asarray(weights)
        power *= 0.7


def _law(parameters: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and Cholesky factor of the normal law to draw the next round from."""
    middle = weights @ parameters
    apart = parameters - middle
    covariance = WIDER * (weights[:, None] * apart).T @ apart
    return middle, np.linalg.cholesky(covariance + 1e-8 * np.eye(len(middle)))


def _log_normal(parameters: FloatArray, law: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Log density (k,) of k parameters under a normal law, up to a constant for all laws."""
    middle, factor = law
    apart = (parameters - middle) @ np.linalg.inv(factor).T
    size = float(np.log(np.diagonal(factor)).sum())
    return np.asarray(-0.5 * np.einsum("ij,ij->i", apart, apart) - size)


def _draw(
    model: Model,
    tried: FloatArray,
    told: Explained,
    log_weights: FloatArray,
    release_se_s: float,
    count: int,
) -> Draws:
    """Equally likely curves: shape and release by their weight, the rest from its normal law.

    Where too few samples share the weight it is evened out: rather too wide than a curve or two.
    """
    weights = np.cumsum(_tempered(log_weights, ENOUGH * tried.shape[1]))
    chosen = np.searchsorted(weights, (np.arange(count) + 0.5) / count).clip(max=len(weights) - 1)
    told = Explained(*(part[chosen] for part in told))
    a, b = np.random.default_rng(0).standard_normal((2, count))
    depth = np.clip(told.depth + told.depth_se * a, 0.0, MOST_DEPTH)
    level = told.level + told.level_slope * (depth - told.depth) + told.level_se * b
    curves = tried[chosen]
    return Draws(model, curves[:, :-1], depth, level, release_se_s * curves[:, -1])


@cache
def _normals(size: int, seed: int) -> FloatArray:
    """Quasi-random standard normal numbers, array (SAMPLES, size)."""
    uniform = qmc.Halton(size, rng=seed).random(SAMPLES)
    return np.asarray(ndtri(np.clip(uniform, 1e-6, 1 - 1e-6)))


def middle_of(times_s: FloatArray) -> float:
    """Median that is one of the times, as some may be infinite."""
    return float(np.quantile(times_s, 0.5, method="nearest"))
