from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from perfusion_cam.apps.cli import app
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.thresholds import shipped_profiles

ISSUE = ["--crt", "3.4", "--ci", "3.0", "3.9", "--sex", "f", "--age", "41"]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "perfusion-cam" / "profiles"
    folder.mkdir(parents=True)
    return folder


def run(*arguments: object):
    return CliRunner().invoke(app, ["thresholds", *map(str, arguments)])


def words(text: str) -> str:
    return " ".join(text.split())


def test_list_names_every_profile():
    result = run("list")
    assert result.exit_code == 0
    for profile in shipped_profiles():
        assert profile.id in result.stdout
        assert profile.sha256[:12] in result.stdout
    assert RESEARCH_USE_ONLY in words(result.stdout)


def test_show_gives_limits_words_and_sources():
    result = run("show", "child")
    assert result.exit_code == 0
    said = words(result.stdout)
    assert "fleming-chest-foot" in said
    assert "crt > 4 s" in said
    assert "doi:10.1136/archdischild-2014-307079" in said
    assert "For times judged by eye; applied, and marked, to t90." in said
    assert RESEARCH_USE_ONLY in said


def test_check_says_verdicts_reasons_and_what_was_taken():
    result = run("check", *ISSUE)
    assert result.exit_code == 0
    said = words(result.stdout)
    assert "3.4 s t90 (3 to" in said
    assert "borderline" in said
    assert "98 %" in said
    assert "The time is taken as t90" in said
    assert "No paper gives the fraction at which an eye stops" in said
    assert "Look again after 60 min." in said
    assert "not assessable without site, press: andromeda" in said
    assert "men-typical (for men, 18 to under 65 years)" in said
    assert "does not rule out a blocked vessel" in said
    assert RESEARCH_USE_ONLY in said


def test_check_says_where_rules_disagree():
    result = run("check", "--crt", 3, "--sex", "f", "--age", 41, "--endpoint", "visual")
    said = words(result.stdout)
    assert (
        "Rules disagree: beyond filler-occlusion/impairment, within "
        "filler-occlusion/women-typical." in said
    )
    assert "taken as t90" not in said


def checked(*arguments: object):
    """Findings of a check by rule, without the profile's name."""
    content = json.loads(run("check", *arguments, "--json", "-").stdout)
    return {one["rule"].partition("/")[2]: one for one in content["findings"]}


def test_everything_that_can_be_given_is_used():
    found = checked(
        *["--lower-bound", 12, "--ratio", 2, "--ratio-ci", 1.7, 2.4, "--presses", 1],
        *["--change", 1.2, "--change-ci", 1.1, 1.3, "--colour", "duskiness=1.4"],
        *["--profile", "filler-occlusion", "--sex", "m", "--age", 41],
    )
    assert {rule: one["verdict"] for rule, one in found.items()} == {
        "men-typical": "beyond",
        "slow": "beyond",
        "impairment": "beyond",
        "over-three": "beyond",
        "no-improvement": "beyond",
        "no-certain-improvement": "beyond",
        "fast-blue": "within",
        "sides-differ": "beyond",
        "slower-than-before": "not_assessable",
    }
    assert found["over-three"]["lower_bound"] == 12.0
    assert found["slow"]["superseded_by"] == "filler-occlusion/impairment"


def test_a_rule_with_its_own_press_is_used_for_that_press_only():
    given = ["--crt", 3.5, "--site", "finger", "--age", 41]
    assert checked(*given)["andromeda"]["missing"] == ["press"]
    assert checked(*given, "--press", "glass_slide_10s").keys() == {"andromeda"}
    assert "andromeda" not in checked(*given, "--press", "moderate_5s")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [(["list"], "profiles"), (["show", "child"], "profile"), (["check", *ISSUE], "findings")],
)
def test_json_beside_every_table(arguments, key, tmp_path):
    alone = run(*arguments, "--json", "-")
    content = json.loads(alone.stdout)
    assert content["notice"] == RESEARCH_USE_ONLY
    assert content[key]
    target = tmp_path / "a.json"
    both = run(*arguments, "--json", target)
    assert json.loads(target.read_text()) == content
    assert both.stdout == run(*arguments).stdout


