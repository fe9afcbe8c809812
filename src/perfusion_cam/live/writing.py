"""A thread that writes what it is given until it is on disk, and tells where it is not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from perfusion_cam.errors import OutputError, PerfusionCamError, unforeseen
from perfusion_cam.report.atomic import cannot_write

RETRY_S = 3.0
PATIENCE_S = 10.0
"""A disk that sleeps needs up to so long to spin up; one that needs longer is said not to answer,
and is not waited for in the end."""


class Writer:
    """Writes the newest of each thing in a thread of its own; never waits but in `close`.

    Parameters
    ----------
    folder : Path
        Where it writes.
    making_s : float
        How long it may take to make what is written, besides.
    """

    def __init__(self, folder: Path, making_s: float = 0.0) -> None:
        self.folder = folder
        self._making_s = making_s
        self._waiting: dict[str, Callable[[], None]] = {}
        self._changing = threading.Lock()
        self._error: str | None = None
        self._retry_s = 0.0
        self._begun_s: float | None = None
        self._ended_s: float | None = None
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._run, name="writing", daemon=True)
        self._thread.start()

    @property
    def unwritten(self) -> list[str]:
        """Names of what is not on disk."""
        with self._changing:
            return list(self._waiting)

    @property
    def fails(self) -> str | None:
        """Why something waits to be written; None where nothing does, or not for long."""
        since_s = self._begun_s, self._ended_s
        if self.unwritten and any(is_late(at_s, self._making_s) for at_s in since_s):
            return str(does_not_answer(self.folder))
        return self._error

    def put(self, name: str, work: Callable[[], None]) -> None:
        """Write something, in place of what may still wait under its name.

        Parameters
        ----------
        name : str
        work : callable ()
            Called again, a while after it failed.
        """
        with self._changing:
            self._waiting[name] = work
        self._due.set()

    def retry(self) -> None:
        """Try again to write what waits, now and then."""
        if self._error is not None and time.monotonic() >= self._retry_s:
            self._retry_s = time.monotonic() + RETRY_S
            self._due.set()

    def end(self) -> None:
        """Write what waits for the last time; never waits."""
        if self._ended_s is None:
            self._ended_s = time.monotonic()
        self._due.set()

    def close(self) -> None:
        """Write what waits for the last time, and wait for that, but not for long."""
        self.end()
        join_patiently(self._thread, self._ended_s, self._making_s)

    def _run(self) -> None:
        ended = False
        while not ended:
            self._due.wait()
            self._due.clear()
            ended = self._ended_s is not None
            self._error = self._write()

    def _write(self) -> str | None:
        """Write what waits; why not all of it could be written."""
        with self._changing:
            waiting = list(self._waiting.items())
        failed: list[str] = []
        for name, work in waiting:
            self._begun_s = time.monotonic()
            try:
                work()
            except PerfusionCamError as error:
                failed.append(str(error))
            except Exception as error:  # the page must say so: nobody sees this thread
                failed.append(unforeseen(error))
            else:
                with self._changing:
                    if self._waiting[name] is work:
                        del self._waiting[name]
        self._begun_s = None
        self._retry_s = time.monotonic() + RETRY_S
        return failed[0] if failed else None


def is_late(since_s: float | None, making_s: float = 0.0) -> bool:
    """Whether something that began or was to end at a time takes longer than a disk may."""
    return since_s is not None and time.monotonic() >= since_s + PATIENCE_S + making_s


def does_not_answer(path: Path) -> OutputError:
    """Say that a disk hangs."""
    return cannot_write(path, TimeoutError("the disk does not answer"))


def join_patiently(thread: threading.Thread, since_s: float | None, making_s: float = 0.0) -> None:
    """Wait for what writes, but not longer than a disk may take after a time."""
    if since_s is not None:
        thread.join(max(0.0, since_s + PATIENCE_S + making_s - time.monotonic()))
