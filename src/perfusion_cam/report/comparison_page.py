"""A comparison as one page for the terminal, to be read in a minute."""

from __future__ import annotations

import io

from rich import table as rich_table
from rich.console import Console, Group, RenderableType
from rich.text import Text

from perfusion_cam.report.comparison_content import ComparisonContent, Table
from perfusion_cam.report.findings import findings_parts, indented


def comparison_text(content: ComparisonContent, width: int, colour: bool = False) -> str:
    """Write the page.

    Parameters
    ----------
    content : ComparisonContent
    width : int
        Characters a line.
    colour : bool
        Whether the terminal understands colour.
    """
    parts: list[RenderableType] = [
        _heading(content.title),
        Text(content.answer),
        _table(content.sides),
    ]
    for number, contrast in enumerate(content.contrasts):
        parts += [Text(), _heading(contrast.heading)] if number else []
        parts += map(Text, contrast.lines)
    parts += [Text(), *findings_parts(content.profiles, content.notes)]
    for section in content.sections:
        parts += [Text(), _heading(section.heading), *indented(section.lines)]
    if content.presses is not None:
        parts += [Text(), _heading(content.presses.caption), _table(content.presses)]
    parts += indented(content.reasons)
    parts += [Text(), *indented(content.provenance.lines), Text()]
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
    with console.capture() as captured:
        console.print(Group(*parts, Text(content.notice, style="italic")))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _heading(words: str) -> Text:
    return Text(words, style="bold")


def _table(table: Table) -> rich_table.Table:
    drawn = rich_table.Table(header_style="bold")
    for column in table.columns:
        drawn.add_column(column, justify="right" if column == "hold" else "left")
    for cells in table.rows:
        drawn.add_row(*map(Text, cells))
    return drawn
