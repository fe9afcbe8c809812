from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import NamedTuple

import pytest
import synthetic
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from perfusion_cam.apps.cli import app
from perfusion_cam.errors import TraceError
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.schema import result_schema
from perfusion_cam.types import Refill, RefillCurve

VALID = Draft202012Validator(result_schema())


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def error_lines(result) -> list[str]:
    return [line for line in result.stderr.splitlines() if line.startswith("perfusion-cam: ")]


@pytest.mark.usefixtures("analysed")
class TestAnalyze:
    def test_prints_the_table_and_writes_everything(self, tmp_path):
        result = run("analyze", "a/clip.mp4", "--out", tmp_path / "out")
        assert result.exit_code == 0
        assert "1.84 s (95 %: 1.71 to 2.01 s)" in result.stdout
        assert RESEARCH_USE_ONLY in " ".join(result.stdout.split())
        folder = tmp_path / "out" / "clip"
        assert {path.name for path in folder.iterdir()} >= {"result.json", "still.png"}
        assert str(folder) in result.stdout

    def test_json_on_standard_output_stands_alone(self):
        result = run("analyze", "clip.mp4", "--json", "-")
        content = json.loads(result.stdout)
        VALID.validate(content)
        assert content["source"]["file"] == "clip.mp4"

    def test_several_recordings_make_a_collection(self, tmp_path):
        target = tmp_path / "deep" / "all.json"
        result = run("analyze", "a/clip.mp4", "b/clip.mp4", "--json", target, "--out", tmp_path)
        assert result.exit_code == 0
        content = json.loads(target.read_text())
        VALID.validate(content)
        assert len(content["recordings"]) == 2
        assert (tmp_path / "clip").is_dir()
        assert (tmp_path / "clip-2").is_dir()

    def test_one_bad_file_leaves_the_others_their_results(self, tmp_path):
        result = run(
            "analyze", "a.mp4", "missing.mp4", "bug.mp4", "b.mp4", "--out", tmp_path, "--json", "-"
        )
        assert result.exit_code == 3  # the first failure's
        content = json.loads(result.stdout)
        VALID.validate(content)
        assert [item["source"]["file"] for item in content["recordings"]] == ["a.mp4", "b.mp4"]
        assert [item["exit_code"] for item in content["failures"]] == [3, 70]
        assert len(error_lines(result)) == 2
        assert "Traceback" not in result.stderr
        assert (tmp_path / "b" / "result.json").exists()

    def test_a_bug_is_one_line_unless_debugging(self, monkeypatch):
        result = run("analyze", "bug.mp4")
        assert result.exit_code == 70
        (line,) = error_lines(result)
        assert "internal error" in line
        assert "ZeroDivisionError" in line
        monkeypatch.setenv("PERFUSION_CAM_DEBUG", "1")
        assert "Traceback" in run("analyze", "bug.mp4").stderr

    def test_nothing_pressed_is_a_result(self):
        result = run("analyze", "quiet.mp4")
        assert result.exit_code == 0
        assert "No press found" in result.stdout

    def test_interruption_keeps_what_was_finished(self, tmp_path):
        target = tmp_path / "all.json"
        result = run("analyze", "a.mp4", "interrupt.mp4", "b.mp4", "--json", target)
        assert result.exit_code == 130
        assert len(error_lines(result)) == 1
        assert len(json.loads(target.read_text())["recordings"]) == 1

    def test_region_outside_the_picture(self):
        result = run("analyze", "outside.mp4", "--site", "1,2,3")
        assert result.exit_code == 5
        assert error_lines(result) == [
            "perfusion-cam: outside.mp4: The circle lies outside the picture"
        ]

    @pytest.mark.parametrize(
        "options",
        [
            ["--site", "1,2"],
            ["--site", "1,2,x"],
            ["--site", "1,2,nan"],
            ["--box", "1,2,3"],
            ["--site", "1,2,3", "--box", "1,2,3,4"],
            ["--overlay"],
            ["--colour"],
        ],
    )
    def test_wrong_usage(self, options):
        result = run("analyze", "clip.mp4", *options)
        assert result.exit_code == 2
        assert options[-2 if len(options) > 1 else -1] in result.stderr

    @pytest.mark.parametrize("option", [["--site", "5,5,0"], ["--box", "0,0,-3,2"]])
    def test_an_empty_region(self, option):
        assert run("analyze", "clip.mp4", *option).exit_code == 5

    def test_folder_that_cannot_be_made_is_found_before_the_work(self, tmp_path):
        (tmp_path / "file").touch()
        result = run("analyze", "clip.mp4", "--out", tmp_path / "file")
        assert result.exit_code == 4
        assert len(error_lines(result)) == 1
        assert result.stdout == ""
        assert run("analyze", "clip.mp4", "--json", tmp_path).exit_code == 4

    def test_full_disk_is_told_and_the_table_still_printed(self):
        result = run("analyze", "clip.mp4", "--json", "/dev/full")
        assert result.exit_code == 4
        assert "No space left" in result.stderr
        assert "refill time" in result.stdout

    def test_overlay_is_made_from_a_second_reading(self, tmp_path, monkeypatch):
        pictures = [(0.0, synthetic.picture()), (0.1, synthetic.picture())]
        monkeypatch.setattr("perfusion_cam.apps.batch.upright_pictures", lambda _: iter(pictures))
        assert run("analyze", "clip.mp4", "--out", tmp_path, "--overlay").exit_code == 0
        assert (tmp_path / "clip" / "overlay.mp4").stat().st_size > 500


