"""What was measured, and on whom: checked when made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from perfusion_cam.thresholds.vocabulary import (
    ENDPOINTS,
    PRESSES,
    QUANTITIES,
    SEXES,
    SITES,
    Endpoint,
    Press,
    Quantity,
    Sex,
    Site,
    one_of,
)

OLDEST_YEARS = 130.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured quantity: a value, with its interval where known, or a lower bound.

    Attributes
    ----------
    quantity : str
        One of `vocabulary.QUANTITIES`, in the unit given there: seconds for ``crt``.
    value : float or None
        None where only a lower bound is known.
    ci95 : (float, float) or None
        95 % interval of the value.
    lower_bound : float or None
        The true value is above this: the colour was not back after so many seconds.
    endpoint : "t90", "visual" or None
        Needed for ``crt``, and for nothing else.

    Raises
    ------
    ValueError
        Something of it contradicts itself or cannot be.
    """

    quantity: Quantity
    value: float | None = None
    ci95: tuple[float, float] | None = None
    lower_bound: float | None = None
    endpoint: Endpoint | None = None

    def __post_init__(self) -> None:
        name = self.quantity
        if name not in QUANTITIES:
            raise ValueError(f"unknown quantity '{name}': give {one_of(QUANTITIES)}")
        meaning = QUANTITIES[name]
        if meaning.timed and self.endpoint not in ENDPOINTS:
            raise ValueError(
                f"{name} needs its endpoint, {one_of(ENDPOINTS)}, not {self.endpoint!r}"
            )
        if not meaning.timed and self.endpoint is not None:
            raise ValueError(f"{name} has no endpoint; leave '{self.endpoint}' out")
        if (self.value is None) == (self.lower_bound is None):
            raise ValueError(f"{name} needs a value or a lower bound, one of the two")
        given = (self.value, self.lower_bound, *(self.ci95 or ()))
        for number in given:
            self._check_number(number, meaning.logarithmic)
        self._check_interval()

    def _check_number(self, number: float | None, logarithmic: bool) -> None:
        if number is None:
            return
        if not math.isfinite(number) or number < 0 or (logarithmic and number == 0):
            least = "above 0" if logarithmic else "0 or more"
            raise ValueError(f"{self.quantity} must be {least}, not {number:g}")

    def _check_interval(self) -> None:
        if self.ci95 is None:
            return
        low, high = self.ci95
        if self.value is None:
            raise ValueError(f"{self.quantity} with a lower bound has no interval; leave it out")
        if not low <= self.value <= high:
            raise ValueError(
                f"the interval of {self.quantity}, {low:g} to {high:g}, must hold its value, "
                f"{self.value:g}"
            )


@dataclass(frozen=True, slots=True)
class Subject:
    """On whom and how was measured; what is not known stays None and is never guessed.

    Attributes
    ----------
    sex : "f", "m" or None
    age_years : float or None
        0 to 130 years.
    site : str or None
        One of `vocabulary.SITES`.
    press : "moderate_5s", "glass_slide_10s" or None
        None stands for the ordinary test; a rule with a press of its own asks for it.
    presses_a_side : int or None
        How many presses went into each side of a side ratio.

    Raises
    ------
    ValueError
        A word is not known or a number cannot be.
    """

    sex: Sex | None = None
    age_years: float | None = None
    site: Site | None = None
    press: Press | None = None
    presses_a_side: int | None = None

    def __post_init__(self) -> None:
        for name, word, words in (
            ("sex", self.sex, SEXES),
            ("site", self.site, SITES),
            ("press", self.press, PRESSES),
        ):
            if word is not None and word not in words:
                raise ValueError(
                    f"unknown {name} '{word}': give {one_of(words)}, or leave it out if not known"
                )
        if self.age_years is not None and not 0 <= self.age_years <= OLDEST_YEARS:
            raise ValueError(
                f"age must be 0 to {OLDEST_YEARS:g} years, not {self.age_years:g}; "
                "leave it out if not known"
            )
        if self.presses_a_side is not None and self.presses_a_side < 1:
            raise ValueError(f"presses a side must be 1 or more, not {self.presses_a_side}")
