"""What stands in the way of a measurement, each defined once with what to do about it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Remedy(NamedTuple):
    """What is wrong, and what to do: two short sentences for the page."""

    says: str
    do: str


class Trouble(Enum):
    """Conditions that spoil a measurement, worst first."""

    SITE_LOST = Remedy("The skin is out of sight.", "Show the place you started with again.")
    TOO_DARK = Remedy("Too dark.", "Add steady light.")
    CLIPPED = Remedy("Too bright: parts are white.", "Move the lamp away or tilt out of the glare.")
    MOVING = Remedy("The picture moves.", "Rest camera and skin on something and hold still.")
    SLOW_CAMERA = Remedy(
        "Too few pictures a second.", "Add light, or choose a smaller picture or another camera."
    )
    DROPPING = Remedy(
        "This computer cannot keep up; pictures are left out.",
        "Close other programs or choose a smaller picture.",
    )
    ARRIVING_BADLY = Remedy(
        "Pictures arrive damaged or with a wrong time; they are left out.",
        "Start the camera anew, or use another browser.",
    )
    FLICKER = Remedy("The light flickers.", "Use daylight or a lamp that does not flicker.")
    TOO_FAR = Remedy("Too far away.", "Come closer before the next press.")
