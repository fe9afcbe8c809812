"""The skin's colour as plain values and words, for JSON and reports."""

from __future__ import annotations

import math
from typing import Any

from perfusion_cam.types import (
    ColourComparison,
    Estimate,
    PatchColour,
    SignName,
    SignReading,
    SkinColour,
)

Document = dict[str, Any]

SIGN_WORDS: dict[SignName, str] = {
    "pallor": "paler",
    "redness": "redder",
    "duskiness": "duskier, as of blood with less oxygen",
    "mottling": "mottled: a net of dusky strands",
    "fixed_stain": (
        "a colour that did not blanch: a bruise or fixed ischaemia, which a camera cannot tell "
        "apart, or skin not pressed hard enough"
    ),
}
NONE_STANDS_OUT = (
    "No sign stands out against {control}. One that covers both alike would not be seen, and what "
    "is not seen excludes nothing."
)
UNCALIBRATED = "Lab, skin tone and indices are as this camera shows them: not calibrated."


def colour_document(colour: SkinColour) -> Document:
    """Turn a site's colour into plain values, absent ones None, never NaN."""
    return {
        "note": UNCALIBRATED,
        "rested_s": [_number(end_s) for end_s in colour.rested_s],
        "site": _patch(colour.site),
        "control": _patch(colour.control),
        "delta_e_2000": _distance(colour.delta_e),
        "delta_e_2000_by_chance": _number(colour.delta_e_by_chance),
        "signs": _signs(colour.signs),
        "says": words(colour.signs, "the skin beside it"),
        "untouched_patches": colour.placebos,
        "reasons": list(colour.reasons),
    }


def colour_comparison_document(comparison: ColourComparison) -> Document:
    """Turn the comparison of two sides' colours into plain values; refused ones say why."""
    refused = bool(comparison.refused)
    return {
        "refused": list(comparison.refused),
        "delta_e_2000": None if comparison.delta_e is None else _distance(comparison.delta_e),
        "delta_e_2000_of_controls": _number(comparison.delta_e_of_controls),
        "signs": _signs(comparison.signs),
        "says": [] if refused else words(comparison.signs, "the other side"),
    }


def words(signs: tuple[SignReading, ...], control: str) -> list[str]:
    """Say which signs stand out against a control, one sentence each.

    Parameters
    ----------
    signs : tuple of SignReading
    control : str
        Such as ``the skin beside it``.
    """
    if not signs:
        return []
    found = []
    for sign in signs:
        if not sign.stands_out:
            continue
        low, high = sign.strength.ci95
        perhaps = "" if low >= 1 else "Perhaps "
        text = f"{perhaps}{SIGN_WORDS[sign.name]}"
        found.append(
            f"{text[0].upper()}{text[1:]}, against {control}: {sign.strength.value:.1f} times what "
            f"just stands out (95 %: {low:.1f} to {high:.1f})."
        )
    return found or [NONE_STANDS_OUT.format(control=control)]


def _signs(signs: tuple[SignReading, ...]) -> Document:
    return {
        sign.name: {
            "strength": _estimate(sign.strength),
            "stands_out": sign.stands_out,
            "change_log": _estimate(sign.change),
            "detectable_log": _number(sign.detectable),
        }
        for sign in signs
    }


def _patch(patch: PatchColour) -> Document:
    return {
        "lab": [_estimate(one) for one in patch.lab],
        "ita_deg": _estimate(patch.ita_deg),
        "erythema_index": _estimate(patch.erythema_index),
        "melanin_index": _estimate(patch.melanin_index),
    }


def _estimate(estimate: Estimate) -> Document:
    low, high = estimate.ci95
    return {"value": _number(estimate.value), "ci95": [_number(low), _number(high)]}


def _distance(estimate: Estimate) -> Document:
    """An estimate of what cannot be below 0."""
    low, high = estimate.ci95
    return {"value": _number(estimate.value), "ci95": [_number(max(low, 0.0)), _number(high)]}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 4)
