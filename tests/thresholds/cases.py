"""Subjects and readings that a rule is about."""

from __future__ import annotations

from perfusion_cam.thresholds import Reading, Rule, Subject, shipped_profiles
from perfusion_cam.thresholds.profile import Condition
from perfusion_cam.thresholds.vocabulary import QUANTITIES

RULES: dict[str, Rule] = {
    f"{profile.id}/{rule.id}": rule for profile in shipped_profiles() for rule in profile.rules
}


def subject_of(rule: Rule) -> Subject:
    """Somebody whom a rule is about."""
    whom = rule.population
    return Subject(
        sex=whom.sex,
        age_years=whom.age_from_years,
        site=whom.sites[0] if whom.sites else None,
        press=whom.press,
        presses_a_side=whom.presses_from,
    )


def reading_of(condition: Condition, value: float, ci95=None) -> Reading:
    """A value of what a condition compares, with the endpoint of its source.

    One that needs an interval gets one without width.
    """
    if condition.needs_interval and ci95 is None:
        ci95 = (value, value)
    return Reading(condition.quantity, value, ci95, endpoint=condition.endpoint)


def fulfilling(condition: Condition) -> Reading:
    """A value far beyond a condition's limit."""
    factor = 4.0 if condition.comparison in (">", ">=") else 0.25
    return reading_of(condition, condition.limit * factor)


def others_of(rule: Rule) -> list[Reading]:
    """What else must hold, holding."""
    return [fulfilling(condition) for condition in rule.also]


def is_timed(condition: Condition) -> bool:
    return QUANTITIES[condition.quantity].timed
