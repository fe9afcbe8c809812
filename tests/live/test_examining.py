"""When a press that is being watched is measured for the time being."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from perfusion_cam.live.examining import Examining
from perfusion_cam.live.saving import Saver
from perfusion_cam.stages.detection.detector import WATCH_S

RELEASE_S = 10.0
STEP_S = 1 / 30


class AtOnce(Executor):
    def submit(self, work: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:  # type: ignore[override]
        done: Future[Any] = Future()
        done.set_result(work(*given, **named))
        return done


def test_it_is_measured_again_and_again_but_not_just_before_its_watch_ends(tmp_path: Path) -> None:
    examining = Examining(Saver(tmp_path), AtOnce())
    measured: list[float] = []
    now_s = RELEASE_S + 0.5
    session = SimpleNamespace(
        watched_release_s=RELEASE_S,
        watched=lambda: "window",
        provisional=lambda _: measured.append(now_s - RELEASE_S),
    )
    while now_s < RELEASE_S + WATCH_S:
        examining._measure_again(SimpleNamespace(session=session), now_s)
        now_s += STEP_S
    waits_s = np.diff(measured)
    assert measured[0] == 0.5
    assert waits_s.min() >= 1.0
    assert waits_s[0] < 1.0 + 2 * STEP_S
    assert 3.0 < waits_s[-1] < 5.0
    assert WATCH_S - 8.0 < measured[-1] < WATCH_S - 2.0
