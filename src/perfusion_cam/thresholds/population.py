"""Whether a limit is about a person, a place and a press."""

from __future__ import annotations

from typing import NamedTuple

from perfusion_cam.thresholds.describing import age_words, described, presses_words
from perfusion_cam.thresholds.measured import Subject
from perfusion_cam.thresholds.profile import Population


class Fit(NamedTuple):
    """How a population fits a subject.

    Attributes
    ----------
    missing : tuple of str
        What is not known of the subject but matters to the limit.
    excluded : str or None
        Why the limit is not about the subject.
    """

    missing: tuple[str, ...]
    excluded: str | None


def fit(population: Population, subject: Subject) -> Fit:
    """Compare whom a limit is for with the subject; nothing unknown is guessed.

    An unknown press counts as the ordinary one, of 5 s; a press of its own must be said.
    """
    missing: list[str] = []
    excluded: list[str] = []
    for name, wanted, known, fits in (
        ("sex", population.sex, subject.sex, subject.sex == population.sex),
        ("age", age_words(population), subject.age_years, _age_fits(population, subject)),
        ("site", population.sites, subject.site, subject.site in population.sites),
        (
            "presses a side",
            presses_words(population),
            subject.presses_a_side,
            _presses_fit(population, subject),
        ),
        (
            "press",
            population.press if subject.press or population.press != "moderate_5s" else None,
            subject.press,
            subject.press == population.press,
        ),
    ):
        if not wanted:
            continue
        if known is None:
            missing.append(name)
        elif not fits:
            excluded.append(name)
    reason = f"for {described(population)}" if excluded else None
    return Fit(tuple(missing), reason)


def _age_fits(population: Population, subject: Subject) -> bool:
    return _in_range(subject.age_years, population.age_from_years, population.age_below_years)


def _presses_fit(population: Population, subject: Subject) -> bool:
    return _in_range(subject.presses_a_side, population.presses_from, population.presses_below)


def _in_range(known: float | None, start: float | None, end: float | None) -> bool:
    if known is None:
        return False
    return (start is None or known >= start) and (end is None or known < end)
