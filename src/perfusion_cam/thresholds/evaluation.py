"""What profiles say of a measurement: every rule, then where they disagree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from perfusion_cam.thresholds.comparing import compare
from perfusion_cam.thresholds.finding import (
    Comparand,
    Conflict,
    Evaluation,
    Finding,
    Inapplicable,
    Verdict,
)
from perfusion_cam.thresholds.loading import shipped_profiles
from perfusion_cam.thresholds.measured import Reading, Subject
from perfusion_cam.thresholds.population import fit
from perfusion_cam.thresholds.profile import Profile, Rule
from perfusion_cam.thresholds.vocabulary import QUANTITIES, SEVERITIES, Endpoint

WITHIN = "Does not meet this rule; that does not rule out a blocked vessel."

_NOBODY = Subject()


def evaluate(
    readings: Sequence[Reading],
    subject: Subject = _NOBODY,
    *,
    profiles: Sequence[Profile] | None = None,
) -> Evaluation:
    """Say what every rule of some profiles says of a measurement.

    A rule about refill times gives one finding for each endpoint that was measured. Sources that
    disagree are both kept and named as a conflict. What a rule needs and nobody said makes it not
    assessable.

    Parameters
    ----------
    readings : sequence of Reading
        At most one for each quantity and endpoint.
    subject : Subject
    profiles : sequence of Profile, optional
        The shipped ones unless given.

    Raises
    ------
    ValueError
        Two readings are of the same quantity and endpoint.
    """
    _check_distinct(readings)
    chosen = shipped_profiles() if profiles is None else tuple(profiles)
    findings: list[Finding] = []
    not_applicable: list[Inapplicable] = []
    for profile in chosen:
        found: list[Finding] = []
        for rule in profile.rules:
            name = f"{profile.id}/{rule.id}"
            missing, excluded = fit(rule.population, subject)
            if excluded is not None:
                not_applicable.append(Inapplicable(name, excluded))
                continue
            found += [
                _finding(name, rule, readings, endpoint, missing)
                for endpoint in _endpoints(rule, readings)
            ]
        findings += _with_precedence(profile, found)
    conflicts = tuple(_conflicts(findings))
    return Evaluation(subject, chosen, tuple(findings), conflicts, tuple(not_applicable))


def _check_distinct(readings: Sequence[Reading]) -> None:
    seen: set[tuple[str, str | None]] = set()
    for reading in readings:
        key = (reading.quantity, reading.endpoint)
        if key in seen:
            raise ValueError(f"{reading.quantity} is given twice; give one reading of it")
        seen.add(key)


def _endpoints(rule: Rule, readings: Sequence[Reading]) -> tuple[Endpoint | None, ...]:
    if not any(QUANTITIES[condition.quantity].timed for condition in rule.conditions):
        return (None,)
    return tuple(one.endpoint for one in readings if one.endpoint is not None) or (None,)


def _finding(
    name: str,
    rule: Rule,
    readings: Sequence[Reading],
    endpoint: Endpoint | None,
    missing: tuple[str, ...],
) -> Finding:
    compared = tuple(compare(condition, readings, endpoint) for condition in rule.conditions)
    verdict, probability = _all_hold(compared)
    if verdict == "not_assessable":
        missing = (*missing, *(what for item in compared for what in item.missing))
    if missing:
        verdict, probability = "not_assessable", None
    return Finding(
        rule=name,
        verdict=verdict,
        probability_beyond=probability,
        severity=rule.severity,
        says=_says(rule, verdict, missing),
        look_again_s=rule.look_again_s if verdict in ("borderline", "beyond") else None,
        citation=rule.citation.text(),
        compared=compared,
        missing=missing,
        notes=tuple(dict.fromkeys(note for item in compared for note in item.notes)),
    )


def _all_hold(compared: Sequence[Comparand]) -> tuple[Verdict, float | None]:
    """Verdict and probability of all comparisons holding, their errors taken as independent."""
    probabilities = [item.probability_beyond for item in compared]
    known = [one for one in probabilities if one is not None]
    probability = math.prod(known) if len(known) == len(probabilities) else None
    verdicts = {item.verdict for item in compared}
    for verdict in ("within", "not_assessable", "borderline"):
        if verdict in verdicts:
            return verdict, probability
    return "beyond", probability


def _says(rule: Rule, verdict: Verdict, missing: tuple[str, ...]) -> str:
    match verdict:
        case "within":
            return WITHIN
        case "borderline":
            return f"The interval straddles the limit. If beyond: {rule.says}"
        case "not_assessable":
            return f"Not assessable without: {', '.join(missing)}."
    return rule.says


def _with_precedence(profile: Profile, found: Sequence[Finding]) -> Iterator[Finding]:
    """Let rules give way to those of their profile that were found beyond."""
    gives_way = {f"{profile.id}/{rule.id}": rule.gives_way_to for rule in profile.rules}
    beyond = {(one.rule, one.endpoint) for one in found if one.verdict == "beyond"}
    for finding in found:
        stronger = f"{profile.id}/{gives_way[finding.rule]}"
        if finding.verdict == "beyond" and (stronger, finding.endpoint) in beyond:
            yield replace(
                finding,
                says=f"Beyond what this rule is about: {stronger} takes its place.",
                look_again_s=None,
                superseded_by=stronger,
            )
        else:
            yield finding


def _conflicts(findings: Sequence[Finding]) -> Iterator[Conflict]:
    """Rules of one quantity of which one is met and another, no graver, is not.

    A graver rule not being met beside a milder one that is, is no conflict but a grade.
    """
    simple = [finding for finding in findings if len(finding.compared) == 1]
    for one, other in permutations(simple, 2):
        if (
            (one.verdict, other.verdict) == ("beyond", "within")
            and (one.main.quantity, one.endpoint) == (other.main.quantity, other.endpoint)
            and SEVERITIES.index(other.severity) <= SEVERITIES.index(one.severity)
        ):
            yield Conflict(one.rule, other.rule)
