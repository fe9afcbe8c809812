"""What can be reviewed: saved examinations, of which one is open at a time."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from perfusion_cam.apps.failing import as_failure
from perfusion_cam.apps.progress import Progress
from perfusion_cam.apps.saved import Saved, find_saved, read_saved
from perfusion_cam.errors import ServerError, SourceError
from perfusion_cam.live.reports import MAKING_S
from perfusion_cam.live.reviewing import Review
from perfusion_cam.live.writing import PATIENCE_S, join_patiently
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import write_examination


class HeldBackError(ServerError):
    """Not now: the message says what comes first."""


class NothingOpenError(ServerError):
    """There is nothing to look at."""


class Doing(NamedTuple):
    """What is being done, and how much of it, where that is known."""

    words: str
    share: float | None = None


class Listed(NamedTuple):
    """What can be opened, and the names of what cannot be read."""

    saved: list[Saved]
    damaged: list[str]


class Opened(NamedTuple):
    """What is looked at.

    Attributes
    ----------
    number : int
        Of times that something was opened.
    saved : Saved
    review : Review or None
        None where the recording is gone.
    passing : Path or None
        The recording, where it is deleted as soon as the review is closed.
    """

    number: int
    saved: Saved
    review: Review | None
    passing: Path | None = None


class Shelf:
    """Saved examinations, found anew whenever they are asked for, and the one that is open.

    Parameters
    ----------
    places : sequence of (Path, Path)
        Where to look for them, and from where their names are told.
    folder : Path
        Of this run: where recordings that are sent go.
    held : callable () -> str or None
        Why nothing may be opened or measured now: asked often.
    near : Path, optional
        Another folder in which recordings are looked for.

    Attributes
    ----------
    folder : Path
    doing : Doing or None
        What is being read now.
    failed : str or None
        Why the last reading came to nothing.
    """

    def __init__(
        self,
        places: Sequence[tuple[Path, Path]],
        folder: Path,
        held: Callable[[], str | None] = lambda: None,
        near: Path | None = None,
    ) -> None:
        self._places, self.folder, self._near = places, folder, near
        self._held = held
        self.doing: Doing | None = None
        self.failed: str | None = None
        self._opened: Opened | None = None
        self._openings = 0
        self._one_at_a_time = threading.Lock()
        self._reading: threading.Thread | None = None
        self._ended = False

    @property
    def held(self) -> str | None:
        """Why nothing may be opened or measured now."""
        return "The program is ending." if self._ended else self._held()

    @property
    def shown(self) -> tuple[int, str] | None:
        """Number and name of what is open."""
        opened = self._opened
        return None if opened is None else (opened.number, opened.saved.name)

    def listed(self) -> Listed:
        """Find what can be opened, the newest first, and name what cannot be read."""
        saved: dict[tuple[Path, Path | None], Saved] = {}
        damaged: dict[Path, str] = {}
        for place, base in self._places:
            found, unread = find_saved(place, base, self._near)
            saved |= {(one.folder.resolve(), one.recording): one for one in found}
            damaged |= {one.folder.resolve(): one.name for one in unread}
        newest_first = sorted(saved.values(), key=lambda one: (-one.written_s, one.name))
        return Listed(newest_first, sorted(damaged.values()))

    def new_place(self, name: str) -> Path:
        """Name the file of a recording that is about to be sent, in a folder of its own."""
        number = 1
        while (folder := self.folder / f"recording-{number}").exists():
            number += 1
        return folder / name

    def begin(self, words: str) -> None:
        """Say what is done from now on, until `read` or `stop`.

        Raises
        ------
        HeldBackError
        """
        if self.doing is not None:
            raise HeldBackError("A recording is being read already; wait until it is open.")
        self.go_on(words)
        self.failed = None

    def go_on(self, words: str, share: float | None = None) -> None:
        """Say how far it has come.

        Raises
        ------
        HeldBackError
            It must stop.
        """
        if (held := self.held) is not None:
            raise HeldBackError(held)
        self.doing = Doing(words, share)

    def stop(self) -> None:
        """Say that nothing came of it."""
        self.doing = None

    def open(self, name: str) -> None:
        """Read and open what is listed under a name, aside.

        Raises
        ------
        HeldBackError
        """
        self.begin(f"Reading {name}")

        def read() -> None:
            saved = next((one for one in self.listed().saved if one.name == name), None)
            if saved is None:
                raise SourceError(f"{name} is not there any more")
            progress = self._progress(name)
            recording = saved.recording
            region = saved.document.region()
            self._show(saved, None if recording is None else Review(recording, progress, region))

        self._aside(read, name)

    def read_recording(self, path: Path, *, keep: bool) -> None:
        """Analyse a recording that was sent, write what was found beside it and open it, aside."""

        def read() -> None:
            try:
                review = analysed(path, path.parent, self._progress(path.name))
                saved = read_saved(path.parent, self.folder.parent)[0]
            except BaseException:
                shutil.rmtree(path.parent, ignore_errors=True)
                raise
            self._show(saved, review, None if keep else path)

        self._aside(read, path.name)

    def show(self, review: Review) -> None:
        """Open a recording that was analysed before, and written to the folder of this run."""
        self._show(read_saved(self.folder, self.folder.parent, self._near)[0], review)

    @contextmanager
    def opened(self) -> Iterator[Opened]:
        """Give what is open to one thread at a time.

        Raises
        ------
        HeldBackError
            Nothing may be measured now, or another thread has not come back from the disk.
        NothingOpenError
        """
        if not self._one_at_a_time.acquire(timeout=PATIENCE_S):
            raise HeldBackError("The recording is still being read: its disk may hang. Try again.")
        try:
            if (held := self.held) is not None:
                raise HeldBackError(held)
            if self._opened is None:
                raise NothingOpenError("Nothing is open.")
            yield self._opened
        finally:
            self._one_at_a_time.release()

    def close(self) -> None:
        """Let go of what is open, and delete its recording where it was not to be kept."""
        with self._one_at_a_time:
            opened, self._opened = self._opened, None
            if opened is None:
                return
            if opened.review is not None:
                opened.review.close()
            if opened.passing is not None:
                with suppress(OSError):
                    opened.passing.unlink()

    def end(self) -> None:
        """Stop reading, and close; a disk that hangs is not waited for long."""
        self._ended = True
        closing = threading.Thread(target=self._close_when_read, name="closing", daemon=True)
        closing.start()
        join_patiently(closing, time.monotonic(), MAKING_S)

    def _close_when_read(self) -> None:
        if self._reading is not None:
            self._reading.join()
        self.close()

    def _aside(self, read: Callable[[], None], name: str) -> None:
        def work() -> None:
            try:
                self.close()
                read()
            except HeldBackError:
                self.failed = f"{name} was not opened, as something was examined. Open it again."
            except Exception as error:  # the page must say so: nobody sees this thread
                self.failed = str(as_failure(error, f"reviewing {name}"))
            finally:
                self.doing = None

        self._reading = threading.Thread(target=work, name="reading", daemon=True)
        self._reading.start()

    def _progress(self, name: str) -> Progress:
        def tell(t_s: float, duration_s: float | None) -> None:
            of = f" of {duration_s:.0f}" if duration_s else ""
            share = min(1.0, t_s / duration_s) if duration_s else None
            self.go_on(f"Reading {name}: {t_s:.0f}{of} s", share)

        return tell

    def _show(self, saved: Saved, review: Review | None, passing: Path | None = None) -> None:
        with self._one_at_a_time:
            self._openings += 1
            self._opened = Opened(self._openings, saved, review, passing)


def analysed(path: Path, folder: Path, on_progress: Progress) -> Review:
    """Analyse a recording and write what was found.

    Raises
    ------
    SourceError
        The recording cannot be read.
    OutputError
        Results cannot be written.
    """
    review = Review(path, on_progress)
    write_examination(review.examination, document(review.examination), make_folder(folder))
    return review
