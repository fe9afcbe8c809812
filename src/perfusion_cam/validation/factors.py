"""The factors of the grid and their levels, as data."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from perfusion_cam.simulate import Curve, Event
from perfusion_cam.validation.cases import (
    MIXED,
    MIXES,
    QUICK_MIXES,
    SKIN_TYPE,
    Case,
    Edit,
    made,
    mild_cases,
    mixed_cases,
)
from perfusion_cam.validation.edits import (
    at_rate,
    clip,
    curve,
    filed,
    in_turn,
    lying_on,
    moved,
    nobody,
    press,
    pressed_again,
    sized,
    squeezed,
    stays,
    time_constant,
    tool,
    touched,
    two_sites,
    unblanched,
)

NO_PRESS = "no press"
NOT_BLANCHING = "not blanching"
NOT_RECOVERING = "not recovering"
GRIDS = ("full", "quick", "mild", "mixed")
LEVELLED = ("full", "quick")
"""Grids whose levels may have more turns than is usual."""
TURNS = 2


FACTORS: dict[str, dict[str, Edit]] = {
    SKIN_TYPE: {str(kind): clip(fitzpatrick=kind, metered_ev=0.0) for kind in range(1, 7)},
    "curve": {
        "exp": curve("exp", tau_s=0.8),
        "two-rate": curve("two-rate", tau_s=0.4, slow_tau_s=1.6, fast_share=0.6),
        "transient first": curve("two-rate", tau_s=0.12, slow_tau_s=1.1, fast_share=0.35),
        "delayed": curve("sigmoid", tau_s=0.25, delay_s=0.9),
        "overshoot": curve("overshoot", tau_s=0.8, overshoot=0.15),
        "stretched": curve("stretched", tau_s=0.7, beta=0.7),
        "linear": curve("linear", tau_s=2.2),
        "uneven": press(uneven=0.3),
        "from the edge": press(inward=0.8),
    },
    "time constant": {f"{tau_s:g} s": time_constant(tau_s) for tau_s in (0.2, 0.4, 0.8, 1.6, 3, 5)},
    "tool": {
        name: tool(name) for name in ("finger", "hand", "glove-blue", "glove-black", "pen", "slide")
    },
    "lift-off": {f"{s:g} s": press(lift_s=s, approach_s=s) for s in (0.1, 0.25, 0.45, 0.8)},
    "stays in sight": {
        **{
            f"{name}, {share:.0%} back": stays(name, share)
            for name in ("finger", "hand", "glove-blue")
            for share in (0.3, 0.5)
        },
        **{f"{name}, twice": stays(name, 0.4, again=0.3) for name in ("finger", "glove-blue")},
    },
    "blanch depth": {f"{depth:g}": press(depth=depth) for depth in (0.04, 0.1, 0.2, 0.4, 0.95)},
    "pressed skin": {
        "pushed": moved(yield_px=12.0),
        "creeps back": press(creep_s=2.0),
        "limb gives way": moved(limb_px=14.0),
    },
    "shake": {f"{px} px": moved(shake_px=px) for px in (0, 12, 25)},
    "exposure": {
        "locked": clip(exposure="locked"),
        "smooth 0.4 EV": clip(exposure_ev=0.4),
        "steps 0.3 EV": clip(exposure="stepped", exposure_ev=0.3),
        "steps 0.6 EV": clip(exposure="stepped", exposure_ev=0.6),
        "settling": clip(events=(Event("exposure-settling", 0.0, 0.5, strength=0.3),)),
    },
    "white balance": {"warmer": clip(white_balance=0.06), "colder": clip(white_balance=-0.06)},
    "light": {
        "warm": clip(tint=0.3),
        "cold": clip(tint=-0.3),
        "from the side": clip(side_light=1.0),
        "flickering": clip(flicker=0.08),
        "switched": clip(events=(Event("lights-switch", 8.5, strength=0.2),)),
        "glint": clip(events=(Event("glint", 7.5, 2.5),)),
    },
    "noise": {f"{well} e-": clip(full_well_e=float(well)) for well in (20_000, 3000, 1000)},
    "lens": {"soft": moved(blur_px=2.5), "out of focus": moved(blur_px=7.0)},
    "blood": {
        "strong pulse": clip(pulse=0.04),
        "vasomotion 1 %": clip(vasomotion=0.01),
        "vasomotion 4 %": clip(vasomotion=0.04),
    },
    "picture rate": {f"{fps:g} Hz": at_rate(fps) for fps in (15.0, 24.0, 60.0)},
    "timing": {
        "jittered": clip(frame_jitter=0.2),
        "variable rate": clip(rate_swing=0.5),
        "5 % dropped": clip(drop_share=0.05),
        "20 % dropped": clip(drop_share=0.2),
    },
    "picture size": {
        "720p": sized(1280, 720),
        "1080p": sized(1920, 1080),
        "2160p": sized(3840, 2160),
    },
    "codec": {
        "lossless": filed(codec="ffv1"),
        "H.265": filed(codec="libx265", preset="ultrafast"),
        "MPEG-4": filed(codec="mpeg4"),
        "VP8": filed(codec="libvpx"),
    },
    "bit rate": {f"{bits:g} bit/px": squeezed(bits) for bits in (0.6, 0.1, 0.05, 0.025)},
    "orientation": {
        "turned 90": filed(quarter_turns=1),
        "turned 180": filed(quarter_turns=2),
        "mirrored": filed(mirrored=True),
    },
    "presses": {
        "two sites": two_sites,
        "same site twice": pressed_again(9.0),
        "pressed again at once": pressed_again(1.5),
        "slow, pressed again at once": in_turn(time_constant(3.0), pressed_again(3.0)),
        "overshoot, pressed again": in_turn(
            curve("overshoot", tau_s=0.8, overshoot=0.15), pressed_again(6.0)
        ),
        "never back, pressed again": in_turn(
            curve("stuck", tau_s=1.0, recovered=0.4), pressed_again(3.0)
        ),
        "touched again": pressed_again(1.5, depth=0.0),
        "under way at start": press(contact_s=-1.0, release_s=4.0),
    },
    "background": {
        "table top": clip(background=True),
        "grey table": lying_on("grey table"),
        "near skin": lying_on("near skin"),
        "white sheet, 0.5 % and back": lying_on("white sheet", 0.005),
        "wood, 1 % and back": lying_on("wood", 0.01),
        "near skin, 1 % and back": lying_on("near skin", 0.01),
        "dark table, 2 % and back": lying_on("dark table", 0.02),
        "dark table, 0.5 % and stays": lying_on("dark table", 0.005, stays=0.6),
        "grey table, 1 % and stays": lying_on("grey table", 0.01, stays=0.6),
        "white sheet, 1 % and stays": lying_on("white sheet", 0.01, stays=0.6),
        "near skin, 2 % and stays": lying_on("near skin", 0.02, stays=0.6),
        "wood, 2 % and stays": lying_on("wood", 0.02, stays=0.6),
        "white sheet, never back": lying_on(
            "white sheet", 0.01, stays=0.6, curve=Curve("stuck", tau_s=1.0, recovered=0.3)
        ),
        "dark table, delayed": lying_on(
            "dark table",
            0.005,
            stays=0.6,
            curve=Curve("sigmoid", tau_s=0.25, delay_s=0.9),
            lift_s=0.5,
        ),
        "grey table, weak blanch": lying_on("grey table", 0.02, stays=0.6, depth=0.2),
    },
    NOT_RECOVERING: {
        **{
            f"{share:.0%} back": curve("stuck", tau_s=1.0, recovered=share)
            for share in (0.0, 0.2, 0.4, 0.6, 0.75)
        },
        "very slow": curve("exp", tau_s=40.0),
    },
    NOT_BLANCHING: {
        **{name: unblanched(name) for name in ("finger", "hand", "glove-black", "pen", "slide")},
        "table top": touched("table"),
        "cloth": touched("cloth"),
        "pushed on grey table": lying_on("grey table", 0.02, stays=0.6, tool="hand", depth=0.0),
        "pushed on white sheet": lying_on("white sheet", 0.02, stays=0.6, tool="hand", depth=0.0),
        "hand held above": nobody(Event("hand-passes", 2.0, 5.0, pause_s=3.5)),
        "hand held above cloth": nobody(
            Event("hand-passes", 3.0, 4.0, pause_s=2.5), surface="cloth"
        ),
    },
    NO_PRESS: {
        "still skin": nobody(),
        "hand passes": nobody(Event("hand-passes", 2.5, 1.5)),
        "hand hovers": nobody(Event("hand-passes", 2.0, 3.0, pause_s=1.5)),
        "stroking": nobody(Event("stroking", 2.0, 4.0)),
        "talking": nobody(Event("talking", 1.0, 7.0)),
        "glint": nobody(Event("glint", 2.0, 4.0)),
        "lights switched": nobody(Event("lights-switch", 4.0, strength=-0.5)),
        "shadow": nobody(Event("shadow", 2.0, 5.0, pause_s=4.0, strength=0.5)),
        "photograph": nobody(Event("still")),
        "exposure settles": nobody(Event("exposure-settling", 0.0, 0.6, strength=0.4)),
        "vasomotion": nobody(vasomotion=0.05),
        "empty table": nobody(Event("hand-passes", 3.0, 1.5), surface="table"),
        "cloth": nobody(Event("hand-passes", 3.0, 2.5, pause_s=1.0), surface="cloth"),
    },
}
"""What changes against the ordinary clip, one thing at a time."""

TURNS_OF = {SKIN_TYPE: 16, "picture size": 1, "curve": 3, "time constant": 3}
"""How many clips a level has where it is not `TURNS`."""

QUICK_FACTORS = (SKIN_TYPE, "tool", NOT_RECOVERING, NOT_BLANCHING, NO_PRESS)
QUICK_LEVELS = {
    NOT_RECOVERING: ("20% back", "60% back"),
    NOT_BLANCHING: ("finger", "cloth"),
    NO_PRESS: ("hand passes", "stroking", "lights switched", "photograph"),
}


def factors_of(grid: str) -> tuple[str, ...]:
    """Name the factors of a grid."""
    if grid == "mild":
        return (SKIN_TYPE, NO_PRESS)
    if grid == "mixed":
        return (MIXED,)
    return (*(QUICK_FACTORS if grid == "quick" else FACTORS), MIXED)


def grid_cases(
    grid: str,
    mixes: int | None = None,
    factors: Collection[str] | None = None,
    turns: int | None = None,
) -> list[Case]:
    """List the clips of a grid.

    Parameters
    ----------
    grid : "full", "quick", "mild" or "mixed"
    mixes : int, optional
        How many clips with everything at once; None is as many as the grid has.
    factors : collection of str, optional
        The only ones wanted, of `factors_of`.
    turns : int, optional
        How many clips every level of the full or quick grid has, where it does not have its usual
        number.
    """
    wanted = factors or factors_of(grid)
    if grid == "mild":
        return [case for case in mild_cases() if case.factor in wanted]
    quick = grid == "quick"
    drawn = (QUICK_MIXES if quick else MIXES) if mixes is None else mixes
    together = mixed_cases(drawn) if MIXED in wanted else []
    if grid == "mixed":
        return together
    return [*(_quick_cases(wanted, turns) if quick else _full_cases(wanted, turns)), *together]


def _full_cases(wanted: Collection[str], turns: int | None) -> Iterator[Case]:
    for factor, levels in FACTORS.items():
        if factor in wanted:
            for level, edit in levels.items():
                for turn in range(turns or TURNS_OF.get(factor, TURNS)):
                    yield made(factor, level, edit, turn, quick=False)


def _quick_cases(wanted: Collection[str], turns: int | None) -> Iterator[Case]:
    for factor in QUICK_FACTORS:
        if factor in wanted:
            for level in QUICK_LEVELS.get(factor, FACTORS[factor]):
                for turn in range(turns or 1):
                    yield made(factor, level, FACTORS[factor][level], turn, quick=True)
