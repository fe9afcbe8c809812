from __future__ import annotations

import re

import pytest
from synthetic_comparison import KINDS, compared

from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_pdf import comparison_pdf, comparison_sheets
from perfusion_cam.report.wording import RESEARCH_USE_ONLY


def words_of(sheets):
    texts = (text.get_text() for sheet in sheets for text in sheet.texts)
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize(("affected", "unaffected"), KINDS)
def test_every_kind_of_comparison_gives_one_or_two_sheets(affected, unaffected):
    found = compared(affected, unaffected)
    content = comparison_content(found)
    pdf = comparison_pdf(found, content)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) in (1, 2)


@pytest.mark.parametrize(("affected", "unaffected"), KINDS)
def test_the_sheets_say_what_every_output_says(affected, unaffected):
    found = compared(affected, unaffected)
    content = comparison_content(found)
    sheets = comparison_sheets(found, content)
    said = words_of(sheets)
    lines = [content.title, content.answer]
    for section in (*content.contrasts, *content.sections):
        lines += [section.heading, *section.lines]
    for profile in content.profiles:
        lines += [*profile.met, *profile.others]
    # A paragraph may go on over the foot of a sheet.
    foot = re.compile(re.escape(RESEARCH_USE_ONLY) + r" \d of \d")
    flowing = " ".join(foot.sub("", said).split())
    for line in lines:
        assert line in flowing
    for sheet in sheets:
        assert RESEARCH_USE_ONLY in words_of([sheet])


def test_five_presses_a_side_fit_on_two_sheets():
    names = ("slow slow-1 slow-2 slow-3 never", "fast fast-1 fast-2 fast-3 faster")
    found = compared(*names)
    assert len(comparison_sheets(found, comparison_content(found))) == 2


def test_it_names_nobody_and_is_the_same_twice():
    found = compared("slow", "fast")
    content = comparison_content(found)
    pdf = comparison_pdf(found, content)
    assert pdf == comparison_pdf(found, content)
    assert b"/Author" not in pdf
    assert b"/CreationDate" not in pdf
    assert b"/Creator (perfusion-cam 0.1.0)" in pdf


def test_names_of_files_are_no_formulas():
    found = compared("slow$x^2$", "fast")
    assert "slow$x^2$.mp4" in words_of(comparison_sheets(found, comparison_content(found)))


@pytest.mark.parametrize(
    "name", ["fast\udce9", "fast\N{CJK UNIFIED IDEOGRAPH-6F22}", "fast" + 90 * "X"]
)
def test_no_name_of_a_file_is_a_reason_to_fail(name):
    found = compared("slow", name)
    assert comparison_pdf(found, comparison_content(found)).startswith(b"%PDF-")
