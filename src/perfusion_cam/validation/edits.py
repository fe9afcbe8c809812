"""Changes to a scenario, from which the levels of the factors are put together."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from perfusion_cam.simulate import Background, Event, PressTruth, Scenario, truth_of
from perfusion_cam.simulate.curve import Curve
from perfusion_cam.simulate.skin import RESTING_SRGB
from perfusion_cam.validation.cases import Edit, bit_rate


def in_turn(*edits: Edit) -> Edit:
    """Make several changes, one upon the other."""
    return lambda scenario: reduce(lambda changed, edit: edit(changed), edits, scenario)


def clip(**changes: Any) -> Edit:
    """Change the clip."""
    return lambda scenario: replace(scenario, **changes)


def press(**changes: Any) -> Edit:
    """Change its press."""
    return lambda scenario: replace(
        scenario, presses=tuple(replace(one, **changes) for one in scenario.presses)
    )


def curve(kind: str, **changes: Any) -> Edit:
    """Change the refill law."""
    return press(curve=Curve(kind, **changes))  # type: ignore[arg-type]  # Curve checks kind


def time_constant(tau_s: float) -> Edit:
    """Change the time constant."""
    return press(curve=Curve(tau_s=tau_s))


def tool(name: str) -> Edit:
    """Change the tool; a whole hand is filmed from closer by."""

    def edit(scenario: Scenario) -> Scenario:
        (one,) = scenario.presses
        wider = 1.5 if name == "hand" else 1.0
        return press(tool=name, radius_px=one.radius_px * wider)(scenario)

    return edit


def stays(name: str, share: float, again: float | None = None) -> Edit:
    """Draw the tool back by a share of its way out only, and by another after a second press."""

    def edit(scenario: Scenario) -> Scenario:
        once = press(lift_share=share)(tool(name)(scenario))
        if again is None:
            return once
        return pressed_again(9.0, approach_share=share, lift_share=again)(once)

    return edit


def moved(**wide: float) -> Edit:
    """Change distances, given in pixels of a picture 1280 wide."""

    def edit(scenario: Scenario) -> Scenario:
        unit = scenario.width / 1280
        scaled = {name: value * unit for name, value in wide.items()}
        of_press = {name: scaled.pop(name) for name in ("yield_px", "limb_px") if name in scaled}
        return press(**of_press)(clip(**scaled)(scenario))

    return edit


def sized(width: int, height: int) -> Edit:
    """Change the size of the picture and all that is in it, at the same bits a pixel."""

    def edit(scenario: Scenario) -> Scenario:
        grown = width / scenario.width
        lengths = ("x_px", "y_px", "radius_px", "yield_px", "limb_px")
        presses = tuple(
            replace(one, **{name: getattr(one, name) * grown for name in lengths})
            for one in scenario.presses
        )
        rate = round(scenario.encoding.bit_rate * grown**2)
        return replace(
            scenario,
            width=width,
            height=height,
            shake_px=scenario.shake_px * grown,
            presses=presses,
            encoding=replace(scenario.encoding, bit_rate=rate),
        )

    return edit


def filed(**changes: Any) -> Edit:
    """Change how the clip is written."""
    return lambda scenario: replace(scenario, encoding=replace(scenario.encoding, **changes))


def at_rate(fps: float) -> Edit:
    """Change the picture rate, at the same bits a pixel."""

    def edit(scenario: Scenario) -> Scenario:
        rate = round(scenario.encoding.bit_rate * fps / scenario.fps)
        return filed(bit_rate=rate)(replace(scenario, fps=fps))

    return edit


def squeezed(bits_per_pixel: float) -> Edit:
    """Change the bit rate."""

    def edit(scenario: Scenario) -> Scenario:
        size = (scenario.width, scenario.height)
        return filed(bit_rate=bit_rate(bits_per_pixel, size, scenario.fps))(scenario)

    return edit


def pressed_again(wait_s: float, **changes: Any) -> Edit:
    """Add a second press so long after the first is released; changed, and beside it or not."""

    def edit(scenario: Scenario) -> Scenario:
        (one,) = scenario.presses
        begins_s = one.release_s + wait_s
        again = replace(one, contact_s=begins_s, release_s=begins_s + 5.0, **changes)
        return replace(scenario, presses=(one, again))

    return edit


def two_sites(scenario: Scenario) -> Scenario:
    """Press left, then right of the middle, the second one slower."""
    (one,) = scenario.presses
    (refill,) = truth_of(scenario).presses
    wait_s = 2.6 * (refill.t90_s or 0.0) + 2.0
    slow = replace(one.curve, tau_s=1.8 * one.curve.tau_s)
    left = replace(one, x_px=0.28 * scenario.width, angle_deg=120.0)
    right = replace(
        one,
        contact_s=one.release_s + wait_s,
        release_s=one.release_s + wait_s + 5.0,
        x_px=0.72 * scenario.width,
        angle_deg=60.0,
        curve=slow,
    )
    return replace(scenario, presses=(left, right))


def nobody(*events: Event, **changes: Any) -> Edit:
    """Take the press away and let something else happen."""
    return clip(presses=(), events=events, **changes)


def touched(surface: str) -> Edit:
    """Put the finger on something that is no skin."""

    def edit(scenario: Scenario) -> Scenario:
        touching: tuple[PressTruth, ...] = tuple(
            replace(one, depth=0.0, yield_px=0.0) for one in scenario.presses
        )
        return replace(scenario, presses=touching, surface=surface)  # type: ignore[arg-type]  # Scenario checks surface

    return edit


GROUNDS: dict[str, tuple[str, tuple[int, int, int]]] = {
    "grey table": ("table", (132, 133, 128)),
    "white sheet": ("cloth", (214, 214, 208)),
    "dark table": ("table", (52, 56, 56)),
    "wood": ("table", (168, 128, 92)),
}
"""Texture and colour of what a limb lies on."""
_LEFT_FREE, _GOES_OFF_DEG = 1.0 / 6.0, 35.0
_BENDS, _OTHER_SIDE = 0.03, 1.0 / 3.0
_LEAST_RADII = 2.2


def lying_on(name: str, pushed: float = 0.0, stays: float | None = None, **changes: Any) -> Edit:
    """Lay the limb on something, and push it aside over it.

    Where its border runs is drawn: about a sixth of the picture from its middle, and at an angle
    of at most `_GOES_OFF_DEG` with the push. Half of the limbs end on the other side too.

    Parameters
    ----------
    name : str
        One of `GROUNDS`, or "near skin".
    pushed : float
        How far, as a share of the picture's width.
    stays : float, optional
        Share of that way that the limb does not come back in seconds; at once and all of it
        otherwise.
    **changes
        What is different about the press.
    """

    def edit(scenario: Scenario) -> Scenario:
        rng = np.random.default_rng([scenario.seed, 29])
        (one,) = scenario.presses
        one = replace(one, limb_px=pushed * scenario.width, **changes)
        near = rng.normal(0.0, 5.0, 3) + RESTING_SRGB[scenario.fitzpatrick]
        skinlike = (round(near[0]), round(near[1]), round(near[2]))
        surface, srgb = GROUNDS.get(name, ("cloth", skinlike))
        off_deg = float(rng.choice([0.0, 180.0]) + rng.uniform(-_GOES_OFF_DEG, _GOES_OFF_DEG))
        a = math.radians(one.angle_deg + off_deg)
        across = abs(scenario.width * math.cos(a)) + abs(scenario.height * math.sin(a))
        to_site = (one.x_px - 0.5 * scenario.width) * math.cos(a)
        to_site += (one.y_px - 0.5 * scenario.height) * math.sin(a)
        border = max(_LEFT_FREE * across, to_site + _LEAST_RADII * one.radius_px)
        slender = rng.random() < 0.5
        ground = Background(
            srgb,
            surface,
            angle_deg=round(math.degrees(a) % 360.0, 1),
            border_px=round(border, 1),
            bend_px=round(float(rng.normal(0.0, _BENDS)) * scenario.width, 1),
            limb_width_px=round(border + _OTHER_SIDE * across, 1) if slender else math.inf,
            back_s=0.25 if stays is None else 2.0,
            stays=stays or 0.0,
        )
        return replace(scenario, presses=(one,), background=ground)

    return edit


def unblanched(name: str) -> Edit:
    """Press as usual skin that does not turn pale."""
    return lambda scenario: press(depth=0.0)(tool(name)(scenario))
