"""One live examination, without threads or clocks: placement after placement, press after press."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, Future

import numpy as np

from perfusion_cam.live.conditions import ConditionWatch
from perfusion_cam.live.left_out import LeftOut
from perfusion_cam.live.looking import QuickLook
from perfusion_cam.live.memory import give_back
from perfusion_cam.live.phases import PhaseWatch
from perfusion_cam.live.placement import Examined, Placement, Side
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.live.state import Finished, Guided, Interruption, LiveState, Refused, Running
from perfusion_cam.quality import Flag
from perfusion_cam.settings import Region
from perfusion_cam.types import WATCH_S, Frame, GridShape, PressResult, Refill

PROVISIONAL_S, PROVISIONAL_SHARE = 1.0, 0.15
"""A press being watched is measured again after so long, or this share of the time since its
release where that is longer: measuring takes the longer the more has been watched."""

LAST_PROVISIONAL_S = (2.0, 1.2)
"""It is measured for the last time between so long before its watch ends: late enough that what was
found and read of the skin then nearly always stands, as pieces of it leave the picture by and by;
soon enough that the result does not wait for it."""

SILENT_S = 2.0
"""After so long without a picture, as when a camera was lost or the computer slept, a placement is
closed and another one begun: nobody saw what happened meanwhile."""

GIVE_BACK_S = 5.0
"""So often memory that was needed for a moment goes back to the system."""

TOLD_S = 10.0
"""So long after pictures came again, the person is told that they had not."""


class Examining:
    """Frames and choices in, what is known out.

    Parameters
    ----------
    saver : Saver
        Told of every placement with a new result at once.
    aside : Executor
        What measures a press that is still being watched, while frames go on.
    """

    def __init__(self, saver: Saver, aside: Executor) -> None:
        self._saver, self._aside = saver, aside
        self._placement: Placement | None = None
        self._counts: dict[Side, int] = {"affected": 0, "unaffected": 0}
        self._released_s: dict[Side, float] = {}
        self.closed: list[Examined] = []
        """Placements that are over and in which something was pressed."""
        self._side: Side = "affected"
        self._facts = SourceFacts("none")
        self._now_s = self._given_back_s = 0.0
        self._size_px: tuple[int, int] | None = None
        self._begin()
        self.finished: tuple[Finished, ...] = ()

    def start(self, side: Side, facts: SourceFacts, region: Region | None = None) -> None:
        """Close the placement there is and begin another."""
        self.close()
        self._side = side
        self._facts = facts
        self._counts[side] += 1
        self._placement = Placement(side, self._counts[side], facts, region)
        self._begin()

    @property
    def side(self) -> Side:
        """The side that is examined, or was last."""
        return self._side

    @property
    def placement(self) -> Placement | None:
        """The placement under way."""
        return self._placement

    @property
    def settled(self) -> bool:
        """Whether the skin of this placement was seen to lie still."""
        return self._placement is not None and self._phases.phase != "settling"

    def tell(self, facts: SourceFacts) -> None:
        """Take note of what is known of the source now."""
        self._facts = facts
        if self._placement is not None:
            self._placement.facts = facts

    def push(self, frame: Frame, dropped: Iterable[LeftOut] = ()) -> bool:
        """Take one frame, and those that were left out before it.

        Returns
        -------
        bool
            Whether there is a new result, which `save` writes.
        """
        self._begin_anew_where_interrupted(frame)
        self._now_s, self._size_px = frame.t_s, frame.size_px
        if abs(frame.t_s - self._given_back_s) > GIVE_BACK_S:
            self._given_back_s = frame.t_s
            self._aside.submit(give_back)
        placement = self._placement
        if placement is None:
            return False
        for one in dropped:
            placement.dropped.append(one)
            self._conditions.drop(one._replace(t_s=one.t_s - (placement.start_s or 0.0)))
        found = placement.push(frame)
        sample = placement.session.newest
        assert sample is not None
        self._keep(placement, found)
        self._measure_again(placement, sample.t_s)
        self._phases.push(sample, self._provisional, bool(found))
        self._look.push(sample, placement, self._phases, self._provisional)
        back = self._back(placement)
        if not found and back is not self._saved:
            self._write(placement, back)
        self._conditions.push(sample, placement.session.grid)
        return bool(found)

    def save(self) -> None:
        """Write what is known of the placement under way."""
        if self._placement is not None:
            self._write(self._placement, self._back(self._placement))

    def close(self) -> None:
        """End the placement: what is still being watched gets its result as it stands."""
        placement, self._placement = self._placement, None
        if placement is None:
            return
        found = placement.close()
        self._keep(placement, found)
        if found or self._saved is not None:
            self._write(placement, None)
        if placement.presses:
            self.closed.append(placement.examined())
        self._begin()

    def examinations(self) -> list[Examined]:
        """All placements in which something was pressed, as far as they are known."""
        open_ones = []
        if self._placement is not None and self._placement.presses:
            open_ones.append(self._placement.examined())
        return self.closed + open_ones

    def state(self, running: Running, source_words: str) -> LiveState:
        """Tell what is known now."""
        placement = self._placement
        sample = None if placement is None else placement.session.newest
        return LiveState(
            t_s=0.0 if sample is None else sample.t_s,
            frame_s=self._now_s,
            guided=self._guided(running),
            source_words=source_words,
            size_px=(0, 0) if placement is None else placement.size_px,
            grid=GridShape(0, 0, 1.0) if placement is None else placement.session.grid,
            to_frame=np.eye(2, 3) if sample is None else sample.to_frame,
            tool_cells=self._phases.contact.tool_cells if self._is("pressing") else None,
            provisional=self._provisional,
            tail=self._look.tail,
            trace=self._look.trace,
            finished=self.finished,
            dropped=0 if placement is None else len(placement.dropped),
            frames=0 if placement is None else placement.frames,
            saving_fails=self._saver.fails,
        )

    def _begin(self) -> None:
        self._interruption: Interruption | None = None
        self._phases = PhaseWatch()
        self._conditions = ConditionWatch()
        self._look = QuickLook()
        self._provisional: PressResult | None = None
        self._saved: PressResult | None = None
        self._measuring: Future[PressResult | None] | None = None
        self._measured_s = -np.inf
        self._measured_release_s: float | None = None

    def _begin_anew_where_interrupted(self, frame: Frame) -> None:
        """Keep the chosen site, unless its pixels are no longer those of the picture."""
        placement = self._placement
        if self._size_px is None or placement is None:
            return
        silent_s = 0.0 if self._facts.ends else frame.t_s - self._now_s
        resized = frame.size_px != self._size_px
        begun = placement.frames > 0 or placement.region is not None
        if begun and (resized or silent_s > SILENT_S):
            self.start(self._side, self._facts, None if resized else placement.region)
            self._interruption = Interruption(silent_s, resized)

    def _keep(self, placement: Placement, found: list[PressResult]) -> None:
        for result in found:
            number = 1 + sum(one.side == placement.side for one in self.finished)
            new = Finished(placement.side, number, placement.name, result)
            self.finished = (*self.finished, new)
            release_s = result.press.release_s + (placement.start_s or 0.0)
            self._released_s[placement.side] = release_s

    def _back(self, placement: Placement) -> PressResult | None:
        """The press being watched, where its colour is back as far as can be told now."""
        found = self._provisional
        if found is None or found.refill.status != "measured":
            return None
        over_s = [one.press.release_s for one in placement.presses]
        return None if found.press.release_s in over_s else found

    def _write(self, placement: Placement, provisional: PressResult | None) -> None:
        self._saved = provisional
        self._saver.save(placement.examined(), provisional)

    def _measure_again(self, placement: Placement, t_s: float) -> None:
        """Measure the press being watched as if it ended now, now and then."""
        if self._measuring is not None and self._measuring.done():
            self._provisional, self._measuring = self._measuring.result(), None
            if self._provisional is not None and self._provisional.site is not None:
                self._conditions.see(self._provisional.site)
        session = placement.session
        release_s = session.watched_release_s
        if release_s is None:
            self._provisional = self._measuring = None
            return
        wait_s = max(PROVISIONAL_S, PROVISIONAL_SHARE * (t_s - release_s))
        last_s, too_late_s = (release_s + WATCH_S - before_s for before_s in LAST_PROVISIONAL_S)
        due = release_s != self._measured_release_s or t_s - self._measured_s >= wait_s
        due |= self._measured_s < last_s <= t_s
        if not due or t_s > too_late_s or self._measuring is not None:
            return
        watched = session.watched()
        if watched is not None:
            self._measuring = self._aside.submit(session.provisional, watched)
            self._measured_s, self._measured_release_s = t_s, release_s

    def _is(self, phase: str) -> bool:
        return self._placement is not None and self._phases.phase == phase

    def _guided(self, running: Running) -> Guided:
        usable = [one.side for one in self.finished if one.result.refill.status != "not_measurable"]
        here = usable.count(self._side)
        placement, provisional = self._placement, self._provisional
        if placement is None or placement.session.newest is None:
            idle = placement is None
            return Guided(
                running,
                "idle" if idle else "settling",
                0.0,
                (),
                self._side,
                here,
                len(usable) - here,
            )
        t_s = placement.session.newest.t_s
        released_s = self._released_s.get(self._side)
        return Guided(
            running=running,
            phase=self._phases.phase,
            phase_s=t_s - self._phases.since_s,
            troubles=self._conditions.troubles(),
            side=self._side,
            here=here,
            there=len(usable) - here,
            blanched=None if provisional is None else _blanched(provisional),
            back=provisional is not None and provisional.refill.status == "measured",
            watch_left_s=self._phases.watch_left_s(t_s),
            rest_s=None if released_s is None else self._now_s - released_s,
            interruption=self._interruption if t_s < TOLD_S else None,
            refused=_refused(self.finished[-1].result.refill) if self._is("done") else None,
        )


def _refused(refill: Refill) -> Refused | None:
    if refill.status != "not_measurable":
        return None
    return Refused(next((flag for flag in refill.flags if flag.meaning.fatal), None))


def _blanched(result: PressResult) -> bool | None:
    if Flag.DOES_NOT_BLANCH in result.refill.flags:
        return False
    return True if result.site is not None else None
