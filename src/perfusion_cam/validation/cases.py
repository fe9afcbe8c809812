"""The clips to be measured: one factor at a time round an ordinary clip, and everything at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from perfusion_cam.simulate import (
    Encoding,
    PressTruth,
    Scenario,
    mild_grid,
    random_curve,
    random_scenario,
    truth_of,
)
from perfusion_cam.simulate.curve import Curve

FULL_SIZE, QUICK_SIZE = (640, 360), (480, 270)
FULL_FPS, QUICK_FPS = 30.0, 20.0
BITS_PER_PIXEL = 0.22
"""Of the ordinary clip: 6 Mbit/s at 720p and 30 pictures a second."""
MIXED = "everything at once"
SKIN_TYPE = "skin type"
PAIRED = (SKIN_TYPE,)
"""Factors whose levels are the same scenes but for what is special, so that they compare."""
MIXES, QUICK_MIXES = 60, 4
_WATCH_NEVER_S = 11.0

Edit = Callable[[Scenario], Scenario]


@dataclass(frozen=True, slots=True)
class Case:
    """One clip of a grid.

    Attributes
    ----------
    factor, level : str
        What is special about it, such as *tool* and *pen*.
    scenario : Scenario
    """

    factor: str
    level: str
    scenario: Scenario

    @property
    def name(self) -> str:
        return self.scenario.name

    @property
    def key(self) -> str:
        """Digest of all that is drawn."""
        return hashlib.sha256(repr(self.scenario).encode()).hexdigest()[:16]


def ordinary(seed: int, size: tuple[int, int] = FULL_SIZE, fps: float = FULL_FPS) -> Scenario:
    """Draw a hand-held clip with one good press, as most people would film it.

    Skin types come in turn; refill law, place, depth and light are drawn.
    """
    rng, of_curve = np.random.default_rng([seed, 19]), np.random.default_rng([seed, 43])
    width, height = size
    unit = width / 1280
    contact_s = float(rng.uniform(1.8, 2.3))
    press = PressTruth(
        contact_s=contact_s,
        release_s=contact_s + float(rng.uniform(4.6, 5.4)),
        x_px=width * float(rng.uniform(0.42, 0.58)),
        y_px=height * float(rng.uniform(0.42, 0.58)),
        radius_px=unit * float(rng.uniform(44, 56)),
        curve=_any_curve(random_curve(of_curve), of_curve),
        depth=float(rng.uniform(0.5, 0.9)),
        lift_s=float(rng.uniform(0.2, 0.35)),
        lift_power=_lift_power(of_curve),
        angle_deg=float(rng.uniform(0, 360)),
        yield_px=2 * unit,
        limb_px=unit * float(rng.uniform(0, 3)),
        uneven=float(of_curve.uniform(0, 0.25)),
    )
    return Scenario(
        name=f"ordinary-{seed}",
        seed=seed,
        width=width,
        height=height,
        fps=fps,
        fitzpatrick=1 + seed % 6,
        presses=(press,),
        shake_px=unit * float(rng.uniform(3, 8)),
        shake_deg=float(rng.uniform(0.2, 1.2)),
        exposure="smooth",
        exposure_ev=0.15,
        pulse=0.01,
        encoding=Encoding(bit_rate=bit_rate(BITS_PER_PIXEL, size, fps)),
    )


def bit_rate(bits_per_pixel: float, size: tuple[int, int], fps: float) -> int:
    """Bits a second of so many bits a pixel; never under what an encoder can keep."""
    return max(20_000, round(bits_per_pixel * size[0] * size[1] * fps))


def made(factor: str, level: str, edit: Edit, turn: int, quick: bool) -> Case:
    """Make the clip of a level: an ordinary one, changed, and watched for as long as it needs.

    Its name ends with the turn. The ordinary clip is drawn anew for every level and turn; that of
    a factor in `PAIRED` for every turn.
    """
    name = f"{factor}-{level}-{turn}".replace(" ", "-").replace("/", "-")
    drawn_by = f"{factor}-{turn}" if factor in PAIRED else name
    seed = int(hashlib.sha256(drawn_by.encode()).hexdigest()[:6], 16)
    clip = ordinary(seed, *((QUICK_SIZE, QUICK_FPS) if quick else ()))
    clip = replace(clip, name=name, duration_s=60.0)
    return Case(factor, level, watched(edit(clip)))


def watched(clip: Scenario) -> Scenario:
    """End a clip once the last press is back, or it is plain that it will not be."""
    if not clip.presses:
        return replace(clip, duration_s=10.0)
    ends_s = [
        refill.press.release_s
        + (_WATCH_NEVER_S if refill.t90_s is None else max(4.0, 1.8 * refill.t90_s + 2.5))
        for refill in truth_of(clip).presses
    ]
    return replace(clip, duration_s=round(min(max(ends_s), 45.0), 1))


def mixed(seed: int) -> Case:
    """Draw a clip with every nuisance at once; those of `random_scenario` and the rest."""
    clip = random_scenario(seed)
    rng = np.random.default_rng([seed, 97])
    unit = clip.width / 1280

    def now_and_then(share: float, low: float, high: float) -> float:
        value = float(rng.uniform(low, high))
        return value if rng.random() < share else 0.0

    curve = _any_curve(clip.presses[0].curve if clip.presses else Curve(), rng)
    inward = now_and_then(0.2, 0.2, 0.8)
    creep_s = 0.2 + now_and_then(0.15, 0.2, 1.5)
    power = _lift_power(np.random.default_rng([seed, 101]))
    presses = tuple(
        replace(press, curve=curve, inward=inward, creep_s=creep_s, lift_power=power)
        for press in clip.presses
    )
    encoding = replace(
        clip.encoding, quarter_turns=int(rng.integers(4)), mirrored=bool(rng.random() < 0.1)
    )
    clip = replace(
        clip,
        name=f"mixed-{seed}",
        duration_s=60.0 if presses else clip.duration_s,
        presses=presses,
        tint=float(rng.normal(0, 0.08)),
        side_light=now_and_then(0.2, -0.8, 0.8),
        flicker=now_and_then(0.15, 0.01, 0.08),
        mains_hz=float(rng.choice([50.0, 60.0])),
        blur_px=unit * now_and_then(0.2, 0.5, 4.0),
        vasomotion=now_and_then(0.4, 0.003, 0.02),
        rate_swing=now_and_then(0.15, 0.1, 0.5),
        encoding=encoding,
    )
    return Case(MIXED, "drawn", watched(clip) if presses else clip)


def _any_curve(common: Curve, rng: np.random.Generator) -> Curve:
    """Take a common refill law, or in one of five the estimator's least expected ones."""
    curves = [
        common,
        Curve("stretched", tau_s=float(rng.uniform(0.3, 1.2)), beta=float(rng.uniform(0.55, 0.9))),
        Curve("linear", tau_s=float(rng.uniform(1.0, 4.0))),
    ]
    return curves[int(rng.choice(3, p=[0.8, 0.12, 0.08]))]


def _lift_power(rng: np.random.Generator) -> float:
    """Draw how a tool gathers way, from a flick to a smooth reach."""
    return float(rng.uniform(1.4, 3.0))


def mild_cases() -> list[Case]:
    """List the mild grid of the simulator: 42 clips that any estimator should manage."""
    return [
        Case(SKIN_TYPE, str(scenario.fitzpatrick), scenario)
        if scenario.presses
        else Case("no press", f"skin type {scenario.fitzpatrick}", scenario)
        for scenario in mild_grid()
    ]


def mixed_cases(count: int) -> list[Case]:
    """List clips with everything at once."""
    return [mixed(seed) for seed in range(count)]
