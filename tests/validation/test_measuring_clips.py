"""Clips rendered, analysed, scored, and never twice; and the oracle on their pixels."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from perfusion_cam.errors import SourceError
from perfusion_cam.simulate import Curve, Encoding, PressTruth, Scenario, render, truth_of
from perfusion_cam.simulate.curve import CurveKind
from perfusion_cam.validation import measuring
from perfusion_cam.validation.cases import Case
from perfusion_cam.validation.measuring import measure_cases, read_result, software_key
from perfusion_cam.validation.oracle import oracle_t90_s
from perfusion_cam.validation.scoring import ClipScore

SMALL = Scenario(
    "small",
    seed=4,
    width=320,
    height=180,
    fps=15.0,
    duration_s=10.0,
    presses=(PressTruth(1.5, 4.5, 150, 95, 20, Curve(tau_s=0.7), lift_s=0.2),),
    shake_px=2.0,
    full_well_e=10_000.0,
    encoding=Encoding("ffv1"),
)
CASE = Case("tool", "finger", SMALL)


def measured(cases: list[Case], folder: Path, jobs: int = 1, keep: bool = False) -> list[ClipScore]:
    told: list[ClipScore] = []
    scores = measure_cases(cases, folder, jobs=jobs, keep=keep, on_clip=told.append)
    assert sorted(map(repr, told)) == sorted(map(repr, scores))
    return scores


def test_a_clip_is_measured_once_and_kept_as_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (score,) = measured([CASE], tmp_path)
    (press,) = score.presses
    assert press.status == "measured"
    assert press.inside
    assert press.oracle_t90_s == pytest.approx(press.t90_s, rel=0.05)
    assert list((tmp_path / "clips").iterdir()) == []
    (kept,) = (tmp_path / "results").iterdir()
    assert read_result(kept) == score

    monkeypatch.setattr(measuring, "measure_case", lambda *_: pytest.fail("measured again"))
    assert measured([CASE], tmp_path) == [score]


def test_other_clips_other_software_and_torn_results_are_measured_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def note(case: Case, *_: object) -> ClipScore:
        calls.append(case.name)
        return ClipScore(case.name, case.factor, case.level, 0.2, ())

    monkeypatch.setattr(measuring, "measure_case", note)
    measured([CASE], tmp_path)
    measured([CASE], tmp_path)
    assert len(calls) == 1
    measured([replace(CASE, scenario=replace(SMALL, pulse=0.02))], tmp_path)
    assert len(calls) == 2
    for path in (tmp_path / "results").iterdir():
        path.write_text(path.read_text()[:40])
    measured([CASE], tmp_path)
    assert len(calls) == 3
    monkeypatch.setattr(measuring, "software_key", lambda: "9.9")
    measured([CASE], tmp_path)
    assert len(calls) == 4


def test_several_processes_give_the_same_and_clips_are_kept_if_asked(tmp_path: Path) -> None:
    short = replace(SMALL, duration_s=5.5)
    cases = [Case("a", str(i), replace(short, name=f"clip-{i}", seed=i)) for i in range(2)]
    together = measured(cases, tmp_path / "two", jobs=2, keep=True)
    assert {path.name for path in (tmp_path / "two" / "clips").iterdir()} == {
        f"clip-{i}.{end}" for i in range(2) for end in ("mkv", "json")
    }
    alone = measured(cases, tmp_path / "one")
    assert [score.presses for score in together] == [score.presses for score in alone]


def test_a_failure_is_a_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise SourceError("no picture in it")

    monkeypatch.setattr(measuring, "analyze", fail)
    (score,) = measured([CASE], tmp_path)
    assert score.failure == "SourceError: no picture in it"
    assert not score.presses[0].found


def test_the_software_is_known_by_its_code() -> None:
    version, _, digest = software_key().rpartition("-")
    assert version[0].isdigit()
    assert len(digest) == 8
    assert software_key() == software_key()


@pytest.mark.parametrize("kind", ["exp", "two-rate", "sigmoid", "overshoot", "stretched", "linear"])
def test_the_oracle_reads_the_truth_from_clean_pixels(kind: CurveKind, tmp_path: Path) -> None:
    curve = Curve(kind, tau_s=1.6 if kind == "linear" else 0.5)
    clean = replace(
        SMALL,
        full_well_e=math.inf,
        presses=(replace(SMALL.presses[0], curve=curve, uneven=0.0),),
        shake_deg=1.0,
    )
    render(clean, tmp_path / "clean.mkv")
    (read_s,) = oracle_t90_s(tmp_path / "clean.mkv", clean)
    assert read_s == pytest.approx(truth_of(clean).presses[0].t90_s, rel=0.03)


def test_the_oracle_reads_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    stuck = replace(SMALL.presses[0], curve=Curve("stuck"))
    bare = replace(SMALL.presses[0], depth=0.0, contact_s=6.0, release_s=7.5)
    render(replace(SMALL, presses=(stuck, bare)), tmp_path / "none.mkv")
    assert oracle_t90_s(tmp_path / "none.mkv", replace(SMALL, presses=(stuck, bare))) == [None] * 2
