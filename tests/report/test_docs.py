"""The documentation agrees with the program."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from perfusion_cam import errors
from perfusion_cam.quality import Flag
from perfusion_cam.report.tables import CURVE_COLUMNS
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.schema import result_schema

ROOT = Path(__file__).parents[2]
OUTPUT = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")


def test_flags_are_listed_as_they_are_defined():
    made = runpy.run_path(str(ROOT / "scripts" / "docs_flags.py"))
    assert made["with_table"](OUTPUT) == OUTPUT
    assert all(f"`{flag.value}`" in OUTPUT for flag in Flag)


@pytest.mark.parametrize("part", ["recording", "source", "press"])
def test_every_field_of_the_json_is_described(part):
    described = set(re.findall(r"`(\w+)`", OUTPUT))
    assert set(result_schema()["$defs"][part]["properties"]) <= described


def test_every_column_of_the_curve_is_described():
    assert all(f"| `{column}` |" in OUTPUT for column in CURVE_COLUMNS)


def test_every_exit_code_is_described():
    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    kinds = errors.PerfusionCamError.__subclasses__()
    assert {kind.exit_code for kind in kinds} | {0, 2, 70, 130} == listed | {70}


@pytest.mark.parametrize(
    "page", ["README.md", "docs/output.md", "docs/comparison.md", "docs/live.md"]
)
def test_research_use_only_words_stand_on_every_page(page):
    text = (ROOT / page).read_text(encoding="utf-8").replace("\n> ", " ")
    assert RESEARCH_USE_ONLY in text


@pytest.mark.parametrize(
    "page",
    ["README.md", "docs/output.md", "docs/comparison.md", "docs/live.md", "docs/exit-codes.md"],
)
def test_links_lead_somewhere(page):
    path = ROOT / page
    for link in re.findall(r"\]\((?!https)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), link
