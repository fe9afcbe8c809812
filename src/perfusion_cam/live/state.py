"""What is known at one moment of a live examination: all that guidance and page need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from perfusion_cam.live.placement import Side
from perfusion_cam.live.tail import Point
from perfusion_cam.live.trace import Trace
from perfusion_cam.live.trouble import Trouble
from perfusion_cam.quality import Flag
from perfusion_cam.types import BoolArray, FloatArray, GridShape, PressResult

Running = Literal["starting", "running", "lost", "ended", "failed"]
Phase = Literal[
    "idle", "settling", "ready", "pressing", "lifted", "recovering", "done", "unrecognised"
]
"""*idle*: nothing is measured until a side is chosen."""


class Interruption(NamedTuple):
    """Why the placement had to begin anew by itself.

    Attributes
    ----------
    silent_s : float
        How long no picture came.
    resized : bool
        Whether the picture's size changed: a chosen site is forgotten.
    """

    silent_s: float
    resized: bool


class Refused(NamedTuple):
    """The press just watched cannot be measured, mainly for this reason if it has a name."""

    flag: Flag | None


@dataclass(frozen=True, slots=True)
class Guided:
    """What guidance is drawn from: plain values only.

    Attributes
    ----------
    running : "starting", "running", "lost", "ended" or "failed"
        Whether pictures come; *ended* where a recording is over, *failed* where the program's
        fault ended all.
    phase : Phase
    phase_s : float
        How long it has lasted.
    troubles : tuple of Trouble
    side : "affected" or "unaffected"
    here, there : int
        Presses with a usable result on this and on the other side.
    blanched : bool or None
        Whether the skin was seen to pale; None while that cannot be told.
    back : bool
        Whether the colour is back as far as can be told now.
    watch_left_s : float or None
        How much longer the recovery is watched.
    rest_s : float or None
        How long ago the last place of this side was released; None where there is none.
    interruption : Interruption or None
        What happened a moment ago.
    refused : Refused or None
        Where the press just watched cannot be measured.
    """

    running: Running
    phase: Phase
    phase_s: float
    troubles: tuple[Trouble, ...]
    side: Side
    here: int
    there: int
    blanched: bool | None = None
    back: bool = False
    watch_left_s: float | None = None
    rest_s: float | None = None
    interruption: Interruption | None = None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A press that was watched to its end.

    Attributes
    ----------
    side : "affected" or "unaffected"
    number : int
        Of the side's presses, from 1.
    placement : str
        Name of the placement it belongs to.
    result : PressResult
    """

    side: Side
    number: int
    placement: str
    result: PressResult


@dataclass(frozen=True, slots=True)
class LiveState:
    """One moment, whole.

    Attributes
    ----------
    t_s : float
        Time in the placement.
    frame_s : float
        Capture time of the newest picture that was looked at.
    guided : Guided
    source_words : str
        What the source says of itself or of its loss.
    size_px : (int, int)
        Of the upright picture.
    grid : GridShape
    to_frame : array (2, 3)
        As in `GridSample`.
    tool_cells : array (rows, cols) bool or None
        What rests on the skin now.
    provisional : PressResult or None
        The press being watched, measured as if it ended now.
    tail : tuple of (t_s, signal)
        How its curve went on since, by a quick look.
    trace : Trace or None
        The colour before and during a press, by a quick look; None after it.
    finished : tuple of Finished
    dropped, frames : int
        Pictures left out and taken in this placement.
    saving_fails : str or None
        Why results cannot be written, None where they can.
    """

    t_s: float
    frame_s: float
    guided: Guided
    source_words: str
    size_px: tuple[int, int]
    grid: GridShape
    to_frame: FloatArray
    tool_cells: BoolArray | None
    provisional: PressResult | None
    tail: tuple[Point, ...]
    trace: Trace | None
    finished: tuple[Finished, ...]
    dropped: int
    frames: int
    saving_fails: str | None = None
