"""Texts that no profile may hold, because no output may: doses, and words that clear a patient."""

from __future__ import annotations

import re

_DOSE = re.compile(
    r"(?<!\w)\d[\d,.\s]*-?\s*"
    r"(m?g|milligrams?|[µμ]g|mcg|micrograms?|grams?|ml|millilit\w+|cc|i?u|i\.u\.|units?)\b",
    re.IGNORECASE,
)
_ALL_CLEAR = re.compile(
    r"\b(normal|safe|safely|harmless|all clear|no (vascular )?occlusion|not occluded)\b",
    re.IGNORECASE,
)


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
