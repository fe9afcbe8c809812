"""The statistical model of refill times, and what it says of sites and their difference.

The natural log of press i's time at site s is ``mu_s + a_i + e_i``: the site's typical log time,
how single presses differ, ``a_i ~ N(0, sd²)``, and the press's own error of measurement,
``e_i ~ N(0, se_i²)``, known from its interval. Presses of all sites share ``sd``. Beforehand,
``sd²`` has a scaled inverse chi-square distribution (`variation.SINGLE_PRESS_SD`,
`variation.SINGLE_PRESS_DF`), rarely a far larger one (`variation.ODD_SHARE`), and ``mu_s`` may be
anything. With one press a site the published spread decides alone; with more, the presses' own
scatter takes part by its degrees of freedom. For equal standard errors and no odd site this is the
moderated t of Smyth 2004 (10.2202/1544-6115.1027).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtr

from perfusion_cam.comparison.variation import (
    LEVEL,
    ODD_DF,
    ODD_SD,
    ODD_SHARE,
    SINGLE_PRESS_DF,
    SINGLE_PRESS_SD,
)
from perfusion_cam.types import FloatArray

_SDS = SINGLE_PRESS_SD * np.geomspace(0.35, 8.0, 33)
_TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
_HALVINGS = 22
_NODES = np.linspace(-4.0, 4.0, 25)
_NODE_WEIGHTS = np.exp(-0.5 * _NODES**2) / np.exp(-0.5 * _NODES**2).sum()


@dataclass(frozen=True, slots=True)
class LogTimes:
    """Measured log times of one site.

    Attributes
    ----------
    values : array (n,)
        Natural logs of seconds.
    se : array (n,)
        Standard errors of measurement.
    """

    values: FloatArray
    se: FloatArray


@dataclass(frozen=True)
class Mixture:
    """Normal distributions, one for each spread between presses, mixed by how likely that is."""

    weight: FloatArray
    mean_at: FloatArray
    sd_at: FloatArray

    @cached_property
    def mean(self) -> float:
        """Expected value."""
        return float(self.weight @ self.mean_at)

    def below(self, limits: FloatArray) -> FloatArray:
        """Probability of being below each of some limits, array (k,)."""
        return np.asarray(ndtr((limits[:, None] - self.mean_at) / self.sd_at) @ self.weight)

    @cached_property
    def interval(self) -> tuple[float, float]:
        """Central 95 % interval."""
        reach = 12 * float(self.sd_at @ self.weight) + np.ptp(self.mean_at)
        low, high = np.full(2, self.mean - reach), np.full(2, self.mean + reach)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            under = self.below(middle) < _TAILS
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        return float(low[0]), float(high[1])


@dataclass(frozen=True, slots=True)
class Posterior:
    """What presses say of their sites' typical log times.

    Attributes
    ----------
    weight : array (k,)
        Probability of each spread between presses.
    means, sds : arrays (sites, k)
        Of each site's typical log time, for each spread.
    """

    weight: FloatArray
    means: FloatArray
    sds: FloatArray

    @property
    def single_press_sd(self) -> float:
        """Spread between single presses, by what was published and by these: its geometric mean."""
        return float(np.exp(self.weight @ np.log(_SDS)))

    def site(self, index: int) -> Mixture:
        """Typical log time of a site."""
        return Mixture(self.weight, self.means[index], self.sds[index])

    def press(self, index: int, se: float) -> Mixture:
        """Log time of one more press of a site, measured with this standard error."""
        sd = np.sqrt(self.sds[index] ** 2 + _SDS**2 + se**2)
        return Mixture(self.weight, self.means[index], sd)

    def log_ratio(self) -> Mixture:
        """Log time of the first site less that of the second."""
        return Mixture(self.weight, self.means[0] - self.means[1], np.hypot(*self.sds))

    def difference_interval_s(self) -> tuple[float, float]:
        """95 % interval of the first site's time less the second's, seconds.

        It leaves out zero exactly where the interval of the log ratio does.
        """
        low_s, high_s = (self._difference_quantile_s(share) for share in _TAILS)
        return low_s, high_s

    def _difference_quantile_s(self, share: float) -> float:
        high_s = 10 * float(np.exp(self.means.max()))
        low_s = -high_s
        for _ in range(_HALVINGS):
            middle_s = (low_s + high_s) / 2
            if self._difference_below(middle_s) < share:
                low_s = middle_s
            else:
                high_s = middle_s
        return (low_s + high_s) / 2

    def _difference_below(self, limit_s: float) -> float:
        # Averaged over the site that is then the faster one: what it asks of the other is positive.
        if limit_s < 0:
            return 1 - self._exceeds_by_less(1, 0, -limit_s)
        return self._exceeds_by_less(0, 1, limit_s)

    def _exceeds_by_less(self, slow: int, fast: int, by_s: float) -> float:
        fast_s = np.exp(self.means[fast] + _NODES[:, None] * self.sds[fast])
        below = ndtr((np.log(fast_s + by_s) - self.means[slow]) / self.sds[slow])
        return float(_NODE_WEIGHTS @ below @ self.weight)


def _beforehand(sd: float, df: int) -> FloatArray:
    """Scaled inverse chi-square distribution of the variance, on the grid of log spreads."""
    log_density = -df * (np.log(_SDS) + 0.5 * (sd / _SDS) ** 2)
    density = np.exp(log_density - log_density.max())
    return np.asarray(density / density.sum())


_LOG_PRIOR = np.log(
    (1 - ODD_SHARE) * _beforehand(SINGLE_PRESS_SD, SINGLE_PRESS_DF)
    + ODD_SHARE * _beforehand(ODD_SD, ODD_DF)
)


def posterior(sites: Sequence[LogTimes]) -> Posterior:
    """Learn of one or two sites from their presses.

    Parameters
    ----------
    sites : sequence of LogTimes
        With one press or more each.
    """
    log_weight = _LOG_PRIOR.copy()
    means, sds = [], []
    for site in sites:
        precision = 1 / (_SDS[:, None] ** 2 + site.se**2)
        total = precision.sum(axis=1)
        mean = precision @ site.values / total
        misfit = (precision * (site.values - mean[:, None]) ** 2).sum(axis=1)
        log_weight += 0.5 * (np.log(precision).sum(axis=1) - np.log(total) - misfit)
        means.append(mean)
        sds.append(total**-0.5)
    weight = np.exp(log_weight - log_weight.max())
    return Posterior(weight / weight.sum(), np.array(means), np.array(sds))
