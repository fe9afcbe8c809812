"""Side by side with pyCRT 2.2.2: ``make pycrt``, or ``python -m benchmarks.pycrt``.

Renders presses whose colour returns exponentially, as pyCRT assumes; tells pyCRT the true site as
its box, and then also from when to when to look; and prints, beside this software's, how often a
value is given, its error against the true time constant, and the time taken. pyCRT runs with its
defaults in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from perfusion_cam import analyze
from perfusion_cam.simulate import Curve, PressTruth, render, truth_of
from perfusion_cam.validation.cases import Case, made
from perfusion_cam.validation.factors import FACTORS, NOT_RECOVERING

PYTHON = Path(".venv-pycrt/bin/python")
CLIPS = (
    *(("skin type", str(kind)) for kind in range(1, 7)),
    *(("tool", name) for name in ("finger", "hand", "glove-blue", "slide")),
    *(("time constant", f"{tau} s") for tau in ("0.4", "0.8", "1.6", "3")),
    *(("blanch depth", depth) for depth in ("0.1", "0.2", "0.95")),
    *(("shake", f"{px} px") for px in (0, 12)),
    *(("exposure", name) for name in ("locked", "steps 0.3 EV")),
    *(("bit rate", f"{bits} bit/px") for bits in ("0.6", "0.05")),
    (NOT_RECOVERING, "40% back"),
    (NOT_RECOVERING, "60% back"),
)
OURS, BOX = "this software, told nothing", "pyCRT, told the box"
TIMED, ALL = "pyCRT, told box and time", "the same, refusing nothing"


@dataclass(frozen=True)
class Answer:
    """What one reader said of one clip: relative error of its time constant, None if refused."""

    error: float | None
    said: str
    seconds: float


def exponential(case: Case) -> Case:
    """Let the colour return evenly and exponentially, in the time that was drawn."""
    (truth,) = truth_of(case.scenario).presses
    if truth.t90_s is None:
        return case
    curve = Curve(tau_s=truth.t90_s / np.log(10))
    press = replace(truth.press, curve=curve, uneven=0.0)
    return replace(case, scenario=replace(case.scenario, presses=(press,)))


def box_of(press: PressTruth) -> str:
    """The square inside the true site."""
    half = press.radius_px / np.sqrt(2)
    return ",".join(
        str(round(v)) for v in (press.x_px - half, press.y_px - half, 2 * half, 2 * half)
    )


def ask_pycrt(clip: Path, press: PressTruth, python: Path, *told_more: float) -> Answer:
    """Ask pyCRT in its own environment; see the worker for what it can be told."""
    worker = Path(__file__).with_name("pycrt_worker.py")
    command = [str(python), str(worker), str(clip), box_of(press), *map(str, told_more)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    tau_s = told["tau_s"]
    if tau_s is None:
        uncertain = "exclusion criteria" in told["refused"]
        why = "refused, over 12 % uncertain" if uncertain else told["refused"][:60]
        return Answer(None, why, told["seconds"])
    said = f"{tau_s:.2f} ± {told['tau_95_s']:.2f}"
    return Answer(_error(press, tau_s), said, told["seconds"])


def ask_ours(clip: Path, press: PressTruth) -> Answer:
    """Measure with this software; its t90 as the time constant of an exponential."""
    started_s = time.perf_counter()
    presses = analyze(clip).presses
    seconds = time.perf_counter() - started_s
    near = [one for one in presses if abs(one.press.release_s - press.release_s) < 1]
    if not near:
        return Answer(None, "no press", seconds)
    refill = near[0].refill
    if refill.crt_s is None or refill.crt_ci95_s is None:
        return Answer(None, refill.status, seconds)
    low_s, high_s = (value / np.log(10) for value in refill.crt_ci95_s)
    tau_s = refill.crt_s / np.log(10)
    return Answer(_error(press, tau_s), f"{tau_s:.2f} [{low_s:.2f}, {high_s:.2f}]", seconds)


def _error(press: PressTruth, tau_s: float) -> float:
    return tau_s / press.curve.tau_s - 1 if press.curve.kind == "exp" else np.inf


def compare(case: Case, folder: Path, python: Path) -> dict[str, Answer]:
    """Render a clip and ask all of it."""
    clip = folder / f"{case.name}.mp4"
    render(case.scenario, clip)
    (press,) = case.scenario.presses
    between_s = (press.release_s + press.lift_s, case.scenario.duration_s)
    answers = {
        OURS: ask_ours(clip, press),
        BOX: ask_pycrt(clip, press, python),
        TIMED: ask_pycrt(clip, press, python, *between_s),
        ALL: ask_pycrt(clip, press, python, *between_s, 1e9),
    }
    clip.unlink()
    return answers


def report(answers: list[dict[str, Answer]]) -> str:
    """The table: one line a reader."""
    lines = [
        f"{'':28}{'values':>8}{'|error| median':>16}{'90 %':>8}{'over 20 %':>11}"
        f"{'number where never back':>25}{'time (s)':>10}"
    ]
    for name in (OURS, BOX, TIMED, ALL):
        given = [one[name] for one in answers]
        finite = [abs(a.error) for a in given if a.error is not None and np.isfinite(a.error)]
        never = sum(a.error is not None and np.isinf(a.error) for a in given)
        timed = f"{len(finite)}/{sum(1 for case in CLIPS if case[0] != NOT_RECOVERING)}"
        far = sum(error > 0.2 for error in finite)
        median, high = np.quantile(finite, [0.5, 0.9]) if finite else (np.nan, np.nan)
        seconds = np.median([a.seconds for a in given])
        lines.append(
            f"{name:28}{timed:>8}{median:>16.1%}{high:>8.1%}{far:>11}{never:>25}{seconds:>10.2f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Compare on every clip and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, default=PYTHON, help="Python that has pyCRT.")
    wanted = parser.parse_args()
    if not wanted.python.exists():
        parser.error(f"no {wanted.python}; make pycrt sets it up")
    answers = []
    with tempfile.TemporaryDirectory() as folder:
        for factor, level in CLIPS:
            case = exponential(made(factor, level, FACTORS[factor][level], 0, quick=False))
            answers.append(compare(case, Path(folder), wanted.python))
            (press,) = case.scenario.presses
            true = f"{press.curve.tau_s:.2f} s" if press.curve.kind == "exp" else "never back"
            said = "; ".join(f"{name}: {one.said}" for name, one in answers[-1].items())
            print(f"{case.name} ({true}): {said}", flush=True)
    print(report(answers))


if __name__ == "__main__":
    main()
