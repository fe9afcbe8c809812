"""Profiles and what they say, as tables for the terminal and as JSON."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfusion_cam.apps.batch import terminal, write_json
from perfusion_cam.apps.failing import emit
from perfusion_cam.report.document import to_json
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.thresholds import Evaluation, Finding, Profile
from perfusion_cam.thresholds.describing import (
    described,
    endpoint_words,
    limit_words,
    look_again_words,
)
from perfusion_cam.thresholds.evaluation import WITHIN
from perfusion_cam.thresholds.finding import Comparand
from perfusion_cam.thresholds.profile import Rule
from perfusion_cam.thresholds.vocabulary import QUANTITIES


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
    sources = _indented(map(_source, profile.rules))
    _give(
        [_heading(profile), Text(profile.about), table, *sources],
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
    parts: list[RenderableType] = []
    for profile in evaluation.profiles:
        parts += [*_profile_part(profile, evaluation), Text()]
    for conflict in evaluation.conflicts:
        parts.append(Text(f"Rules disagree: beyond {conflict.beyond}, within {conflict.within}."))
    notes = [note for one in evaluation.findings for note in one.notes]
    if any(one.verdict == "within" for one in evaluation.findings):
        notes.append(f"within: {WITHIN[0].lower()}{WITHIN[1:]}")
    parts += map(Text, [*assumed, *dict.fromkeys(notes)])
    _give(parts, {"assumed": list(assumed), **evaluation.plain()}, json)


def _heading(profile: Profile) -> Text:
    facts = f"  {profile.version}, sha256 {profile.sha256[:12]}: {profile.title}"
    return Text.assemble((profile.id, "bold"), facts)


def _source(rule: Rule) -> str:
    again = "" if rule.look_again_s is None else look_again_words(rule.look_again_s)
    said = " ".join(filter(None, [rule.says, again, rule.note, endpoint_words(rule)]))
    return f"{rule.id}: {said} [{rule.citation.text()}]"


def _profile_part(profile: Profile, evaluation: Evaluation) -> list[RenderableType]:
    prefix = f"{profile.id}/"
    findings = [one for one in evaluation.findings if one.rule.startswith(prefix)]
    assessed = [one for one in findings if one.verdict != "not_assessable"]
    lines = [_said(one, prefix) for one in assessed if one.verdict != "within"]
    lacking: dict[str, list[str]] = {}
    for one in findings:
        if one.verdict == "not_assessable":
            lacking.setdefault(", ".join(one.missing), []).append(one.rule.removeprefix(prefix))
    lines += [f"not assessable without {what}: {', '.join(of)}" for what, of in lacking.items()]
    others = [
        f"{one.rule.removeprefix(prefix)} ({one.because})"
        for one in evaluation.not_applicable
        if one.rule.startswith(prefix)
    ]
    if others:
        lines.append(f"not about this case: {', '.join(others)}")
    table = [_findings_table(assessed, prefix)] if assessed else []
    return [_heading(profile), *table, *_indented(lines)]


def _said(finding: Finding, prefix: str) -> str:
    after_s = finding.look_again_s
    again = "" if after_s is None else f" {look_again_words(after_s)}"
    return f"{finding.rule.removeprefix(prefix)}: {finding.says}{again} [{finding.citation}]"


def _findings_table(findings: Sequence[Finding], prefix: str) -> Table:
    table = Table(header_style="bold")
    table.add_column("rule", no_wrap=True)
    for column in ("severity", "beyond where", "found", "verdict", "p(beyond)"):
        table.add_column(column)
    for one in findings:
        limits = " and ".join(map(limit_words, one.compared))
        found = " and ".join(map(_found, one.compared))
        chance = _chance(one.probability_beyond)
        cells = (one.rule.removeprefix(prefix), one.severity, limits, found, one.verdict, chance)
        table.add_row(*map(Text, cells))
    return table


def _found(item: Comparand) -> str:
    endpoint = f" {item.endpoint}" if item.endpoint else ""
    unit = item.unit if QUANTITIES[item.quantity].timed else ""
    if item.lower_bound is not None:
        return f"above {item.lower_bound:g} {unit}{endpoint}"
    if item.value is None:
        return f"{item.quantity} not given"
    interval = "" if item.ci95 is None else f" ({item.ci95[0]:g} to {item.ci95[1]:g})"
    return " ".join(f"{item.value:g} {unit}{endpoint}{interval}".split())


def _chance(probability: float | None) -> str:
    if probability is None:
        return "-"
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{probability * 100:.0f} %"


def _indented(lines: Iterable[str]) -> list[Padding]:
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]


def _give(parts: Sequence[RenderableType], content: dict[str, Any], json: str | None) -> None:
    if json != "-":
        width, colour = terminal()
        console = Console(file=io.StringIO(), width=width, force_terminal=colour, highlight=False)
        with console.capture() as captured:
            console.print(Group(*parts, Text(), Text(RESEARCH_USE_ONLY, style="italic")))
        emit("\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n")
    if json is not None:
        write_json(to_json({"notice": RESEARCH_USE_ONLY, **content}), json)