def command(*arguments: object) -> list[str]:
    code = "from perfusion_cam.apps.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_version():
    assert run("--version").stdout.startswith("perfusion-cam 0.")


def test_scenarios_are_listed_and_unknown_ones_named(tmp_path):
    assert "not-recovering" in run("simulate", "--list").stdout
    result = run("simulate", "nonsense", "--out", tmp_path / "a.mp4")
    assert result.exit_code == 2
    assert "not-recovering" in result.stderr
    assert run("simulate", "normal").exit_code == 2
    assert run("simulate", "normal", "--out", tmp_path / "a.txt").exit_code == 2


def test_missing_file_for_real():
    done = subprocess.run(command("analyze", "/no/such.mp4"), capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stdout == ""
    assert "such.mp4" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_nobody_reading_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command("simulate", "--list"), stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert done.returncode == 0
    assert done.stderr == b""


def test_help_imports_nothing_heavy_and_answers_at_once():
    code = (
        "import sys; from perfusion_cam.apps.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numpy', 'cv2', 'av', 'scipy', 'matplotlib', 'rich'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    def processor_s() -> float:
        before = os.times()
        subprocess.run(command("--help"), check=True, capture_output=True)
        after = os.times()
        used = after.children_user - before.children_user
        return used + after.children_system - before.children_system

    # Processor time: what the clock would say on a machine that does nothing else.
    assert min(processor_s() for _ in range(3)) < 0.3


@pytest.fixture
def traced(monkeypatch):
    def analyze_trace(path):
        if not path.exists():
            raise TraceError(f"{path.name}: no such file")
        return Traced(synthetic.curve(), synthetic.measured(), 3.0, 8.0)

    monkeypatch.setattr("perfusion_cam.analysis.analyze_trace", analyze_trace, raising=False)


class Traced(NamedTuple):
    curve: RefillCurve
    refill: Refill
    contact_s: float
    release_s: float


@pytest.mark.usefixtures("traced")
def test_trace_gives_table_json_and_plot(tmp_path):
    path = tmp_path / "site.csv"
    path.write_text("t,R,G,B\n")
    result = run("trace", path, "--out", tmp_path / "out", "--json", tmp_path / "a.json")
    assert result.exit_code == 0
    assert "1.84 s (95 %: 1.71 to 2.01 s)" in result.stdout
    VALID.validate(json.loads((tmp_path / "a.json").read_text()))
    written = {file.name for file in (tmp_path / "out" / "site").iterdir()}
    assert written == {"result.json", "presses.csv", "curve.csv", "press-1.png"}


@pytest.mark.usefixtures("traced")
def test_trace_that_is_missing(tmp_path):
    result = run("trace", tmp_path / "none.csv", "--json", "-")
    assert result.exit_code == 6
    assert result.stdout == ""
    assert error_lines(result) == ["perfusion-cam: none.csv: no such file"]
