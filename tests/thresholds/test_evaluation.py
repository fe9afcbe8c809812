from __future__ import annotations

import doctest
import json

import pytest
from cases import RULES
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam import thresholds
from perfusion_cam.thresholds import Conflict, Reading, Subject, evaluate, shipped_profiles
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose
from perfusion_cam.thresholds.vocabulary import PRESSES, SEVERITIES, SEXES, SITES

ORDER = ("within", "borderline", "beyond")
FILLER = "filler-occlusion"
NOBODY = Subject()


def crt(value=None, ci95=None, *, endpoint="visual", lower_bound=None) -> Reading:
    return Reading("crt", value, ci95, lower_bound, endpoint)


def by_rule(readings, subject=NOBODY, **options):
    found = evaluate(readings, subject, **options).findings
    return {one.rule: one for one in found}


def verdicts(readings, subject):
    return {
        rule.removeprefix(f"{FILLER}/"): one.verdict
        for rule, one in by_rule(readings, subject).items()
        if rule.startswith(FILLER)
    }


MAN = Subject(sex="m", age_years=40)
WOMAN = Subject(sex="f", age_years=41)
ELDER = Subject(sex="f", age_years=70)


class TestTheProtocol:
    @pytest.mark.parametrize(
        ("subject", "crt_s", "beyond"),
        [
            (MAN, 1.9, set()),
            (MAN, 2.0, set()),
            (MAN, 2.5, {"men-typical", "slow"}),
            (MAN, 3.0, {"men-typical", "slow", "impairment"}),
            (MAN, 3.1, {"men-typical", "slow", "impairment", "over-three"}),
            (WOMAN, 2.9, set()),
            (WOMAN, 3.0, {"impairment"}),
            (WOMAN, 3.4, {"women-typical", "impairment", "over-three"}),
            (ELDER, 3.4, {"impairment", "over-three"}),
            (ELDER, 4.1, {"elderly-typical", "impairment", "over-three"}),
        ],
    )
    def test_refill_times(self, subject, crt_s, beyond):
        found = verdicts([crt(crt_s)], subject)
        assert {rule for rule, verdict in found.items() if verdict == "beyond"} == beyond

    def test_slow_refill_asks_for_caution_only_below_three_seconds(self):
        slow = by_rule([crt(2.5)], MAN)[f"{FILLER}/slow"]
        assert "a cautious approach" in slow.says
        assert slow.superseded_by is None
        slower = by_rule([crt(3.5)], MAN)[f"{FILLER}/slow"]
        assert slower.verdict == "beyond"
        assert slower.superseded_by == f"{FILLER}/impairment"
        assert "cautious" not in slower.says
        unsure = by_rule([crt(2.9, (2.5, 3.3))], MAN)[f"{FILLER}/slow"]
        assert unsure.superseded_by is None

    def test_over_three_seconds_is_looked_at_hourly(self):
        found = by_rule([crt(3.5)])[f"{FILLER}/over-three"]
        assert found.look_again_s == 3600
        assert "color, capillary refill, and pain reduction" in found.says

    def test_fast_refill_with_blue_skin(self):
        def verdict(crt_s, duskiness):
            colour = [] if duskiness is None else [Reading("duskiness", duskiness)]
            times = [] if crt_s is None else [crt(crt_s)]
            return by_rule([*colour, *times])[f"{FILLER}/fast-blue"]

        assert verdict(1.0, 1.2).verdict == "beyond"
        assert verdict(1.0, 0.8).verdict == "within"
        assert verdict(3.5, 1.2).verdict == "within"
        assert verdict(3.5, None).verdict == "within"  # whatever the colour
        assert verdict(1.0, None).missing == ("duskiness",)
        assert verdict(None, 1.2).missing == ("crt",)

    def test_the_probability_of_both_is_the_product(self):
        dusky = Reading("duskiness", 1.0, (0.5, 1.5))
        found = by_rule([dusky, crt(3.0, (2.5, 3.6))])[f"{FILLER}/fast-blue"]
        assert found.verdict == "borderline"
        assert found.probability_beyond == pytest.approx(0.25)

    def test_no_improvement_matters_only_where_refill_is_slow(self):
        change = Reading("crt_change", 1.1)
        assert by_rule([change, crt(2.5)])[f"{FILLER}/no-improvement"].verdict == "beyond"
        assert by_rule([change, crt(1.2)])[f"{FILLER}/no-improvement"].verdict == "within"

    @pytest.mark.parametrize(
        ("ci95", "verdict"),
        [((1.2, 3.3), "beyond"), ((0.9, 4.4), "borderline"), (None, "not_assessable")],
    )
    def test_the_side_ratio_is_judged_by_its_interval(self, ci95, verdict):
        found = by_rule([Reading("crt_ratio", 2.0, ci95)])[f"{FILLER}/sides-differ"]
        assert found.verdict == verdict
        assert found.missing == (() if ci95 else ("the interval of crt_ratio",))


