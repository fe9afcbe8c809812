"""The words of profiles and measurements: quantities, endpoints, sites, presses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Quantity = Literal[
    "crt",
    "crt_ratio",
    "crt_baseline_ratio",
    "crt_change",
    "colour_difference",
    "duskiness",
    "mottling",
    "fixed_stain",
]
Endpoint = Literal["t90", "visual"]
"""When a refill counts as over: 90 % of the pressed-out colour back, or when an eye says so."""

Sex = Literal["f", "m"]
Site = Literal[
    "finger",
    "hand_back",
    "forearm",
    "earlobe",
    "forehead",
    "glabella",
    "temple",
    "cheek",
    "nasolabial_fold",
    "nose",
    "lip",
    "chin",
    "chest",
    "foot",
]
Press = Literal["moderate_5s", "glass_slide_10s"]
Severity = Literal["notice", "warning", "urgent"]
"""How much a source makes of its limit, mildest first."""

SEXES: tuple[Sex, ...] = get_args(Sex)
SITES: tuple[Site, ...] = get_args(Site)
PRESSES: tuple[Press, ...] = get_args(Press)
ENDPOINTS: tuple[Endpoint, ...] = get_args(Endpoint)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

SEX_WORDS: dict[Sex, str] = {"f": "women", "m": "men"}
PRESS_WORDS: dict[Press, str] = {
    "moderate_5s": "a moderate press of 5 s with a finger or small flat object",
    "glass_slide_10s": "a press of 10 s with a glass slide on the finger pulp",
}
ENDPOINT_WORDS: dict[Endpoint, str] = {
    "t90": "t90 (90 % of the colour back)",
    "visual": "judged by eye",
}


@dataclass(frozen=True, slots=True)
class QuantityMeaning:
    """What one quantity is.

    Attributes
    ----------
    says : str
        A phrase a clinician understands.
    unit : str
        The only unit in which limits and values are given.
    logarithmic : bool
        Whether its errors are taken as normal on the log scale: true of times and their ratios,
        which are positive and err in proportion.
    timed : bool
        Whether it depends on the endpoint.
    holds_error : bool
        Whether its unit is the least that error does not make, so that a value without interval
        may be judged.
    """

    says: str
    unit: str
    logarithmic: bool
    timed: bool = False
    holds_error: bool = False


_SIGN = "x detectable"
"""Signs are multiples of the least that stands out against the other side, or, where light does not
allow that, against the skin beside: 1 is just seen."""

QUANTITIES: dict[Quantity, QuantityMeaning] = {
    "crt": QuantityMeaning("capillary refill time", "s", True, timed=True),
    "crt_ratio": QuantityMeaning("refill time, affected over unaffected side", "ratio", True),
    "crt_baseline_ratio": QuantityMeaning(
        "refill time, now over before treatment at the same place", "ratio", True
    ),
    "crt_change": QuantityMeaning("refill time, now over earlier at the same place", "ratio", True),
    "colour_difference": QuantityMeaning("colour difference between sides", "ΔE00", False),
    "duskiness": QuantityMeaning("blue or dusky colour", _SIGN, False, holds_error=True),
    "mottling": QuantityMeaning("mottled or net-like pattern", _SIGN, False, holds_error=True),
    "fixed_stain": QuantityMeaning("colour that does not blanch", _SIGN, False, holds_error=True),
}


def one_of(words: Iterable[str]) -> str:
    """Write a choice as ``a, b or c``."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
