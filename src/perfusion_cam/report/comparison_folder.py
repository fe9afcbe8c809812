"""The folder of a comparison: every file whole."""

from __future__ import annotations

import io
from pathlib import Path

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.report.atomic import write
from perfusion_cam.report.comparison_content import ComparisonContent
from perfusion_cam.report.comparison_figure import comparison_figure
from perfusion_cam.report.comparison_html import comparison_html
from perfusion_cam.report.comparison_pdf import comparison_pdf

COMPARISON, CURVES, HTML, PDF = "comparison.json", "curves.png", "report.html", "report.pdf"


def write_comparison(answer: Answer, content: ComparisonContent, json: str, folder: Path) -> None:
    """Write document, plot and page of a comparison.

    Parameters
    ----------
    answer : Answer
    content : ComparisonContent
    json : str
        The document.
    folder : Path

    Raises
    ------
    OutputError
    """
    # Numbers first: should the disk be nearly full, they matter most.
    write(folder / COMPARISON, json.encode())
    curves = io.BytesIO()
    comparison_figure(answer.comparison).savefig(curves, format="png")
    write(folder / CURVES, curves.getvalue())
    # A file's name need not be Unicode; the page always is.
    write(folder / HTML, comparison_html(answer, content).encode("utf-8", "replace"))
    write(folder / PDF, comparison_pdf(answer, content))
