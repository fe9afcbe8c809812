"""A comparison as a PDF on A4, in the same words as everywhere."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.comparison.sides import Comparison
from perfusion_cam.report.comparison_content import ComparisonContent
from perfusion_cam.report.comparison_figure import draw_recoveries, legend_above
from perfusion_cam.report.comparison_pictures import CURVES_CAPTION, KEY, shrunk, side_pictures
from perfusion_cam.report.findings_words import RULE_COLUMNS, ProfileWords
from perfusion_cam.report.paper import BODY, ROOM_PT, SMALL, Paper, Style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDES_SHARES = (1.2, 2, 4, 1.4)
_RULES_SHARES = (2.3, 1.1, 2.4, 3, 1.3, 1.1)
_PRESSES_SHARES = (1.2, 3.2, 1, 3.4, 1)
_VERDICT_STYLES = {
    "beyond": Style(bold=True, colour="#8f3300"),
    "borderline": Style(bold=True, colour="#6b4800"),
}
_STILL_PT, _UPRIGHT_STILL_PT = 118.0, 190.0
_CURVES_WIDTH_PT, _CURVES_PT, _LEGEND_PT = 0.8 * ROOM_PT, 210.0, 46.0


def comparison_pdf(answer: Answer, content: ComparisonContent) -> bytes:
    """Write the page, and a second one where it needs that.

    Parameters
    ----------
    answer : Answer
        For its pictures.
    content : ComparisonContent
        For its words.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import PdfPages

    software = answer.examinations[0][1].software
    told = {
        "Title": content.title,
        "Subject": content.notice,
        "Creator": f"{software['name']} {software['version']}",
        "CreationDate": None,
    }
    written = io.BytesIO()
    # Type 42 keeps words as words, to be searched and copied.
    with warnings.catch_warnings(), rc_context({"pdf.fonttype": 42}):
        # A file may be named in letters that the font lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        with PdfPages(written, metadata=told) as pages:
            for sheet in comparison_sheets(answer, content):
                pages.savefig(sheet)
    return written.getvalue()


def comparison_sheets(answer: Answer, content: ComparisonContent) -> list[Figure]:
    """Lay the page out on sheets of A4."""
    paper = Paper(content.notice)
    paper.boxed(content.notice, Style(8, bold=True))
    paper.space(7)
    paper.words(content.title, Style(9, colour=SMALL.colour))
    paper.words(content.answer, Style(12, bold=True))
    paper.heading(content.sides.caption)
    drawn = [(shrunk(one.rgb), one.caption) for one in side_pictures(answer)]
    upright = any(rgb.shape[0] > rgb.shape[1] for rgb, _ in drawn)
    paper.pictures(drawn, highest_pt=_UPRIGHT_STILL_PT if upright else _STILL_PT)
    paper.words(KEY, SMALL)
    paper.space(3)
    paper.table(content.sides.columns, content.sides.rows, _SIDES_SHARES)
    for number, contrast in enumerate(content.contrasts):
        paper.heading(contrast.heading)
        if number == 0:
            _curves(paper, answer.comparison)
        for line in contrast.lines:
            paper.words(line)
    for profile in content.profiles:
        _rules(paper, profile)
    paper.space(3)
    for note in content.notes:
        paper.words(note, SMALL)
    for section in content.sections:
        paper.heading(section.heading)
        paper.points(section.lines)
    if content.presses is not None:
        paper.heading(content.presses.caption)
        paper.table(content.presses.columns, content.presses.rows, _PRESSES_SHARES)
        paper.space(3)
        paper.points(content.reasons, SMALL)
    paper.heading(content.provenance.heading)
    paper.points(content.provenance.lines, SMALL)
    return paper.finish()


def _curves(paper: Paper, comparison: Comparison) -> None:
    from matplotlib import rc_context

    with rc_context({"font.size": 8}):
        axes = paper.plot(_CURVES_WIDTH_PT, _CURVES_PT, above_pt=_LEGEND_PT)
        draw_recoveries(axes, comparison)
        legend_above(axes, text_pt=7.5)
    paper.words(CURVES_CAPTION, SMALL)
    paper.space(3)


def _rules(paper: Paper, words: ProfileWords) -> None:
    paper.heading(words.profile.title)
    if words.rows:
        paper.table(
            RULE_COLUMNS, words.rows, _RULES_SHARES, lambda cell: _VERDICT_STYLES.get(cell, BODY)
        )
        paper.space(3)
    paper.points(words.met)
    paper.points(words.others, SMALL)
    for source in words.sources:
        paper.words(source, SMALL)
