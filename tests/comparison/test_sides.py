from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sided import press, recording, times

from perfusion_cam.comparison import compare_sides
from perfusion_cam.comparison.remarks import Mark
from perfusion_cam.thresholds import Subject, select_profiles
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose

ORDER = ["within", "borderline", "beyond"]
MARY = Subject(sex="f", age_years=41)


def compared(affected, unaffected, before=None, subject=MARY):
    return compare_sides(
        affected,
        unaffected,
        before=before,
        subject=subject,
        profiles=select_profiles(["filler-occlusion"]),
    )


def side(*crt_s):
    return times(*crt_s).presses


def verdicts(comparison):
    return {
        one.rule.partition("/")[2]: one.verdict
        for one in comparison.evaluation.findings
        if one.verdict != "not_assessable"
    }


def marks(comparison):
    return {remark.mark for remark in comparison.remarks}


def test_both_sides_and_before_are_judged():
    found = compared(side(4.4, 4.6), side(1.5, 1.6), side(1.4, 1.5))
    assert verdicts(found) == {
        "women-typical": "beyond",
        "impairment": "beyond",
        "over-three": "beyond",
        "fast-blue": "within",
        "sides-differ": "beyond",
        "slower-than-before": "beyond",
    }
    assert found.evaluation.subject.presses_a_side == 2
    assert found.earlier.change.ratio == pytest.approx(3.1, rel=0.02)


@settings(max_examples=25)
@given(
    st.lists(st.floats(0.5, 6.0), min_size=1, max_size=3),
    st.lists(st.floats(0.5, 6.0), min_size=1, max_size=3),
    st.floats(1.0, 4.0),
)
def test_slower_refill_never_gives_a_milder_verdict(affected, unaffected, factor):
    before = verdicts(compared(side(*affected), side(*unaffected)))
    slower = verdicts(compared(side(*(factor * one for one in affected)), side(*unaffected)))
    for rule, verdict in before.items():
        # fast-blue is the one rule about fast refill; others may come to need what nobody gave.
        if rule != "fast-blue" and rule in slower:
            assert ORDER.index(slower[rule]) >= ORDER.index(verdict)


def test_not_recovered_is_beyond_what_the_bound_allows():
    found = compared([press(lower_bound_s=12.0)], side(1.5))
    assert verdicts(found)["over-three"] == "beyond"
    assert verdicts(found)["sides-differ"] == "beyond"
    assert marks(found) == {Mark.NOT_RECOVERED}


@pytest.mark.parametrize(
    ("affected", "unaffected"),
    [([], side(1.5)), (side(1.5), []), ([press()], side(1.5)), (side(1.5), [press()]), ([], [])],
)
def test_a_side_without_a_measurable_press_leaves_the_comparison_incomplete(affected, unaffected):
    found = compared(affected, unaffected)
    assert found.sides.outcome == "incomplete"
    assert Mark.NOTHING_MEASURED in marks(found)
    assert "sides-differ" not in verdicts(found)
    assert found.advice[0].startswith("Press the ")
    if not any(one.crt_s for one in affected):
        assert set(verdicts(found)) == set()


def test_a_reference_that_did_not_recover_is_no_reference():
    found = compared(side(1.5), [press(lower_bound_s=12.0)])
    assert "sides-differ" not in verdicts(found)
    assert "cannot serve as a reference" in found.advice[0]
    neither = compared([press(lower_bound_s=9.0)], [press(lower_bound_s=12.0)])
    assert Mark.BOTH_NOT_RECOVERED in marks(neither)


def test_what_is_not_known_of_the_person_is_asked_for_and_not_guessed():
    found = compared(side(4.4), side(1.5), subject=Subject())
    assert "women-typical" not in verdicts(found)
    assert "Say sex and age of the person: some rules need it." in found.advice


@pytest.mark.parametrize(
    ("affected", "unaffected", "which"),
    [(1, 1, "each side"), (3, 1, "the unaffected side"), (1, 3, "the affected side")],
)
def test_more_presses_are_advised_where_they_help_most(affected, unaffected, which):
    found = compared(side(*[1.6] * affected), side(*[1.5] * unaffected))
    assert found.advice[0].startswith(f"Press {which} twice more, 2 min apart: ")


def test_enough_presses_or_a_clear_answer_need_no_more():
    assert compared(side(*[1.6] * 5), side(*[1.5] * 5)).advice == ()
    assert compared(side(4.0, 4.1), side(1.5, 1.5)).advice == ()


def test_remarks_tell_all_that_matters():
    soon = press(1.6, number=2, contact_s=30.0, release_s=35.0)
    assert marks(compared([press(1.5), soon], side(1.5))) == {Mark.REPEATED_SOON}
    assert marks(compared(side(1.5, 1.6), [press(1.5)])) == {Mark.REST_UNKNOWN}
    assert Mark.PRESSES_DISAGREE in marks(compared(side(1.5, 6.0), side(1.5)))
    mixed = [press(1.5), press(lower_bound_s=12.0, recording=recording("b.mp4"))]
    assert Mark.PRESSES_DISAGREE in marks(compared(mixed, side(1.5)))
    unusable = [press(1.5), press(number=2, contact_s=200.0, release_s=205.0)]
    assert marks(compared(unusable, side(1.5))) == {Mark.NOT_USABLE}
    away = press(1.5, number=2, contact_s=30.0, release_s=35.0, place_px=(500.0, 100.0))
    assert marks(compared([press(1.5), away], side(1.5))) == {Mark.SEVERAL_PLACES}


def test_a_press_left_out_is_named_with_what_it_would_change():
    found = compared(side(1.5, 1.6, 1.55, 9.0), side(1.5))
    said = [one.says for one in found.remarks if one.mark is Mark.LEFT_OUT]
    assert said[0] == (
        "Left out on the affected side: press 1 of 3.mp4, 9.00 s where the others are 1.50 to "
        "1.60 s."
    )
    assert said[1].startswith("With the presses left out the ratio would be ")


def test_nothing_is_called_normal_or_safe_and_no_dose_is_named():
    for affected in (side(1.5), side(4.4, 9.0), [press()], [press(lower_bound_s=12.0)]):
        found = compared(affected, side(1.5), side(1.4))
        for text in (*(one.says for one in found.remarks), *found.advice):
            assert without_all_clear(without_dose(text)) == text
