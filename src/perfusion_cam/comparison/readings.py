"""Repeats of one site made into one reading, and which of them were left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import stats

from perfusion_cam.comparison.posterior import LogTimes, posterior
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.variation import SINGLE_PRESS_DF, SINGLE_PRESS_SD
from perfusion_cam.types import REST_S, Status

OUTLIER_PROBABILITY = 0.01
"""Own choice: one site in a hundred without any outlier loses a press. Shared among its presses."""
FEWEST_TO_REJECT = 3
"""Of two presses that disagree, nobody can say which is wrong."""

_Z95 = float(stats.norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class SideReading:
    """Several presses of one site, combined on the log scale.

    Attributes
    ----------
    presses : tuple of SidePress
        All, in the order given.
    used : tuple of int
        Which of them made the numbers.
    rejected : tuple of int
        Which are measured but too far from the others.
    times : LogTimes or None
        Of the used presses; one whose time is not known from above enters at its lower bound.
    status : "measured", "not_recovered" or "not_measurable"
        *Not recovered* as soon as one used press is: the time is then only bounded from below.
    crt_s : float or None
        Geometric mean: the site's typical refill time.
    crt_ci95_s : (float, float) or None
        Its 95 % interval, which takes in how single presses differ.
    lower_bound_s : float or None
        The typical time is above this (97.5 %), where it is only bounded.
    within_site_sd : float or None
        Scatter of the used presses' log times; None with fewer than two.
    """

    presses: tuple[SidePress, ...]
    used: tuple[int, ...] = ()
    rejected: tuple[int, ...] = ()
    times: LogTimes | None = None
    status: Status = "not_measurable"
    crt_s: float | None = None
    crt_ci95_s: tuple[float, float] | None = None
    lower_bound_s: float | None = None
    within_site_sd: float | None = None

    @property
    def used_presses(self) -> tuple[SidePress, ...]:
        """The presses that made the numbers."""
        return tuple(self.presses[index] for index in self.used)

    @property
    def presses_not_recovered(self) -> int:
        """How many of the used presses are known from below only."""
        return sum(press.at_least_s is not None for press in self.used_presses)


def combine(presses: Sequence[SidePress], *, reject: bool = True) -> SideReading:
    """Make one reading of a site's presses.

    Parameters
    ----------
    presses : sequence of SidePress
    reject : bool
        Whether to leave out presses too far from the others: one at a time, while three or more
        are left, by a t test of the press against the others whose spread is moderated by the
        published one. Where a press did not recover nothing is left out, for how far it lies from
        the others is not known.
    """
    usable = [i for i, press in enumerate(presses) if press.status != "not_measurable"]
    bounded = any(presses[index].at_least_s is not None for index in usable)
    used, rejected = usable, []
    while reject and not bounded and (odd := _odd_one(log_times(presses, used))) is not None:
        rejected.append(used[odd])
        used = [index for index in used if index != used[odd]]
    if not used:
        return SideReading(tuple(presses))
    times = log_times(presses, used)
    typical = posterior([times]).site(0)
    low_s, high_s = (float(np.exp(end)) for end in typical.interval)
    scatter = float(times.values.std(ddof=1)) if len(used) > 1 else None
    return SideReading(
        presses=tuple(presses),
        used=tuple(used),
        rejected=tuple(sorted(rejected)),
        times=times,
        status="not_recovered" if bounded else "measured",
        crt_s=None if bounded else float(np.exp(typical.mean)),
        crt_ci95_s=None if bounded else (low_s, high_s),
        lower_bound_s=low_s if bounded else None,
        within_site_sd=None if bounded else scatter,
    )


def log_times(presses: Sequence[SidePress], which: Sequence[int]) -> LogTimes:
    """Natural logs of some presses' times and their standard errors.

    A time known only from below stands at its bound, without an error: nothing that it could be
    would make the site faster.
    """
    values, errors = [], []
    for index in which:
        press = presses[index]
        if press.at_least_s is not None:
            values.append(np.log(press.at_least_s))
            errors.append(0.0)
            continue
        assert press.crt_s is not None
        assert press.crt_ci95_s is not None
        low_s, high_s = press.crt_ci95_s
        values.append(np.log(press.crt_s))
        errors.append((np.log(high_s) - np.log(low_s)) / (2 * _Z95))
    return LogTimes(np.array(values), np.array(errors))


def scatter_chance(reading: SideReading) -> float:
    """Probability of presses scattering at least this much, by the published spread.

    An F test of their variance against `SINGLE_PRESS_SD` and their own errors; 1 for a single one.
    """
    if reading.times is None or len(reading.used) < 2:
        return 1.0
    expected = SINGLE_PRESS_SD**2 + float(np.mean(reading.times.se**2))
    ratio = float(reading.times.values.var(ddof=1)) / expected
    return float(stats.f.sf(ratio, len(reading.used) - 1, SINGLE_PRESS_DF))


def soon_repeated(presses: Sequence[SidePress]) -> list[tuple[SidePress, SidePress, float]]:
    """Find presses of one recording and site with less than two minutes of rest between.

    Returns
    -------
    list of (earlier, later, rest_s)
        From the earlier one's release to the later one's contact.
    """
    found = []
    for recording in dict.fromkeys(press.recording for press in presses):
        here = [one for one in presses if one.recording == recording and one.contact_s is not None]
        for earlier, later in pairwise(sorted(here, key=lambda one: one.release_s)):
            assert later.contact_s is not None
            rest_s = later.contact_s - earlier.release_s
            if rest_s < REST_S and not earlier.lies_apart_from(later):
                found.append((earlier, later, rest_s))
    return found


def _odd_one(times: LogTimes) -> int | None:
    """Which press is too far from the others to be one of them."""
    count = len(times.values)
    if count < FEWEST_TO_REJECT:
        return None
    chances = [_chance_of(times, index) for index in range(count)]
    oddest = int(np.argmin(chances))
    return oddest if chances[oddest] < OUTLIER_PROBABILITY / count else None


def _chance_of(times: LogTimes, index: int) -> float:
    """Two-sided probability of a press at least this far from the others."""
    others = np.arange(len(times.values)) != index
    rest = posterior([LogTimes(times.values[others], times.se[others])])
    predicted = rest.press(0, float(times.se[index]))
    below = float(predicted.below(np.array([times.values[index]]))[0])
    return 2 * min(below, 1 - below)
