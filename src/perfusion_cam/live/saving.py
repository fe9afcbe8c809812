"""Readings on disk as soon as they exist; what cannot be written is kept and tried again."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from perfusion_cam.analysis import flag_gaps
from perfusion_cam.errors import OutputError
from perfusion_cam.live.placement import Examined
from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.report.document import document, to_json
from perfusion_cam.report.folder import RESULT
from perfusion_cam.types import PressResult

RETRY_S = 3.0


class Saver:
    """Writes each placement's document to a folder of its own, in a thread of its own.

    Parameters
    ----------
    folder : Path
        Where the placements' folders are made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fails: str | None = None
        """Why something waits to be written; None where nothing does."""
        self._waiting: dict[str, bytes] = {}
        self._changing = threading.Lock()
        self._writing = ThreadPoolExecutor(1, "saving")
        self._retry_s = 0.0

    def save(self, examined: Examined, provisional: PressResult | None = None) -> None:
        """Write what is known of a placement, or keep it until it can be written; never waits.

        Parameters
        ----------
        examined : Examined
        provisional : PressResult, optional
            A press that is still being watched.
        """
        _, found, region = examined
        if provisional is not None:
            provisional = flag_gaps(provisional, found.source)
        content = to_json(document(found, region=region, provisional=provisional)).encode()
        with self._changing:
            self._waiting[found.source.file] = content
        self._writing.submit(self._write)

    def retry(self) -> None:
        """Try again to write what waits, now and then."""
        if self.fails is not None and time.monotonic() >= self._retry_s:
            self._retry_s = time.monotonic() + RETRY_S
            self._writing.submit(self._write)

    def close(self) -> None:
        """Write what waits, for the last time."""
        self._writing.submit(self._write)
        self._writing.shutdown()

    def _write(self) -> None:
        with self._changing:
            waiting = list(self._waiting.items())
        for name, content in waiting:
            try:
                write(make_folder(self.folder / name) / RESULT, content)
            except OutputError as error:
                self._retry_s = time.monotonic() + RETRY_S
                self.fails = str(error)
                return
            with self._changing:
                if self._waiting[name] is content:
                    del self._waiting[name]
        self.fails = None
