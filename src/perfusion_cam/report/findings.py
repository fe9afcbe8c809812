"""What the rules say, as tables and lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from perfusion_cam.thresholds import Evaluation, Finding, Profile
from perfusion_cam.thresholds.describing import limit_words, look_again_words
from perfusion_cam.thresholds.evaluation import WITHIN
from perfusion_cam.thresholds.finding import Comparand
from perfusion_cam.thresholds.vocabulary import QUANTITIES


def evaluation_parts(evaluation: Evaluation, assumed: Sequence[str] = ()) -> list[RenderableType]:
    """Show every rule, where rules disagree, and what to know.

    Parameters
    ----------
    evaluation : Evaluation
    assumed : sequence of str
        What was taken because it was not given, a sentence each.
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
    return parts


def profile_heading(profile: Profile) -> Text:
    """Name a profile with its version and hash."""
    facts = f"  {profile.version}, sha256 {profile.sha256[:12]}: {profile.title}"
    return Text.assemble((profile.id, "bold"), facts)


def indented(lines: Iterable[str]) -> list[Padding]:
    """Set lines in by two."""
    return [Padding(Text(line), (0, 0, 0, 2)) for line in lines]


def _profile_part(profile: Profile, evaluation: Evaluation) -> list[RenderableType]:
    prefix = f"{profile.id}/"
    findings = [one for one in evaluation.findings if one.rule.startswith(prefix)]
    assessed = [one for one in findings if one.verdict != "not_assessable"]
    met = [one for one in assessed if one.verdict != "within"]
    sources = list(dict.fromkeys(one.citation for one in met))
    lines = [_said(one, prefix, 1 + sources.index(one.citation)) for one in met]
    lines += [f"[{number}] {source}" for number, source in enumerate(sources, start=1)]
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
    return [profile_heading(profile), *table, *indented(lines)]


def _said(finding: Finding, prefix: str, source: int) -> str:
    after_s = finding.look_again_s
    again = "" if after_s is None else f" {look_again_words(after_s)}"
    return f"{finding.rule.removeprefix(prefix)}: {finding.says}{again} [{source}]"


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
        return f"above {item.lower_bound:.3g} {unit}{endpoint}"
    if item.value is None:
        return f"{item.quantity} not given"
    interval = "" if item.ci95 is None else f" ({item.ci95[0]:.3g} to {item.ci95[1]:.3g})"
    return " ".join(f"{item.value:.3g} {unit}{endpoint}{interval}".split())


def _chance(probability: float | None) -> str:
    if probability is None:
        return "-"
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{probability * 100:.0f} %"
