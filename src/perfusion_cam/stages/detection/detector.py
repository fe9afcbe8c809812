"""From grid samples to presses, each with the grids of its baseline, hold and recovery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from perfusion_cam.stages.detection.activity import Burst, BurstFinder
from perfusion_cam.stages.detection.departure import Departure, find_departure
from perfusion_cam.stages.detection.history import GridHistory
from perfusion_cam.types import (
    REST_S,
    WATCH_S,
    BareSkin,
    FloatArray,
    GridSample,
    GridShape,
    GridWindow,
    Press,
)

SETTLE_S = 0.5
"""Pictures wanted after a burst before it is judged."""
REMEMBERED = 8
REPEAT_BASELINE_S = 0.7
"""Baseline of a press on a place just pressed: its end, when the last refill is most over."""
SAME_PLACE = 0.5
"""Share of the smaller tool's cells that the other must cover to be on the same place."""
COVERS = 0.2
"""Of what a hand uncovers as it comes back, the place that it had pressed is a third or more; what
blinked as it came is a tenth at most (measured)."""
PART_SIZE = 0.5
"""Of two things that rested side by side at once, the smaller is part of the larger below this."""
TOUCH_CONTRAST = 0.15
LIES_S = 60.0
"""How old a picture of bare skin may be that tells what lies there: light changes with time."""
IN_VIEW = 0.75
"""Share of the place's cells, of those ever seen, that must be in the picture to watch it."""


@dataclass(frozen=True, slots=True)
class PressWindow:
    """A press and the grids it was seen in."""

    press: Press
    window: GridWindow


@dataclass(slots=True)
class _Watch:
    departure: Departure
    bare_before: BareSkin | None
    touched_s: float | None = None


class PressDetector:
    """Finds presses in a stream of grid samples.

    `push` returns presses whose recovery has been watched to its end: until something covers the
    place again, for `WATCH_S`, or (with `flush`) until the recording ends.
    """

    def __init__(self, shape: GridShape) -> None:
        self._history = GridHistory(shape)
        self._bursts = BurstFinder()
        self._to_judge: list[Burst] = []
        self._watches: list[_Watch] = []
        self._past: list[Departure] = []

    def push(self, sample: GridSample) -> list[PressWindow]:
        """Take one sample; return presses that are complete with it."""
        self._history.append(sample)
        self._to_judge += self._bursts.push(sample)
        self._judge(sample.t_s - SETTLE_S)
        done = [
            watch
            for watch in self._watches
            if watch.touched_s is not None or sample.t_s > watch.departure.release_s + WATCH_S
        ]
        self._watches = [watch for watch in self._watches if watch not in done]
        return [self._close(watch, sample.t_s, "watched") for watch in done]

    def flush(self) -> list[PressWindow]:
        """Close every press still being watched."""
        if len(self._history) == 0:
            return []
        self._to_judge += self._bursts.flush()
        self._judge(np.inf)
        end_s = self._history.end_s
        closed = [self._close(watch, end_s, "recording") for watch in self._watches]
        self._watches = []
        return closed

    @property
    def watched_release_s(self) -> float | None:
        """Release of the press being watched, the last of several."""
        return max((watch.departure.release_s for watch in self._watches), default=None)

    @property
    def least_seen(self) -> FloatArray:
        """Least share of the picture that must change to be noticed, over time, array (n,)."""
        return np.array(self._bursts.least_seen)

    def watched(self) -> PressWindow | None:
        """That press as it would be if the recording ended now."""
        if not self._watches:
            return None
        newest = max(self._watches, key=lambda watch: watch.departure.release_s)
        return self._close(newest, self._history.end_s, "recording")

    def dismiss(self, press: Press) -> None:
        """Forget something that turned out to be no press, so that the next one is no repeat."""
        self._past = [old for old in self._past if old.release_s != press.release_s]

    def _judge(self, settled_s: float) -> None:
        while self._to_judge and self._to_judge[0].end_s <= settled_s:
            departure = find_departure(self._history, self._to_judge.pop(0))
            if departure is not None:
                self._accept(departure)

    def _accept(self, new: Departure) -> None:
        kept = []
        for watch in self._watches:
            old = watch.departure
            if _part_of(new, old):
                return
            if _part_of(old, new):
                continue
            if _overlap(old, new) < SAME_PLACE:
                kept.append(watch)
            elif old.contact_s < new.baseline_s[1] < old.uncovered_s and _covers(old, new):
                # What looked bare before was the last press's tool: it has come back, not left.
                watch.touched_s = new.release_s
                return
            elif new.contact_s > old.release_s:
                if watch.touched_s is None and new.tool_contrast > TOUCH_CONTRAST:
                    watch.touched_s = max(new.bare_until_s, old.uncovered_s)
                kept.append(watch)
            elif old.tool_cells.sum() > new.tool_cells.sum():
                return
        self._watches = [*kept, _Watch(new, self._bare_before(new))]
        self._past = [*self._past, new][-REMEMBERED:]

    def _bare_before(self, new: Departure) -> BareSkin | None:
        """The skin before the first press there that may have left it pale.

        Otherwise before the first of anything that may lie there since.
        """
        first, until_s = None, new.baseline_s[1]
        for old in reversed(self._past):
            here = _overlap(old, new) >= SAME_PLACE
            if here and old.uncovered_s < until_s < old.release_s + REST_S:
                first, until_s = old, old.baseline_s[1]
        if first is not None:
            return first.untouched
        until_s = new.baseline_s[1]
        for old in self._past:
            recent = until_s - LIES_S < old.baseline_s[1] and old.uncovered_s < until_s
            if recent and old.untouched is not None:
                return old.untouched
        return None

    def _since_last_s(self, new: Departure) -> float | None:
        """From the last release at the same place, known once that was told from a passing hand."""
        earlier = [
            old.release_s
            for old in self._past
            if old.release_s < new.contact_s and _overlap(old, new) >= SAME_PLACE
        ]
        return new.contact_s - max(earlier) if earlier else None

    def _close(
        self, watch: _Watch, now_s: float, why: Literal["recording", "watched"]
    ) -> PressWindow:
        found = watch.departure
        ended_by: Literal["recording", "touch", "watched"] = why
        end_s = min(now_s, found.release_s + WATCH_S)
        if watch.touched_s is not None:
            ended_by, end_s = "touch", watch.touched_s
        elif now_s >= found.release_s + WATCH_S:
            ended_by = "watched"
        since_last_s = self._since_last_s(found)
        start_s, rested_s = found.baseline_s
        if since_last_s is not None and rested_s > found.contact_s - since_last_s:
            start_s = max(start_s, rested_s - REPEAT_BASELINE_S)
        window = self._history.window(start_s, end_s)
        seen_until_s = _last_in_view(window, found)
        if seen_until_s < end_s:
            end_s, window = seen_until_s, self._history.window(start_s, seen_until_s)
        press = Press(
            contact_s=found.contact_s,
            contact_se_s=found.contact_se_s,
            release_s=found.release_s,
            release_se_s=found.release_se_s,
            tool_cells=found.tool_cells,
            ended_s=end_s,
            ended_by=ended_by,
            tool_contrast=found.tool_contrast,
            tool_hides=found.tool_hides,
            baseline_s=(start_s, rested_s),
            uncovered_s=found.uncovered_s,
            since_last_s=since_last_s,
            followed=found.followed,
            drawn_back=found.drawn_back,
            bare_before=watch.bare_before,
        )
        return PressWindow(press, window)


