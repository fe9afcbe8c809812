"""A comparison as one page for the terminal, to be read in a minute."""

from __future__ import annotations

import io

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.sides import AFFECTED, BEFORE, UNAFFECTED, Comparison
from perfusion_cam.report.comparison_wording import (
    contrast_words,
    counts_words,
    look_again,
    press_words,
    reading_words,
    spread_words,
)
from perfusion_cam.report.findings import evaluation_parts, indented
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, seconds


def comparison_text(answer: Answer, width: int, colour: bool = False) -> str:
    """Write the page.

    Parameters
    ----------
    answer : Answer
    width : int
        Characters a line.
    colour : bool
        Whether the terminal understands colour.
    """
    comparison = answer.comparison
    parts: list[RenderableType] = [_heading("Affected against unaffected side"), _sides(comparison)]
    parts += map(Text, contrast_words(comparison.sides, AFFECTED, UNAFFECTED))
    if comparison.earlier is not None:
        parts += [Text(), _heading("Now against before treatment, affected side")]
        parts += map(Text, contrast_words(comparison.earlier.change, f"{AFFECTED} now", BEFORE))
    parts += [Text(), *evaluation_parts(comparison.evaluation)]
    parts += _listed("What to know", [remark.says for remark in comparison.remarks])
    parts += _listed("What would make it more certain", list(comparison.advice))
    again = look_again(comparison)
    parts += _listed("When to look again", [] if again is None else [again])
    if any(reading.presses for _, reading in _readings(comparison)):
        parts += [Text(), _heading("Presses"), _presses(comparison)]
    parts += indented(_reasons(comparison))
    parts += [Text(), *indented(_provenance(answer)), Text()]
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
    with console.capture() as captured:
        console.print(Group(*parts, Text(RESEARCH_USE_ONLY, style="italic")))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _heading(words: str) -> Text:
    return Text(words, style="bold")


def _listed(heading: str, lines: list[str]) -> list[RenderableType]:
    if not lines:
        return []
    return [Text(), _heading(heading), *indented(lines)]


def _readings(comparison: Comparison) -> list[tuple[str, SideReading]]:
    readings = [("affected", comparison.affected), ("unaffected", comparison.unaffected)]
    if comparison.earlier is not None:
        readings.append(("before", comparison.earlier.reading))
    return readings


def _sides(comparison: Comparison) -> Table:
    table = Table(header_style="bold")
    for column in ("side", "presses used", "capillary refill time of the site", "between presses"):
        table.add_column(column)
    for name, reading in _readings(comparison):
        spread = spread_words(reading.within_site_sd)
        table.add_row(name, counts_words(reading), reading_words(reading), spread)
    return table


def _presses(comparison: Comparison) -> Table:
    table = Table(header_style="bold")
    for column in ("side", "press", "hold", "capillary refill time of this press", ""):
        table.add_column(column, justify="right" if column == "hold" else "left")
    for name, reading in _readings(comparison):
        for index, press in enumerate(reading.presses):
            use = "left out" if index in reading.rejected else ""
            hold = "unknown" if press.hold_s is None else seconds(press.hold_s)
            where = f"{press.number} of {press.recording.file}"
            table.add_row(name, Text(where), hold, press_words(press), use)
    return table


def _reasons(comparison: Comparison) -> list[str]:
    return [
        f"{name}, {press.name}: {reason}"
        for name, reading in _readings(comparison)
        for press in reading.presses
        for reason in press.reasons
    ]


def _provenance(answer: Answer) -> list[str]:
    software = answer.examinations[0][1].software
    lines = [
        f"{software['name']} {software['version']}, settings sha256 {answer.settings_sha256[:12]}",
        *(
            f"{role}: {item.source.file}, sha256 {item.source.sha256[:12]}"
            for role, item in answer.examinations
        ),
    ]
    if answer.before is not None:
        lines += [
            f"before: {one.file}, sha256 {one.sha256[:12]}" for one in answer.before.recordings
        ]
    warnings = [
        f"note on {item.source.file}: {warning}"
        for _, item in answer.examinations
        for warning in item.source.warnings
    ]
    return lines + warnings
