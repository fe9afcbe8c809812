"""What the page of a comparison says, once for terminal, HTML and PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.sides import AFFECTED, BEFORE, UNAFFECTED, Comparison
from perfusion_cam.report.comparison_colour import colour_lines
from perfusion_cam.report.comparison_wording import (
    answer_words,
    contrast_words,
    counts_words,
    look_again,
    press_words,
    reading_words,
    spread_words,
)
from perfusion_cam.report.findings_words import ProfileWords, evaluation_notes, profile_words
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, seconds

TITLE = "Capillary refill: affected against unaffected side"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under named columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; none of them is empty."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonContent:
    """The page, in the order in which it is read.

    Attributes
    ----------
    title : str
    answer : str
        All of it in one sentence.
    sides : Table
    contrasts : tuple of Section
        What comparing gave: of the sides, and with before treatment.
    profiles : tuple of ProfileWords
    notes : tuple of str
        What to know about the rules' verdicts.
    sections : tuple of Section
        Colour, remarks, advice and when to look again, where there are such.
    presses : Table or None
    reasons : tuple of str
        What to know about single presses.
    provenance : Section
    notice : str
        Research use only.
    """

    title: str
    answer: str
    sides: Table
    contrasts: tuple[Section, ...]
    profiles: tuple[ProfileWords, ...]
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    presses: Table | None
    reasons: tuple[str, ...]
    provenance: Section
    notice: str


def comparison_content(
    answer: Answer, colour: Mapping[str, Any] | None = None
) -> ComparisonContent:
    """Say a comparison.

    Parameters
    ----------
    answer : Answer
    colour : mapping, optional
        The document's ``colour``.
    """
    comparison = answer.comparison
    return ComparisonContent(
        title=TITLE,
        answer=answer_words(comparison),
        sides=_sides(comparison),
        contrasts=tuple(_contrasts(comparison)),
        profiles=profile_words(comparison.evaluation),
        notes=evaluation_notes(comparison.evaluation),
        sections=tuple(one for one in _sections(comparison, colour) if one.lines),
        presses=_presses(comparison),
        reasons=tuple(_reasons(comparison)),
        provenance=Section("Where this comes from", tuple(_provenance(answer))),
        notice=RESEARCH_USE_ONLY,
    )


def _readings(comparison: Comparison) -> list[tuple[str, SideReading]]:
    readings = [("affected", comparison.affected), ("unaffected", comparison.unaffected)]
    if comparison.earlier is not None:
        readings.append(("before", comparison.earlier.reading))
    return readings


def _sides(comparison: Comparison) -> Table:
    rows = (
        (name, counts_words(one), reading_words(one), spread_words(one.within_site_sd))
        for name, one in _readings(comparison)
    )
    columns = ("side", "presses used", "capillary refill time of the site", "between presses")
    return Table("Both sides", columns, tuple(rows))


def _contrasts(comparison: Comparison) -> Iterator[Section]:
    yield Section(
        "Affected against unaffected side",
        tuple(contrast_words(comparison.sides, AFFECTED, UNAFFECTED)),
    )
    if comparison.earlier is not None:
        yield Section(
            "Now against before treatment, affected side",
            tuple(contrast_words(comparison.earlier.change, f"{AFFECTED} now", BEFORE)),
        )


def _sections(comparison: Comparison, colour: Mapping[str, Any] | None) -> Iterator[Section]:
    yield Section("Skin colour", tuple(colour_lines(colour)))
    yield Section("What to know", tuple(remark.says for remark in comparison.remarks))
    yield Section("What would make it more certain", comparison.advice)
    again = look_again(comparison)
    yield Section("When to look again", () if again is None else (again,))


def _presses(comparison: Comparison) -> Table | None:
    rows = []
    for name, reading in _readings(comparison):
        for index, press in enumerate(reading.presses):
            use = "left out" if index in reading.rejected else ""
            hold = "unknown" if press.hold_s is None else seconds(press.hold_s)
            where = f"{press.number} of {press.recording.file}"
            rows.append((name, where, hold, press_words(press), use))
    columns = ("side", "press", "hold", "capillary refill time of this press", "use")
    return Table("Presses", columns, tuple(rows)) if rows else None


def _reasons(comparison: Comparison) -> Iterator[str]:
    for name, reading in _readings(comparison):
        told = [(reason, press.name) for press in reading.presses for reason in press.reasons]
        for reason, names in _grouped(told).items():
            yield f"{name}, {', '.join(names)}: {reason}"


def _grouped(told: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Gather of whom each sentence is told, so that it need be read once only."""
    groups: dict[str, list[str]] = {}
    for sentence, whom in told:
        groups.setdefault(sentence, []).append(whom)
    return groups


def _provenance(answer: Answer) -> Iterator[str]:
    software = answer.examinations[0][1].software
    yield f"{software['name']} {software['version']}, settings sha256 {answer.settings_sha256[:12]}"
    for profile in answer.comparison.evaluation.profiles:
        yield f"rules: {profile.id} {profile.version}, sha256 {profile.sha256[:12]}"
    for role, item in answer.examinations:
        yield f"{role}: {item.source.file}, sha256 {item.source.sha256[:12]}"
    for one in () if answer.before is None else answer.before.recordings:
        yield f"before: {one.file}, sha256 {one.sha256[:12]}"
    sources = [item.source for _, item in answer.examinations]
    told = [(warning, source.file) for source in sources for warning in source.warnings]
    for warning, files in _grouped(told).items():
        yield f"note on {', '.join(files)}: {warning}"
