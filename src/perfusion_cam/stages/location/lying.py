"""Which cells show something that lies on the skin, by how they changed."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.stages.location.pallor import PALLOR
from perfusion_cam.stages.location.shapes import connected, disc, grown
from perfusion_cam.types import BoolArray, FloatArray

CHANGE = 0.1
"""Natural-log light by which a cell must differ from bare skin."""
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


def lying_on(change: FloatArray, bare: BoolArray, place: BoolArray) -> BoolArray:
    """Find what lies on the skin, array (rows, cols) bool.

    What blanched changed, too: only what goes on beyond the place pressed, and ends somewhere,
    counts, and what is darker next to it. A table that slid under the limb is among it.

    Parameters
    ----------
    change : array (rows, cols, 3)
        Natural-log light against that of bare skin, without what most cells share.
    bare : array (rows, cols) bool
        Cells known to be bare.
    place : array (rows, cols) bool
        Where skin may have blanched.
    """
    change = np.asarray(cv2.blur(change, (3, 3)), np.float32)
    other = (np.abs(change).max(axis=-1) > CHANGE) & ~bare
    other = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_OPEN, SMALLEST) > 0
    lying = _ending(_reached_from(other & ~place, other), change)
    shadow = (change @ PALLOR < -DARKER) & grown(lying, SHADOW)
    found = grown(_reached_from(lying, lying | shadow), SOFT_RIM)
    return found | _cut_off(found, bare)


def _cut_off(lying: BoolArray, bare: BoolArray) -> BoolArray:
    """Small parts of the picture that are cut off, but not the place: a nail, or a glint."""
    labels = connected(~lying)
    area = np.bincount(labels.ravel())
    of_place = np.bincount(labels[bare & ~lying], minlength=len(area))
    small = (area < CUT_OFF * lying.size) & (of_place < of_place.max())
    return np.asarray(small[labels] & ~lying)


def _ending(cells: BoolArray, change: FloatArray) -> BoolArray:
    """Those patches of some cells at whose outline the change (rows, cols, 3) ends."""
    across, down = (cv2.Sobel(change, -1, *way, scale=0.125) for way in ((1, 0), (0, 1)))
    slope = np.hypot(across, down).max(axis=-1)
    labels = connected(cells)
    sharp = np.zeros(labels.max() + 1, bool)
    for label in range(1, len(sharp)):
        patch = labels == label
        outline = grown(patch, disc(1)) & ~patch
        sharp[label] = outline.any() and slope[outline].mean() > MIN_EDGE
    return np.asarray(sharp[labels])


def _reached_from(starts: BoolArray, cells: BoolArray) -> BoolArray:
    """Those of some cells that hang together with some of them."""
    labels = connected(cells)
    return np.isin(labels, np.unique(labels[starts]))
