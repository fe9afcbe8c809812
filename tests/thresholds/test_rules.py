"""Every rule of every shipped profile at its limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import RULES, fulfilling, is_timed, others_of, reading_of, subject_of

from perfusion_cam.thresholds import Reading, Subject, evaluate

# Written by hand from the sources, not read from the profiles.
LIMITS = {
    "filler-occlusion/men-typical": ("crt", ">", 2.0),
    "filler-occlusion/women-typical": ("crt", ">", 3.0),
    "filler-occlusion/elderly-typical": ("crt", ">", 4.0),
    "filler-occlusion/slow": ("crt", ">", 2.0),
    "filler-occlusion/impairment": ("crt", ">=", 3.0),
    "filler-occlusion/over-three": ("crt", ">", 3.0),
    "filler-occlusion/no-improvement": ("crt_change", ">=", 1.0),
    "filler-occlusion/no-certain-improvement": ("crt_change", ">", 0.75),
    "filler-occlusion/fast-blue": ("duskiness", ">=", 1.0),
    "filler-occlusion/sides-differ": ("crt_ratio", ">", 1.0),
    "filler-occlusion/slower-than-before": ("crt_baseline_ratio", ">", 1.0),
    "adult-finger/schriger-men": ("crt", ">", 2.0),
    "adult-finger/schriger-women": ("crt", ">", 2.9),
    "adult-finger/schriger-elderly": ("crt", ">", 4.5),
    "adult-finger/anderson-adults": ("crt", ">", 3.5),
    "child/fleming-finger": ("crt", ">", 2.0),
    "child/fleming-chest-foot": ("crt", ">", 4.0),
    "child/fleming-abnormal": ("crt", ">=", 3.0),
    "septic-shock/andromeda": ("crt", ">", 3.0),
}
ALSO = {
    "filler-occlusion/no-improvement": ("crt", ">", 2.0),
    "filler-occlusion/fast-blue": ("crt", "<", 3.0),
}
every_rule = pytest.mark.parametrize("name", RULES)


def finding_of(name: str, readings: list[Reading], subject: Subject):
    (found,) = [one for one in evaluate(readings, subject).findings if one.rule == name]
    return found


def found_at(name: str, value: float, ci95=None):
    rule = RULES[name]
    return finding_of(name, [reading_of(rule, value, ci95), *others_of(rule)], subject_of(rule))


def test_every_rule_has_the_limit_of_its_source():
    assert {
        name: (rule.quantity, rule.comparison, rule.limit) for name, rule in RULES.items()
    } == LIMITS
    also = {
        name: [(one.quantity, one.comparison, one.limit) for one in rule.also]
        for name, rule in RULES.items()
        if rule.also
    }
    assert also == {name: [limit] for name, limit in ALSO.items()}


@every_rule
def test_below_at_and_above_the_limit(name):
    _, comparison, limit = LIMITS[name]
    assert found_at(name, limit - 1e-6).verdict == "within"
    assert found_at(name, limit).verdict == ("beyond" if comparison == ">=" else "within")
    assert found_at(name, limit + 1e-6).verdict == "beyond"


@every_rule
def test_the_limit_in_the_interval_is_borderline_with_a_probability(name):
    limit = LIMITS[name][2]
    low, middle, high = limit * 0.8, limit, limit * 1.25
    found = found_at(name, middle, (low, high))
    assert found.verdict == "borderline"
    assert found.main.probability_beyond == pytest.approx(0.5)
    assert found.says.startswith("The interval straddles the limit. If beyond: ")
    assert (found.probability_beyond is None) == bool(RULES[name].also)
    assert found.look_again_s == RULES[name].look_again_s


@every_rule
def test_an_interval_on_one_side_is_certain(name):
    limit = LIMITS[name][2]
    above = found_at(name, limit * 1.5, (limit * 1.01, limit * 2))
    assert above.verdict == "beyond"
    assert above.main.probability_beyond > 0.975
    below = found_at(name, limit * 0.7, (limit * 0.5, limit * 0.99))
    assert below.verdict == "within"
    assert below.main.probability_beyond < 0.025
    assert below.look_again_s is None
    assert "does not rule out a blocked vessel" in below.says


@every_rule
def test_a_lower_bound_past_the_limit_is_beyond_and_one_below_it_tells_nothing(name):
    rule, limit = RULES[name], LIMITS[name][2]

    def bounded(bound):
        reading = Reading(rule.quantity, lower_bound=bound, endpoint=rule.endpoint)
        return finding_of(name, [reading, *others_of(rule)], subject_of(rule))

    assert bounded(limit).verdict == "beyond"
    assert bounded(limit * 1.1).verdict == "beyond"
    short = bounded(limit * 0.9)
    assert short.verdict == "not_assessable"
    assert "lower bound" in short.missing[0]


@every_rule
def test_nothing_measured_is_not_assessable(name):
    rule = RULES[name]
    found = finding_of(name, [], subject_of(rule))
    assert found.verdict == "not_assessable"
    assert found.missing == tuple(one.quantity for one in rule.conditions)
    assert found.probability_beyond is None
    assert found.look_again_s is None


@every_rule
@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("sex", "sex"),
        ("age_years", "age"),
        ("site", "site"),
        ("press", "press"),
        ("presses_a_side", "presses a side"),
    ],
)
def test_what_nobody_said_is_missing_where_it_matters(name, field, said):
    rule = RULES[name]
    whom = rule.population
    matters = {
        "sex": whom.sex is not None,
        "age_years": whom.age_from_years is not None,
        "site": bool(whom.sites),
        "press": whom.press != "moderate_5s",
        "presses_a_side": whom.presses_from is not None,
    }
    readings = [fulfilling(rule), *others_of(rule)]
    found = finding_of(name, readings, replace(subject_of(rule), **{field: None}))
    if matters[field]:
        assert found.verdict == "not_assessable"
        assert found.missing == (said,)
        assert found.says == f"Not assessable without: {said}."
    else:
        assert found.verdict == "beyond"
        assert found.missing == ()


@every_rule
def test_time_limits_by_eye_are_marked_when_applied_to_t90(name):
    rule = RULES[name]
    if not any(map(is_timed, rule.conditions)):
        return
    readings = [fulfilling(rule), *others_of(rule)]
    by_eye = finding_of(name, readings, subject_of(rule))
    t90 = [replace(one, endpoint="t90") if one.endpoint else one for one in readings]
    applied = finding_of(name, t90, subject_of(rule))
    assert (by_eye.endpoint, applied.endpoint) == ("visual", "t90")
    assert applied.verdict == by_eye.verdict == "beyond"
    mark = "No paper gives the fraction at which an eye stops"
    assert any(mark in note for note in applied.notes)
    assert not any(mark in note for note in by_eye.notes)


@every_rule
def test_every_rule_leads_to_its_source(name):
    rule = RULES[name]
    citation = rule.citation
    assert citation.doi or citation.seed or citation.where
    assert (citation.doi or citation.seed or citation.where) in citation.text()
    if rule.id.startswith(("schriger", "anderson", "fleming")):
        assert citation.doi
        assert citation.year
