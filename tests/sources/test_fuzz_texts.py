"""Damaged traces, profiles, earlier results and regions give a result or one clear line."""

import json
import os
import random
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from damage import mutated

from perfusion_cam.analysis import analyze_trace
from perfusion_cam.apps.options import circle
from perfusion_cam.comparison.earlier import read_result
from perfusion_cam.errors import ComparisonError, RegionError, TraceError
from perfusion_cam.simulate import Curve
from perfusion_cam.thresholds.errors import ProfileError
from perfusion_cam.thresholds.loading import load_profile

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import synthetic
import typer

from perfusion_cam.report.document import document, to_json

CASES = int(os.environ.get("PERFUSION_CAM_FUZZ_CASES", "500"))
LONGEST_S = 20.0
"""Of processor time, so that a busy machine is no failure."""
PROFILES = Path(__file__).parents[2] / "src/perfusion_cam/thresholds/profiles"
WORDS = ("nan", "inf", "-1", "1e309", "0", "", "9" * 400, "-0.0", "true", "[]", "\x00", "ä", '"')


def reworded(text: str, seed: int) -> bytes:
    """Put another word in the place of some, or move, repeat or drop lines."""
    rng = random.Random(seed)
    lines = text.splitlines()
    for _ in range(rng.choice((1, 2, 10))):
        at = rng.randrange(len(lines))
        cut = rng.choice((",", " ", ":", "="))
        words = lines[at].split(cut)
        match rng.randrange(4):
            case 0:
                words[rng.randrange(len(words))] = rng.choice(WORDS)
                lines[at] = cut.join(words)
            case 1:
                lines[at], lines[0] = lines[0], lines[at]
            case 2:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 3 if len(lines) > 1:
                del lines[at]
    return "\n".join(lines).encode()


def damaged(text: str, seed: int) -> bytes:
    return reworded(text, seed) if seed % 2 else mutated(text.encode(), seed)


def trace_text() -> str:
    t_s = np.arange(0, 14, 1 / 15)
    missing = np.where(t_s > 7, 0.8 * Curve(tau_s=0.8).missing(t_s - 7), 0.0)
    covered = (t_s > 2) & (t_s < 7.2)
    rng = np.random.default_rng(1)
    light = np.array([170.0, 130.0, 115.0]) * np.exp(missing[:, None] * (0.06, 0.2, 0.2))
    light = np.where(covered[:, None], (140.0, 90.0, 80.0), light) + rng.normal(0, 0.2, (210, 3))
    rows = (f"{t:.4f},{r:.3f},{g:.3f},{b:.3f}" for t, (r, g, b) in zip(t_s, light, strict=True))
    return "\n".join(["t_s,R,G,B", *rows])


def check(read, path: Path, text: str, refusal: type[Exception] | tuple[type[Exception], ...]):
    """Read `CASES` damaged files; count what is read and what is refused with one short line."""
    read_well, complaints = 0, []
    for seed in range(CASES):
        path.write_bytes(damaged(text, seed))
        started_s = time.process_time()
        try:
            read(path)
            read_well += 1
        except refusal as error:
            complaints.append((seed, str(error)))
        assert time.process_time() - started_s < LONGEST_S, seed
    assert read_well + len(complaints) == CASES
    assert [seed for seed, said in complaints if "\n" in said or not 10 < len(said) < 700] == []
    assert min(read_well, len(complaints)) > CASES / 50, "damage too slight or too heavy"


def test_damaged_traces(tmp_path):
    def read(path):
        refill = analyze_trace(path).refill
        assert (refill.crt_s is not None) == (refill.status == "measured")

    check(read, tmp_path / "trace.csv", trace_text(), TraceError)


def test_a_whole_trace_is_measured(tmp_path):
    (tmp_path / "trace.csv").write_text(trace_text())
    assert analyze_trace(tmp_path / "trace.csv").refill.status == "measured"


@pytest.mark.parametrize(
    "heading", ["t_s" + 900 * "\0" + ",R,G", '"t_s\n0.1,170' + 900 * "\n1" + '"']
)
def test_a_heading_of_any_length_is_told_in_one_short_line(tmp_path, heading):
    (tmp_path / "trace.csv").write_text(f"{heading}\n1,2,3\n")
    with pytest.raises(TraceError) as refused:
        analyze_trace(tmp_path / "trace.csv")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_a_dose_over_two_lines_is_told_in_one(tmp_path):
    text = (PROFILES / "adult-finger.toml").read_text(encoding="utf-8")
    (tmp_path / "profile.toml").write_text(text.replace('about = """', 'about = """2.0\nunits '))
    with pytest.raises(ProfileError, match=r"names a dose, '2\.0 unit"):
        load_profile(tmp_path / "profile.toml")


@pytest.mark.parametrize("name", ["filler-occlusion", "adult-finger"])
def test_damaged_profiles(tmp_path, name):
    text = (PROFILES / f"{name}.toml").read_text(encoding="utf-8")
    check(load_profile, tmp_path / "profile.toml", text, ProfileError)


def test_damaged_earlier_results(tmp_path):
    text = to_json(document(synthetic.examination()))
    assert json.loads(text)["presses"]
    check(read_result, tmp_path / "result.json", text, ComparisonError)


def test_damaged_regions():
    rng = random.Random(3)
    given = 0
    for _ in range(CASES):
        text = list("640,360,80.5")
        for _ in range(rng.choice((1, 2, 5))):
            text[rng.randrange(len(text))] = rng.choice("0123456789.,-+eEnaif _\u0663\x00")
        try:
            region = circle("".join(text), "--site")
        except (typer.BadParameter, RegionError):
            continue
        given += 1
        assert region is not None
        assert np.isfinite(region.numbers).all()
        assert region.numbers[2] > 0
    assert CASES / 50 < given < CASES
