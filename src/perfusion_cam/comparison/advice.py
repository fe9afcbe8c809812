"""What would make a comparison more certain."""

from __future__ import annotations

from collections.abc import Iterator

from perfusion_cam.comparison.contrasting import Contrast
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.variation import smallest_detectable_ratio
from perfusion_cam.thresholds import Evaluation, Subject

MORE_PRESSES = 2
ENOUGH_PRESSES = 5


def advice(
    affected: SideReading, unaffected: SideReading, sides: Contrast, evaluation: Evaluation
) -> Iterator[str]:
    """Say what to do for more certainty, a sentence each, the most telling first."""
    for side, name in ((affected, "affected"), (unaffected, "unaffected")):
        if not side.used:
            yield f"Press the {name} side and film it: no press there could be measured."
    if affected.used and unaffected.used:
        if unaffected.status == "not_recovered":
            yield (
                "The unaffected side did not recover and cannot serve as a reference: film longer, "
                "or press skin that is surely healthy."
            )
        else:
            yield from _more_presses(affected, unaffected, sides)
    lacking = [word for word in _lacking(evaluation.subject) if _asked_for(word, evaluation)]
    if lacking:
        yield f"Say {' and '.join(lacking)} of the person: some rules need it."


def _more_presses(affected: SideReading, unaffected: SideReading, sides: Contrast) -> Iterator[str]:
    now = (len(affected.used), len(unaffected.used))
    if sides.outcome != "compared" or min(now) >= ENOUGH_PRESSES:
        return
    low, high = sides.ratio_ci95 or (0.0, 0.0)
    if not low <= 1 <= high and min(now) > 1:
        return
    then = tuple(count + MORE_PRESSES if count <= min(now) else count for count in now)
    which = "each side" if now[0] == now[1] else _side_with(min(now), now)
    yield (
        f"Press {which} twice more, 2 min apart: the smallest ratio that can be told from chance "
        f"then falls from {sides.smallest_detectable_ratio:.2f} to about "
        f"{smallest_detectable_ratio(*then):.2f}."
    )


def _side_with(count: int, counts: tuple[int, int]) -> str:
    return "the affected side" if counts[0] == count else "the unaffected side"


def _lacking(subject: Subject) -> list[str]:
    return [
        word
        for word, known in (
            ("sex", subject.sex),
            ("age", subject.age_years),
            ("site", subject.site),
        )
        if known is None
    ]


def _asked_for(word: str, evaluation: Evaluation) -> bool:
    return any(word in finding.missing for finding in evaluation.findings)
