"""What a clip's estimator should find, and the file that says it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from perfusion_cam.simulate.blanch import Blanch, make_blanch, refill_times_s
from perfusion_cam.simulate.scenario import PressTruth, Scenario


@dataclass(frozen=True, slots=True)
class RefillTruth:
    """A press and its refill times, seconds after release, of the rendered light of its core.

    None where the colour is not so far back within a minute. Rest is as before the first press: of
    a site pressed again before it is back, what the earlier press left missing counts as missing,
    if it was no more than this one moves.
    """

    press: PressTruth
    t50_s: float | None
    t90_s: float | None
    t95_s: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth of a whole clip; `file` is None where none was written."""

    scenario: Scenario
    file: str | None
    presses: tuple[RefillTruth, ...]

    def as_document(self) -> dict[str, Any]:
        """Put together what the truth file holds.

        Returns
        -------
        dict
            ``name``, ``file``, ``fps``, ``fitzpatrick``, ``size`` [width, height], ``duration_s``
            and ``presses``, each with ``contact_s``, ``release_s``, ``x_px``, ``y_px``,
            ``radius_px`` (pixels of the first picture), ``curve``, ``tau_s``, ``depth``, ``tool``,
            ``lift_s``, ``t50_s``, ``t90_s``, ``t95_s`` (from release; null for never); and
            ``signs``, each with ``kind``, ``strength`` (1 is moderate), ``x_px``, ``y_px``,
            ``radius_px``.
        """
        scenario = self.scenario
        return {
            "name": scenario.name,
            "file": self.file,
            "fps": scenario.fps,
            "fitzpatrick": scenario.fitzpatrick,
            "size": [scenario.width, scenario.height],
            "duration_s": scenario.duration_s,
            "presses": [
                {
                    "contact_s": refill.press.contact_s,
                    "release_s": refill.press.release_s,
                    "x_px": refill.press.x_px,
                    "y_px": refill.press.y_px,
                    "radius_px": refill.press.radius_px,
                    "curve": refill.press.curve.kind,
                    "tau_s": refill.press.curve.tau_s,
                    "depth": refill.press.depth,
                    "tool": refill.press.tool,
                    "lift_s": refill.press.lift_s,
                    "t50_s": _rounded(refill.t50_s),
                    "t90_s": _rounded(refill.t90_s),
                    "t95_s": _rounded(refill.t95_s),
                }
                for refill in self.presses
            ],
            "signs": [
                {
                    "kind": sign.kind,
                    "strength": sign.strength,
                    "x_px": sign.x_px,
                    "y_px": sign.y_px,
                    "radius_px": sign.radius_px,
                }
                for sign in scenario.signs
            ],
        }

    def write(self, path: Path) -> None:
        """Write the truth file in one piece: another process sees all of it or nothing."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(self.as_document(), indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def blanches_of(scenario: Scenario) -> tuple[Blanch, ...]:
    """Draw the blood that each press of a scenario moves."""
    return tuple(
        make_blanch(press, np.random.default_rng([scenario.seed, 23, i]))
        for i, press in enumerate(scenario.presses)
    )


def truth_of(scenario: Scenario, file: str | None = None) -> Truth:
    """Work out the truth of a scenario without rendering it."""
    return Truth(
        scenario,
        file,
        tuple(
            RefillTruth(blanch.press, *refill_times_s(blanch)) for blanch in blanches_of(scenario)
        ),
    )