def _last_in_view(window: GridWindow, found: Departure) -> float:
    """When the skin was last followed with the place in view, the end if it was not after release.

    A camera that is put away afterwards takes nothing from what was seen before.
    """
    share = window.valid_of(found.tool_cells, slice(None)).mean(axis=1)
    there = window.registered & (share >= IN_VIEW * share.max())
    later = window.t_s[there & (window.t_s > found.uncovered_s)]
    return float(later[-1] if len(later) else window.t_s[-1])


def _part_of(small: Departure, large: Departure) -> bool:
    """Whether one departure is only a part or an effect of another.

    It was there before the other's tool was gone, within its outline, and is much smaller: a piece
    of the tool or of its shadow, or the blanch itself, seen through a clear tool or uncovered as it
    leaves, and fading after it.
    """
    together = small.contact_s < large.uncovered_s and large.contact_s < small.release_s
    if not together or small.tool_cells.sum() > PART_SIZE * large.tool_cells.sum():
        return False
    rows, cols = np.nonzero(large.tool_cells)
    row, col = (axis.mean() for axis in np.nonzero(small.tool_cells))
    return bool(rows.min() <= row <= rows.max() and cols.min() <= col <= cols.max())


def _overlap(one: Departure, other: Departure) -> float:
    """Share of the smaller tool's cells that the other covers too."""
    both = (one.tool_cells & other.tool_cells).sum()
    return float(both / min(one.tool_cells.sum(), other.tool_cells.sum()))


def _covers(one: Departure, other: Departure) -> bool:
    """Whether one tool lay where the other did: not only a blink or a shadow somewhere within."""
    both = (one.tool_cells & other.tool_cells).sum()
    return bool(both >= COVERS * other.tool_cells.sum())
