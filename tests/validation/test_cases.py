"""The grid: large, whole, repeatable, and what it says it is."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from perfusion_cam.simulate import truth_of
from perfusion_cam.simulate.scenario import Tool
from perfusion_cam.validation.cases import MIXED, Case, ordinary
from perfusion_cam.validation.factors import (
    FACTORS,
    GRIDS,
    LEVELLED,
    NO_PRESS,
    NOT_BLANCHING,
    NOT_RECOVERING,
    factors_of,
    grid_cases,
)
from perfusion_cam.validation.scoring import score_presses


@pytest.fixture(scope="module")
def full() -> list[Case]:
    return grid_cases("full")


def test_the_full_grid_has_at_least_300_different_clips(full: list[Case]) -> None:
    assert len(full) >= 300
    assert len({case.name for case in full}) == len({case.key for case in full}) == len(full)
    assert all("/" not in case.name and " " not in case.name for case in full)


def test_every_level_is_there_and_every_skin_type_often(full: list[Case]) -> None:
    levels = {(case.factor, case.level) for case in full if case.factor != MIXED}
    assert levels == {(factor, level) for factor in FACTORS for level in FACTORS[factor]}
    assert min(Counter(case.scenario.fitzpatrick for case in full).values()) > 30
    assert len({press.tool for case in full for press in case.scenario.presses}) == 6


def test_refill_laws_are_mixed_as_in_real_skin_and_all_come_back(full: list[Case]) -> None:
    drawn = [ordinary(seed).presses[0].curve.kind for seed in range(400)]
    assert 0.25 < drawn.count("exp") / len(drawn) < 0.4
    assert "stuck" not in drawn
    often = Counter(p.curve.kind for case in full for p in case.scenario.presses)
    assert len(often) == 7
    assert min(often.values()) > 15


def test_skin_types_are_compared_in_the_same_scenes(full: list[Case]) -> None:
    scenes: dict[str, set[str]] = {}
    for case in full:
        if case.factor == "skin type":
            assert str(case.scenario.fitzpatrick) == case.level
            drawn = replace(case.scenario, fitzpatrick=1, name="scene")
            scenes.setdefault(repr(drawn), set()).add(case.level)
    assert len(scenes) >= 10
    assert all(len(levels) == 6 for levels in scenes.values())


@pytest.mark.parametrize("grid", GRIDS)
def test_some_factors_of_a_grid_are_those_of_the_whole(grid: str, full: list[Case]) -> None:
    factors = factors_of(grid)
    whole = full if grid == "full" else grid_cases(grid)
    assert tuple(dict.fromkeys(case.factor for case in whole)) == factors
    for factor in factors[-2:]:
        keys = [case.key for case in whole if case.factor == factor]
        assert [case.key for case in grid_cases(grid, factors=[factor])] == keys


@pytest.mark.parametrize("grid", LEVELLED)
def test_more_turns_are_more_scenes_the_usual_ones_among_them(grid: str) -> None:
    usual = {case.key for case in grid_cases(grid, factors=["tool"])}
    more = {case.key for case in grid_cases(grid, factors=["tool"], turns=4)}
    assert len(more) == 4 * len(FACTORS["tool"])
    assert usual < more


def test_keys_tell_clips_apart(full: list[Case]) -> None:
    other = replace(full[0], scenario=replace(full[0].scenario, pulse=0.011))
    assert other.key != full[0].key


def test_what_is_asked_of_a_factor_is_in_its_truth(full: list[Case]) -> None:
    for case in full:
        truths = truth_of(case.scenario).presses
        if case.factor == NO_PRESS:
            assert score_presses(case.scenario, []) == ((), ())
        elif case.factor == NOT_RECOVERING:
            assert [truth.t90_s for truth in truths] == [None]
        elif case.factor == NOT_BLANCHING:
            (score,), _ = score_presses(case.scenario, [])
            assert score.kind == ("held" if case.level.startswith("hand held") else "unblanched")
        elif case.factor == "skin type":
            assert str(case.scenario.fitzpatrick) == case.level
        elif case.factor == "tool":
            assert [truth.press.tool for truth in truths] == [case.level]


def test_a_limb_on_a_background_is_pushed_against_its_border_and_the_site_is_on_skin(
    full: list[Case],
) -> None:
    lying = [case for case in full if case.scenario.lies_on is not None]
    ways, stays = set(), set()
    for case in lying:
        clip, ground, (press,) = case.scenario, case.scenario.lies_on, case.scenario.presses
        assert ground is not None
        ways.add(round(press.limb_px / clip.width, 3))
        stays.add(ground.stays)
        skin = ground.cover(clip.width, clip.height, 0)[..., 0]
        assert 0.4 < skin.mean() < 0.9, case.name
        ys, xs = np.indices(skin.shape)
        site = np.hypot(xs - press.x_px, ys - press.y_px) < 1.5 * press.radius_px
        assert skin[site].min() == 1.0, case.name
        across = math.cos(math.radians(press.angle_deg - ground.angle_deg))
        assert abs(across) > 0.8, case.name
        never = truth_of(clip).presses[0].t90_s is None
        assert never == (press.depth == 0 or "never" in case.level)
    assert len(lying) == 32
    assert ways == {0.0, 0.005, 0.01, 0.02}
    assert stays == {0.0, 0.6}


def test_every_refill_is_watched_to_its_end(full: list[Case]) -> None:
    for case in full:
        for truth in truth_of(case.scenario).presses[-1:]:
            if truth.t90_s is not None and case.factor != MIXED:
                left_s = case.scenario.duration_s - truth.press.release_s
                assert left_s > 1.2 * truth.t90_s, case.name


def test_quick_mild_and_mixed_grids() -> None:
    quick = grid_cases("quick")
    assert 20 <= len(quick) <= 40
    assert all(case.scenario.width <= 480 for case in quick if case.factor != MIXED)
    assert {case.factor for case in quick} >= {"skin type", "tool", NO_PRESS, NOT_RECOVERING}
    assert len(grid_cases("mild")) == 42
    assert [case.factor for case in grid_cases("mixed", 3)] == [MIXED] * 3
    tools = {press.tool for case in grid_cases("mild") for press in case.scenario.presses}
    assert tools < set(Tool.__args__)  # type: ignore[attr-defined]
