"""A pale disc of known place and size must be found there, and light must not pass for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from stacks import (
    BLOOD,
    LIGHT,
    SHAPE,
    Array,
    Visit,
    disc,
    press_of,
    soft_disc,
    stack,
    times,
    window,
)

from perfusion_cam.quality import Flag
from perfusion_cam.stages.location import NoSite, locate, pallor_map, resting_skin
from perfusion_cam.types import LIGHT_CODE, BoolArray, GridWindow, Press, Site

VISIT = Visit(2.0, 5.0, row=26, col=44, radius=10, pallor=0.0)
RADIUS = 5.0
DEPTH = 0.15
NOISE = 0.008
DURATION_S = 8.0
TABLE_COL = 50
TABLE = np.array([-0.2, 0.3, 0.45])
"""Light of something grey against that of skin."""


def fading(t_s: Array, tau_s: float = 1.0) -> Array:
    """What is left of the pallor; 0 before the press."""
    since_s = t_s - VISIT.release_s
    return np.asarray(np.where(since_s < 0, 0.0, np.exp(-np.maximum(since_s, 0) / tau_s)))


def scene(
    direction: Array = BLOOD,
    depth: float = DEPTH,
    row: float = VISIT.row,
    col: float = VISIT.col,
    radius: float = RADIUS,
    seed: int = 1,
) -> tuple[GridWindow, Press]:
    """A press with a tool over it, then a disc that changed along `direction`."""
    t_s = times(DURATION_S)
    grids = stack(t_s, [VISIT], seed=seed, noise=NOISE)
    change = depth * soft_disc(row, col, radius)[..., None] * direction
    grids += (fading(t_s)[:, None, None, None] * change).astype(np.float32)
    return window(t_s, grids), press_of(VISIT, DURATION_S)


def sited(shown: GridWindow, press: Press, within: BoolArray | None = None) -> Site | NoSite:
    resting = resting_skin(shown, press).light
    return locate(shown, press, resting, np.zeros_like(shown.always_valid), within)


def found_in(scene: tuple[GridWindow, Press]) -> Site:
    site = sited(*scene)
    assert isinstance(site, Site)
    return site


def does_not_stand_out(found: Site | Flag) -> bool:
    return found is Flag.DOES_NOT_BLANCH if isinstance(found, Flag) else found.stands_out < 1


def off_cells(site: Site, row: float, col: float) -> float:
    cell_px = SHAPE.cell_px
    return float(np.hypot(site.x_px / cell_px - col - 0.5, site.y_px / cell_px - row - 0.5))


@pytest.mark.parametrize("redder", [0.0, 0.2], ids=["even", "overshoot"])
def test_the_faster_half_of_a_disc_belongs_to_its_site(redder: float) -> None:
    visit, t_s = replace(VISIT, travel_s=0.15), times(DURATION_S)
    grids = stack(t_s, [visit], seed=1, noise=NOISE)
    blanch = DEPTH * soft_disc(visit.row, visit.col, RADIUS)[..., None] * BLOOD
    left = np.arange(SHAPE.cols)[:, None] < visit.col
    for half, tau_s in ((left, 0.25), (~left, 0.4)):
        missing = (1 + redder) * fading(t_s, tau_s) - redder * (t_s >= visit.release_s)
        grids += (missing[:, None, None, None] * half * blanch).astype(np.float32)
    site = found_in((window(t_s, grids), press_of(visit, DURATION_S)))
    core = disc(visit.row, visit.col, 0.8 * RADIUS)
    assert site.cells[core & left[:, 0]].mean() > 0.9
    assert off_cells(site, visit.row, visit.col) < 1.0


def pressed_unevenly(
    seed: int,
    missing: Callable[[Array], Array],
    uneven: float,
    travel_s: float = 0.15,
    depth: float = DEPTH,
    noise: float = NOISE,
) -> tuple[float, float]:
    """How much slower a site is than the skin pressed, as a logarithm, and how much of it it has.

    Skin of uneven pace, of which the fast has half come back before it is seen.
    """
    visit, t_s = replace(VISIT, travel_s=travel_s), times(DURATION_S)
    core = disc(visit.row, visit.col, RADIUS)
    spots = gaussian_filter(np.random.default_rng(seed).normal(size=core.shape), 2.5)
    slower = uneven * (spots - spots[core].mean()) / spots[core].std()
    left = missing(np.maximum(t_s - visit.release_s, 0)[:, None, None] / np.exp(slower))
    left[t_s < visit.release_s] = 0
    blanch = depth * soft_disc(visit.row, visit.col, RADIUS)[..., None] * BLOOD
    grids = stack(t_s, [visit], seed=seed, noise=noise)
    grids += (left[..., None] * blanch).astype(np.float32)
    site = found_in((window(t_s, grids), press_of(visit, DURATION_S)))
    return float(slower[site.cells & core].mean()), float(site.cells[core].mean())


@pytest.mark.parametrize("tau_s", [0.3, 0.5, 1.0])
def test_a_site_is_no_slower_than_the_skin_that_was_pressed(tau_s: float) -> None:
    found = [pressed_unevenly(seed, lambda u_s: np.exp(-u_s / tau_s), 0.15) for seed in range(6)]
    slower, share = np.transpose(found)
    assert slower.mean() == pytest.approx(0, abs=0.015)
    assert share.min() > 0.9


def test_of_a_site_that_ends_in_noise_more_is_taken_than_its_slowest_part() -> None:
    """Three quarters are back before they are seen, and of the rest only the palest is clear."""
    found = [
        pressed_unevenly(
            seed,
            lambda u_s: 0.76 * np.exp(-u_s / 0.11) + 0.24 * np.exp(-u_s / 0.44),
            0.23,
            travel_s=0.3,
            depth=0.1,
            noise=0.04,
        )
        for seed in range(8)
    ]
    slower, share = np.transpose(found)
    assert slower.mean() < 0.05
    assert share.min() > 0.7


@pytest.mark.parametrize("radius", [3.5, 5.0, 7.0])
@pytest.mark.parametrize(("row", "col"), [(26.0, 44.0), (23.5, 48.0)])
def test_a_pale_disc_is_found(row: float, col: float, radius: float) -> None:
    site = found_in(scene(row=row, col=col, radius=radius))
    assert off_cells(site, row, col) < 1.0
    assert site.radius_px / SHAPE.cell_px == pytest.approx(radius, rel=0.3)
    assert site.stands_out > 1.5
    assert disc(row, col, 0.6 * radius)[site.cells].any()


def test_the_control_is_a_ring_of_skin_that_did_not_blanch() -> None:
    site = found_in(scene())
    assert not (site.control_cells & site.cells).any()
    assert not (site.control_cells & disc(VISIT.row, VISIT.col, RADIUS)).any()
    assert site.control_cells.sum() >= site.cells.sum() / 2
    rows, cols = np.nonzero(site.control_cells)
    assert np.hypot(rows.mean() - VISIT.row, cols.mean() - VISIT.col) < 2


def test_pallor_near_the_noise_does_not_stand_out() -> None:
    assert found_in(scene()).stands_out > 1
    assert does_not_stand_out(sited(*scene(depth=0.002)))


@pytest.mark.parametrize("seed", range(5))
def test_skin_that_did_not_blanch_has_no_site(seed: int) -> None:
    site = sited(*scene(depth=0.0, seed=seed))
    assert does_not_stand_out(site)


@pytest.mark.parametrize("depth", [0.1, 0.3])
def test_a_disc_of_light_is_not_taken(depth: float) -> None:
    site = sited(*scene(direction=LIGHT, depth=depth))
    assert does_not_stand_out(site)


GLINT = np.array([0.25, 0.5, 0.6])
"""White light on skin: most where skin reflects least, so that it looks like blood gone."""


@pytest.mark.parametrize(("cells_per_s", "pressed"), [(8.0, True), (8.0, False), (20.0, False)])
def test_a_glint_that_wanders_is_not_taken(cells_per_s: float, pressed: bool) -> None:
    """It crosses the place where the tool was while the skin there refills, or does not blanch."""
    shown, press = scene(depth=DEPTH if pressed else 0.0)
    since_s = shown.t_s - VISIT.release_s
    there = (since_s > 0.2) & (since_s < 2.0)
    for index in np.flatnonzero(there):
        col = VISIT.col - 6 + cells_per_s * (since_s[index] - 0.4)
        spot = soft_disc(VISIT.row - 12, col, 2.5)[..., None] * GLINT
        shown.light_code[index] += np.round(spot * LIGHT_CODE).astype(np.int16)
    site = sited(shown, press)
    if not pressed:
        assert does_not_stand_out(site)
        return
    assert isinstance(site, Site)
    assert off_cells(site, VISIT.row, VISIT.col) < 2.0


def beside_a_table(slid_cells: float, depth: float) -> tuple[GridWindow, Press]:
    """Skin whose border the press pushed aside, and which slides back, round a pale disc."""
    t_s = times(DURATION_S)
    grids = stack(t_s, [VISIT], seed=1, noise=NOISE)
    left = fading(t_s)
    across = np.arange(SHAPE.cols) - TABLE_COL
    for grid, share in zip(grids, left, strict=True):
        border = 1 / (1 + np.exp(-np.clip((across + slid_cells * share) / 0.6, -40, 40)))
        grid += (border[None, :, None] * TABLE).astype(np.float32)
        grid += (share * depth * soft_disc(26, 38, 4)[..., None] * BLOOD).astype(np.float32)
    return window(t_s, grids), press_of(VISIT, DURATION_S)


@pytest.mark.parametrize("slid_cells", [-2.5, -1.0, 0.4, 1.0, 2.5])
def test_a_border_that_slid_aside_is_not_taken(slid_cells: float) -> None:
    assert does_not_stand_out(sited(*beside_a_table(slid_cells, depth=0.0)))


@pytest.mark.parametrize("slid_cells", [-2.0, 0.0, 2.0])
def test_beside_a_border_that_slid_aside_the_blanch_is_found(slid_cells: float) -> None:
    site = found_in(beside_a_table(slid_cells, depth=0.08))
    assert off_cells(site, 26, 38) < 1.5
    assert site.stands_out > 1


def test_a_border_that_slid_aside_is_no_rival() -> None:
    """It turns skin darker on its other side, which nothing else in a press does."""
    still, slid = (found_in(beside_a_table(cells, depth=0.05)) for cells in (0.0, -2.0))
    assert off_cells(slid, 26, 38) < 1.5
    assert slid.stands_out > 0.7 * still.stands_out


def test_paler_than_skin_without_blood_is_not_taken() -> None:
    assert does_not_stand_out(sited(*scene(depth=5.0)))
    assert found_in(scene(depth=0.5)).stands_out > 1


def test_a_disc_that_turned_darker_is_not_taken() -> None:
    site = sited(*scene(direction=-BLOOD))
    assert does_not_stand_out(site)


def test_deeper_pallor_stands_out_more() -> None:
    weak, strong = (found_in(scene(depth=depth)) for depth in (0.06, 0.18))
    assert strong.stands_out > 1.5 * weak.stands_out
    assert weak.detectable == pytest.approx(strong.detectable, rel=0.5)
    assert weak.detectable < 0.06


def test_a_region_decides_where_to_look() -> None:
    shown, press = scene()
    inside, elsewhere = disc(VISIT.row, VISIT.col, 8), disc(12, 12, 8)
    site = sited(shown, press, inside)
    assert isinstance(site, Site)
    assert not (site.cells & ~inside).any()
    assert off_cells(site, VISIT.row, VISIT.col) < 1.0
    other = sited(shown, press, elsewhere)
    assert does_not_stand_out(other)


@pytest.mark.parametrize("room", [7.0, 9.0])
def test_without_skin_beside_it_a_pale_patch_is_no_site(room: float) -> None:
    """A strip of skin no wider than the patch, between sleeves of another colour."""
    shown, press = scene()
    sleeve = np.array([1600, 0, -1600], np.int16)
    beside = ~disc(VISIT.row, VISIT.col, room)
    shown.light_code[:, beside] += sleeve
    assert sited(shown, press) is Flag.NO_SKIN_BESIDE


def test_a_place_that_left_the_picture_is_lost() -> None:
    shown, press = scene()
    shown.marks[shown.t_s > press.uncovered_s + 1] |= np.where(press.tool_cells, 8, 0).astype(
        np.uint8
    )
    assert sited(shown, press) is Flag.LOST


def test_cells_outside_the_picture_are_left_out() -> None:
    shown, press = scene()
    shown.marks[5, :, 50:] = 8
    site = found_in((shown, press))
    assert not site.cells[:, 50:].any()
    assert not site.control_cells[:, 50:].any()


def resting(shown: GridWindow, press: Press) -> Array:
    return np.asarray(shown.log_rgb(shown.t_s <= press.baseline_s[1]).mean(axis=0))


def test_a_map_of_pallor_holds_what_was_drawn() -> None:
    shown, press = scene()
    change = pallor_map(shown, press, resting(shown, press), 0.0, 0.2)
    after_s = press.uncovered_s + 0.1 - VISIT.release_s
    drawn = DEPTH * np.exp(-after_s / 1.0) * BLOOD
    core = disc(VISIT.row, VISIT.col, 0.5 * RADIUS)
    np.testing.assert_allclose(change[core].mean(axis=0), drawn, atol=0.01)
    np.testing.assert_allclose(np.median(change.reshape(-1, 3), axis=0), 0.0, atol=1e-6)


def test_a_map_is_blind_to_exposure() -> None:
    shown, press = scene()
    before = pallor_map(shown, press, resting(shown, press), 0.0, 0.3)
    later = shown.t_s > VISIT.release_s
    shown.light_code[later] += np.array([800, 600, 500], np.int16)
    np.testing.assert_allclose(
        pallor_map(shown, press, resting(shown, press), 0.0, 0.3), before, atol=1e-4
    )


def test_a_map_without_a_picture_in_time_takes_the_nearest() -> None:
    shown, press = scene()
    change = pallor_map(shown, press, resting(shown, press), 0.01, 0.012)
    assert change[disc(VISIT.row, VISIT.col, 2)][:, 1].mean() > 0.5 * DEPTH
