"""What an examination says of a recording besides its presses."""

from dataclasses import replace
from pathlib import Path

import pytest

from perfusion_cam.analysis import analyze
from perfusion_cam.simulate import Event, PressTruth, Scenario, render

STILL = Scenario("still", seed=4, width=320, height=180, duration_s=9.0)
MOVED = PressTruth(2.0, 6.0, 160, 90, 20, depth=0.0, lift_share=0.3)


def warnings_of(scenario: Scenario, folder: Path) -> tuple[str, ...]:
    clip = folder / "clip.mp4"
    render(scenario, clip)
    examination = analyze(clip)
    assert examination.presses == ()
    return examination.source.warnings


def test_what_may_have_been_a_press_is_told(tmp_path: Path) -> None:
    (told,) = warnings_of(replace(STILL, presses=(MOVED,)), tmp_path)
    assert told.startswith("Something covered the skin for 4.")
    assert "take hand and tool out of the picture" in told


@pytest.mark.parametrize("events", [(), (Event("hand-passes", 2.5, 1.5),)], ids=["none", "passes"])
def test_of_what_is_no_press_nothing_is_told(events: tuple[Event, ...], tmp_path: Path) -> None:
    assert warnings_of(replace(STILL, events=events), tmp_path) == ()


def test_where_much_always_moves_it_is_told_that_a_press_could_be_missed(tmp_path: Path) -> None:
    (told,) = warnings_of(replace(STILL, events=(Event("talking", 0.5, 8.0),)), tmp_path)
    assert told.startswith("Much besides a tool moved all the time")
    assert "could be missed" in told
