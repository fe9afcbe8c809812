"""A site's shape as weights of cells, here and over skin that nobody pressed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import SHAPE, Array, Visit, disc, press_of, site_of, skin, times, window

from perfusion_cam.stencils import MAX_PLACEBOS, MIN_STENCIL_SHARE, Stencils, rested
from perfusion_cam.types import GridWindow

VISIT = Visit(2.0, 5.0)
SITE = site_of(VISIT)
PRESS = press_of(VISIT, 9.0)
T_S = times(9.0)


def shown(light: Array) -> GridWindow:
    """Skin that looks like this all the time."""
    return window(T_S, np.repeat(light[None], len(T_S), axis=0))


def laid(light: Array) -> Stencils:
    return Stencils.of(light, SITE, np.ones(light.shape[:2], bool))


@pytest.fixture(scope="module")
def stencils() -> Stencils:
    return laid(skin())


def test_light_and_its_slope_cancel_and_a_change_of_the_site_does_not(stencils: Stencils) -> None:
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
    plane = np.stack([0.7 + 0.01 * rows, 0.02 * cols, 0.01 * rows - 0.02 * cols], axis=-1)
    changed = plane + 0.3 * SITE.cells[..., None]
    for one in (stencils.site, *stencils.placebos):
        np.testing.assert_allclose(one.laid_on(plane), 0.0, atol=0.02)
    np.testing.assert_allclose(stencils.site.laid_on(changed), 0.3, atol=0.02)


def test_placebos_lie_on_seen_and_unpressed_skin_of_the_same_colour_nearest_first() -> None:
    light = skin()
    light[:, 80:] -= 2.0
    far = np.array([SITE.x_px, SITE.y_px]) / SHAPE.cell_px - 0.5
    away = []
    for one in laid(light).placebos:
        rows, cols = np.unravel_index(one.cells, SITE.cells.shape)
        assert cols.max() < 80
        inside = one.weights > one.weights.max() / 2
        assert inside.sum() >= MIN_STENCIL_SHARE * SITE.cells.sum()
        assert not SITE.cells[rows, cols].any()
        away.append(np.hypot(cols[inside].mean() - far[0], rows[inside].mean() - far[1]))
    assert 2 < len(away) <= MAX_PLACEBOS
    assert np.all(np.diff(away) > -4)


def test_no_skin_elsewhere_gives_no_placebos() -> None:
    light = np.where(disc(VISIT.row, VISIT.col, 18)[..., None], skin(), skin() - 2.0)
    assert laid(light).placebos == ()


def test_skin_is_at_rest_before_the_press_where_it_was_followed() -> None:
    still = shown(skin())
    before = PRESS.baseline_s[1] >= T_S
    np.testing.assert_array_equal(rested(still, PRESS), before)
    gone = T_S < 1.0
    np.testing.assert_array_equal(rested(replace(still, registered=~gone), PRESS), before & ~gone)
    never = replace(still, registered=np.zeros(len(T_S), bool))
    np.testing.assert_array_equal(rested(never, PRESS), before)
