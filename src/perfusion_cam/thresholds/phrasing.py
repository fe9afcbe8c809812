"""Texts that no profile may hold, because no output may: doses, and words that clear a patient."""

from __future__ import annotations

import re

_NUMBER_WORD = (
    "half|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|"
    "sixty|seventy|eighty|ninety|hundred|thousand"
)
_WEIGHT = r"m?g|milligrams?|[µμ]g|mcg|micrograms?|grams?|ml|millilit\w+|cc"
_COUNT = r"i?u|i\.u\.|units?|vials?|ampoules?|syringes?"
_DOSE = re.compile(
    rf"(?<!\w)(\d[\d,.\s]*|(({_NUMBER_WORD})[\s-]+)+)-?\s*"
    rf"({_WEIGHT}|([a-z]+\s+){{0,2}}({_COUNT}))(?!\w)",
    re.IGNORECASE,
)
_ALL_CLEAR = re.compile(
    r"\b(normal|safe|safely|harmless|healthy (skin|tissue|flow|perfusion)|intact|unobstructed|"
    r"all clear|no concern|reassur\w+|"
    r"(?<!not )(?<!never )((rules?|ruled|ruling) out|exclud\w+)|no (vascular )?occlusion|"
    r"not occluded)\b",
    re.IGNORECASE,
)
"""No list of words is complete: whoever writes a profile answers for its texts."""


def without_dose(text: str) -> str:
    """Return a text that names no dose.

    Raises
    ------
    ValueError
        It names one.
    """
    if found := _DOSE.search(text):
        dose = " ".join(found[0].split())
        raise ValueError(f"names a dose, '{dose}'; no dose is ever printed: take it out")
    return text


def without_all_clear(text: str) -> str:
    """Return a text that calls nothing normal or safe.

    Raises
    ------
    ValueError
        It does.
    """
    if found := _ALL_CLEAR.search(text):
        raise ValueError(
            f"says '{found[0]}'; a limit never clears a patient: say what being beyond it suggests"
        )
    return text
