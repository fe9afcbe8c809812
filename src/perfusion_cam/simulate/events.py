"""What happens in a clip besides presses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

EventKind = Literal[
    "hand-passes",
    "stroking",
    "talking",
    "shadow",
    "glint",
    "exposure-settling",
    "still",
    "lights-switch",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is no press.

    Attributes
    ----------
    kind : str
        *hand-passes*: a hand crosses above the skin, perhaps hovers, touches nothing. *stroking*: a
        finger slides to and fro on the skin, too lightly to blanch it. *talking*: a mouth in the
        middle of the picture opens and closes; it is there, shut, from first to last. *shadow*: a
        hard-edged shadow falls on the skin, rests and leaves; nothing else is seen. *glint*: a
        bright reflection wanders over the skin. *exposure-settling*: the camera finds its exposure
        with time constant `duration_s`. *still*: the camera films a photograph, for the whole
        clip. *lights-switch*: the light changes at `start_s`, for good.
    start_s, duration_s : float
        When it begins and how long it takes. A hand, finger or shadow that begins before 0 is
        there when the clip begins.
    pause_s : float
        How long a passing hand hovers, or a shadow rests, half way; included in `duration_s`.
    strength : float
        Natural-log change of light of *exposure-settling* and *lights-switch* (negative is
        darker) and of a *shadow* (always darker); brightness of a *glint* in linear light.
    """

    kind: EventKind
    start_s: float = 0.0
    duration_s: float = 1.5
    pause_s: float = 0.0
    strength: float = 0.3

    def __post_init__(self) -> None:
        if self.kind not in get_args(EventKind):
            raise ValueError(f"event {self.kind!r} is none of {', '.join(get_args(EventKind))}")
        if self.start_s < 0 and self.kind not in ("hand-passes", "stroking", "shadow"):
            raise ValueError(f"start_s of {self.kind} must not be negative, not {self.start_s}")
        if not self.duration_s > 0:
            raise ValueError(f"duration_s must be positive, not {self.duration_s}")
        if not 0 <= self.pause_s < self.duration_s:
            raise ValueError(f"pause_s must be shorter than duration_s, not {self.pause_s}")
        if not abs(self.strength) <= 2:
            raise ValueError(f"strength must lie in -2 to 2, not {self.strength}")
