"""Profiles and what they say, as tables for the terminal and as JSON."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.giving import terminal, write_json
from perfusion_cam.report.document import to_json
from perfusion_cam.report.findings import evaluation_parts, indented, profile_heading
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.thresholds import Evaluation, Profile
from perfusion_cam.thresholds.describing import (
    described,
    endpoint_words,
    limit_words,
    look_again_words,
)
from perfusion_cam.thresholds.profile import Rule


def give_list(profiles: Sequence[Profile], json: str | None) -> None:
    """Print or write which profiles there are.

    Parameters
    ----------
    profiles : sequence of Profile
    json : str or None
        A file, ``-`` for standard output instead of the table, or None.

    Raises
    ------
    OutputError
        Here as in the other functions: the file cannot be written.
    """
    table = Table(header_style="bold")
    for column in ("profile", "version", "rules", "title", "from", "sha256"):
        table.add_column(column, justify="right" if column == "rules" else "left")
    for one in profiles:
        cells = (one.id, one.version, str(len(one.rules)), one.title, one.origin, one.sha256[:12])
        table.add_row(*map(Text, cells))
    listed = [
        {
            "id": one.id,
            "version": one.version,
            "sha256": one.sha256,
            "title": one.title,
            "origin": one.origin,
            "rules": len(one.rules),
        }
        for one in profiles
    ]
    _give([table], {"profiles": listed}, json)


def give_profile(profile: Profile, json: str | None) -> None:
    """Print or write every rule of a profile."""
    table = Table(header_style="bold")
    table.add_column("rule", no_wrap=True)
    for column in ("beyond where", "for", "severity", "evidence", "read in"):
        table.add_column(column)
    for rule in profile.rules:
        limits = " and ".join(map(limit_words, rule.conditions))
        cells = (rule.id, limits, described(rule.population), rule.severity)
        table.add_row(*map(Text, (*cells, rule.evidence, rule.read_in)))
    sources = indented(map(_source, profile.rules))
    _give(
        [profile_heading(profile), Text(profile.about), table, *sources],
        {"profile": profile.model_dump(mode="json")},
        json,
    )


def give_evaluation(evaluation: Evaluation, assumed: Sequence[str], json: str | None) -> None:
    """Print or write what the rules say.

    Parameters
    ----------
    evaluation : Evaluation
    assumed : sequence of str
        What was taken because it was not given, a sentence each.
    json : str or None
    """
    parts = evaluation_parts(evaluation, assumed)
    _give(parts, {"assumed": list(assumed), **evaluation.plain()}, json)


def _source(rule: Rule) -> str:
    again = "" if rule.look_again_s is None else look_again_words(rule.look_again_s)
    said = " ".join(filter(None, [rule.says, again, rule.note, endpoint_words(rule)]))
    return f"{rule.id}: {said} [{rule.citation.text()}]"


def _give(parts: Sequence[RenderableType], content: dict[str, Any], json: str | None) -> None:
    if json != "-":
        width, colour = terminal()
        console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
        with console.capture() as captured:
            console.print(Group(*parts, Text(), Text(RESEARCH_USE_ONLY, style="italic")))
        emit("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")
    if json is not None:
        write_json(to_json({"notice": RESEARCH_USE_ONLY, **content}), json)
