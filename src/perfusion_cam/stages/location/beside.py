"""What stayed in the picture when the tool left the site."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.stages.location.pallor import PALLOR, pallor_map
from perfusion_cam.stages.location.shapes import disc, grown, reach_of
from perfusion_cam.stencils import rested
from perfusion_cam.types import BoolArray, GridWindow, Press

LOOKED_AT_S = 0.7
"""How long after the tool has left."""
CHANGE = 0.1
"""Natural-log light by which a cell must differ from how it rested."""
DARKER = 0.02
"""Natural-log green and blue light that its shadow takes at least, where it matters."""
MAX_COVERED = 0.25
"""Share of the place pressed beyond which a site may lie under it unseen."""
HOLE = 0.1
"""Share of the picture below which what is cut off belongs to it."""
SMALLEST = disc(2)
"""What is narrower is an edge that slid."""
SOFT_RIM = disc(2)


def lying_beside(window: GridWindow, press: Press) -> BoolArray:
    """Cells on which something lies once the tool has left the site, array (rows, cols).

    They look otherwise than before the press, and were not uncovered at release. What blanched does
    so too: only what goes on beyond the place pressed counts, and the shadow next to it, as nothing
    in a press makes skin darker.
    """
    if not press.seen_bare:
        return np.zeros_like(press.tool_cells)
    resting = window.mean_log_rgb(rested(window, press))
    change = cv2.blur(pallor_map(window, press, resting, 0.0, LOOKED_AT_S), (3, 3))
    other = (np.abs(change).max(axis=-1) > CHANGE) & ~press.tool_cells
    other = cv2.morphologyEx(other.astype(np.uint8), cv2.MORPH_OPEN, SMALLEST) > 0
    lying = _reached_from(other & ~reach_of(press.tool_cells), other)
    shaded = _reached_from(lying, lying | (change @ PALLOR < -DARKER))
    return _without_holes(grown(shaded, SOFT_RIM), press.tool_cells)


def still_covered(press: Press, beside: BoolArray) -> bool:
    """Whether what lies beside the tool (rows, cols) covers much of the place pressed."""
    reach = reach_of(press.tool_cells)
    return bool((reach & beside).sum() > MAX_COVERED * reach.sum())


def _without_holes(cells: BoolArray, uncovered: BoolArray) -> BoolArray:
    """The cells and what they cut off: a nail, a glint on a glove, but not the place uncovered."""
    count, labels = cv2.connectedComponents((~cells).astype(np.uint8))
    area = np.bincount(labels.ravel(), minlength=count)
    of_place = np.bincount(labels[uncovered & ~cells], minlength=count)
    small = (area < HOLE * cells.size) & (of_place < of_place.max())
    return np.asarray(cells | small[labels])


def _reached_from(starts: BoolArray, cells: BoolArray) -> BoolArray:
    """Those of some cells that hang together with some of them."""
    _, labels = cv2.connectedComponents(cells.astype(np.uint8))
    return np.isin(labels, np.unique(labels[starts]))
