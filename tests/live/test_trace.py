"""The colour before and during a press: what is shown is what can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pressing import PRESSED, pictures
from test_examining import AtOnce

from perfusion_cam.live.examining import Examining
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.live.state import LiveState
from perfusion_cam.live.steps import KEPT_S, STEP_S
from perfusion_cam.live.trace import BEFORE_S, Trace
from perfusion_cam.settings import Region
from perfusion_cam.simulate import Event, Scenario

(PRESS,) = PRESSED.presses
STEADY = 0.005
FAINT = replace(PRESSED, name="unblanched", presses=(replace(PRESS, depth=0.0),))
BARE = replace(PRESSED, name="bare", presses=(), duration_s=5.0)


def states(
    folder: Path, scenario: Scenario = PRESSED, region: Region | None = None
) -> Iterator[LiveState]:
    examining = Examining(Saver(folder), AtOnce())
    examining.start("affected", SourceFacts("camera"), region)
    for frame in pictures(scenario):
        examining.push(frame)
        yield examining.state("running", "")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[LiveState]:
    return list(states(tmp_path_factory.mktemp("seen")))


def last(seen: list[LiveState], phase: str) -> Trace:
    trace = [one.trace for one in seen if one.guided.phase == phase][-1]
    assert trace is not None
    return trace


def test_the_resting_skin_is_followed_until_now_before_a_press(seen: list[LiveState]) -> None:
    trace = last(seen, "ready")
    assert (trace.contact_s, trace.lifted_s) == (None, None)
    times_s, signal = np.array(trace.place).T
    assert times_s[0] < 2 * STEP_S
    assert np.diff(times_s).max() < 2 * STEP_S
    assert np.abs(signal).max() < STEADY
    assert np.mean(signal) == pytest.approx(0.0, abs=1e-6)


def test_while_the_tool_hides_the_place_only_the_skin_beside_it_is_shown(
    seen: list[LiveState],
) -> None:
    trace = last(seen, "pressing")
    assert trace.contact_s == pytest.approx(PRESS.contact_s, abs=0.5)
    assert trace.lifted_s is None
    times_s, signal = np.array(trace.place).T
    assert times_s.max() < PRESS.contact_s
    assert np.abs(signal).max() < STEADY
    beside_s, beside = np.array(trace.beside).T
    assert beside_s.max() > PRESS.release_s - 3 * STEP_S
    assert np.abs(beside).max() < np.log(1.15)  # the camera's exposure drifts by a tenth of a stop


def test_the_released_place_is_seen_paler_before_it_is_measured(seen: list[LiveState]) -> None:
    trace = last(seen, "lifted")
    assert trace.lifted_s == pytest.approx(PRESS.release_s, abs=0.3)
    after = [signal for t_s, signal in trace.place if t_s > PRESS.release_s]
    assert after
    assert max(after) > 2 * STEADY
    assert all(t_s < PRESS.contact_s or t_s > PRESS.release_s - 0.3 for t_s, _ in trace.place)


def test_skin_that_does_not_pale_is_not_shown_paler(tmp_path: Path) -> None:
    traces = [one.trace for one in states(tmp_path, FAINT) if one.trace is not None]
    assert any(one.lifted_s is not None and one.place[-1][0] > one.lifted_s for one in traces)
    assert max(abs(signal) for one in traces for _, signal in one.place) < STEADY


def test_nothing_is_shown_once_the_return_of_the_colour_is_measured(seen: list[LiveState]) -> None:
    measured = [one for one in seen if one.guided.phase == "recovering"]
    assert measured
    assert all(one.trace is None for one in measured)
    assert seen[0].guided.phase == "settling"


def test_it_is_made_anew_a_few_times_a_second_and_stays_small(seen: list[LiveState]) -> None:
    traces = [one.trace for one in seen if one.trace is not None]
    different = len({id(one) for one in traces})
    assert different < PRESSED.duration_s / STEP_S + 2
    assert max(len(one.place) + len(one.beside) for one in traces) <= 2 * KEPT_S / STEP_S
    for one in traces:
        start_s = one.now_s if one.contact_s is None else one.contact_s
        assert all(t_s >= start_s - BEFORE_S for t_s, _ in (*one.place, *one.beside))


def test_a_chosen_site_is_followed_instead_of_the_middle(tmp_path: Path) -> None:
    corner = Region.circle(40.0, 140.0, 20.0)
    for watched, other in zip(states(tmp_path, BARE, corner), states(tmp_path, BARE), strict=True):
        chosen, middle = watched.trace, other.trace
    assert chosen is not None
    assert middle is not None
    assert len(chosen.place) == len(middle.place) > 10
    assert chosen.place != middle.place


def test_light_that_changes_moves_the_skin_beside_and_not_the_place_against_it(
    tmp_path: Path,
) -> None:
    brighter = replace(BARE, name="brighter", events=(Event("lights-switch", 3.0, strength=0.2),))
    *_, state = states(tmp_path, brighter)
    assert state.trace is not None
    place, beside = (np.array(one)[:, 1] for one in (state.trace.place, state.trace.beside))
    assert np.ptp(beside) == pytest.approx(0.2, abs=0.05)
    assert np.ptp(place) < 0.05
