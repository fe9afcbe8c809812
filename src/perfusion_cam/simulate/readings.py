"""Readings of presses with a known true refill time, without pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WITHIN_SITE_SD = 0.17
"""Standard deviation of the log time between single presses of one site: 16 to 18 %, implied by
Bachour 2023 (10.1002/jbio.202300063)."""
PERSONS_DIFFER = 0.16
"""Own choice: how much that standard deviation itself differs between persons, relatively."""
MEASUREMENT_SD = 0.045
"""Standard error of one measured log time in a good recording: 4 to 5.5 % (docs/accuracy.md)."""
OUTLIER_SHARE, OUTLIER_FACTOR = 0.01, 2.0
"""Own choice: how many times are badly wrong, and by what factor, either way."""

_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class PressReading:
    """What measuring one press gave: a time with its interval, or how long was watched in vain."""

    crt_s: float | None
    ci95_s: tuple[float, float] | None
    lower_bound_s: float | None


@dataclass(frozen=True, slots=True)
class Person:
    """How one site's presses come out.

    Attributes
    ----------
    within_site_sd : float
        Of the log time, between single presses.
    measurement_sd : float
        Of the log time, of measuring one press; the presses' own differ about it.
    outlier_share : float
        How many times are wrong by `OUTLIER_FACTOR`.
    watched_s : float
        How long refill is watched; a longer one is not seen to end.
    """

    within_site_sd: float = WITHIN_SITE_SD
    measurement_sd: float = MEASUREMENT_SD
    outlier_share: float = 0.0
    watched_s: float = np.inf


def somebody(rng: np.random.Generator, **known: float) -> Person:
    """Draw a person whose presses differ more or less than most people's."""
    spread = WITHIN_SITE_SD * np.exp(rng.normal(0, PERSONS_DIFFER))
    return Person(within_site_sd=float(spread), **known)


def press_site(
    rng: np.random.Generator, typical_s: float, presses: int, person: Person
) -> list[PressReading]:
    """Press one site several times.

    Parameters
    ----------
    rng : Generator
    typical_s : float
        The site's true refill time: the median over presses.
    presses : int
    person : Person
    """
    refill = np.log(typical_s) + rng.normal(0, person.within_site_sd, presses)
    error_sd = person.measurement_sd * np.exp(rng.normal(0, 0.3, presses))
    measured = refill + rng.normal(0, error_sd)
    wrong = rng.random(presses) < person.outlier_share
    measured = measured + wrong * rng.choice([-1, 1], presses) * np.log(OUTLIER_FACTOR)
    return [
        _watched(float(log_s), float(se), person.watched_s)
        for log_s, se in zip(measured, error_sd, strict=True)
    ]


def _watched(log_s: float, se: float, watched_s: float) -> PressReading:
    time_s = float(np.exp(log_s))
    if time_s > watched_s:
        return PressReading(None, None, watched_s)
    half = float(np.exp(_Z95 * se))
    return PressReading(time_s, (time_s / half, time_s * half), None)
