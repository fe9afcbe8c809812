"""What stayed in the picture when the tool left the site."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.stages.location.pallor import PALLOR, pallor_map
from perfusion_cam.stages.location.shapes import disc, grown, radius_of, reach_of
from perfusion_cam.stencils import rested
from perfusion_cam.types import BoolArray, FloatArray, GridWindow, Press, Site

LOOKED_AT_S = 0.7
"""How long after the tool has left."""
CHANGE = 0.1
"""Natural-log light by which a cell must differ from how it rested."""
DARKER = 0.02
"""Natural-log green and blue light that a shadow takes at least, where it matters."""
MIN_EDGE = 0.03
"""Natural-log light a cell by which the change must end: light that slopes across the picture
changes by 0.004, a soft shadow in a few cells."""
CUT_OFF = 0.1
"""Share of the picture below which what is cut off belongs to it."""
SMALLEST = disc(2)
"""What is narrower is an edge that slid."""
SOFT_RIM = disc(2)
SHADOW = disc(10)
"""How far its shadow is looked for."""
SHADOW_RADII = 3.0
"""Radii of the site beyond its control within which it may fall there, weak as it is."""


def lying_beside(window: GridWindow, press: Press, within: BoolArray | None = None) -> BoolArray:
    """Cells on which something lies once the tool has left the site, array (rows, cols).

    They look otherwise than before the press, and were not uncovered at release. What blanched does
    so too: only what goes on beyond the place pressed, and ends somewhere, counts, and what is
    darker next to it. A table that slid under the limb is among it.

    Parameters
    ----------
    window : GridWindow
    press : Press
    within : array (rows, cols) bool, optional
        Where the site may lie, too (a user's circle or box).
    """
    if not press.seen_bare:
        return np.zeros_like(press.tool_cells)
    place = reach_of(press.tool_cells)
    if within is not None:
        place |= within
    resting = window.mean_log_rgb(rested(window, press))
    change = np.asarray(
        cv2.blur(pallor_map(window, press, resting, 0.0, LOOKED_AT_S), (3, 3)), np.float32
    )
    other = (np.abs(change).max(axis=-1) > CHANGE) & ~press.tool_cells
    other = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_OPEN, SMALLEST) > 0
    lying = _ending(_reached_from(other & ~place, other), change)
    shadow = (change @ PALLOR < -DARKER) & grown(lying, SHADOW)
    found = grown(_reached_from(lying, lying | shadow), SOFT_RIM)
    return found | _cut_off(found, press.tool_cells)


def lies_near(site: Site, beside: BoolArray) -> bool:
    """Whether something lies so near that its shadow may fall on site or control."""
    size = round(SHADOW_RADII * radius_of(site.cells))
    return bool((grown(site.cells | site.control_cells, disc(size)) & beside).any())


def _cut_off(lying: BoolArray, uncovered: BoolArray) -> BoolArray:
    """Small parts of the picture that are cut off, but not the place: a nail, or a glint."""
    count, labels = cv2.connectedComponents((~lying).astype(np.uint8))
    area = np.bincount(labels.ravel(), minlength=count)
    of_place = np.bincount(labels[uncovered & ~lying], minlength=count)
    small = (area < CUT_OFF * lying.size) & (of_place < of_place.max())
    return np.asarray(small[labels] & ~lying)


def _ending(cells: BoolArray, change: FloatArray) -> BoolArray:
    """Those patches of some cells at whose outline the change (rows, cols, 3) ends."""
    across, down = (cv2.Sobel(change, -1, *way, scale=0.125) for way in ((1, 0), (0, 1)))
    slope = np.hypot(across, down).max(axis=-1)
    count, labels = cv2.connectedComponents(cells.astype(np.uint8))
    sharp = np.zeros(count, bool)
    for label in range(1, count):
        patch = labels == label
        outline = grown(patch, disc(1)) & ~patch
        sharp[label] = outline.any() and slope[outline].mean() > MIN_EDGE
    return np.asarray(sharp[labels])


def _reached_from(starts: BoolArray, cells: BoolArray) -> BoolArray:
    """Those of some cells that hang together with some of them."""
    _, labels = cv2.connectedComponents(cells.astype(np.uint8))
    return np.isin(labels, np.unique(labels[starts]))
