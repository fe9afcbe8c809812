"""Comparisons of examinations made by hand: a recording's first letters say what it gives."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import synthetic

from perfusion_cam.comparison import Question, answer
from perfusion_cam.types import PressResult


def result(refill, colour=None):
    return PressResult(synthetic.press(), synthetic.site(), synthetic.curve(), refill, colour)


REFILLS = {
    "slow": synthetic.measured(tau_s=2.0),
    "fast": synthetic.measured(tau_s=0.6),
    "faster": synthetic.measured(tau_s=0.5),
    "never": synthetic.not_recovered(),
    "dull": synthetic.not_measurable(),
    "open": replace(synthetic.measured(), crt_ci95_s=(1.2, np.inf)),
}


def compared(affected, unaffected, colours=None, **asked):
    """Compare recordings, those of a kind in `colours` with that colour at rest."""

    def analyze(path):
        kind = re.split("[^a-z]", path.stem)[0]
        presses = () if kind == "none" else (result(REFILLS[kind], (colours or {}).get(kind)),)
        sha256 = f"{sum(os.fsencode(path.name)):064x}"
        return synthetic.examination(
            source=synthetic.source(path.name, sha256=sha256), presses=presses
        )

    paths = [tuple(Path(f"{name}.mp4") for name in side.split()) for side in (affected, unaffected)]
    return answer(Question(affected=paths[0], unaffected=paths[1], **asked), analyze)


KINDS = [
    ("slow", "fast faster"),
    ("never", "fast"),
    ("fast", "never"),
    ("never slow", "fast"),
    ("open", "fast"),
    ("dull", "fast"),
    ("none", "fast"),
    ("slow", "none"),
]
