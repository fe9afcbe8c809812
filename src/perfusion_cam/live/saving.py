"""Readings on disk as soon as they exist."""

from __future__ import annotations

from perfusion_cam.analysis import flag_gaps
from perfusion_cam.live.placement import Examined
from perfusion_cam.live.writing import Writer
from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.report.document import document, to_json
from perfusion_cam.report.folder import RESULT
from perfusion_cam.types import PressResult


class Saver(Writer):
    """Writes each placement's document to a folder of its own."""

    def save(self, examined: Examined, provisional: PressResult | None = None) -> None:
        """Write what is known of a placement, or keep it until it can be written; never waits.

        Parameters
        ----------
        examined : Examined
        provisional : PressResult, optional
            A press that is still being watched.
        """
        _, found, region = examined

        def work() -> None:
            watched = None if provisional is None else flag_gaps(provisional, found.source)
            content = to_json(document(found, region=region, provisional=watched))
            write(make_folder(self.folder / found.source.file) / RESULT, content.encode())

        self.put(found.source.file, work)
