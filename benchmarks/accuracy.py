"""How accurate refill times are on simulated recordings: ``python -m benchmarks.accuracy``.

Renders the mild grid (and, with ``--random N``, scenarios drawn from every nuisance) into a
folder, measures what is there, and prints errors, coverage, and every press missed, invented or
refused. Clips already rendered are kept, so it can be stopped and resumed.
"""

from __future__ import annotations

import argparse
import itertools
import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from perfusion_cam import analyze
from perfusion_cam.simulate import Scenario, mild_grid, random_scenario, render
from perfusion_cam.types import PressResult

NEAR_S = 1.0
"""A found press within this of a true release is that press."""
BLANCHES = 0.06
"""Simulated depth under which skin counts as not blanching."""
WORKERS = 2


@dataclass
class Tally:
    """What became of the presses of many clips."""

    error_s: list[float] = field(default_factory=list)
    relative: list[float] = field(default_factory=list)
    inside: list[bool] = field(default_factory=list)
    release_error_s: list[float] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def count(self, what: str, remark: str = "") -> None:
        """Count one outcome; a remark is printed."""
        self.counts[what] = self.counts.get(what, 0) + 1
        if remark:
            self.remarks.append(f"{what}: {remark}")

    def add_clip(self, name: str, truths: list[dict[str, Any]], found: list[PressResult]) -> None:
        """Compare one clip's presses with their truth."""
        left = list(found)
        for truth in truths:
            near = [r for r in left if abs(r.press.release_s - truth["release_s"]) < NEAR_S]
            if not near:
                self.count("missed", f"{name} ({truth['tool']})")
                continue
            left.remove(near[0])
            self._add_press(name, truth, near[0])
        for result in left:
            self.count("invented", f"{name} at {result.press.release_s:.2f} s")

    def _add_press(self, name: str, truth: dict[str, Any], result: PressResult) -> None:
        refill, t90_s = result.refill, truth["t90_s"]
        self.release_error_s.append(result.press.release_s - truth["release_s"])
        blanches = truth["depth"] > BLANCHES
        if refill.status == "measured" and refill.crt_s and refill.crt_ci95_s:
            if t90_s is None or not blanches:
                self.count("a number where there is none", name)
                return
            low, high = refill.crt_ci95_s
            self.error_s.append(refill.crt_s - t90_s)
            self.relative.append((refill.crt_s - t90_s) / t90_s)
            self.inside.append(low <= t90_s <= high)
            text = f"{name}: {refill.crt_s:.2f} s [{low:.2f}, {high:.2f}], true {t90_s:.2f}"
            self.count("measured", "" if self.inside[-1] else text)
        elif refill.status == "not_recovered":
            wrong = t90_s is not None and (refill.lower_bound_s or 0.0) > t90_s
            self.count("false lower bound" if wrong else "not recovered", name if wrong else "")
        else:
            names = ", ".join(flag.value for flag in refill.flags)
            expected = t90_s is None or not blanches
            self.count("refused", "" if expected else f"{name} ({names})")

    def report(self) -> str:
        """Figures and remarks, a line each."""
        error, relative = np.abs(self.error_s), np.abs(self.relative)
        release = np.abs(self.release_error_s)
        lines = [", ".join(f"{what} {n}" for what, n in sorted(self.counts.items()))]
        if len(error):
            lines += [
                f"|t90 error|      median {np.median(error):.3f} s, "
                f"90th percentile {np.quantile(error, 0.9):.3f} s, "
                f"median {np.median(relative):.1%}",
                f"bias             median {np.median(self.relative):+.1%}",
                f"coverage         {np.mean(self.inside):.1%} of {len(self.inside)} intervals",
            ]
        if len(release):
            lines.append(
                f"|release error|  median {np.median(release):.3f} s, largest {release.max():.3f} s"
            )
        return "\n".join(lines + self.remarks)


def measure(job: tuple[Scenario, Path]) -> tuple[str, list[dict[str, Any]], list[PressResult]]:
    """Render a scenario unless it is there, and measure it."""
    scenario, folder = job
    clip = folder / f"{scenario.name}.mp4"
    if not clip.exists() or not clip.with_suffix(".json").exists():
        render(scenario, clip)
    truth = json.loads(clip.with_suffix(".json").read_text())
    return scenario.name, truth["presses"], list(analyze(clip).presses)


def main() -> None:
    """Measure the mild grid, or random scenarios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("out/accuracy"))
    parser.add_argument("--random", type=int, default=0, metavar="N")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    scenarios = [random_scenario(i) for i in range(wanted.random)] or list(mild_grid())
    tally = Tally()
    with ProcessPoolExecutor(WORKERS) as pool:
        for name, truths, found in pool.map(
            measure, zip(scenarios, itertools.repeat(wanted.folder), strict=False)
        ):
            tally.add_clip(name, truths, found)
            print(f"{name}: {len(found)} of {len(truths)}", flush=True)
    print(tally.report())


if __name__ == "__main__":
    main()
