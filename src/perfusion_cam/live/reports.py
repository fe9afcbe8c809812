"""The comparison of sides and all files but the readings: made and written while pictures go on."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from perfusion_cam.errors import PerfusionCamError, unforeseen
from perfusion_cam.live.comparing import Compared, compare_placements, write_placements
from perfusion_cam.live.examining import Examining
from perfusion_cam.live.placement import Examined
from perfusion_cam.live.writing import Writer
from perfusion_cam.thresholds import Profile, Subject

MAKING_S = 30.0
"""Figures and report of a press or two take 3 s to draw, and several times as long where other
programs want the processor: that is no disk that hangs."""


class Reports:
    """Compares the sides where something is new, and writes what is over.

    Parameters
    ----------
    folder : Path
        Where it is written.
    profiles : sequence of Profile
        Rules for the comparison.

    Attributes
    ----------
    compared : Compared or None
        The comparison of sides, as soon as there is one, written or not.
    due : bool
        Whether something is new.
    subject : Subject
        Who is examined.
    """

    def __init__(self, folder: Path, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles
        self._writer = Writer(folder, MAKING_S)
        self._comparing = ThreadPoolExecutor(1, "comparing")
        self._answering: Future[Compared | None] | None = None
        self._fault: str | None = None
        self._written = 0
        self.compared: Compared | None = None
        self.due = False
        self.subject = Subject()

    @property
    def fails(self) -> str | None:
        """Why sides could not be compared, or something not be written."""
        return self._fault or self._writer.fails

    @property
    def unwritten(self) -> list[str]:
        """What is not on disk."""
        return self._writer.unwritten

    def renew(self, examining: Examining) -> None:
        """Take what was compared, and compare again where that is due; never waits."""
        self._take(examining)
        self._writer.retry()
        if self.due:
            self.due = False
            self._answering = self._comparing.submit(
                compare_placements, examining.examinations(), self.subject, self._profiles
            )

    def end(self, examining: Examining) -> None:
        """Compare for the last time; writing is not waited for."""
        self.renew(examining)
        self._comparing.shutdown()
        self._take(examining)
        self._writer.end()

    def close(self) -> None:
        """Wait for what is being written, but not for long."""
        self._writer.close()

    def _take(self, examining: Examining) -> None:
        if self._answering is None or not self._answering.done():
            return
        done, self._answering = self._answering, None
        try:
            self.compared, self._fault = done.result(), None
        except PerfusionCamError as error:
            self._fault = str(error)
        except Exception as error:  # measuring must go on
            self._fault = f"The sides cannot be compared: {unforeseen(error)}"
        else:
            self._write(self.compared, list(examining.closed))

    def _write(self, found: Compared | None, closed: list[Examined]) -> None:
        def work() -> None:
            write_placements(closed[self._written :], found, self._writer.folder)
            self._written = len(closed)

        self._writer.put("figures and comparison", work)
