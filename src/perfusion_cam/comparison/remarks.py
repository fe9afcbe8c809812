"""What to know about a comparison: every remark's name, defined once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """Names of remarks; ``mark.value`` is written to results under ``flags``."""

    NOTHING_MEASURED = "nothing_measured"
    BOTH_NOT_RECOVERED = "both_not_recovered"
    NOT_RECOVERED = "not_recovered"
    PRESSES_DISAGREE = "presses_disagree"
    LEFT_OUT = "left_out"
    NOT_USABLE = "not_usable"
    PLACE_UNKNOWN = "place_unknown"
    PLACE_ELSEWHERE = "place_elsewhere"
    SEVERAL_PLACES = "several_places"
    REPEATED_SOON = "repeated_soon"
    REST_UNKNOWN = "rest_unknown"
    HOLD_DIFFERS = "hold_differs"
    DEPTH_DIFFERS = "depth_differs"
    LIGHT_DIFFERS = "light_differs"
    DISTANCE_DIFFERS = "distance_differs"
    CAMERA_DIFFERS = "camera_differs"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know.

    Attributes
    ----------
    mark : Mark
    says : str
        A sentence or two that a clinician understands, with what was found.
    """

    mark: Mark
    says: str
