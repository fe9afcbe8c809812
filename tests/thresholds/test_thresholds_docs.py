"""docs/thresholds.md agrees with the profiles and the code."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from cases import RULES

from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.thresholds import Reading, evaluate
from perfusion_cam.thresholds.phrasing import without_dose
from perfusion_cam.thresholds.vocabulary import QUANTITIES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "thresholds.md").read_text(encoding="utf-8")


def test_rules_are_listed_as_they_are_shipped():
    made = runpy.run_path(str(ROOT / "scripts" / "docs_thresholds.py"))
    assert made["with_tables"](TEXT) == TEXT
    assert all(f"| `{rule.id}` |" in TEXT for rule in RULES.values())


def test_every_field_of_the_json_is_described():
    described = set(re.findall(r"`(\w+)`", TEXT))
    plain = evaluate([Reading("crt", 3.0, endpoint="t90")]).plain()
    assert plain.keys() <= described
    assert plain["findings"][0].keys() <= described
    assert plain["profiles"][0].keys() <= described
    assert QUANTITIES.keys() <= described


@pytest.mark.parametrize("unit", sorted({meaning.unit for meaning in QUANTITIES.values()}))
def test_every_unit_is_given(unit):
    assert f"| {unit} |" in TEXT


def test_research_use_only_words_stand_on_the_page_and_no_dose():
    assert RESEARCH_USE_ONLY in TEXT.replace("\n> ", " ")
    assert without_dose(TEXT) == TEXT