def test_the_json_of_a_check():
    content = json.loads(run("check", *ISSUE, "--json", "-").stdout)
    assert content["subject"]["sex"] == "f"
    assert "t90" in content["assumed"][0]
    assert {one["id"]: one["sha256"] for one in content["profiles"]} == {
        profile.id: profile.sha256 for profile in shipped_profiles()
    }
    by_rule = {one["rule"]: one for one in content["findings"]}
    assert by_rule["filler-occlusion/impairment"]["verdict"] == "beyond"
    assert by_rule["septic-shock/andromeda"]["missing"] == ["site", "press"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give --crt, --lower-bound, --ratio, --change or --colour"),
        (["--sex", "f"], "give --crt"),
        (["--crt", "3", "--sex", "x"], "unknown sex 'x': give f or m, or leave it out"),
        (["--crt", "3", "--age", "-3"], "age must be 0 to 130 years, not -3"),
        (["--crt", "3", "--age", "old"], "--age"),
        (["--crt", "-3"], "crt must be above 0, not -3"),
        (["--crt", "nan"], "crt must be above 0, not nan"),
        (["--crt", "3", "--ci", "4", "5"], "the interval of crt, 4 to 5, must hold its value, 3"),
        (["--ci", "3", "4"], "crt needs a value or a lower bound"),
        (["--crt", "3", "--lower-bound", "4"], "one of the two"),
        (["--crt", "3", "--endpoint", "t50"], "t90 or visual, not 't50'"),
        (["--endpoint", "t90", "--ratio", "2"], "crt needs a value or a lower bound"),
        (["--crt", "3", "--site", "fingr"], "unknown site 'fingr'"),
        (["--crt", "3", "--press", "hard"], "unknown press 'hard'"),
        (["--ratio", "2", "--presses", "0"], "presses a side must be 1 or more, not 0"),
        (["--ratio-ci", "1", "2"], "crt_ratio needs a value or a lower bound"),
        (["--colour", "blue=1"], "'blue=1' should be NAME=VALUE, the name colour_difference"),
        (["--colour", "duskiness=much"], "'duskiness=much' should be duskiness=NUMBER"),
        (["--colour", "mottling=1", "--colour", "mottling=2"], "mottling is given twice"),
    ],
)
def test_what_cannot_be_is_told(arguments, said):
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert said in words(result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("command", [["show"], ["check", "--crt", "3", "--profile"]])
def test_an_unknown_or_faulty_profile_is_one_line_and_code_7(command, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('id = "mine"\nverson = "1.0.0"\n')
    for name, said in (
        ("filler", "no profile 'filler'; known: filler-occlusion"),
        (path, "mine.toml: verson: unknown key; did you mean 'version'?"),
        (tmp_path / "none.toml", "No such file or directory"),
    ):
        result = run(*command, name)
        assert result.exit_code == 7
        assert result.stdout == ""
        (line,) = result.stderr.splitlines()
        assert line.startswith("perfusion-cam: ")
        assert said in line


def test_a_faulty_profile_in_the_own_folder_is_not_left_out_silently(own):
    (own / "mine.toml").write_text("id = 3\n")
    result = run("check", "--crt", 3)
    assert result.exit_code == 7
    assert "mine.toml: id: should be a valid string, found 3" in result.stderr


def test_a_result_that_cannot_be_written(tmp_path):
    assert run("list", "--json", tmp_path).exit_code == 4


def test_help_of_the_rules_imports_nothing_heavy():
    code = (
        "import sys; from perfusion_cam.apps.cli import app\n"
        "try: app(['thresholds', 'check', '--help'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'numpy', 'rich', 'perfusion_cam.thresholds'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_checking_loads_nothing_that_measures():
    code = (
        "import sys; from perfusion_cam.apps.cli import app\n"
        "try: app(['thresholds', 'check', '--crt', '3'])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'cv2', 'av', 'scipy', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_module_stands_alone():
    code = (
        "import sys; from perfusion_cam.thresholds import evaluate; evaluate([])\n"
        "ours = {name for name in sys.modules if name.startswith('perfusion_cam')}\n"
        "assert {n for n in ours if not n.startswith('perfusion_cam.thresholds')}"
        " == {'perfusion_cam'}\n"
        "assert not {'numpy', 'cv2', 'rich', 'typer'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
