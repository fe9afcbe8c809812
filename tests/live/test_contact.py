"""What rests on the skin is seen while it rests, in simulated presses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pressing import PRESSED, pictures

from perfusion_cam.live.phases import PhaseWatch
from perfusion_cam.session import Session
from perfusion_cam.simulate import Event, Scenario
from perfusion_cam.types import WATCH_S

HAND_PASSES = replace(
    PRESSED, name="passes", presses=(), events=(Event("hand-passes", 4.0, 1.9, pause_s=0.6),)
)


def phases(scenario: Scenario) -> list[tuple[str, float]]:
    """Name and moment of each phase that guidance goes through."""
    session, watch = Session(), PhaseWatch()
    gone: list[tuple[str, float]] = []
    for frame in pictures(scenario):
        found = session.push(frame)
        sample = session.newest
        assert sample is not None
        watched = session.watched()
        provisional = None if watched is None else session.provisional(watched)
        watch.push(sample, provisional, bool(found))
        if not gone or gone[-1][0] != watch.phase:
            gone.append((watch.phase, sample.t_s))
        if watch.phase == "recovering":
            assert watch.released_s is not None
            left_s = watch.watch_left_s(sample.t_s)
            assert left_s == pytest.approx(watch.released_s + WATCH_S - sample.t_s)
        else:
            assert watch.watch_left_s(sample.t_s) is None
    return gone


def test_a_press_goes_through_its_phases_in_time() -> None:
    (press,) = PRESSED.presses
    gone = phases(PRESSED)
    names = [name for name, _ in gone]
    assert names[:3] == ["settling", "ready", "pressing"]
    assert names[-1] == "recovering"
    at = dict(gone)
    assert press.contact_s < at["pressing"] < press.contact_s + 0.8
    assert press.release_s < at["recovering"] < press.release_s + 1.6


def test_a_passing_hand_is_no_press() -> None:
    names = [name for name, _ in phases(HAND_PASSES)]
    assert "recovering" not in names
    assert names[:2] == ["settling", "ready"]
