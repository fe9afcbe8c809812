"""A site against its control: blood stays, light cancels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import (
    BLOOD,
    SHAPE,
    SITE_OF_TOOL,
    Array,
    Visit,
    press_of,
    site_of,
    soft_disc,
    stack,
    times,
    window,
)

from perfusion_cam.stages.location import resting_skin
from perfusion_cam.stages.reading import read_light
from perfusion_cam.stages.sampling import sample_traces
from perfusion_cam.stencils import MAX_PLACEBOS, Stencils
from perfusion_cam.types import GridWindow, Press, Site, SiteTraces

VISIT = Visit(2.0, 5.0, row=26, col=44, radius=8, pallor=0.2, tau_s=1.0)
DURATION_S = 10.0
NOISE = 0.004
T_S = times(DURATION_S)
AFTER = VISIT.release_s + VISIT.travel_s + 0.1 < T_S


def read(grids: Array, site: Site | None = None, **changes: object) -> SiteTraces:
    press = press_of(VISIT, DURATION_S, **changes)
    return sampled(window(T_S, grids), press, site or site_of(VISIT))


def sampled(shown: GridWindow, press: Press, site: Site) -> SiteTraces:
    stencils = Stencils.of(resting_skin(shown, press).light, site, shown.always_valid)
    return sample_traces(shown, press, site, read_light(shown, press, site, stencils))


@pytest.fixture(scope="module")
def grids() -> Array:
    return stack(T_S, [VISIT], noise=NOISE)


@pytest.fixture(scope="module")
def traces(grids: Array) -> SiteTraces:
    return read(grids)


def test_the_trace_is_the_drawn_pallor(traces: SiteTraces) -> None:
    pressed = soft_disc(VISIT.row, VISIT.col, SITE_OF_TOOL * VISIT.radius)
    share = pressed[site_of(VISIT).cells].mean()
    drawn = share * np.array([VISIT.pallor_at(t_s) for t_s in T_S])[:, None] * BLOOD
    np.testing.assert_allclose(traces.rgb[AFTER], drawn[AFTER], atol=0.008)
    np.testing.assert_allclose(traces.rgb[traces.baseline], 0.0, atol=0.008)


def test_samples_are_used_once_the_tool_has_gone(traces: SiteTraces) -> None:
    assert not traces.used[VISIT.release_s >= T_S].any()
    assert traces.used[AFTER].all()
    first_s = T_S[traces.used][0]
    assert VISIT.release_s < first_s <= VISIT.release_s + VISIT.travel_s + 0.1


def test_baseline_ends_where_the_press_says(traces: SiteTraces) -> None:
    np.testing.assert_array_equal(traces.baseline, VISIT.contact_s - VISIT.travel_s >= T_S)


def test_the_resting_colour_is_that_of_the_site(grids: Array, traces: SiteTraces) -> None:
    assert traces.resting_log_rgb is not None
    expected = grids[traces.baseline][:, site_of(VISIT).cells].mean(axis=(0, 1))
    np.testing.assert_allclose(traces.resting_log_rgb, expected, atol=1e-3)


def gains(t_s: Array) -> Array:
    """Exposure and white balance that never rest, (n, 3)."""
    return np.stack(
        [0.3 * np.sin(t_s), 0.3 * np.sin(t_s) + 0.1 * (t_s > 6), 0.2 * np.cos(2 * t_s)], axis=1
    )


def test_a_gain_of_site_and_control_cancels(grids: Array, traces: SiteTraces) -> None:
    lit = read(grids + gains(T_S)[:, None, None, :].astype(np.float32))
    np.testing.assert_allclose(lit.rgb, traces.rgb, atol=1e-3)
    np.testing.assert_allclose(lit.placebo_rgb, traces.placebo_rgb, atol=1e-3)
    np.testing.assert_array_equal(lit.used, traces.used)


def test_a_slope_of_light_that_changes_cancels(grids: Array, traces: SiteTraces) -> None:
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
    slope = (0.004 * (cols - 48) - 0.006 * (rows - 27))[None] * np.sin(T_S)[:, None, None]
    lit = read(grids + slope[..., None].astype(np.float32))
    np.testing.assert_allclose(lit.rgb[AFTER], traces.rgb[AFTER], atol=0.003)


def test_a_slope_cancels_where_half_of_the_ring_is_missing(grids: Array) -> None:
    whole = site_of(VISIT)
    half = whole.control_cells.copy()
    half[:, round(VISIT.col) + 2 :] = False
    site = site_of(VISIT, control_cells=half)
    slope = 0.01 * (np.arange(SHAPE.cols) - VISIT.col)[None, :] * np.sin(T_S)[:, None]
    lit = read(grids + slope[:, None, :, None].astype(np.float32), site)
    plain = read(grids, site)
    unplaned_error = 0.01 * abs(np.nonzero(half)[1].mean() - VISIT.col)
    apart = np.abs(lit.rgb[AFTER] - plain.rgb[AFTER]).max()
    assert apart < 0.4 * unplaned_error


def test_placebos_lie_beside_the_site() -> None:
    """A mark on the site alone shows in no placebo; noise shows in all."""
    marked = stack(T_S, [], noise=NOISE)
    marked[VISIT.release_s < T_S] += 0.5 * site_of(VISIT).cells[..., None]
    plain = stack(T_S, [], noise=NOISE)
    there, here = read(marked), read(plain)
    assert 8 <= len(there.placebo_rgb) <= MAX_PLACEBOS
    np.testing.assert_allclose(there.placebo_rgb, here.placebo_rgb, atol=1e-6)
    assert there.rgb[AFTER].mean() == pytest.approx(0.5, abs=0.01)
    assert (here.placebo_rgb[:, AFTER].std(axis=1) > 0).all()


def test_placebos_are_as_noisy_as_the_site() -> None:
    still = read(stack(T_S, [], noise=0.02))
    site_sd, placebo_sd = still.rgb[AFTER].std(), still.placebo_rgb[:, AFTER].std()
    assert placebo_sd == pytest.approx(site_sd, rel=0.25)


def test_skin_of_another_colour_gives_no_placebo(grids: Array) -> None:
    sleeve = grids.copy()
    sleeve[:, :, : round(VISIT.col) - 11] += np.array([0.5, 0.0, -0.5], np.float32)
    sleeve[:, :, round(VISIT.col) + 11 :] += np.array([0.5, 0.0, -0.5], np.float32)
    assert len(read(sleeve).placebo_rgb) < len(read(grids).placebo_rgb) / 2


def lost(shown: GridWindow, gone: Array) -> GridWindow:
    return GridWindow(shown.shape, shown.t_s, shown.light_code, shown.marks, ~gone)


def test_samples_are_not_used_while_the_skin_is_lost(grids: Array) -> None:
    gone = (T_S > 7) & (T_S < 8)
    press: Press = press_of(VISIT, DURATION_S)
    found = sampled(lost(window(T_S, grids), gone), press, site_of(VISIT))
    assert not found.used[gone].any()
    assert found.used[T_S > 8].all()


def test_samples_are_not_used_while_something_is_in_the_way() -> None:
    passing = Visit(7.5, 7.7, row=VISIT.row, col=VISIT.col - 2, radius=6, pallor=0.0)
    found = read(stack(T_S, [VISIT, passing], noise=NOISE))
    assert not found.used[(T_S > 7.5) & (T_S < 7.7)].any()
    assert found.used[T_S > 8.3].all()


@pytest.mark.parametrize("colour", [0, 1, 2])
def test_a_clipped_colour_is_told(grids: Array, colour: int) -> None:
    clipped = np.zeros((SHAPE.rows, SHAPE.cols, 3), bool)
    clipped[..., colour] = True
    press = press_of(VISIT, DURATION_S)
    found = sampled(window(T_S, grids, clipped), press, site_of(VISIT))
    assert found.clipped.tolist() == [index == colour for index in range(3)]


def test_clipping_elsewhere_does_not_matter(grids: Array) -> None:
    clipped = np.ones((SHAPE.rows, SHAPE.cols, 3), bool) & ~site_of(VISIT).cells[..., None]
    press = press_of(VISIT, DURATION_S)
    found = sampled(window(T_S, grids, clipped), press, site_of(VISIT))
    assert not found.clipped.any()


def test_a_deep_blanch_in_quiet_skin_is_nothing_in_the_way() -> None:
    """Red follows blood, too: the site's red changes while its control's does not."""
    deep = Visit(2.0, 5.0, row=26, col=44, radius=8, pallor=0.5, tau_s=1.0)
    traces = read(stack(T_S, [deep], noise=0.002))
    first_s = T_S[traces.used][0]
    assert first_s < deep.release_s + deep.travel_s


def test_pictures_that_were_not_followed_are_no_rest(grids: Array) -> None:
    """A third of those before the press shows something else."""
    shown = window(T_S, grids)
    lost = (T_S > 0.3) & (T_S < 0.9)
    shown.light_code[lost] += 300
    shown.light_code[lost, 20:30, 38:50] += 900
    strayed = replace(shown, registered=~lost)
    traces = sampled(strayed, press_of(VISIT, DURATION_S), site_of(VISIT))
    assert not traces.baseline[lost].any()
    np.testing.assert_allclose(traces.rgb[AFTER], read(grids).rgb[AFTER], atol=0.004)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.14, 0.18, 0.22, 0.3, 0.6])
def test_the_last_of_a_tool_of_the_skins_colour_is_not_used(grids: Array, share: float) -> None:
    """Its edge over half the site changes red little more than noise does, and the others a lot."""
    clean = read(grids)
    last = int(np.argmax(clean.used))
    edge = soft_disc(VISIT.row, VISIT.col - 2, SITE_OF_TOOL * VISIT.radius)[..., None]
    shown = grids.copy()
    shown[last] += (share * edge * np.array([0.06, 0.9, 1.1])).astype(np.float32)
    traces = read(shown)
    assert traces.used[last + 1]
    assert not (traces.used & (np.abs(traces.rgb - clean.rgb)[:, 1] > 0.05)).any()
