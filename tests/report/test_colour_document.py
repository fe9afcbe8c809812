"""Colours in both documents: they obey the schemas, and words stand only where signs were read."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import synthetic
from jsonschema import Draft202012Validator
from synthetic_comparison import compared, result

from perfusion_cam.report.colour_document import NONE_STANDS_OUT, SIGN_WORDS, colour_document, words
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.document import document, to_json
from perfusion_cam.schema import comparison_schema, result_schema
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose
from perfusion_cam.types import SkinColour
from skin_colours import colour, light

PLAIN, DUSKY = colour(), colour({"duskiness": 2.5})
UNREAD = colour(signs=(), delta_e_by_chance=None, placebos=0, reasons=("Too little skin.",))
SIDE_LIT = colour(light=light(slope=0.9))


@pytest.mark.parametrize("shown", [PLAIN, DUSKY, UNREAD, None])
def test_a_press_with_its_colour_obeys_the_schema(shown: SkinColour | None) -> None:
    presses = (result(synthetic.measured(), shown),)
    content = json.loads(to_json(document(synthetic.examination(presses=presses))))
    Draft202012Validator(result_schema()).validate(content)
    assert (content["presses"][0]["colour"] is None) == (shown is None)


@pytest.mark.parametrize(
    ("affected", "unaffected", "against"),
    [
        (DUSKY, PLAIN, "other_side"),
        (DUSKY, SIDE_LIT, "skin_beside"),
        (DUSKY, None, "skin_beside"),
        (None, PLAIN, None),
        (UNREAD, UNREAD, "other_side"),
    ],
)
def test_a_comparison_with_its_colours_obeys_the_schema(
    affected: SkinColour | None, unaffected: SkinColour | None, against: str | None
) -> None:
    told = json.loads(to_json(compared_document(affected, unaffected)))
    Draft202012Validator(comparison_schema()).validate(told)
    assert told["colour"]["rules_read_against"] == against
    for side, shown in (("affected", affected), ("unaffected", unaffected)):
        assert (told["colour"][side] is None) == (shown is None)


def compared_document(affected: SkinColour | None, unaffected: SkinColour | None) -> dict[str, Any]:
    colours = {"slow": affected, "fast": unaffected}
    return comparison_document(compared("slow", "fast", colours))


def test_without_any_colour_there_is_none() -> None:
    told = json.loads(to_json(compared_document(None, None)))
    Draft202012Validator(comparison_schema()).validate(told)
    assert told["colour"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"refused": ["Side light."]},
        {"delta_e_2000": None},
        {"signs": {"cyanosis": None}},
        {"more": 1},
    ],
)
def test_the_schema_refuses_colours_that_contradict_themselves(change: dict[str, Any]) -> None:
    told = json.loads(to_json(compared_document(DUSKY, PLAIN)))
    wrong = copy.deepcopy(told)
    wrong["colour"]["between"] |= change
    assert Draft202012Validator(comparison_schema()).is_valid(told)
    assert not Draft202012Validator(comparison_schema()).is_valid(wrong)


def test_refused_sides_have_no_words_of_colour() -> None:
    between = compared_document(DUSKY, SIDE_LIT)["colour"]["between"]
    assert between["says"] == []
    assert between["signs"] == {}
    assert between["refused"]


@pytest.mark.parametrize("name", SIGN_WORDS)
def test_a_sign_is_said_where_it_stands_out_and_with_doubt_where_that_is_in_doubt(name) -> None:
    sure, perhaps = (
        words(colour({name: strength}).signs, "the skin beside it") for strength in (3.0, 1.2)
    )
    assert len(sure) == len(perhaps) == 1
    assert SIGN_WORDS[name] in sure[0].lower()
    assert perhaps[0].startswith("Perhaps ")
    assert "the skin beside it" in sure[0]
    for sentence in (*sure, *perhaps):
        assert without_all_clear(without_dose(sentence)) == sentence


def test_nothing_seen_excludes_nothing_and_nothing_read_says_nothing() -> None:
    (sentence,) = words(PLAIN.signs, "the other side")
    assert sentence == NONE_STANDS_OUT.format(control="the other side")
    assert "excludes nothing" in sentence
    assert colour_document(UNREAD)["says"] == []
    assert colour_document(UNREAD)["reasons"] == ["Too little skin."]
