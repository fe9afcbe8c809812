"""One press, from its grids to its result."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from perfusion_cam.measurement import SIGHTED_S, Sighting, measure_press, sight_press
from perfusion_cam.quality import Flag
from perfusion_cam.settings import Region
from perfusion_cam.stages.detection import PressWindow
from perfusion_cam.types import (
    LIGHT_CODE,
    BoolArray,
    GridShape,
    GridWindow,
    Press,
    PressResult,
    Site,
    marks_of,
)


def measured(item: PressWindow, region: Region | None = None) -> PressResult:
    return measure_press(item, sight_press(item, region))


def drawn_press(mirrored: bool) -> PressWindow:
    """Grids of a pale disc left of the middle, or the same seen in a mirror."""
    rows, cols, rate_hz, release_s, contact_s = 54, 96, 15.0, 5.0, 2.0
    rng = np.random.default_rng(8)
    t_s = np.arange(round(11 * rate_hz)) / rate_hz
    y, x = np.mgrid[:rows, :cols]
    apart = np.hypot(y - 27, x - 36)
    disc = 1 / (1 + np.exp(np.clip((apart - 5) / 0.6, -40, 40)))
    left = np.where(t_s < contact_s, 0.0, np.exp(-np.maximum(t_s - release_s, 0) / 0.9))
    blood = np.array([0.3, 1.0, 0.95])
    grids = np.array([-0.7, -1.3, -1.6]) + 0.05 * rng.standard_normal((rows, cols, 1))
    grids = grids + 0.18 * left[:, None, None, None] * disc[..., None] * blood
    grids = grids + 0.006 * rng.standard_normal(grids.shape)
    tool = apart <= 10
    held = (t_s >= contact_s - 0.3) & (t_s <= release_s + 0.2)
    grids[held] = np.where(tool[..., None], -2.2, grids[held])
    if mirrored:
        grids, tool = grids[:, :, ::-1], tool[:, ::-1]
    marks = marks_of(np.ones((rows, cols), bool), np.zeros((rows, cols, 3), bool))
    window = GridWindow(
        GridShape(rows, cols, 4.0),
        t_s,
        np.rint(grids * LIGHT_CODE).astype(np.int16),
        np.repeat(marks[None], len(t_s), axis=0),
        np.ones(len(t_s), bool),
    )
    press = Press(
        contact_s=contact_s,
        contact_se_s=0.05,
        release_s=release_s,
        release_se_s=0.02,
        tool_cells=tool,
        ended_s=float(t_s[-1]),
        ended_by="recording",
        tool_contrast=0.8,
        tool_hides=1.0,
        baseline_s=(0.0, contact_s - 0.4),
        uncovered_s=release_s + 0.25,
    )
    return PressWindow(press, window)


def test_a_mirror_shows_the_same_refill_at_the_mirrored_site() -> None:
    here, there = (measured(drawn_press(mirrored)) for mirrored in (False, True))
    assert here.site is not None
    assert there.site is not None
    np.testing.assert_array_equal(there.site.cells[:, ::-1], here.site.cells)
    np.testing.assert_array_equal(there.site.control_cells[:, ::-1], here.site.control_cells)
    assert there.site.x_px == pytest.approx(96 * 4 - here.site.x_px)
    assert there.site.y_px == pytest.approx(here.site.y_px)
    assert here.refill.status == there.refill.status == "measured"
    assert there.refill.crt_s == pytest.approx(here.refill.crt_s, rel=1e-3)
    assert here.refill.crt_s == pytest.approx(0.9 * math.log(10), rel=0.1)


def test_a_press_without_a_pale_patch_has_no_time() -> None:
    item = drawn_press(mirrored=False)
    nowhere = Region.box(0, 0, 12, 12)
    result = measured(item, nowhere)
    assert result.refill.status == "not_measurable"
    assert result.refill.crt_s is None


def test_a_pale_patch_without_skin_beside_it_says_so() -> None:
    item = drawn_press(mirrored=False)
    rows, cols = np.mgrid[:54, :96]
    beside = np.hypot(rows - 27, cols - 36) > 8
    item.window.light_code[:, beside] += np.array([1600, 0, -1600], np.int16)
    result = measured(item)
    assert result.refill.status == "not_measurable"
    assert result.refill.flags == (Flag.NO_SKIN_BESIDE,)


def watched(item: PressWindow, after_s: float, **changes: Any) -> PressWindow:
    """The same press as it is known so long after its tool has left."""
    window, press = item.window, item.press
    kept = window.t_s <= press.uncovered_s + after_s
    shorter = replace(
        window,
        t_s=window.t_s[kept],
        light_code=window.light_code[kept],
        marks=changes.pop("marks", window.marks)[kept],
        registered=window.registered[kept],
    )
    return PressWindow(replace(press, ended_s=float(shorter.t_s[-1]), **changes), shorter)


def assert_same(one: Sighting, other: Sighting) -> None:
    assert isinstance(one.site, Site)
    assert isinstance(other.site, Site)
    np.testing.assert_array_equal(one.site.cells, other.site.cells)
    np.testing.assert_array_equal(one.site.control_cells, other.site.control_cells)
    assert one.site.stands_out == other.site.stands_out
    assert one.stencils is not None
    assert other.stencils is not None
    for mine, yours in zip(one.stencils.placebos, other.stencils.placebos, strict=True):
        np.testing.assert_array_equal(mine.weights, yours.weights)
    assert one.colour is not None
    assert other.colour is not None
    assert one.colour.signs == other.colour.signs
    assert one.colour.delta_e == other.colour.delta_e


@pytest.mark.parametrize("after_s", [SIGHTED_S + 0.1, 3.0, 4.0])
def test_what_shows_early_is_the_same_when_watched_on(after_s: float) -> None:
    item = drawn_press(mirrored=False)
    early, late = sight_press(watched(item, after_s)), sight_press(item)
    assert early.holds_for(item)
    assert_same(early, late)
    one, other = (measure_press(item, sighting).refill for sighting in (early, late))
    assert (one.crt_s, one.crt_ci95_s, one.flags) == (other.crt_s, other.crt_ci95_s, other.flags)


def test_a_sighting_does_not_hold_for_another_press_or_where_skin_left_the_picture() -> None:
    item = drawn_press(mirrored=False)
    early = sight_press(watched(item, 3.0))
    assert not sight_press(watched(item, SIGHTED_S - 0.1)).holds_for(item)
    assert early.holds_for(watched(item, 2.5))
    assert not early.holds_for(watched(item, SIGHTED_S - 0.1))
    unseen = replace(item.press, baseline_s=(item.press.contact_s, item.press.contact_s))
    never = PressWindow(unseen, item.window)
    assert not sight_press(never).holds_for(never)
    assert not early.holds_for(drawn_press(mirrored=False))
    assert not early.holds_for(watched(item, 4.0, since_last_s=20.0))
    assert not early.holds_for(watched(item, 4.0, baseline_s=(0.5, 1.6)))
    gone = item.window.marks.copy()
    gone[item.window.t_s > item.press.uncovered_s + 3.5, :, -1] = marks_of(
        np.zeros(54, bool), np.zeros((54, 3), bool)
    )
    assert early.holds_for(watched(item, 3.4, marks=gone))
    assert not early.holds_for(watched(item, 4.0, marks=gone))


def without(item: PressWindow, gone: BoolArray) -> PressWindow:
    """The same press, of which some cells left the picture at the end."""
    marks = item.window.marks[:].copy()
    marks[-5:, gone] = marks_of(np.zeros(1, bool), np.zeros((1, 3), bool))
    return PressWindow(item.press, replace(item.window, marks=marks))


def test_a_site_is_not_looked_for_again_where_skin_elsewhere_leaves_the_picture() -> None:
    item = drawn_press(mirrored=False)
    early = sight_press(watched(item, 3.0))
    assert isinstance(early.site, Site)
    border = np.zeros(early.site.cells.shape, bool)
    border[:, -3:] = border[-2:] = True
    left = without(item, border)
    assert not early.holds_for(left)
    assert early.finds_for(left, None)
    near = early.site.cells | early.site.control_cells
    again = sight_press(left, None, early)
    assert again.site is early.site
    assert_same(again, sight_press(left))
    for needed in (early.site.cells, early.site.control_cells, item.press.tool_cells):
        assert not early.finds_for(without(item, needed), None)
    assert early.finds_for(without(item, item.press.tool_cells & ~near), near)
    assert not sight_press(left).finds_for(item, None)
    assert not sight_press(watched(item, SIGHTED_S - 0.1)).finds_for(left, None)


@pytest.mark.parametrize("seed", range(6))
def test_what_leaves_the_picture_changes_nothing_of_what_is_found_or_is_looked_at_anew(
    seed: int,
) -> None:
    item = drawn_press(mirrored=False)
    early = sight_press(watched(item, 3.0))
    random = np.random.default_rng(seed)
    gone = np.zeros(item.press.tool_cells.shape, bool)
    row, col = random.integers(0, gone.shape)
    gone[row : row + 8, col : col + 8] = True
    left = without(item, gone)
    assert_same(sight_press(left, None, early), sight_press(left))
