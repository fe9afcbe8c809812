"""Scenarios are checked when they are made."""

import dataclasses

import pytest

from perfusion_cam.simulate import (
    SCENARIOS,
    Encoding,
    Event,
    PressTruth,
    Scenario,
    mild_grid,
    random_scenario,
)

PRESS = PressTruth(2.0, 7.0, 300, 200, 30)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"release_s": 1.0}, "must follow contact_s"),
        ({"lift_s": 0.0}, "lift_s"),
        ({"lift_power": 1.0}, "lift_power"),
        ({"lift_share": 0.0}, "lift_share"),
        ({"approach_share": 1.1}, "approach_share"),
        ({"approach_s": 1.9}, "seen at rest first"),
        ({"contact_s": -3.0, "release_s": -1.0}, "before the clip"),
        ({"creep_s": 0.0}, "creep_s"),
        ({"radius_px": 1}, "radius_px"),
        ({"depth": 1.2}, "depth"),
        ({"tool": "spoon"}, "spoon"),
        ({"yield_px": 40}, "yield_px"),
    ],
)
def test_impossible_presses_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dataclasses.replace(PRESS, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "a/b"}, "file name"),
        ({"width": 641}, "width must be even"),
        ({"fps": 0}, "fps"),
        ({"fitzpatrick": 7}, "fitzpatrick"),
        ({"exposure": "wild"}, "wild"),
        ({"shake_px": -1}, "shake_px"),
        ({"duration_s": 6.0}, "after the clip's end"),
        ({"width": 200}, "outside the picture"),
        ({"presses": (PRESS, PRESS)}, "before the last one ended"),
        ({"events": (Event("still"),)}, "cannot hold a press"),
    ],
)
def test_impossible_scenarios_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Scenario(**{"name": "x", "presses": (PRESS,), **wrong})  # type: ignore[arg-type]


def test_a_press_may_be_under_way_at_the_start() -> None:
    assert dataclasses.replace(PRESS, contact_s=-2.0, release_s=3.0).hold_s == 5.0


def test_hands_and_shadows_may_be_there_at_the_start_and_nothing_else() -> None:
    assert Event("shadow", -1.0, 3.0).start_s == -1.0
    with pytest.raises(ValueError, match="glint"):
        Event("glint", -1.0, 3.0)


def test_unknown_events_and_codecs_are_refused() -> None:
    with pytest.raises(ValueError, match="earthquake"):
        Event("earthquake")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no codec"):
        Encoding(codec="vhs")


def test_the_samples_are_all_there() -> None:
    assert {"normal", "slow", "not-recovering", "two-sides", "no-press"} <= set(SCENARIOS)


def test_the_mild_grid_is_mild_and_complete() -> None:
    grid = mild_grid()
    assert len({scenario.name for scenario in grid}) == len(grid)
    assert all(s.shake_px <= 10 and s.shake_deg <= 2 for s in grid)
    assert all((s.width, s.height, s.fps) == (1280, 720, 30.0) for s in grid)
    assert all(s.encoding.bit_rate >= 5_000_000 for s in grid)
    cells = {
        (s.fitzpatrick, press.curve.tau_s)
        for s in grid
        for press in s.presses
        if press.curve.kind == "exp"
    }
    assert len(cells) == 30
    assert any(not s.presses for s in grid)
    assert any(press.curve.kind == "stuck" for s in grid for press in s.presses)
    assert grid == mild_grid()


def test_random_scenarios_repeat_by_seed_and_are_valid() -> None:
    drawn = [random_scenario(seed) for seed in range(60)]
    assert drawn == [random_scenario(seed) for seed in range(60)]
    assert len({s.fitzpatrick for s in drawn}) == 6
    assert {press.tool for s in drawn for press in s.presses} >= {"finger", "hand", "slide"}