class TestWhatIsNotKnown:
    def test_without_sex_the_limits_of_men_and_women_are_not_assessable(self):
        found = by_rule([crt(3.5)], Subject(age_years=41))
        for rule in ("men-typical", "women-typical", "slow"):
            assert found[f"{FILLER}/{rule}"].missing == ("sex",)
        assert found[f"{FILLER}/impairment"].verdict == "beyond"

    def test_rules_of_others_are_named_with_the_reason(self):
        found = evaluate([crt(3.5)], WOMAN)
        reasons = {one.rule: one.because for one in found.not_applicable}
        assert reasons[f"{FILLER}/men-typical"] == "for men, 18 to under 65 years"
        assert "child/fleming-finger" in reasons
        assert not reasons.keys() & {one.rule for one in found.findings}

    def test_an_unlike_endpoint_that_the_rule_does_not_take_is_not_assessable(self):
        profile = shipped_profiles()[0]
        rule = next(rule for rule in profile.rules if rule.id == "impairment")
        strict = profile.model_copy(
            update={"rules": (rule.model_copy(update={"also_applied_to": ()}),)}
        )
        found = by_rule([crt(3.5, endpoint="t90")], profiles=[strict])[f"{FILLER}/impairment"]
        assert found.verdict == "not_assessable"
        assert found.missing == ("crt judged by eye",)

    def test_both_endpoints_give_a_finding_each(self):
        found = evaluate([crt(2.5), crt(3.5, endpoint="t90")])
        verdict = {
            one.endpoint: one.verdict for one in found.findings if one.rule.endswith("/impairment")
        }
        assert verdict == {"visual": "within", "t90": "beyond"}

    def test_without_an_interval_borderline_cannot_be_told_and_that_is_said(self):
        found = by_rule([crt(3.001)])[f"{FILLER}/over-three"]
        assert found.verdict == "beyond"
        assert found.probability_beyond is None
        assert any("borderline cannot be told" in note for note in found.notes)

    def test_the_same_twice_is_a_mistake_of_the_caller(self):
        with pytest.raises(ValueError, match="crt is given twice"):
            evaluate([crt(2.0), crt(3.0)])


class TestConflicts:
    def test_women_at_three_seconds(self):
        found = evaluate([crt(3.0)], WOMAN)
        rules = f"{FILLER}/impairment", f"{FILLER}/women-typical"
        assert found.conflicts == (Conflict(*rules),)

    def test_sources_that_disagree_are_both_kept(self):
        finger = Subject(sex="f", age_years=41, site="finger")
        found = evaluate([crt(3.2)], finger)
        assert Conflict("adult-finger/schriger-women", "adult-finger/anderson-adults") in (
            found.conflicts
        )
        kept = {one.rule for one in found.findings}
        assert {"adult-finger/schriger-women", "adult-finger/anderson-adults"} <= kept

    def test_grades_of_one_source_are_no_conflict(self):
        assert evaluate([crt(2.5)], MAN).conflicts == ()

    def test_borderline_disagrees_with_nobody(self):
        assert evaluate([crt(3.0, (2.8, 3.3))], WOMAN).conflicts == ()


