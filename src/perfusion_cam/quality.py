"""Every quality flag, defined once: its name, what it means, and whether it is fatal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class FlagMeaning:
    """What one flag says.

    Attributes
    ----------
    says : str
        One sentence a clinician understands.
    fatal : bool
        True where no refill time may be given while the flag stands.
    """

    says: str
    fatal: bool


class Flag(Enum):
    """Quality flags of a press; ``flag.value`` is the name written to results."""

    DOES_NOT_BLANCH = "does_not_blanch"
    INCOMPLETE_BLANCH = "incomplete_blanch"
    HOLD_SHORT = "hold_short"
    HOLD_LONG = "hold_long"
    MOVED = "moved"
    LOST = "lost"
    SATURATED = "saturated"
    LIGHT_CHANGED = "light_changed"
    TOUCHED_AGAIN = "touched_again"
    ENDS_EARLY = "ends_early"
    TIME_GAPS = "time_gaps"
    LOW_SIGNAL = "low_signal"
    MODELS_DISAGREE = "models_disagree"
    NO_BASELINE = "no_baseline"
    START_HIDDEN = "start_hidden"
    OVERSHOOT = "overshoot"
    NO_SKIN_BESIDE = "no_skin_beside"
    NO_CONTROL = "no_control"
    REPEATED_SOON = "repeated_soon"
    NOT_BLOOD = "not_blood"

    @property
    def meaning(self) -> FlagMeaning:
        """The flag's one definition."""
        return MEANINGS[self]


MEANINGS: dict[Flag, FlagMeaning] = {
    Flag.DOES_NOT_BLANCH: FlagMeaning(
        "Something was held here but the skin did not turn pale: not touched, not pressed hard "
        "enough, or a bruise or fixed ischaemia; a camera cannot tell these apart.",
        True,
    ),
    Flag.INCOMPLETE_BLANCH: FlagMeaning(
        "The skin paled only faintly; press harder if it is safe to repeat.", False
    ),
    Flag.HOLD_SHORT: FlagMeaning("The press was held for less than 3 s; 5 s is the test.", False),
    Flag.HOLD_LONG: FlagMeaning("The press was held for more than 9 s; 5 s is the test.", False),
    Flag.MOVED: FlagMeaning(
        "Skin or camera moved so much that the site could only roughly be followed.", False
    ),
    Flag.LOST: FlagMeaning(
        "The skin could not be followed for a decisive part of the recovery.", True
    ),
    Flag.SATURATED: FlagMeaning(
        "The site is too bright for the camera: at least one colour is clipped.", False
    ),
    Flag.LIGHT_CHANGED: FlagMeaning(
        "The light changed in a way that the skin beside the site does not explain.", False
    ),
    Flag.TOUCHED_AGAIN: FlagMeaning(
        "Something seemed to cover the site again during recovery; what was seen then is left out.",
        False,
    ),
    Flag.ENDS_EARLY: FlagMeaning(
        "The recording ends, or the site was covered again, before the colour was back.", False
    ),
    Flag.TIME_GAPS: FlagMeaning("Pictures are missing during the recovery (gaps > 100 ms).", False),
    Flag.LOW_SIGNAL: FlagMeaning(
        "The colour change is too small against noise, movement and light to time its return.", True
    ),
    Flag.MODELS_DISAGREE: FlagMeaning(
        "Different recovery curves fit equally well and give different times; an "
        "interval, where one is given, covers them.",
        False,
    ),
    Flag.NO_BASELINE: FlagMeaning(
        "The skin was not seen at rest before the press, so there is nothing to return to.", True
    ),
    Flag.START_HIDDEN: FlagMeaning("The tool or its shadow hid the start of the recovery.", False),
    Flag.OVERSHOOT: FlagMeaning(
        "The skin became redder than before the press (reactive hyperaemia).", False
    ),
    Flag.NO_SKIN_BESIDE: FlagMeaning(
        "No unpressed skin beside the site was visible to compare with.", True
    ),
    Flag.NOT_BLOOD: FlagMeaning(
        "The change of colour at the site was mostly light or shadow, so the blood's return "
        "cannot be timed.",
        True,
    ),
    Flag.REPEATED_SOON: FlagMeaning(
        "The same place was pressed less than 2 min before and may not have been at rest.", False
    ),
    Flag.NO_CONTROL: FlagMeaning(
        "The trace has no unpressed skin to compare with: changes of light are not taken out.",
        False,
    ),
}
