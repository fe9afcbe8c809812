"""When a press that is being watched is measured for the time being."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pressing import pictures

from perfusion_cam.live import examining as examining_module
from perfusion_cam.live.examining import TOLD_S, Examining
from perfusion_cam.live.guidance import Prompt, prompt
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.settings import Region
from perfusion_cam.types import WATCH_S, Frame

RELEASE_S = 10.0
STEP_S = 1 / 30


class AtOnce(Executor):
    def submit(self, work: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:  # type: ignore[override]
        done: Future[Any] = Future()
        done.set_result(work(*given, **named))
        return done


def test_it_is_measured_again_and_again_at_last_shortly_before_its_watch_ends(
    tmp_path: Path,
) -> None:
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
    assert 3.0 < waits_s[:-1].max() < 5.0
    assert WATCH_S - 2.0 <= measured[-1] < WATCH_S - 2.0 + 2 * STEP_S


def test_a_measurement_that_takes_long_is_not_followed_by_one_that_the_result_waits_for(
    tmp_path: Path,
) -> None:
    begun: list[Future[None]] = []

    class Later(AtOnce):
        def submit(self, work: Callable[..., Any], *given: Any, **named: Any) -> Future[Any]:  # type: ignore[override]
            begun.append(Future())
            return begun[-1]

    examining = Examining(Saver(tmp_path), Later())
    session = SimpleNamespace(
        watched_release_s=RELEASE_S, watched=lambda: "window", provisional=None
    )
    placement = SimpleNamespace(session=session)
    examining._measure_again(placement, RELEASE_S + 0.5)
    examining._measure_again(placement, RELEASE_S + WATCH_S - 1.5)
    begun[0].set_result(None)
    examining._measure_again(placement, RELEASE_S + WATCH_S - 1.0)
    assert len(begun) == 1


def smaller(frame: Frame) -> Frame:
    luma, cb, cr = frame.luma[:100, :200], frame.cb[:50, :100], frame.cr[:50, :100]
    return replace(frame, luma=luma, cb=cb, cr=cr)


def later(frame: Frame, by_s: float) -> Frame:
    return replace(frame, t_s=frame.t_s + by_s)


SITE = Region.circle(300.0, 170.0, 38.0)


@pytest.fixture
def examining(tmp_path: Path) -> Examining:
    """Five pictures into a placement with a chosen site."""
    begun = Examining(Saver(tmp_path), AtOnce())
    begun.start("affected", SourceFacts("camera"), SITE)
    for frame in pictures()[:5]:
        begun.push(frame)
    return begun


def test_memory_goes_back_every_few_seconds_also_between_placements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bool] = []
    monkeypatch.setattr(examining_module, "give_back", lambda: given_back.append(True))
    idle = Examining(Saver(tmp_path), AtOnce())
    first = pictures()[0]
    for second in range(21):
        idle.push(later(first, float(second)))
    assert 3 <= len(given_back) <= 5


def test_a_silence_begins_anew_at_the_same_site_and_is_told_for_some_seconds(
    examining: Examining,
) -> None:
    told: list[Prompt] = []
    knows: dict[float, bool] = {}
    for frame in pictures()[5:]:
        examining.push(later(frame, 34.0))
        since_s = frame.t_s - pictures()[5].t_s
        guided = examining.state("running", "").guided
        told.append(prompt(guided))
        knows[since_s] = guided.interruption is not None
    assert examining.placement is not None
    assert examining.placement.name == "affected-2"
    assert examining.placement.region == SITE
    assert told[0].code == "resumed"
    assert told[0].more.startswith("No picture came for 34 s. Results so far are kept")
    assert {knows[since_s] for since_s in knows if since_s < TOLD_S - 0.01} == {True}
    assert {knows[since_s] for since_s in knows if since_s > TOLD_S + 0.01} == {False}


def test_a_site_is_forgotten_with_the_size_it_was_chosen_in_and_that_is_told(
    examining: Examining,
) -> None:
    examining.push(smaller(pictures()[5]))
    assert examining.placement is not None
    assert (examining.placement.size_px, examining.placement.region) == ((200, 100), None)
    told = prompt(examining.state("running", "").guided)
    assert told.code == "resized"
    assert "has to be chosen again" in told.more


def test_a_site_chosen_just_before_the_size_changes_stops_nothing(examining: Examining) -> None:
    examining.start("affected", SourceFacts("camera"), SITE)
    examining.push(smaller(pictures()[5]))
    assert examining.placement is not None
    assert examining.placement.region is None


def test_a_recording_may_have_gaps(tmp_path: Path) -> None:
    examining = Examining(Saver(tmp_path), AtOnce())
    examining.start("affected", SourceFacts("film", ends=True))
    examining.push(pictures()[0])
    examining.push(later(pictures()[1], 34.0))
    assert examining.placement is not None
    assert examining.placement.name == "affected-1"
    assert examining.state("running", "").guided.interruption is None
