"""Frames from a source's thread through a bounded queue: late ones are dropped, and counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, Full, Queue

from perfusion_cam.errors import PerfusionCamError, SourceError
from perfusion_cam.live.left_out import Cause, LeftOut
from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.types import Frame

DEPTH = 45
"""Frames that wait at most: what 1.5 s bring at 30 a second. A press takes a third of that to be
measured, and several times as long where other programs want the processor."""


class Intake:
    """Reads a source in a thread of its own.

    A frame that is late or finds the queue full is dropped, so that what is shown is never older
    than the queue is long; its time is kept.

    Parameters
    ----------
    source : LiveSource
    depth : int
        Frames that wait at most, 1 or more.
    on_frame : callable (Frame), optional
        Told of every frame in time at once, in the source's thread, also of those that find the
        queue full.
    """

    def __init__(
        self,
        source: LiveSource,
        depth: int = DEPTH,
        on_frame: Callable[[Frame], None] | None = None,
    ) -> None:
        self._source = source
        self._queue: Queue[Frame] = Queue(depth)
        self._on_frame = on_frame
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self.dropped: list[LeftOut] = []
        """Frames that were dropped, here or on their way."""
        self.error: PerfusionCamError | None = None
        """Why the source ended, where it failed."""

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def get(self, timeout_s: float) -> Frame | None:
        """Take the frame that waited longest; None if none comes in time."""
        try:
            return self._queue.get(timeout=timeout_s)
        except Empty:
            return None

    @property
    def facts(self) -> SourceFacts:
        """What is known of the source now."""
        return self._source.facts

    def hold(self) -> None:
        """Hold the source's settings."""
        self._source.hold()

    def let_go(self) -> None:
        """Let go of the source's settings."""
        self._source.let_go()

    @property
    def waiting(self) -> int:
        """Frames in the queue."""
        return self._queue.qsize()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return not self._thread.is_alive() and self._queue.empty()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Ask the thread to end and wait for it, but not for a camera that never answers."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            for frame in self._source:
                if self._stopped.is_set():
                    return
                self.dropped.extend(self._source.take_lost())
                if self._source.late:
                    self.dropped.append(LeftOut(frame.t_s, Cause.LATE))
                    continue
                if self._on_frame is not None:
                    self._on_frame(frame)
                try:
                    self._queue.put_nowait(frame)
                except Full:
                    self.dropped.append(LeftOut(frame.t_s, Cause.BUSY))
        except PerfusionCamError as error:
            self.error = error
        except Exception as error:  # a driver may fail in any way; the page must say so
            self.error = SourceError(f"{self.facts.name}: {type(error).__name__}: {error}")
        finally:
            self._source.close()
