"""The command ``validate``, with clips that are not rendered."""

import json

import pytest
from typer.testing import CliRunner

from perfusion_cam.apps.cli import app
from perfusion_cam.validation import measuring
from perfusion_cam.validation.scoring import ClipScore


@pytest.fixture
def run(monkeypatch):
    """Run the command; every clip is empty, some end the run."""
    seen = []

    def measure(case, clips, keep):
        if case.name == "mixed-2":
            raise KeyboardInterrupt
        seen.append(case.name)
        return ClipScore(case.name, case.factor, case.level, 0.2, ())

    monkeypatch.setattr(measuring, "measure_case", measure)
    return lambda *args: (CliRunner().invoke(app, ["validate", "--jobs", "1", *args]), seen)


def test_a_grid_is_measured_printed_and_written(run, tmp_path):
    result, seen = run("--grid", "mixed", "--mixes", "2", "--out", str(tmp_path))
    assert result.exit_code == 0
    assert seen == ["mixed-0", "mixed-1"]
    assert "2 clips, 0 presses" in result.stdout
    assert json.loads((tmp_path / "validation.json").read_text())["clips"][1]["name"] == "mixed-1"


def test_json_to_standard_output_stands_alone(run, tmp_path):
    result, _ = run("--grid", "mixed", "--mixes", "1", "--out", str(tmp_path), "--json", "-")
    assert json.loads(result.stdout)["summary"]["overall"]["clips"] == 1


def test_what_was_measured_before_an_interruption_is_kept_and_not_measured_again(run, tmp_path):
    result, seen = run("--grid", "mixed", "--mixes", "3", "--out", str(tmp_path))
    assert result.exit_code == 130
    assert "2 clips" in result.stdout
    run("--grid", "mixed", "--mixes", "2", "--out", str(tmp_path))
    assert seen == ["mixed-0", "mixed-1"]


def test_one_factor_can_be_asked_for(run, tmp_path):
    result, seen = run("--quick", "--factor", "tool", "--out", str(tmp_path))
    assert result.exit_code == 0
    assert seen
    assert all(name.startswith("tool-") for name in seen)


def test_a_factor_can_be_looked_at_in_more_clips(run, tmp_path):
    result, seen = run("--quick", "--factor", "skin type", "--turns", "3", "--out", str(tmp_path))
    assert result.exit_code == 0
    assert seen == [f"skin-type-{kind}-{turn}" for kind in range(1, 7) for turn in range(3)]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--grid", "huge"],
        ["--factor", "moon"],
        ["--jobs", "0"],
        ["--turns", "0"],
        ["--grid", "mixed", "--turns", "2"],
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(run, tmp_path, wrong):
    result, seen = run(*wrong, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert seen == []
