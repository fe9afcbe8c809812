"""The comparison as a whole: both sides, the site before, and what the rules say of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfusion_cam.comparison.advice import advice
from perfusion_cam.comparison.colours import SideColours, colour_readings, compare_colours
from perfusion_cam.comparison.comparability import differences
from perfusion_cam.comparison.contrasting import Contrast, contrast
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.readings import SideReading, combine
from perfusion_cam.comparison.remarking import about, about_rejected
from perfusion_cam.comparison.remarks import Mark, Remark
from perfusion_cam.thresholds import Evaluation, Profile, Reading, Subject, evaluate
from perfusion_cam.thresholds.vocabulary import Quantity

AFFECTED, UNAFFECTED, BEFORE = "affected side", "unaffected side", "site before treatment"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The affected site's reading from before treatment, and now over then."""

    reading: SideReading
    change: Contrast


@dataclass(frozen=True, slots=True)
class Comparison:
    """Affected against unaffected side.

    Attributes
    ----------
    affected, unaffected : SideReading
    sides : Contrast
        Affected over unaffected.
    earlier : Earlier or None
    colours : SideColours
    remarks : tuple of Remark
        What to know about it.
    evaluation : Evaluation
        What the rules say of the affected side.
    advice : tuple of str
        What would make it more certain.
    """

    affected: SideReading
    unaffected: SideReading
    sides: Contrast
    earlier: Earlier | None
    colours: SideColours
    remarks: tuple[Remark, ...]
    evaluation: Evaluation
    advice: tuple[str, ...]


def compare_sides(
    affected: Sequence[SidePress],
    unaffected: Sequence[SidePress],
    *,
    before: Sequence[SidePress] | None = None,
    subject: Subject,
    profiles: Sequence[Profile],
    remarks: Sequence[Remark] = (),
) -> Comparison:
    """Compare the presses of two sides, and those of the affected side with earlier ones.

    Parameters
    ----------
    affected, unaffected : sequence of SidePress
        Either may be empty: the comparison then is incomplete and says so.
    before : sequence of SidePress, optional
        The affected site before treatment.
    subject : Subject
        Its presses a side are filled in.
    profiles : sequence of Profile
    remarks : sequence of Remark
        What is known already.
    """
    one, other = combine(affected), combine(unaffected)
    sides = contrast(one, other)
    earlier = None
    if before is not None:
        reading = combine(before)
        earlier = Earlier(reading, contrast(one, reading))
    colours = compare_colours(affected, unaffected)
    measured = [*_measured(one, sides, earlier), *colour_readings(colours)]
    evaluation = evaluate(measured, _counted(subject, one, other), profiles=profiles)
    return Comparison(
        affected=one,
        unaffected=other,
        sides=sides,
        earlier=earlier,
        colours=colours,
        remarks=(*remarks, *_remarks(one, other, sides, earlier)),
        evaluation=evaluation,
        advice=tuple(advice(one, other, sides, evaluation)),
    )


def _counted(subject: Subject, one: SideReading, other: SideReading) -> Subject:
    fewest = min(len(one.used), len(other.used))
    return Subject(subject.sex, subject.age_years, subject.site, subject.press, fewest or None)


def _remarks(
    one: SideReading, other: SideReading, sides: Contrast, earlier: Earlier | None
) -> Iterator[Remark]:
    yield from about(one, AFFECTED)
    yield from about(other, UNAFFECTED)
    if one.status == other.status == "not_recovered":
        yield Remark(
            Mark.BOTH_NOT_RECOVERED,
            "Neither side recovered while it was watched, so nothing can be said of their ratio.",
        )
    yield from about_rejected(sides)
    yield from differences(one.used_presses, other.used_presses, (AFFECTED, UNAFFECTED))
    if earlier is not None:
        yield from about(earlier.reading, BEFORE)
        now = f"{AFFECTED} now"
        yield from differences(one.used_presses, earlier.reading.used_presses, (now, BEFORE))


def _measured(one: SideReading, sides: Contrast, earlier: Earlier | None) -> Iterator[Reading]:
    if one.crt_s is not None:
        yield Reading("crt", one.crt_s, one.crt_ci95_s, endpoint="t90")
    elif one.lower_bound_s is not None:
        yield Reading("crt", lower_bound=one.lower_bound_s, endpoint="t90")
    yield from _ratio("crt_ratio", sides)
    if earlier is not None:
        yield from _ratio("crt_baseline_ratio", earlier.change)


def _ratio(quantity: Quantity, found: Contrast) -> Iterator[Reading]:
    if found.ratio is not None:
        yield Reading(quantity, found.ratio, found.ratio_ci95)
    elif found.ratio_lower_bound is not None:
        yield Reading(quantity, lower_bound=found.ratio_lower_bound)
