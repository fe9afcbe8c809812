"""The threads of a live examination: one reads frames, one measures, others do what may wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from queue import Empty, SimpleQueue

from perfusion_cam.analysis import one_thread_each
from perfusion_cam.errors import PerfusionCamError, unforeseen
from perfusion_cam.live.clip import Clips
from perfusion_cam.live.comparing import Compared
from perfusion_cam.live.examining import SILENT_S, Examining
from perfusion_cam.live.intake import DEPTH, Intake
from perfusion_cam.live.placement import Side
from perfusion_cam.live.preview import Preview
from perfusion_cam.live.reports import Reports
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import LiveSource
from perfusion_cam.live.state import LiveState, Running
from perfusion_cam.settings import Region
from perfusion_cam.sources.camera import now_s
from perfusion_cam.thresholds import Profile, Subject
from perfusion_cam.types import Frame

REOPEN_S = 1.0
IDLE_S = 0.1
FIRST_S = 5.0
"""A camera that has given no picture after so long gives none."""

OpenSource = Callable[[], LiveSource]


class Engine:
    """Runs a live examination until it is stopped.

    Parameters
    ----------
    open_source : callable () -> LiveSource
        Called at once, and again after the source was lost.
    saver : Saver
    profiles : sequence of Profile
        Rules for the comparison.
    on_picture : callable (bytes)
        Told of every small picture, a JPEG, in a thread of its own.
    on_result : callable ()
        Told, in the engine's thread, as soon as `state` holds the result of a press whose watch is
        over; not where the placement itself is ended.
    depth : int
        Frames that wait at most.

    Raises
    ------
    SourceError
        The source cannot be opened.
    """

    def __init__(
        self,
        open_source: OpenSource,
        saver: Saver,
        profiles: Sequence[Profile],
        on_picture: Callable[[bytes], None] = lambda _: None,
        on_result: Callable[[], None] = lambda: None,
        depth: int = DEPTH,
    ) -> None:
        self._open_source, self._depth = open_source, depth
        self._saver, self._on_result = saver, on_result
        self._reports = Reports(saver.folder, profiles)
        self._measuring = ThreadPoolExecutor(1, "measuring")
        self._examining = Examining(saver, self._measuring)
        self._preview = Preview(on_picture)
        self._clips = Clips(saver.folder)
        self._wishes: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._dropped_told = 0
        self._heard_s = now_s()
        self._reopen_s = 0.0
        self._words = ""
        self._intake = self._new_intake()
        self._running: Running = "starting"
        self.fault: str | None = None
        """What ended examining, where this program itself failed."""
        self.state: LiveState = self._examining.state("starting", "")

    def start(self) -> None:
        """Begin; a recording begins to play when a side is chosen."""
        self._preview.start()
        self._heard_s = now_s()
        if not self._intake.facts.ends:
            self._intake.start()
        self._thread.start()

    def stop(self) -> str | None:
        """Close what is being watched, write what is left and end all threads.

        A disk that hangs is not waited for longer than `PATIENCE_S`.

        Returns
        -------
        str or None
            Why something could not be written at last, and what.
        """
        self._stopped.set()
        self._thread.join()
        self._intake.stop()
        self._preview.stop()
        self._measuring.shutdown()
        self._reports.end(self._examining)
        self._saver.end()
        self._clips.end()
        for one in (self._saver, self._reports, self._clips):
            one.close()
        unwritten = ", ".join(self._saver.unwritten + self._reports.unwritten)
        fails = self._saver.fails or self.failure
        return f"{fails} Not on disk: {unwritten}." if unwritten else fails

    @property
    def failure(self) -> str | None:
        """Why examining has stopped, sides could not be compared, or reports not be written."""
        return self.fault or self._reports.fails

    @property
    def compared(self) -> Compared | None:
        """The comparison of sides, as soon as there is one."""
        return self._reports.compared

    @property
    def reported(self) -> bool:
        """Whether the comparison is on disk."""
        return self.compared is not None and not self._reports.unwritten

    @property
    def clip_words(self) -> str | None:
        """What to say of the clip being kept; None where none is wanted."""
        return self._clips.words

    @property
    def source_name(self) -> str:
        """What to call the source."""
        return self._intake.facts.name

    def choose_side(self, side: Side) -> None:
        """Begin a placement of the camera before one side."""
        self._wishes.put(lambda: self._begin(side))

    def choose_site(self, x: float, y: float) -> None:
        """Begin anew, looking only round a point given in shares of width and height."""
        self._wishes.put(lambda: self._aim(x, y))

    def pause(self) -> None:
        """End the placement; what is being watched gets its result as it stands."""
        self._wishes.put(self._leave)

    def keep_clip(self, wanted: bool) -> None:
        """Keep the raw clip of every placement from now on, or no more."""
        self._wishes.put(lambda: self._clips.keep(wanted))

    def describe(self, subject: Subject) -> None:
        """Say who is examined, for the rules."""

        def wish() -> None:
            self._reports.subject, self._reports.due = subject, True

        self._wishes.put(wish)

    def _run(self) -> None:
        with one_thread_each():
            try:
                self._go_on()
                self.state = self._examining.state(self._running, self._words)
            except Exception as error:  # the page must say so: nobody sees this thread end
                self.fault = f"Examining has stopped: {unforeseen(error)} Start it again."
                over = replace(self.state.guided, running="failed", phase="idle")
                self.state = replace(
                    self.state, guided=over, finished=self._examining.finished, provisional=None
                )
                self._clips.end()
                self._intake.stop()

    def _go_on(self) -> None:
        while not self._stopped.is_set():
            self._obey()
            frame = self._intake.get(IDLE_S)
            if frame is None:
                self._wait()
            else:
                self._take(frame)
            self._saver.retry()
            self.state = self._examining.state(self._running, self._words)
            self._reports.renew(self._examining)
        self._pause()

    def _obey(self) -> None:
        while True:
            try:
                self._wishes.get_nowait()()
            except Empty:
                return

    def _begin(self, side: Side, region: Region | None = None) -> None:
        self._pause()
        self._examining.start(side, self._intake.facts, region)
        if self._intake.facts.ends and self._running == "starting":
            self._running, self._heard_s = "running", now_s()
            self._intake.start()

    def _aim(self, x: float, y: float) -> None:
        placement = self._examining.placement
        if placement is not None and placement.frames:
            self._begin(placement.side, placement.region_round(x, y))

    def _pause(self) -> None:
        examining = self._examining
        before = len(examining.finished), len(examining.closed)
        examining.close()
        self._clips.end()
        if (len(examining.finished), len(examining.closed)) != before:
            self._reports.due = True

    def _leave(self) -> None:
        self._pause()
        self._intake.let_go()

    def _take(self, frame: Frame) -> None:
        self._running, self._words = "running", self._intake.facts.words
        self._heard_s = now_s()
        dropped = self._intake.dropped[self._dropped_told :]
        self._dropped_told += len(dropped)
        before = len(self._examining.finished)
        self._examining.tell(self._intake.facts)
        new = self._examining.push(frame, dropped)
        if self._examining.settled:
            self._intake.hold()
        self._clips.offer(frame, self._examining.placement)
        if new:
            self.state = self._examining.state(self._running, self._words)
            self._on_result()  # the page comes first
            self._examining.save()
        if len(self._examining.finished) > before:
            self._reports.due = True

    def _wait(self) -> None:
        """Nothing came: is the recording over, or the camera gone?"""
        intake = self._intake
        if self._running == "starting" and intake.facts.ends:
            return
        if not intake.ended:
            bearable_s = FIRST_S if self._running == "starting" else SILENT_S
            waits = self._running == "starting" and intake.facts.waits
            if not waits and now_s() - self._heard_s > bearable_s:
                self._running = "lost"
        elif intake.facts.ends and intake.error is None:
            self._pause()
            self._running = "ended"
        else:
            self._running = "lost"
            self._words = "" if intake.error is None else str(intake.error)
            self._reopen()

    def _reopen(self) -> None:
        if time.monotonic() < self._reopen_s:
            return
        self._reopen_s = time.monotonic() + REOPEN_S
        try:
            self._intake, self._dropped_told = self._new_intake(), 0
        except PerfusionCamError as error:
            self._words = str(error)
            return
        self._intake.start()
        self._heard_s = now_s()

    def _new_intake(self) -> Intake:
        return Intake(self._open_source(), self._depth, self._preview.offer)
