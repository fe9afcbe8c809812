"""Limits, and whom they are for, in words."""

from __future__ import annotations

from perfusion_cam.thresholds.finding import Comparand
from perfusion_cam.thresholds.profile import Condition, Population, Rule
from perfusion_cam.thresholds.vocabulary import ENDPOINT_WORDS, PRESS_WORDS, SEX_WORDS, one_of


def limit_words(condition: Condition | Comparand) -> str:
    """Write a limit, such as ``crt > 3 s``."""
    return f"{condition.quantity} {condition.comparison} {condition.limit:g} {condition.unit}"


def endpoint_words(rule: Rule) -> str:
    """Say for which times a rule's limit was given and to which others it is applied.

    Returns
    -------
    str
        Nothing for a rule without times.
    """
    timed = next((one for one in rule.conditions if one.endpoint is not None), None)
    if timed is None or timed.endpoint is None:
        return ""
    applied = one_of(timed.also_applied_to) if timed.also_applied_to else ""
    marked = f"; applied, and marked, to {applied}" if applied else ""
    return f"For times {ENDPOINT_WORDS[timed.endpoint]}{marked}."


def look_again_words(after_s: float) -> str:
    """Say when to look again, such as ``Look again after 60 min.``"""
    return f"Look again after {after_s / 60:g} min."


def described(population: Population) -> str:
    """Say whom a limit is for, such as ``men, 18 to under 65 years, finger``."""
    parts = [
        SEX_WORDS[population.sex] if population.sex else "",
        age_words(population),
        one_of(site.replace("_", " ") for site in population.sites) if population.sites else "",
        presses_words(population),
        PRESS_WORDS[population.press] if population.press != "moderate_5s" else "",
    ]
    return ", ".join(filter(None, parts)) or "anyone"


def age_words(population: Population) -> str:
    """Say for which ages a limit is, or nothing for all."""
    return _range_words(population.age_from_years, population.age_below_years, "years")


def presses_words(population: Population) -> str:
    """Say for how many presses a side a limit is, or nothing for any number."""
    return _range_words(population.presses_from, population.presses_below, "presses a side")


def _range_words(start: float | None, end: float | None, of: str) -> str:
    if start is None and end is None:
        return ""
    if end is None:
        return f"{start:g} {of} or more"
    return f"under {end:g} {of}" if start is None else f"{start:g} to under {end:g} {of}"
