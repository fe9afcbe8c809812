"""The result as a table for the terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfusion_cam.report.wording import RESEARCH_USE_ONLY, held, place, seconds, verdict
from perfusion_cam.types import Examination, Refill, SourceInfo

Row = tuple[str, str, Refill]
"""Site, hold, refill."""


def examination_text(examination: Examination, width: int, colour: bool = False) -> str:
    """Write what one recording gave: a table of presses, then the reasons.

    Parameters
    ----------
    examination : Examination
    width : int
        Characters a line.
    colour : bool
        Whether the terminal understands colour.
    """
    source = examination.source
    rows = [
        (place(result.site), held(result.press), result.refill) for result in examination.presses
    ]
    return _render(
        _heading(source), rows, [f"note: {warning}" for warning in source.warnings], width, colour
    )


def refill_text(
    title: str, refill: Refill, hold_s: float | None, width: int, colour: bool = False
) -> str:
    """Write what a colour trace gave, in the same form."""
    hold = "unknown" if hold_s is None else seconds(hold_s)
    return _render(Text(title, style="bold"), [("given", hold, refill)], [], width, colour)


def _heading(source: SourceInfo) -> Text:
    rate = "" if source.median_fps is None else f", {source.median_fps:.3g} pictures a second"
    facts = f"  {source.width} x {source.height}, {source.duration_s:.1f} s{rate}"
    return Text.assemble((source.file, "bold"), facts)


def _render(
    heading: Text, rows: Sequence[Row], notes: Sequence[str], width: int, colour: bool
) -> str:
    found = _table(rows) if rows else Text("No press found in this recording.")
    reasons = [
        Padding(Text(f"press {number}: {reason}"), (0, 0, 0, 2))
        for number, (_, _, refill) in enumerate(rows, start=1)
        for reason in refill.reasons
    ]
    lines = [Padding(Text(note), (0, 0, 0, 2)) for note in notes]
    end = Text(RESEARCH_USE_ONLY, style="italic")
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, highlight=False, soft_wrap=False
    )
    with console.capture() as captured:
        console.print(Group(heading, found, *reasons, *lines, Text(), end))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _table(rows: Sequence[Row]) -> Table:
    table = Table(header_style="bold")
    table.add_column("press", justify="right")
    table.add_column("site")
    table.add_column("hold", justify="right")
    table.add_column("capillary refill time")
    for number, (site, hold, refill) in enumerate(rows, start=1):
        table.add_row(str(number), Text(site), hold, Text(verdict(refill)))
    return table
