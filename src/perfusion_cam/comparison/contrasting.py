"""Two readings against each other: ratio, difference, and what could have been told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from perfusion_cam.comparison.posterior import posterior
from perfusion_cam.comparison.readings import SideReading, combine
from perfusion_cam.comparison.variation import smallest_detectable_ratio

Outcome = Literal["compared", "bounded", "incomplete"]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One site's refill time over another's.

    Attributes
    ----------
    outcome : "compared", "bounded" or "incomplete"
        *Bounded* where one site did not recover: there is a bound, and no number.
    ratio, ratio_ci95 : float, (float, float) or None
    log_ratio, log_ratio_ci95 : float, (float, float) or None
        Natural logs of the same.
    difference_s, difference_ci95_s : float, (float, float) or None
        Seconds.
    ratio_lower_bound, difference_lower_bound_s : float or None
        What the true one is above (97.5 %), where the first site did not recover.
    ratio_upper_bound, difference_upper_bound_s : float or None
        What it is below, where the second did not.
    smallest_detectable_ratio : float or None
        A ratio nearer to 1 cannot be told from 1 with these presses: the half width of the log
        ratio's interval, or, where there is none, what so many presses have (`variation`).
    single_press_sd : float or None
        Spread of single presses' log times that the intervals take in.
    probability_above_one : float or None
        That the first site's typical time is the longer one.
    with_rejected : (ratio, (float, float)) or None
        The ratio and its interval if no press had been left out.
    """

    outcome: Outcome
    ratio: float | None = None
    ratio_ci95: tuple[float, float] | None = None
    log_ratio: float | None = None
    log_ratio_ci95: tuple[float, float] | None = None
    difference_s: float | None = None
    difference_ci95_s: tuple[float, float] | None = None
    ratio_lower_bound: float | None = None
    ratio_upper_bound: float | None = None
    difference_lower_bound_s: float | None = None
    difference_upper_bound_s: float | None = None
    smallest_detectable_ratio: float | None = None
    single_press_sd: float | None = None
    probability_above_one: float | None = None
    with_rejected: tuple[float, tuple[float, float]] | None = None


def contrast(one: SideReading, other: SideReading) -> Contrast:
    """Compare two sites; every interval takes in how single presses differ.

    A site that did not recover enters at the time it was watched: the likelihood of a time known
    from below is highest there or above, so the bound that follows can only be too careful.

    Parameters
    ----------
    one, other : SideReading
        The ratio is of the first over the second.
    """
    if one.times is None or other.times is None:
        return Contrast("incomplete")
    if one.status == other.status == "not_recovered":
        return Contrast("incomplete")
    known = posterior([one.times, other.times])
    log_ratio = known.log_ratio()
    low, high = log_ratio.interval
    difference_low_s, difference_high_s = known.difference_interval_s()
    if "not_recovered" in (one.status, other.status):
        foretold = smallest_detectable_ratio(len(one.used), len(other.used))
        above = one.status == "not_recovered"
        return Contrast(
            "bounded",
            ratio_lower_bound=float(np.exp(low)) if above else None,
            ratio_upper_bound=None if above else float(np.exp(high)),
            difference_lower_bound_s=difference_low_s if above else None,
            difference_upper_bound_s=None if above else difference_high_s,
            smallest_detectable_ratio=foretold,
            single_press_sd=known.single_press_sd,
        )
    return Contrast(
        "compared",
        ratio=float(np.exp(log_ratio.mean)),
        ratio_ci95=(float(np.exp(low)), float(np.exp(high))),
        log_ratio=log_ratio.mean,
        log_ratio_ci95=(low, high),
        difference_s=float(np.exp(known.site(0).mean) - np.exp(known.site(1).mean)),
        difference_ci95_s=(difference_low_s, difference_high_s),
        smallest_detectable_ratio=float(np.exp((high - low) / 2)),
        single_press_sd=known.single_press_sd,
        probability_above_one=1 - float(log_ratio.below(np.zeros(1))[0]),
        with_rejected=_with_rejected(one, other),
    )


def _with_rejected(
    one: SideReading, other: SideReading
) -> tuple[float, tuple[float, float]] | None:
    if not one.rejected and not other.rejected:
        return None
    whole = contrast(combine(one.presses, reject=False), combine(other.presses, reject=False))
    assert whole.ratio is not None
    assert whole.ratio_ci95 is not None
    return whole.ratio, whole.ratio_ci95
