"""Find where the skin blanched, and the unpressed skin beside it."""

from __future__ import annotations

import itertools
from typing import Literal

import cv2
import numpy as np

from perfusion_cam.quality import Flag
from perfusion_cam.stages.location.pallor import PallorNoise, pallor_map
from perfusion_cam.stages.location.patch import EarlyChange, Patch, best_patch
from perfusion_cam.stages.location.shapes import radius_of, reach_of
from perfusion_cam.stages.location.tint import may_be_skin
from perfusion_cam.types import BoolArray, FloatArray, GridWindow, Press, Site

NoSite = Literal[Flag.DOES_NOT_BLANCH, Flag.NO_SKIN_BESIDE, Flag.LOST]
"""Why there is no site: nothing paled, nothing to compare with, or the place left the picture."""

EARLY_S = (0.3, 1.2)
"""Two stretches after the tool has left over which pallor is averaged: fast and slow refill."""
STAYING_S = (0.3, 0.7)
SCALES_CELLS = (1.0, 2.5, 5.0)
"""Blurs under which a patch is looked for: a fingertip seen from far, and from near."""
CLEAR_SHARE = 0.5
"""The least blurred patch that stands out this well against the clearest is taken: its outline is
truest."""
MIN_SEEN_SHARE = 0.5
"""Share of the place pressed that must be in the picture all the time."""


def locate(
    window: GridWindow,
    press: Press,
    resting: FloatArray,
    beside: BoolArray,
    within: BoolArray | None = None,
) -> Site | NoSite:
    """Find the site of a press.

    Parameters
    ----------
    window : GridWindow
        From the press's baseline on.
    press : Press
    resting : array (rows, cols, 3)
        Natural-log light of the skin at rest.
    beside : array (rows, cols) bool
        Cells on which something lies once the tool has left: neither site nor control.
    within : array (rows, cols) bool, optional
        Cells in which to look (a user's circle or box).

    Returns
    -------
    Site or Flag
        The reason where there is no site. A site that stands out less than its rivals
        (`stands_out` below 1) is only the best guess.
    """
    reach = reach_of(press.tool_cells)
    allowed = reach if within is None else within
    seen = window.always_valid
    if (allowed & seen).sum() < MIN_SEEN_SHARE * allowed.sum():
        return Flag.LOST
    staying = pallor_map(window, press, resting, *STAYING_S)
    changes = [pallor_map(window, press, resting, 0.0, over_s) for over_s in EARLY_S]
    noise = PallorNoise(resting, reach)
    seen_early = [EarlyChange.of(resting, change, staying, noise, beside) for change in changes]
    searched = allowed & seen & may_be_skin(resting, allowed)
    patches = [
        best_patch(early, searched, scale)
        for scale, early in itertools.product(SCALES_CELLS, seen_early)
    ]
    found = [patch for patch in patches if patch is not None]
    if not found:
        return Flag.DOES_NOT_BLANCH
    clearest = max(patch.stands_out for patch in found)
    alone = np.zeros_like(seen)
    part: Site | None = None
    for patch in found:
        if patch.stands_out < CLEAR_SHARE * clearest or (patch.cells & alone).any():
            continue
        if part is not None and not _is_more_of(patch, part):
            continue
        control = _control(patch, seen & ~beside)
        if 2 * control.sum() < patch.cells.sum():
            alone |= patch.cells
        elif not patch.ends_in_noise:
            return _site(patch, control, window.shape.cell_px)
        elif part is None:
            part = _site(patch, control, window.shape.cell_px)
    return part or Flag.NO_SKIN_BESIDE


def rests_on(press: Press, site: Site, within: BoolArray | None = None) -> BoolArray:
    """Cells on which it rests that a site is found as it is, array (rows, cols).

    Where others leave the picture, the same is found.
    """
    return site.control_cells | (reach_of(press.tool_cells) if within is None else within)


def _site(patch: Patch, control: BoolArray, cell_px: float) -> Site:
    rows, cols = np.nonzero(patch.cells)
    return Site(
        x_px=float((cols.mean() + 0.5) * cell_px),
        y_px=float((rows.mean() + 0.5) * cell_px),
        radius_px=radius_of(patch.cells) * cell_px,
        cells=patch.cells,
        control_cells=control,
        stands_out=patch.stands_out,
        detectable=patch.detectable,
    )


def _is_more_of(patch: Patch, part: Site) -> bool:
    """Whether it holds more of the same place, and is no chance if the part is none."""
    clear = patch.stands_out >= min(1.0, part.stands_out)
    larger = patch.cells.sum() > part.cells.sum()
    return bool(clear and larger and (patch.cells & part.cells).any())


def _control(patch: Patch, seen: BoolArray) -> BoolArray:
    """A ring of the same skin round the site that did not blanch."""
    radius = radius_of(patch.cells)
    distance = cv2.distanceTransform((~patch.cells).astype(np.uint8), cv2.DIST_L2, 5)
    ring = (distance > max(2.0, 0.9 * radius)) & (distance < max(6.0, 2.4 * radius))
    peak = float(patch.pale[patch.cells].max())
    return np.asarray(ring & patch.alike & seen & (np.abs(patch.pale) < 0.25 * peak))
