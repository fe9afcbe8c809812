"""Two sides' skin colours compared, where the light allows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfusion_cam.colour import delta_e_2000, lab_from_linear
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.thresholds import Reading
from perfusion_cam.thresholds.vocabulary import Quantity
from perfusion_cam.types import (
    ColourComparison,
    Estimate,
    FloatArray,
    Lighting,
    SignName,
    SignReading,
    SkinColour,
)

MAX_LIGHT_DIFFERENCE = 0.15
"""Natural-log light of the skin beside the sites: a fifth of a stop."""
MAX_TINT_DIFFERENCE = 0.06
"""Natural-log ratio of colours of the skin beside the sites."""
MAX_SLOPE = 0.25
"""Natural-log fall of light across the skin round one site: light from the side."""
MAX_CLIPPED_SHARE = 0.02

CLIPPED = "On the {side} side a colour is at the end of the camera's range."
SIDE_LIGHT = (
    "Light falls on the {side} side from one side: it changes by {share:.0%} round the site."
)
EXPOSURE = (
    "The skin beside the sites differs in brightness by {share:.0%}: light or exposure differ, or "
    "the sign reaches beyond what was taken as untouched skin."
)
WHITE_BALANCE = (
    "The skin beside the sites differs in tint by {share:.0%}: white balance or light differ, or "
    "the sign reaches beyond what was taken as untouched skin."
)

RULE_SIGNS: dict[SignName, Quantity] = {
    "duskiness": "duskiness",
    "mottling": "mottling",
    "fixed_stain": "fixed_stain",
}
"""The signs that rules may ask for, and what they call them."""
ONE_WAY: tuple[SignName, ...] = ("mottling", "fixed_stain")
"""Signs without an opposite: less than none is none."""


@dataclass(frozen=True, slots=True)
class SideColours:
    """The colours of both sides, each of one press: the first whose site was seen rested.

    Attributes
    ----------
    affected, unaffected : SidePress or None
        None where no press of the side shows the colour of rested skin.
    between : ColourComparison or None
        None where a side has none.
    """

    affected: SidePress | None
    unaffected: SidePress | None
    between: ColourComparison | None


def compare_colours(affected: Sequence[SidePress], unaffected: Sequence[SidePress]) -> SideColours:
    """Compare the colours of two sides.

    A side's colour is that before the first of its presses whose signs could be read, else before
    the first that was seen at rest: a press changes the colour of what comes after it.
    """
    one, other = _first_rested(affected), _first_rested(unaffected)
    if one is None or other is None or one.colour is None or other.colour is None:
        return SideColours(one, other, None)
    one_light = one.recording == other.recording
    return SideColours(one, other, compare_colour(one.colour, other.colour, one_light=one_light))


def colour_readings(colours: SideColours) -> Iterator[Reading]:
    """Give the rules what they may ask of colour.

    Signs are those against the other side, or, where the light does not allow that or there is no
    other side, those of the affected site against the skin beside it. They come without interval:
    what is detectable holds their error already.
    """
    between = colours.between
    if between is not None and between.delta_e is not None:
        low, high = between.delta_e.ci95
        yield Reading("colour_difference", between.delta_e.value, (max(low, 0.0), high))
    for sign in _signs_for_rules(colours):
        yield Reading(RULE_SIGNS[sign.name], max(sign.strength.value, 0.0))


def _signs_for_rules(colours: SideColours) -> tuple[SignReading, ...]:
    between, affected = colours.between, colours.affected
    found: tuple[SignReading, ...] = ()
    if between is not None and not between.refused:
        found = between.signs
    elif affected is not None and affected.colour is not None:
        found = affected.colour.signs
    return tuple(sign for sign in found if sign.name in RULE_SIGNS)


def _first_rested(presses: Sequence[SidePress]) -> SidePress | None:
    with_colour = [press for press in presses if press.colour is not None]
    with_signs = (press for press in with_colour if press.colour and press.colour.signs)
    return next(with_signs, with_colour[0] if with_colour else None)


def compare_colour(
    affected: SkinColour, unaffected: SkinColour, *, one_light: bool
) -> ColourComparison:
    """Compare the affected site's colour with the other side's.

    Refused under side light, clipped colours, or where the untouched skin beside the sites differs
    in brightness or tint, as then light cannot be told from skin.

    Parameters
    ----------
    affected, unaffected : SkinColour
    one_light : bool
        Both are of one recording, so skin beside them that differs is no other light.
    """
    refused = tuple(_refused(affected.light, unaffected.light, one_light))
    if refused:
        return ColourComparison(refused)
    one, other = affected.site.log_rgb, unaffected.site.log_rgb
    covariance = affected.site.log_rgb_covariance + unaffected.site.log_rgb_covariance
    drawn = np.random.default_rng(0).multivariate_normal(np.zeros(3), covariance, 400)
    return ColourComparison(
        refused=(),
        delta_e=Estimate(float(_apart(one, other)), float(_apart(one + drawn, other).std())),
        delta_e_of_controls=float(_apart(affected.control.log_rgb, unaffected.control.log_rgb)),
        signs=tuple(_differences(affected, unaffected)),
    )


def _apart(one: FloatArray, other: FloatArray) -> FloatArray:
    """CIEDE2000 between colours of natural-log light, arrays (..., 3)."""
    return delta_e_2000(lab_from_linear(np.exp(one)), lab_from_linear(np.exp(other)))


def _refused(affected: Lighting, unaffected: Lighting, one_light: bool) -> Iterator[str]:
    """Why two sides' colours may not be compared, one sentence each."""
    for side, light in (("affected", affected), ("unaffected", unaffected)):
        if light.clipped_share > MAX_CLIPPED_SHARE:
            yield CLIPPED.format(side=side)
        if light.slope > MAX_SLOPE:
            yield SIDE_LIGHT.format(side=side, share=np.expm1(light.slope))
    if one_light:
        return
    brighter = abs(affected.log_light - unaffected.log_light)
    if brighter > MAX_LIGHT_DIFFERENCE:
        yield EXPOSURE.format(share=np.expm1(brighter))
    tint = max(
        abs(affected.log_red_green - unaffected.log_red_green),
        abs(affected.log_blue_green - unaffected.log_blue_green),
    )
    if tint > MAX_TINT_DIFFERENCE:
        yield WHITE_BALANCE.format(share=np.expm1(tint))


def _differences(affected: SkinColour, unaffected: SkinColour) -> Iterator[SignReading]:
    """Signs of one side minus those of the other, as far as both were read."""
    for sign in affected.signs:
        other = unaffected.sign(sign.name)
        if other is None:
            continue
        detectable = float(np.hypot(sign.detectable, other.detectable))
        error = float(np.hypot(sign.change.se, other.change.se))
        change = Estimate(_told(sign) - _told(other), error)
        strength = Estimate(change.value / detectable, error / detectable)
        yield SignReading(sign.name, strength, change, detectable)


def _told(sign: SignReading) -> float:
    """The change as far as it counts: no more than what speaks against shadow."""
    change = sign.strength.value * sign.detectable
    return max(change, 0.0) if sign.name in ONE_WAY else change
