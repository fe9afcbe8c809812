"""One validation from its grid to its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.validation.figures import write_figures
from perfusion_cam.validation.measuring import software_key
from perfusion_cam.validation.scoring import ClipScore
from perfusion_cam.validation.summary import summed_up
from perfusion_cam.validation.tables import as_csv, as_json, as_text
from perfusion_cam.validation.targets import targets

JSON, CSV, TEXT = "validation.json", "presses.csv", "validation.txt"


@dataclass(frozen=True, slots=True)
class Report:
    """A run as it is given: text for people, JSON for programs."""

    text: str
    json: str


def write_report(clips: Sequence[ClipScore], folder: Path) -> Report:
    """Sum up a run, and write tables and figures into its folder.

    Raises
    ------
    OutputError
        If the folder cannot be written to.
    """
    make_folder(folder)
    summary, reached = summed_up(clips), targets(clips)
    report = Report(as_text(summary, reached), as_json(clips, summary, reached, software_key()))
    for name, content in ((JSON, report.json), (CSV, as_csv(clips)), (TEXT, report.text)):
        write(folder / name, content.encode())
    write_figures(clips, summary, folder)
    return report
