from __future__ import annotations

from dataclasses import replace

from synthetic_comparison import compared

from perfusion_cam.report.findings_words import (
    RULE_COLUMNS,
    VERDICT_COLUMN,
    profile_words,
    verdict_words,
)
from perfusion_cam.thresholds import Subject
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose

SUBJECT = Subject(sex="f", age_years=41)


def evaluation(affected="slow", unaffected="fast"):
    return compared(affected, unaffected, subject=SUBJECT).comparison.evaluation


def test_what_is_met_comes_first_and_the_gravest_before_the_rest():
    (words,) = profile_words(evaluation())
    told = [(row[VERDICT_COLUMN], row[1]) for row in words.rows]
    assert told[0] == ("beyond", "urgent")
    order = [("beyond", "borderline", "within").index(verdict) for verdict, _ in told]
    assert order == sorted(order)
    assert all(len(row) == len(RULE_COLUMNS) for row in words.rows)


def test_every_rule_is_told_once_with_its_source():
    found = evaluation()
    (words,) = profile_words(found)
    for one in found.findings:
        name = one.rule.partition("/")[2]
        if one.verdict == "not_assessable":
            assert any(name in line for line in words.others)
            continue
        (row,) = [row for row in words.rows if row[0].startswith(f"{name} [")]
        number = row[0].removeprefix(f"{name} ")
        assert f"{number} {one.citation}" in words.sources
        assert any(one.says in line for line in words.met) == (one.verdict != "within")


def test_verdicts_in_half_a_sentence():
    met = verdict_words(evaluation())
    assert met.startswith("beyond the limit of over-three (urgent), ")
    assert "sides-differ (notice)" in met
    assert verdict_words(evaluation("none", "none2")) == "no rule could be assessed"


def test_no_verdict_is_an_all_clear():
    found = evaluation("fast", "fast2")
    for verdicts in ({"within"}, {"within", "not_assessable"}):
        only = replace(
            found, findings=tuple(one for one in found.findings if one.verdict in verdicts)
        )
        words = verdict_words(only)
        assert "does not rule out a blocked vessel" in words
        assert without_all_clear(without_dose(words)) == words


def test_a_rule_that_gave_way_is_not_named_as_met():
    found = evaluation()
    beyond = [one for one in found.findings if one.verdict == "beyond"]
    gone = replace(beyond[0], superseded_by=beyond[1].rule)
    words = verdict_words(replace(found, findings=(gone, *beyond[1:])))
    assert beyond[0].rule.partition("/")[2] not in words
