"""One comparison of sides, from recordings to its page, JSON and files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfusion_cam import analysis
from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.giving import check_json_target, terminal, write_json
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.comparison import Question, answer
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.comparison_folder import COMPARISON, CURVES, HTML, PDF, write_comparison
from perfusion_cam.report.comparison_page import comparison_text
from perfusion_cam.report.document import to_json
from perfusion_cam.thresholds import Profile
from perfusion_cam.types import Examination


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
    document = comparison_document(found)
    content = comparison_content(found, document["colour"])
    text = to_json(document)
    if json != "-":
        emit(comparison_text(content, *terminal()))
    if out is not None:
        write_comparison(found, content, text, out)
        if json != "-":
            emit(
                f"\nThe page is in {out / HTML} and {out / PDF}, the numbers in "
                f"{out / COMPARISON}, the plot in {out / CURVES}\n"
            )
    if json is not None:
        write_json(text, json)


def _analyze(path: Path) -> Examination:
    with shown_progress(f"analysing {path.name}") as progress:
        return analysis.analyze(path, on_progress=progress)
