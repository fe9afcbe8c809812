"""Which part of a press is under way, from what rests on the skin and what the session watches."""

from __future__ import annotations

from perfusion_cam.live.contact import ContactWatch
from perfusion_cam.live.state import Phase
from perfusion_cam.types import WATCH_S, GridSample, PressResult

BARE_BEFORE_S = 2.0
"""Bare skin wanted before a press."""
VERDICT_S = 2.0
"""The session tells a press from a passing hand within this time after the tool has left."""
UNRECOGNISED_S = 6.0


class PhaseWatch:
    """Follows one placement from press to press.

    Attributes
    ----------
    phase : Phase
    since_s : float
        When it began.
    released_s : float or None
        Release of the last press that was one.
    contact : ContactWatch
    """

    def __init__(self) -> None:
        self.contact = ContactWatch()
        self.phase: Phase = "settling"
        self.since_s = 0.0
        self.released_s: float | None = None

    def push(self, sample: GridSample, provisional: PressResult | None, finished: bool) -> None:
        """Take one sample.

        Parameters
        ----------
        sample : GridSample
        provisional : PressResult or None
            The press being watched.
        finished : bool
            Whether a press was complete with this sample.
        """
        self.contact.push(sample)
        now_s = sample.t_s
        if finished:
            self.contact.rest(sample)
            self._go("done", now_s)
        elif provisional is not None:
            self.released_s = provisional.press.release_s
            if self.phase != "recovering":
                self._go("recovering", self.released_s)
        elif self.phase == "recovering":  # it turned out to be no press
            self.contact.rest(sample)
            self._go("unrecognised", now_s)
        else:
            self._follow_contact(now_s)

    def watch_left_s(self, now_s: float) -> float | None:
        """How much longer the recovery is watched."""
        if self.phase != "recovering" or self.released_s is None:
            return None
        return max(0.0, self.released_s + WATCH_S - now_s)

    def _follow_contact(self, now_s: float) -> None:
        contact = self.contact
        if contact.contact_s is not None:
            if self.phase != "pressing":
                self._go("pressing", contact.contact_s)
        elif self.phase == "pressing":
            self._go("lifted", now_s)
        elif self.phase == "lifted":
            if now_s - self.since_s > VERDICT_S:
                self._go("unrecognised", now_s)
        elif self.phase in ("done", "unrecognised"):
            if self.phase == "unrecognised" and now_s - self.since_s > UNRECOGNISED_S:
                self._go("settling", now_s)
        elif contact.bare_s is None or now_s - contact.bare_s < BARE_BEFORE_S:
            if self.phase != "settling":
                self._go("settling", now_s)
        elif self.phase == "settling":
            self._go("ready", now_s)

    def _go(self, phase: Phase, since_s: float) -> None:
        self.phase, self.since_s = phase, since_s
