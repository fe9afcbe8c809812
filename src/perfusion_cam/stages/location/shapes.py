"""Sets of cells as shapes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import BoolArray

MAX_BROAD = 0.5
"""Share of an outline that is broad (measured: 0.4 at most of slides, 0.7 and more of what is not
clear)."""


def disc(radius_cells: int) -> NDArray[np.uint8]:
    """A filled circle, to dilate and close with."""
    side = 2 * radius_cells + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def radius_of(cells: BoolArray) -> float:
    """Radius in cells of the disc of the same area."""
    return float(np.sqrt(cells.sum() / np.pi))


def grown(cells: BoolArray, shape: NDArray[np.uint8]) -> BoolArray:
    """The cells and all that `shape`, laid over any of them, touches."""
    return np.asarray(cv2.dilate(cells.astype(np.uint8), shape) > 0)


def reach_of(tool: BoolArray) -> BoolArray:
    """A tool's cells, what they outline (a clear slide is seen by its edges), and a margin."""
    size = max(tool.shape)
    gap = disc(max(2, size // 14))
    margin = disc(max(1, size // 40))
    padded = cv2.copyMakeBorder(
        tool.astype(np.uint8), size // 10, size // 10, size // 10, size // 10, cv2.BORDER_CONSTANT
    )
    filled = cv2.dilate(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, gap), margin)
    inner = filled[size // 10 : -(size // 10), size // 10 : -(size // 10)] > 0
    return np.asarray(inner | _holes_of(inner) | _outlined(tool, connected(inner)))


def connected(cells: BoolArray) -> NDArray[np.int32]:
    """Number of the patch that each cell hangs together with, 0 for all others."""
    return np.asarray(cv2.connectedComponents(cells.astype(np.uint8))[1], np.int32)


def _outlined(tool: BoolArray, labels: NDArray[np.int32]) -> BoolArray:
    """Hulls of those of a tool's patches that are outlines, open to one side."""
    size = max(tool.shape)
    broad = cv2.morphologyEx(tool.astype(np.uint8), cv2.MORPH_OPEN, disc(max(2, size // 50))) > 0
    found = np.zeros(tool.shape, bool)
    for label in np.unique(labels[tool]):
        patch = tool & (labels == label)
        if (broad & patch).sum() > MAX_BROAD * patch.sum():
            continue
        corners = cv2.convexHull(np.argwhere(patch)[:, ::-1].astype(np.int32))
        hull = cv2.fillConvexPoly(np.zeros(tool.shape, np.uint8), corners, 1) > 0
        found |= hull
    return found


def _holes_of(cells: BoolArray) -> BoolArray:
    """What the cells enclose, away from the picture's border."""
    labels = connected(~cells)
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return ~cells & ~np.isin(labels, np.unique(border))
