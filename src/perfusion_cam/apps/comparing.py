"""One comparison of sides, from recordings to its page, JSON and plot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from perfusion_cam import session
from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.giving import check_json_target, terminal, write_json
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.comparison import Question, answer
from perfusion_cam.report.atomic import make_folder, write
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.comparison_figure import comparison_figure
from perfusion_cam.report.comparison_page import comparison_text
from perfusion_cam.report.document import to_json
from perfusion_cam.thresholds import Profile
from perfusion_cam.types import Examination

COMPARISON, CURVES = "comparison.json", "curves.png"


def give_comparison(
    question: Question, profiles: Sequence[Profile], *, out: Path | None, json: str | None
) -> None:
    """Compare the sides, print the page and write what was asked for.

    Raises
    ------
    SourceError, RegionError, ComparisonError, OutputError
    """
    if out is not None:
        make_folder(out)
    if json is not None and json != "-":
        check_json_target(Path(json))
    found = answer(question, _analyze, profiles)
    text = to_json(comparison_document(found))
    if json != "-":
        emit(comparison_text(found, *terminal()))
    if out is not None:
        write(out / COMPARISON, text.encode())
        picture = io.BytesIO()
        comparison_figure(found.comparison).savefig(picture, format="png")
        write(out / CURVES, picture.getvalue())
        if json != "-":
            emit(f"\nThe comparison is in {out / COMPARISON}, its plot in {out / CURVES}\n")
    if json is not None:
        write_json(text, json)


def _analyze(path: Path) -> Examination:
    with shown_progress(f"analysing {path.name}") as progress:
        return session.analyze(path, on_progress=progress)
