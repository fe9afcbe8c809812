"""A site is on skin, whatever the cloth beside it does as the tool leaves."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import RESTING, SHAPE, Array, Visit, press_of, soft_disc, stack, times, window

from perfusion_cam.quality import Flag
from perfusion_cam.stages.location import locate, resting_skin
from perfusion_cam.types import GridWindow, Press, Site

VISIT = Visit(2.0, 5.0, row=26, col=44, radius=14, pallor=0.0)
DURATION_S = 8.0
CLOTH_COL = 52
CLOTH = np.array([-2.9, -2.9, -2.9])
FOLD = np.array([0.05, 0.09, 0.12])
"""A fold in it that opens: bluer and lighter, a little more of each than the blanch is."""
BLANCH_AT, FOLD_AT = (26.0, 38.0), (28.0, 60.0)


def beside_cloth(depth: float, fold: float, balance: Array, seed: int = 3) -> GridWindow:
    """A blanch on skin, and a fold that closes again in dark cloth, in light of any balance."""
    t_s = times(DURATION_S)
    since_s = t_s - VISIT.release_s
    left = np.where(since_s < 0, 0.0, np.exp(-np.maximum(since_s, 0)))
    blanch = depth * soft_disc(*BLANCH_AT, 4.0)[..., None] * np.array([0.3, 1.0, 0.95])
    folded = fold * soft_disc(*FOLD_AT, 5.0)[..., None] * FOLD / FOLD[1]
    cloth = 1 / (1 + np.exp(-(np.arange(SHAPE.cols) - CLOTH_COL) / 0.3))[None, :, None]
    cover = np.array([VISIT.cover(float(now_s)) for now_s in t_s])[..., None]
    bare = stack(t_s, seed=seed) + cloth * (CLOTH - RESTING)
    shown = bare + left[:, None, None, None] * (blanch + folded)
    grids = (1 - cover) * shown + cover * np.array(VISIT.light) + balance
    return window(t_s, grids.astype(np.float32))


def sited(shown: GridWindow, press: Press) -> Site | Flag:
    nothing = np.zeros_like(shown.always_valid)
    return locate(shown, press, resting_skin(shown, press).light, nothing)


WHITE = np.zeros(3)
GREY_WORLD = RESTING.mean() - RESTING
"""A white balance that takes the skin itself for grey."""


@pytest.mark.parametrize("balance", [WHITE, GREY_WORLD], ids=["white", "grey world"])
def test_without_folds_the_blanch_is_found_in_any_white_balance(balance: Array) -> None:
    site = sited(beside_cloth(0.1, 0.0, balance), press_of(VISIT, DURATION_S))
    assert isinstance(site, Site)
    assert site.stands_out > 1
    assert np.hypot(*(np.argwhere(site.cells).mean(axis=0) - BLANCH_AT)) < 1.5


@pytest.mark.parametrize("seed", range(3))
def test_a_fold_in_grey_cloth_does_not_hide_the_blanch(seed: int) -> None:
    site = sited(beside_cloth(0.1, 0.2, WHITE, seed), press_of(VISIT, DURATION_S))
    assert isinstance(site, Site)
    assert np.hypot(*(np.argwhere(site.cells).mean(axis=0) - BLANCH_AT)) < 1.5
    assert site.stands_out > 1


@pytest.mark.parametrize("seed", range(3))
def test_a_fold_in_grey_cloth_is_no_blanch(seed: int) -> None:
    site = sited(beside_cloth(0.0, 0.2, WHITE, seed), press_of(VISIT, DURATION_S))
    assert site is Flag.DOES_NOT_BLANCH or (isinstance(site, Site) and site.stands_out < 1)