def test_the_result_states_version_and_hash_and_is_plain():
    plain = evaluate([crt(3.4, (3.0, 3.9), endpoint="t90")], WOMAN).plain()
    again = json.loads(json.dumps(plain, allow_nan=False))
    assert [one["id"] for one in again["profiles"]] == [one.id for one in shipped_profiles()]
    assert all(len(one["sha256"]) == 64 and one["version"] for one in again["profiles"])
    finding = next(one for one in again["findings"] if one["rule"] == f"{FILLER}/over-three")
    asked = {
        "rule": f"{FILLER}/over-three",
        "verdict": "borderline",
        "value": 3.4,
        "ci95": [3.0, 3.9],
        "limit": 3.0,
        "unit": "s",
        "look_again_s": 3600.0,
        "missing": [],
        "limit_endpoint": "visual",
        "endpoint": "t90",
    }
    assert asked.items() <= finding.items()
    assert finding["probability_beyond"] == pytest.approx(0.975)
    assert "hyaluronidase" in finding["says"]
    assert "King 2020" in finding["citation"]


def test_the_example_of_the_package_holds():
    assert doctest.testmod(thresholds).failed == 0
    assert doctest.testmod(thresholds).attempted > 0


seconds = st.floats(0.05, 60)
subjects = st.builds(
    Subject,
    sex=st.none() | st.sampled_from(SEXES),
    age_years=st.none() | st.floats(0, 130),
    site=st.none() | st.sampled_from(SITES),
    press=st.none() | st.sampled_from(PRESSES),
    presses_a_side=st.none() | st.integers(1, 9),
)
signs = st.lists(st.builds(Reading, st.just("duskiness"), st.floats(0, 5)), max_size=1)


def gravest(evaluation) -> int:
    """Severity of the gravest rule that is or may be met; 0 for none."""
    met = (one for one in evaluation.findings if one.verdict in ("beyond", "borderline"))
    return max((SEVERITIES.index(one.severity) + 1 for one in met), default=0)


@given(seconds, seconds, subjects, st.sampled_from(["t90", "visual"]), st.floats(1, 2) | st.none())
def test_slower_refill_never_gives_a_milder_verdict(one_s, other_s, subject, endpoint, spread):
    def judged(value):
        ci95 = None if spread is None else (value / spread, value * spread)
        return by_rule([crt(value, ci95, endpoint=endpoint)], subject)

    fast, slow = judged(min(one_s, other_s)), judged(max(one_s, other_s))
    assert fast.keys() == slow.keys()
    for name, finding in fast.items():
        if finding.verdict == "not_assessable" or RULES[name].also:
            continue
        assert ORDER.index(finding.verdict) <= ORDER.index(slow[name].verdict)
        if finding.probability_beyond is not None:
            assert finding.probability_beyond <= slow[name].probability_beyond + 1e-9


@given(seconds, seconds, subjects, signs, st.floats(1, 2))
def test_slower_refill_never_calms_the_whole(one_s, other_s, subject, dusky, spread):
    # Blue skin warns only with fast refill; slow refill then warns by itself.
    def judged(value):
        return evaluate([crt(value, (value / spread, value * spread)), *dusky], subject)

    assert gravest(judged(min(one_s, other_s))) <= gravest(judged(max(one_s, other_s)))


@given(seconds, seconds, subjects)
def test_a_longer_lower_bound_never_takes_a_verdict_back(one_s, other_s, subject):
    short = by_rule([crt(lower_bound=min(one_s, other_s))], subject)
    long = by_rule([crt(lower_bound=max(one_s, other_s))], subject)
    for name, finding in short.items():
        if finding.verdict == "beyond":
            assert long[name].verdict == "beyond"
        assert RULES[name].also or finding.verdict != "within"


@given(st.floats(0.1, 10), st.floats(0.1, 10), st.floats(1, 3))
def test_a_larger_side_ratio_never_gives_a_milder_verdict(one, other, spread):
    less, more = (
        verdicts([Reading("crt_ratio", ratio, (ratio / spread, ratio * spread))], Subject())
        for ratio in sorted((one, other))
    )
    for rule, verdict in less.items():
        if verdict != "not_assessable":
            assert ORDER.index(verdict) <= ORDER.index(more[rule])


@given(seconds, st.floats(1, 3), subjects, signs)
def test_nothing_is_called_normal_or_safe_and_no_dose_is_named(value, spread, subject, dusky):
    evaluation = evaluate([crt(value, (value / spread, value * spread)), *dusky], subject)
    for finding in evaluation.findings:
        for text in (finding.says, finding.citation, *finding.notes):
            assert without_all_clear(without_dose(text)) == text
