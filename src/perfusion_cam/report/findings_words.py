"""What the rules say, in the words and the order of every output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from perfusion_cam.thresholds import Evaluation, Finding, Profile
from perfusion_cam.thresholds.describing import limit_words, look_again_words
from perfusion_cam.thresholds.evaluation import WITHIN
from perfusion_cam.thresholds.finding import Comparand, Verdict
from perfusion_cam.thresholds.vocabulary import QUANTITIES, SEVERITIES

RULE_COLUMNS = ("rule", "severity", "beyond where", "found", "verdict", "p(beyond)")
VERDICT_COLUMN = RULE_COLUMNS.index("verdict")
_MET_WORDS = {"beyond": "beyond the limit of", "borderline": "borderline at the limit of"}
_ORDER: tuple[Verdict, ...] = ("beyond", "borderline", "within")


@dataclass(frozen=True, slots=True)
class ProfileWords:
    """What the rules of one profile say.

    Attributes
    ----------
    profile : Profile
    rows : tuple of tuple of str
        Cells of every rule that was assessed, under `RULE_COLUMNS`: those beyond first. The
        rule's own cell ends with the number of its source.
    met : tuple of str
        What each rule that is or may be met says.
    sources : tuple of str
        The sources, numbered.
    others : tuple of str
        Rules that were not assessed, and why.
    """

    profile: Profile
    rows: tuple[tuple[str, ...], ...]
    met: tuple[str, ...]
    sources: tuple[str, ...]
    others: tuple[str, ...]


def profile_words(evaluation: Evaluation) -> tuple[ProfileWords, ...]:
    """Say what the rules of every profile say."""
    return tuple(_words(profile, evaluation) for profile in evaluation.profiles)


def evaluation_notes(evaluation: Evaluation) -> tuple[str, ...]:
    """Say where rules disagree, and what to know about their verdicts."""
    disagreeing = [
        f"Rules disagree: beyond {conflict.beyond}, within {conflict.within}."
        for conflict in evaluation.conflicts
    ]
    notes = [note for one in evaluation.findings for note in one.notes]
    if any(one.verdict == "within" for one in evaluation.findings):
        notes.append(f"within: {WITHIN[0].lower()}{WITHIN[1:]}")
    return tuple(dict.fromkeys([*disagreeing, *notes]))


def verdict_words(evaluation: Evaluation) -> str:
    """Name the rules that are beyond or borderline, the gravest first, as half a sentence."""
    parts = []
    for verdict, words in _MET_WORDS.items():
        found = [
            one
            for one in _sorted(evaluation.findings)
            if one.verdict == verdict and one.superseded_by is None
        ]
        names = [f"{one.rule.partition('/')[2]} ({one.severity})" for one in found]
        if names:
            parts.append(f"{words} {', '.join(dict.fromkeys(names))}")
    if parts:
        return "; ".join(parts)
    if any(one.verdict == "within" for one in evaluation.findings):
        return "no rule's limit is reached, which does not rule out a blocked vessel"
    return "no rule could be assessed"


def _words(profile: Profile, evaluation: Evaluation) -> ProfileWords:
    prefix = f"{profile.id}/"
    findings = [one for one in evaluation.findings if one.rule.startswith(prefix)]
    assessed = _sorted(one for one in findings if one.verdict != "not_assessable")
    sources = list(dict.fromkeys(one.citation for one in assessed))
    numbers = [f"[{1 + sources.index(one.citation)}]" for one in assessed]
    lacking: dict[str, list[str]] = {}
    for one in findings:
        if one.verdict == "not_assessable":
            lacking.setdefault(", ".join(one.missing), []).append(one.rule.removeprefix(prefix))
    others = [f"not assessable without {what}: {', '.join(of)}" for what, of in lacking.items()]
    not_about = [
        f"{one.rule.removeprefix(prefix)} ({one.because})"
        for one in evaluation.not_applicable
        if one.rule.startswith(prefix)
    ]
    if not_about:
        others.append(f"not about this case: {', '.join(not_about)}")
    return ProfileWords(
        profile=profile,
        rows=tuple(_row(*of, prefix) for of in zip(assessed, numbers, strict=True)),
        met=tuple(
            _said(one, source, prefix)
            for one, source in zip(assessed, numbers, strict=True)
            if one.verdict != "within"
        ),
        sources=tuple(f"[{number}] {source}" for number, source in enumerate(sources, start=1)),
        others=tuple(others),
    )


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    """Assessed findings: beyond, borderline, within, and the gravest of each first."""
    known = [one for one in findings if one.verdict in _ORDER]
    return sorted(
        known, key=lambda one: (_ORDER.index(one.verdict), -SEVERITIES.index(one.severity))
    )


def _said(finding: Finding, source: str, prefix: str) -> str:
    after_s = finding.look_again_s
    again = "" if after_s is None else f" {look_again_words(after_s)}"
    return f"{finding.rule.removeprefix(prefix)}: {finding.says}{again} {source}"


def _row(finding: Finding, source: str, prefix: str) -> tuple[str, ...]:
    return (
        f"{finding.rule.removeprefix(prefix)} {source}",
        finding.severity,
        " and ".join(map(limit_words, finding.compared)),
        " and ".join(map(_found, finding.compared)),
        finding.verdict,
        _chance(finding.probability_beyond),
    )


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
