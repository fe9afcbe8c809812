"""Readings on disk as soon as they exist; what cannot be written is kept and tried again."""

from __future__ import annotations

import time
from pathlib import Path

from perfusion_cam.errors import OutputError
from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.report.document import document, to_json
from perfusion_cam.report.folder import RESULT
from perfusion_cam.types import Examination

RETRY_S = 3.0


class Saver:
    """Writes each placement's document to a folder of its own.

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
        self._retry_s = 0.0

    def save(self, examination: Examination) -> None:
        """Write what is known of a placement, or keep it until it can be written."""
        self._waiting[examination.source.file] = to_json(document(examination)).encode()
        self.write()

    def retry(self) -> None:
        """Try again to write what waits, now and then."""
        if self._waiting and time.monotonic() >= self._retry_s:
            self.write()

    def write(self) -> None:
        """Write what waits now."""
        for name, content in list(self._waiting.items()):
            try:
                write(make_folder(self.folder / name) / RESULT, content)
            except OutputError as error:
                self.fails, self._retry_s = str(error), time.monotonic() + RETRY_S
                return
            del self._waiting[name]
        self.fails = None
