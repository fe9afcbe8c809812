"""The recordings of one call, one after the other; a failure of one leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfusion_cam.analysis import analyze
from perfusion_cam.apps.failing import as_failure, complain, emit
from perfusion_cam.apps.giving import terminal, write_json
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.errors import PerfusionCamError
from perfusion_cam.report.document import Document, collection, document, to_json
from perfusion_cam.report.folder import OVERLAY, claim_folder, write_examination
from perfusion_cam.report.overlay import TimedPicture, write_overlay
from perfusion_cam.report.terminal import examination_text
from perfusion_cam.settings import Region
from perfusion_cam.types import Examination


@dataclass(slots=True)
class Batch:
    """What to do with every recording, and what came of it.

    Attributes
    ----------
    out : Path or None
        Where a folder for each recording is made.
    overlay : bool
        Whether to make annotated videos.
    region : Region or None
        Where to look for the site.
    tables : bool
        Whether to print tables.
    documents : list of dict
        Of the recordings that were analysed.
    failures : list of (file, error)
    """

    out: Path | None = None
    overlay: bool = False
    region: Region | None = None
    tables: bool = True
    documents: list[Document] = field(default_factory=list)
    failures: list[tuple[str, PerfusionCamError]] = field(default_factory=list)
    _claimed: set[Path] = field(default_factory=set)

    def run(self, videos: Sequence[Path]) -> None:
        """Analyse recordings, telling each failure on the error stream."""
        for video in videos:
            try:
                self._examine(video)
            except Exception as error:
                failure = as_failure(error, f"analysing {video.name}")
                self.failures.append((video.name, failure))
                said = str(failure)
                complain(said if video.name in said else f"{video.name}: {said}")

    @property
    def exit_code(self) -> int:
        """The code of the first failure; 0 where all went well."""
        return self.failures[0][1].exit_code if self.failures else 0

    def write_json(self, target: str, *, single: bool) -> None:
        """Write the JSON of the call: one document, or the collection of several.

        Nothing is written where the only recording gave nothing.
        """
        if single and not self.documents:
            return
        content = self.documents[0] if single else collection(self.documents, self.failures)
        try:
            write_json(to_json(content), target)
        except PerfusionCamError as error:
            self.failures.append((target, error))
            complain(str(error))

    def _examine(self, video: Path) -> None:
        with shown_progress(f"analysing {video.name}") as progress:
            examination = analyze(video, region=self.region, on_progress=progress)
        content = document(examination, region=self.region)
        self.documents.append(content)
        if self.tables:
            emit(examination_text(examination, *terminal()))
        if self.out is None:
            return
        claim = claim_folder(self.out, video.stem, examination.source.sha256, self._claimed)
        write_examination(examination, content, claim)
        if self.overlay:
            self._draw(examination, video, claim / OVERLAY)
        if self.tables:
            emit(f"Plots, tables and pictures are in {claim}\n\n")

    def _draw(self, examination: Examination, video: Path, path: Path) -> None:
        with shown_progress(f"drawing {video.name}") as progress:
            duration_s = examination.source.duration_s
            write_overlay(
                examination,
                upright_pictures(video),
                path,
                on_progress=lambda t_s: progress(t_s, duration_s),
            )


def upright_pictures(video: Path) -> Iterator[TimedPicture]:
    """Read a recording once more, for the eye."""
    from perfusion_cam.picture import upright_rgb
    from perfusion_cam.sources.video_file import VideoFile

    with VideoFile(video) as frames:
        for frame in frames:
            yield frame.t_s, upright_rgb(frame)
