from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from synthetic_comparison import KINDS, compared

from perfusion_cam.comparison.remarks import Mark
from perfusion_cam.quality import Flag
from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.comparison_figure import comparison_figure, recoveries_figure
from perfusion_cam.report.comparison_page import comparison_text
from perfusion_cam.report.document import to_json
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.schema import comparison_schema
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose
from perfusion_cam.thresholds.vocabulary import QUANTITIES

VALID = Draft202012Validator(comparison_schema())
PAGE = Path(__file__).parents[2] / "docs" / "comparison.md"


def page_of(found):
    return comparison_text(comparison_content(found), 100)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(comparison_schema())


@pytest.mark.parametrize(("affected", "unaffected"), KINDS)
def test_every_kind_of_comparison_is_written_and_drawn(affected, unaffected, tmp_path):
    found = compared(affected, unaffected)
    content = json.loads(to_json(comparison_document(found)))
    VALID.validate(content)
    assert content["notice"] == RESEARCH_USE_ONLY
    page = " ".join(page_of(found).split())
    assert page.endswith(RESEARCH_USE_ONLY)
    for text in (*content["comparison"]["remarks"], *content["advice"]):
        assert text in page
        assert without_all_clear(without_dose(text)) == text
    figure = comparison_figure(found.comparison)
    figure.savefig(tmp_path / "a.png")
    assert RESEARCH_USE_ONLY in [text.get_text() for text in figure.texts]


def test_a_bound_is_no_number():
    content = comparison_document(compared("never", "fast"))
    assert content["comparison"]["outcome"] == "bounded"
    assert content["comparison"]["ratio"] is None
    assert content["affected"]["crt_s"] is None
    page = page_of(compared("never", "fast"))
    assert re.search(r"Ratio \d\.\d\d or more, difference \+\d\.\d\d s or more \(97\.5 %\)\.", page)
    assert "not back after 12.0 s" in page
    swapped = page_of(compared("fast", "never"))
    assert "Ratio 0." in swapped
    assert "or less" in swapped


def test_an_interval_open_above_is_said_as_open():
    content = comparison_document(compared("open", "fast"))
    assert content["affected"]["presses"][0]["crt_ci95_s"] == [1.2, None]
    assert content["affected"]["n_not_recovered"] == 1
    assert "1.84 s (95 %: above 1.20 s)" in comparison_text(
        comparison_content(compared("open", "fast")), 100
    )


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("comparison", {"ratio": None}),
        ("comparison", {"ratio_lower_bound": 2.0}),
        ("comparison", {"outcome": "bounded"}),
        ("comparison", {"flags": ["all_good"]}),
        ("affected", {"crt_s": None}),
        ("affected", {"lower_bound_s": 3.0}),
        ("affected", {"more": 1}),
        ("subject", {"age_years": -1}),
    ],
)
def test_the_schema_refuses_contradictions(part, change):
    content = json.loads(to_json(comparison_document(compared("slow", "fast"))))
    VALID.validate(content)
    content[part] |= change
    assert not VALID.is_valid(content)


def test_the_schema_names_what_there_is():
    schema = comparison_schema()
    flags = schema["properties"]["comparison"]["properties"]["flags"]["items"]["enum"]
    assert flags == [mark.value for mark in Mark]
    of_presses = schema["$defs"]["press"]["properties"]["flags"]["items"]["enum"]
    assert set(of_presses) == {flag.value for flag in Flag}
    assert schema["$defs"]["finding"]["properties"]["quantity"]["enum"] == list(QUANTITIES)


def test_every_curve_and_both_times_are_drawn():
    axes = comparison_figure(compared("slow", "fast faster").comparison).axes[0]
    fits = [line for line in axes.lines if line.get_linewidth() == 2 and len(line.get_xdata()) > 9]
    assert len(fits) == 3
    assert {line.get_color() for line in fits} == {"#D55E00", "#0072B2"}
    assert len(axes.collections) == 3  # the bands
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert any(text.startswith("affected side: 4.61 s (95 %: ") for text in legend)


@pytest.mark.parametrize(("unaffected", "named"), [("fast", True), ("none", False)])
def test_beside_words_only_sides_with_a_curve_are_explained(unaffected, named):
    figure = recoveries_figure(compared("slow", unaffected).comparison, 4, 4)
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend[0] == "affected side"
    assert ("unaffected side" in legend) == named


def test_page_and_docs_describe_every_field():
    described = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    schema = comparison_schema()
    for part in (schema, schema["properties"]["comparison"], schema["$defs"]["reading"]):
        assert set(part["properties"]) <= described
    assert {mark.value for mark in Mark} <= described
