from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
import synthetic
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from perfusion_cam.apps.cli import app
from perfusion_cam.errors import SourceError
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.schema import comparison_schema
from perfusion_cam.types import PressResult

VALID = Draft202012Validator(comparison_schema())
SIDES = ["--affected", "slow.mp4", "--unaffected", "fast.mp4"]
MARY = ["--sex", "f", "--age", 41]


@pytest.fixture(autouse=True)
def filmed(monkeypatch, tmp_path):
    """Let recordings be analysed by their name alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    def analyze(path, *, region=None, on_progress=None):
        if path.stem == "missing":
            raise SourceError(f"{path.name}: no such file")
        tau_s = 2.0 if path.stem == "slow" else 0.7
        first = PressResult(
            synthetic.press(), synthetic.site(), synthetic.curve(), synthetic.measured(tau_s=tau_s)
        )
        second = replace(first, press=synthetic.press(23.0, 28.0, 2), site=synthetic.site(460, 150))
        presses = {"quiet": (), "both": (first, second)}.get(path.stem, (first,))
        sha256 = f"{sum(path.name.encode()):064x}"
        return synthetic.examination(
            source=synthetic.source(path.name, sha256=sha256), presses=presses
        )

    monkeypatch.setattr("perfusion_cam.analysis.analyze", analyze)


def run(*arguments: object):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_page_says_all_in_the_order_it_matters():
    result = run(*SIDES, *MARY)
    assert result.exit_code == 0
    said = words(result.stdout)
    parts = [
        "The affected side takes 2.86 times as long to refill as the unaffected side (95 %: 1.",
        "4.61 s (95 %: ",
        "Ratio 2.86 (95 %: 1.",
        "by more than chance",
        "cannot be told from chance; single presses of a site",
        "│ sides-differ [2]",
        "What would make it more certain Press each side twice more",
        "When to look again Look again after 60 min.",
        "press 1 of slow.mp4: The skin became redder",
        "settings sha256",
        "affected: slow.mp4, sha256",
        RESEARCH_USE_ONLY,
    ]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)


def test_everything_is_written(tmp_path):
    out, target = tmp_path / "out", tmp_path / "a.json"
    result = run(*SIDES, *MARY, "--out", out, "--json", target)
    assert result.exit_code == 0
    assert {path.name for path in out.iterdir()} == {
        "comparison.json",
        "curves.png",
        "report.html",
        "report.pdf",
    }
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    content = json.loads(target.read_text())
    VALID.validate(content)
    assert content == json.loads((out / "comparison.json").read_text())
    assert str(out / "curves.png") in result.stdout


def test_json_on_standard_output_stands_alone():
    content = json.loads(run(*SIDES, "--json", "-").stdout)
    VALID.validate(content)
    assert content["comparison"]["n_affected"] == 1
    assert content["colour"] is None
    sexed = {one["rule"] for one in content["findings"] if "sex" in one["missing"]}
    assert "filler-occlusion/women-typical" in sexed


def test_both_sides_in_one_recording():
    content = json.loads(run("both.mp4", "--affected-is", "right", "--json", "-").stdout)
    VALID.validate(content)
    assert content["affected"]["presses"][0]["press"] == 2
    sites = ["--affected-site", "200,180,30", "--unaffected-site", "460,150,30"]
    content = json.loads(run("both.mp4", *sites, "--json", "-").stdout)
    assert content["affected"]["presses"][0]["press"] == 1
    assert content["settings"]["affected_site"] == {"kind": "circle", "numbers": [200, 180, 30]}


def test_a_comparison_is_a_baseline_of_the_next(tmp_path):
    run("--affected", "before.mp4", "--unaffected", "fast.mp4", "--out", tmp_path)
    result = run(*SIDES, "--baseline", tmp_path / "comparison.json", "--json", "-")
    content = json.loads(result.stdout)
    VALID.validate(content)
    assert content["baseline"]["change"]["ratio"] == pytest.approx(2.857, rel=1e-3)
    before = next(one for one in content["findings"] if one["rule"].endswith("before"))
    assert (before["verdict"], before["quantity"]) == ("beyond", "crt_baseline_ratio")


def test_no_press_is_an_incomplete_comparison_and_no_failure():
    result = run("--affected", "slow.mp4", "--unaffected", "quiet.mp4")
    assert result.exit_code == 0
    said = words(result.stdout)
    assert "Incomplete: the affected side cannot be compared with the unaffected side." in said
    assert "There is no press of the unaffected side." in said
    assert RESEARCH_USE_ONLY in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--affected", "a.mp4", "--unaffected", "a.mp4"], 8, "same recording is given twice"),
        (["--affected", "ab.mp4", "--unaffected", "ba.mp4"], 8, "(ab.mp4 and ba.mp4)"),
        (["--affected", "missing.mp4", "--unaffected", "a.mp4"], 3, "missing.mp4: no such file"),
        ([*SIDES, "--profile", "filler"], 7, "no profile 'filler'; known: filler-occlusion"),
        ([*SIDES, "--baseline", "none.json"], 8, "none.json"),
        (["both.mp4", "--affected-site", "1,1,0", "--unaffected-site", "1,2,3"], 5, "above 0 px"),
        (
            ["both.mp4", "--affected-site", "1,1,9", "--unaffected-site", "999,2,3"],
            5,
            "circle 999,2,3 lies outside",
        ),
    ],
)
def test_bad_input_is_one_line_and_a_documented_code(arguments, code, said):
    result = run(*arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("perfusion-cam: ")]
    assert said in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give recordings of the affected and of the unaffected side"),
        (["both.mp4"], "which of the two sides in the picture is affected?"),
        (["both.mp4", "--affected-is", "up"], "left or right, not 'up'"),
        ([*SIDES, "--affected-is", "left"], "only for a recording that shows both sides"),
        ([*SIDES, "--age", "-3"], "age must be 0 to 130 years, not -3"),
        ([*SIDES, "--sex", "x"], "unknown sex 'x': give f or m, or leave it out if not known"),
        ([*SIDES, "--site", "nostril"], "unknown site 'nostril'"),
        (["both.mp4", "--affected-site", "1,2"], "'1,2' should be X,Y,R in pixels"),
    ],
)
def test_wrong_usage(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in words(result.stderr)
    assert result.stdout == ""


def test_the_page_is_written_in_the_words_of_the_terminal(tmp_path):
    out = tmp_path / "out"
    for sides in (SIDES, ["--affected", "slow.mp4", "--unaffected", "quiet.mp4"]):
        said = words(run(*sides, "--out", out).stdout)
        html = (out / "report.html").read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
        answer = re.search('<p class="answer">(.*?)</p>', html)
        assert answer is not None
        assert answer[1] in said
        assert (out / "report.pdf").read_bytes().startswith(b"%PDF-")
        assert str(out / "report.html") in said


@pytest.mark.parametrize("file", ["report.html", "report.pdf"])
def test_a_page_that_cannot_be_written_is_one_line(tmp_path, file):
    (tmp_path / file).mkdir()
    result = run(*SIDES, "--out", tmp_path)
    assert result.exit_code == 4
    (line,) = [one for one in result.stderr.splitlines() if one.startswith("perfusion-cam: ")]
    assert f"cannot write {tmp_path / file}" in line
    assert (tmp_path / "comparison.json").exists()
    assert not list(tmp_path.glob(".*"))


def test_a_full_disk_is_one_line(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    result = run(*SIDES, "--out", tmp_path)
    assert result.exit_code == 4
    assert "No space left on device" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_found_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    result = run(*SIDES, "--out", tmp_path / "file")
    assert result.exit_code == 4
    assert result.stdout == ""


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from perfusion_cam.apps.cli import app\n"
        "try: app(['compare', '--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'numpy', 'rich', 'perfusion_cam.thresholds'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_from_python(monkeypatch):
    import perfusion_cam

    found = perfusion_cam.compare("slow.mp4", ["fast.mp4", "fast2.mp4"])
    assert len(found.comparison.unaffected.used) == 2
    assert found.comparison.sides.ratio == pytest.approx(2.857, rel=1e-3)
