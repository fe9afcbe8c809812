"""What to tell the person now: a pure function of what is known."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from perfusion_cam.live.placement import Side
from perfusion_cam.live.state import Guided, Interruption
from perfusion_cam.live.trouble import Trouble
from perfusion_cam.quality import Flag

HOLD_S = 5.0
TOO_LONG_S = 9.0
REPEAT_S = 120.0
"""Presses of one place this far apart do not affect one another (10.1002/jbio.202400098)."""
PALE_AFTER_S = 1.0
LONG_S = 100.0
"""A silence this long is told in minutes."""

Cue = Literal["press", "release", "done", "trouble"]

SPOILS_A_PRESS = {
    Trouble.SITE_LOST,
    Trouble.TOO_DARK,
    Trouble.CLIPPED,
    Trouble.MOVING,
    Trouble.SLOW_CAMERA,
}

ADVICE = {
    Flag.DOES_NOT_BLANCH: "No blanching: not pressed hard enough, or skin that cannot be pressed "
    "pale; a camera cannot tell which.",
    Flag.LOST: "The skin was lost from sight: hold it and the camera still.",
    Flag.LOW_SIGNAL: "The colour changed too little: come closer, add steady light, hold still.",
    Flag.NO_BASELINE: "The bare skin was not seen before: show it for 2 s, then press.",
    Flag.NO_SKIN_BESIDE: "No skin beside the place was seen: show more of it all round.",
    Flag.NOT_BLOOD: "Mostly light or shadow changed: keep lamp and hand off the place.",
}
"""What each reason not to give a time asks for."""


class Prompt(NamedTuple):
    """One instruction.

    Attributes
    ----------
    code : str
        Its name.
    says : str
        Large, a few words.
    more : str
        Small, below it.
    count_s : int or None
        Seconds to count down, very large.
    cue : Cue or None
        Which sound goes with it.
    """

    code: str
    says: str
    more: str = ""
    count_s: int | None = None
    cue: Cue | None = None


def other(side: Side) -> Side:
    """The other side."""
    return "unaffected" if side == "affected" else "affected"


def prompt(known: Guided) -> Prompt:
    """Say what to do now.

    Parameters
    ----------
    known : Guided
    """
    if known.running == "failed":
        return Prompt(
            "failed",
            "Examining has stopped",
            "A fault of this program: end it and start it again. Results so far are kept.",
            cue="trouble",
        )
    if known.running == "starting" and known.phase != "idle":
        return Prompt("starting", "Waiting for the camera", "The picture appears in a moment.")
    if known.running == "lost":
        return _lost(known)
    if known.running == "ended":
        return Prompt("ended", "The recording is over", _ended_more(known))
    match known.phase:
        case "idle":
            return _idle(known)
        case "pressing":
            return _pressing(known)
        case "lifted":
            return Prompt("release_seen", "Release seen", "Hold still: hand away, camera steady.")
        case "recovering":
            return _recovering(known)
        case "done":
            return _done(known)
        case "unrecognised":
            return Prompt(
                "unrecognised",
                "No press was recognised",
                "Press bare skin firmly for 5 s, let go at once and take the hand away.",
                cue="trouble",
            )
        case _:
            return _before(known)


def _idle(known: Guided) -> Prompt:
    if known.here or known.there:
        return Prompt("paused", "Choose a side to go on", "Results so far are kept.")
    return Prompt(
        "choose_side",
        "Which side is in the picture?",
        "Point the camera at the bare skin, close and well lit, and choose its side.",
    )


def _lost(known: Guided) -> Prompt:
    lost = "This press is lost. " if known.phase in ("pressing", "lifted") else ""
    return Prompt(
        "camera_lost",
        "The camera gives no picture",
        f"{lost}Plug it in again, or close what else uses it. Results so far are kept.",
        cue="trouble",
    )


def _ended_more(known: Guided) -> str:
    if known.here and known.there:
        return "Both sides are compared below."
    missing = other(known.side) if known.here else known.side
    return f"No usable press on the {missing} side: the sides cannot be compared."


def _spoiling(known: Guided) -> Trouble | None:
    return next((trouble for trouble in known.troubles if trouble in SPOILS_A_PRESS), None)


def _before(known: Guided) -> Prompt:
    if known.interruption is not None and known.phase == "settling":
        return _interrupted(known.interruption)
    trouble = _spoiling(known)
    if trouble is not None:
        return Prompt(trouble.name.lower(), trouble.value.says, trouble.value.do, cue="trouble")
    if known.phase == "settling":
        return Prompt(
            "hold_still",
            "Hold still",
            f"Show the bare skin of the {known.side} side, close and well lit, and wait.",
        )
    wait_s = _repeat_wait_s(known)
    if wait_s > 0:
        return _next_site(wait_s, "Next place now, or the same in")
    how = "Press one spot firmly until it is pale, and keep pressing while the count runs."
    if known.interruption is not None:
        how = f"{_missed(known.interruption)} {how}"
    return Prompt("press_now", "Press now", how, cue="press")


def _interrupted(found: Interruption) -> Prompt:
    return Prompt(
        "resized" if found.resized else "resumed",
        "A new start",
        f"{_missed(found)} Results so far are kept. Hold still, then press again.",
        cue="trouble",
    )


def _missed(found: Interruption) -> str:
    if found.resized:
        return "The picture has another size; a chosen site has to be chosen again."
    return f"No picture came for {_length(found.silent_s)}."


def _length(silent_s: float) -> str:
    if silent_s < LONG_S:
        return f"{silent_s:.0f} s"
    return "more than an hour" if silent_s >= 3600 else f"{silent_s / 60:.0f} min"


def _pressing(known: Guided) -> Prompt:
    left_s = HOLD_S - known.phase_s
    if left_s > 0:
        return Prompt("keep_pressing", "Keep pressing", "Hold still.", count_s=math.ceil(left_s))
    if known.phase_s < TOO_LONG_S:
        return Prompt(
            "release", "Let go now", "At once, and take the hand out of the picture.", 0, "release"
        )
    return Prompt(
        "held_long", "Let go", "Held for long: the result may differ from that of a 5 s press."
    )


def _recovering(known: Guided) -> Prompt:
    left = None if known.watch_left_s is None else math.ceil(known.watch_left_s)
    trouble = _spoiling(known)
    if trouble in (Trouble.SITE_LOST, Trouble.MOVING):
        return Prompt(
            "hold_still_recovering",
            trouble.value.says,
            "Hold still: the colour is being timed.",
            left,
            "trouble",
        )
    if known.blanched is False and known.phase_s > PALE_AFTER_S:
        return Prompt(
            "no_blanching",
            "No blanching seen",
            "Not pressed hard enough, or skin that cannot be pressed pale; a camera cannot tell "
            "which. Hold still until the time is over.",
            left,
        )
    if known.back:
        return Prompt(
            "back_so_far",
            "Hold still, or go on",
            "A provisional time is there. Hold still for the final one, or choose the next step.",
            left,
        )
    seen = "Blanching seen. " if known.blanched else ""
    return Prompt("wait", "Wait", f"{seen}Hold still while the colour returns.", left)


def _done(known: Guided) -> Prompt:
    if known.refused is not None:
        flag = known.refused.flag
        advice = "" if flag is None else ADVICE.get(flag, "")
        again = f"{advice} Press the next place, or here after 2 minutes of rest.".lstrip()
        return Prompt("not_measured", "Could not be measured", again, cue="trouble")
    if known.there < known.here:
        return Prompt(
            "other_side",
            "Done. Now the other side",
            f"Choose \u201c{other(known.side)} side\u201d, then point the camera there. More "
            "places of this side can be pressed first.",
            cue="done",
        )
    wait_s = _repeat_wait_s(known)
    if wait_s > 0:
        return _next_site(wait_s, "Done. Next place, or the same in", cue="done")
    return Prompt(
        "repeat",
        "Done. Press again",
        "The same place or the next: more presses narrow the interval.",
    )


def _next_site(wait_s: float, says: str, cue: Cue | None = None) -> Prompt:
    minutes, seconds = divmod(math.ceil(wait_s), 60)
    return Prompt(
        "next_site",
        f"{says} {minutes}:{seconds:02d}",
        "Press the next place of this side, or choose the other side. Only a place that was "
        "pressed needs 2 minutes of rest.",
        cue=cue,
    )


def _repeat_wait_s(known: Guided) -> float:
    return 0.0 if known.rest_s is None else REPEAT_S - known.rest_s
