"""From recordings to their comparison."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from perfusion_cam.comparison.assigning import Assigned, Half, by_half, by_site, within
from perfusion_cam.comparison.earlier import EarlierResult, read_result
from perfusion_cam.comparison.pressed import SidePress, presses_of, recording_of
from perfusion_cam.comparison.sides import Comparison, compare_sides
from perfusion_cam.errors import ComparisonError
from perfusion_cam.settings import Region
from perfusion_cam.thresholds import Profile, Subject, select_profiles
from perfusion_cam.types import Examination

DEFAULT_PROFILES = ("filler-occlusion",)

Analyze = Callable[[Path], Examination]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be compared with what: checked when made.

    Attributes
    ----------
    affected, unaffected : tuple of Path
        Recordings of one side each.
    both : tuple of Path
        Or recordings that show both sides.
    affected_site, unaffected_site : Region or None
        Where the sides are: needed, or `affected_is`, for recordings that show both.
    affected_is : "left", "right" or None
        Where the affected side is in the upright picture.
    baseline : Path or None
        A result of the affected site from before treatment.
    subject : Subject

    Raises
    ------
    ValueError
        Something is missing or contradicts itself.
    ComparisonError
        One recording is given twice.
    """

    affected: tuple[Path, ...] = ()
    unaffected: tuple[Path, ...] = ()
    both: tuple[Path, ...] = ()
    affected_site: Region | None = None
    unaffected_site: Region | None = None
    affected_is: Half | None = None
    baseline: Path | None = None
    subject: Subject = field(default_factory=Subject)

    def __post_init__(self) -> None:
        if self.affected_is not in (None, "left", "right"):
            raise ValueError(f"the affected side is left or right, not '{self.affected_is}'")
        if self.both:
            self._check_both()
        elif not self.affected or not (self.unaffected or self.baseline):
            raise ValueError(
                "give recordings of the affected and of the unaffected side, or one that shows both"
            )
        elif self.affected_is is not None:
            raise ValueError("left or right is only for a recording that shows both sides")
        _check_distinct(
            (path.name, str(path.resolve()))
            for path in (*self.affected, *self.unaffected, *self.both)
        )

    def _check_both(self) -> None:
        if self.affected or self.unaffected:
            raise ValueError("give recordings of one side each, or such that show both, not a mix")
        sites = (self.affected_site, self.unaffected_site)
        if self.affected_is is None and None in sites:
            raise ValueError(
                "which of the two sides in the picture is affected? Say left or right, or give "
                "the affected and the unaffected site"
            )
        if self.affected_is is not None and sites != (None, None):
            raise ValueError("say left or right, or give sites, not both")

    def settings(self) -> dict[str, Any]:
        """Write what was asked as plain values, files without their folders."""
        return {
            "affected": [path.name for path in self.affected],
            "unaffected": [path.name for path in self.unaffected],
            "both": [path.name for path in self.both],
            "affected_site": None if self.affected_site is None else asdict(self.affected_site),
            "unaffected_site": None
            if self.unaffected_site is None
            else asdict(self.unaffected_site),
            "affected_is": self.affected_is,
            "baseline": None if self.baseline is None else self.baseline.name,
            "subject": asdict(self.subject),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A comparison with where it comes from.

    Attributes
    ----------
    question : Question
    comparison : Comparison
    examinations : tuple of (role, Examination)
        The role is ``affected``, ``unaffected`` or ``both``.
    before : EarlierResult or None
        What was read from before treatment.
    """

    question: Question
    comparison: Comparison
    examinations: tuple[tuple[str, Examination], ...]
    before: EarlierResult | None = None

    @property
    def settings_sha256(self) -> str:
        """Hash of what was asked."""
        text = json.dumps(self.question.settings(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def answer(
    question: Question, analyze: Analyze, profiles: Sequence[Profile] | None = None
) -> Answer:
    """Analyse the recordings and compare the sides.

    Parameters
    ----------
    question : Question
    analyze : callable (path) -> Examination
    profiles : sequence of Profile, optional
        That for filler injections unless given.

    Raises
    ------
    SourceError
        A recording cannot be read.
    ComparisonError
        One recording is given twice, or the earlier result is none.
    RegionError
        A site lies outside a picture.
    ProfileError
        A profile cannot be read.
    """
    chosen = select_profiles(DEFAULT_PROFILES) if profiles is None else profiles
    before = None if question.baseline is None else read_result(question.baseline)
    examinations = tuple(
        (role, analyze(path))
        for role in ("affected", "unaffected", "both")
        for path in getattr(question, role)
    )
    _check_regions(question, examinations)
    recordings = [recording_of(item) for _, item in examinations]
    recordings += () if before is None else before.recordings
    _check_distinct((one.file, one.sha256) for one in recordings)
    sides = _assigned(question, examinations)
    comparison = compare_sides(
        sides.affected,
        sides.unaffected,
        before=None if before is None else before.presses,
        subject=question.subject,
        profiles=chosen,
        remarks=sides.remarks,
    )
    return Answer(question, comparison, examinations, before)


def _assigned(question: Question, examinations: Sequence[tuple[str, Examination]]) -> Assigned:
    presses = {
        role: tuple(_presses(item for name, item in examinations if name == role))
        for role in ("affected", "unaffected", "both")
    }
    sites = (question.affected_site, question.unaffected_site)
    if question.affected_is is not None:
        return by_half(presses["both"], question.affected_is)
    if question.both:
        assert sites[0] is not None
        assert sites[1] is not None
        return by_site(presses["both"], sites[0], sites[1])
    remarks = []
    for role, site in zip(("affected", "unaffected"), sites, strict=True):
        if site is not None:
            presses[role], told = within(presses[role], site)
            remarks += told
    return Assigned(presses["affected"], presses["unaffected"], tuple(remarks))


def _presses(examinations: Iterable[Examination]) -> Iterator[SidePress]:
    for examination in examinations:
        yield from presses_of(examination)


def _check_regions(question: Question, examinations: Sequence[tuple[str, Examination]]) -> None:
    for role, site in (
        ("affected", question.affected_site),
        ("unaffected", question.unaffected_site),
    ):
        for filmed, item in examinations:
            if site is not None and filmed in (role, "both"):
                site.check_inside(item.source.width, item.source.height)


def _check_distinct(recordings: Iterable[tuple[str, str]]) -> None:
    """Raise where one recording (name, what tells it apart) is given twice."""
    seen: dict[str, str] = {}
    for name, key in recordings:
        if key in seen:
            same = name if name == seen[key] else f"{seen[key]} and {name}"
            raise ComparisonError(
                f"the same recording is given twice ({same}); give each press once, and another "
                "recording for the other side"
            )
        seen[key] = name
