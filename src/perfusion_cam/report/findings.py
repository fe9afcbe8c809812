"""What the rules say, as tables and lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfusion_cam.report.findings_words import (
    RULE_COLUMNS,
    ProfileWords,
    evaluation_notes,
    profile_words,
)
from perfusion_cam.thresholds import Evaluation, Profile


def evaluation_parts(evaluation: Evaluation, assumed: Sequence[str] = ()) -> list[RenderableType]:
    """Show every rule, where rules disagree, and what to know.

    Parameters
    ----------
    evaluation : Evaluation
    assumed : sequence of str
        What was taken because it was not given, a sentence each.
    """
    return findings_parts(profile_words(evaluation), [*assumed, *evaluation_notes(evaluation)])


def findings_parts(profiles: Iterable[ProfileWords], notes: Iterable[str]) -> list[RenderableType]:
    """Show what was said of every rule, and the notes."""
    parts: list[RenderableType] = []
    for one in profiles:
        table = [_findings_table(one.rows)] if one.rows else []
        lines = indented((*one.met, *one.sources, *one.others))
        parts += [profile_heading(one.profile), *table, *lines, Text()]
    return [*parts, *map(Text, notes)]


def profile_heading(profile: Profile) -> Text:
    """Name a profile with its version and hash."""
    facts = f"  {profile.version}, sha256 {profile.sha256[:12]}: {profile.title}"
    return Text.assemble((profile.id, "bold"), facts)


def indented(lines: Iterable[str]) -> list[Padding]:
    """Set lines in by two."""
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]


def _findings_table(rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(header_style="bold")
    for number, column in enumerate(RULE_COLUMNS):
        table.add_column(column, no_wrap=number == 0)
    for cells in rows:
        table.add_row(*map(Text, cells))
    return table
