"""The colour as it happens, for the eye alone: before and during a press, and as it returns."""

from __future__ import annotations

from perfusion_cam.live.phases import PhaseWatch
from perfusion_cam.live.placement import Placement
from perfusion_cam.live.state import Phase
from perfusion_cam.live.steps import Steps
from perfusion_cam.live.tail import Point, Tail
from perfusion_cam.live.trace import Trace, TraceWatch
from perfusion_cam.types import GridSample, PressResult

TRACED: set[Phase] = {"settling", "ready", "pressing", "lifted"}
"""Phases in which the colour is followed before its return is measured."""


class QuickLook:
    """Follows the colour of one placement; no number comes from it."""

    def __init__(self) -> None:
        self._steps, self._tail = Steps(), Tail()
        self._trace: TraceWatch | None = None

    @property
    def tail(self) -> tuple[Point, ...]:
        """As in `LiveState`."""
        return self._tail.points

    @property
    def trace(self) -> Trace | None:
        """As in `LiveState`."""
        return None if self._trace is None else self._trace.trace

    def push(
        self,
        sample: GridSample,
        placement: Placement,
        phases: PhaseWatch,
        provisional: PressResult | None,
    ) -> None:
        """Take one sample of a placement, and what is known with it."""
        self._steps.push(sample)
        self._tail.push(self._steps.kept, provisional)
        if self._trace is None:
            self._trace = TraceWatch(placement.place.cells(placement.session.grid))
        if phases.phase in TRACED:
            self._trace.push(sample, self._steps.kept, phases.contact)
        else:
            self._trace.rest()
