"""A site against the skin beside it as weights of cells, and the same laid over untouched skin."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.colour import same_skin
from perfusion_cam.types import BoolArray, FloatArray

MAX_PLACEBOS = 40
MIN_STENCIL_SHARE = 0.7
"""A placebo needs this share of its cells on the same, untouched skin."""
SAME_TINT, SAME_LIGHT = 0.25, 0.8
"""Natural-log differences in colour and in brightness up to which a placebo's cell is the same
skin: it need not stand for the site's light, as the control must, so a little more is let pass."""


def stencil(cells: BoolArray, control: BoolArray) -> FloatArray:
    """Weights (rows, cols) of site minus control, blind to a plane of light."""
    rows, cols = np.nonzero(control)
    site_row, site_col = (float(axis.mean()) for axis in np.nonzero(cells))
    scale = max(float(np.std(rows)), float(np.std(cols)), 1.0)
    design = np.stack([np.ones(len(rows)), (rows - site_row) / scale, (cols - site_col) / scale])
    ridge = np.diag([0.0, 0.05, 0.05]) * len(rows)
    coefficients = np.linalg.solve(design @ design.T + ridge, design)[0]
    weights = np.zeros(cells.shape)
    weights[cells] = 1.0 / cells.sum()
    weights[control] -= coefficients
    return weights


def placebo_stencils(
    cells: BoolArray, control: BoolArray, reference: FloatArray, seen: BoolArray
) -> list[FloatArray]:
    """Stencils of a site's shape over untouched skin of the same colour, nearest first.

    Parameters
    ----------
    cells, control : arrays (rows, cols) bool
        The site and the skin beside it.
    reference : array (rows, cols, 3)
        Resting skin, natural-log light.
    seen : array (rows, cols) bool
        Cells that were always in the picture.
    """
    radius = max(np.sqrt(cells.sum() / np.pi), 1.5)
    untouched = seen & same_skin(reference, cells, SAME_TINT, SAME_LIGHT)
    margin = int(np.ceil(0.9 * radius)) * 2 + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin))
    untouched &= cv2.dilate(cells.astype(np.uint8), disc) == 0
    step = max(2, round(1.5 * radius))
    height, width = cells.shape
    shifts = [
        (dy, dx)
        for dy in range(-(height // step) * step, height, step)
        for dx in range(-(width // step) * step, width, step)
        if np.hypot(dy, dx) >= 2 * radius
    ]
    shifts.sort(key=lambda shift: shift[0] ** 2 + shift[1] ** 2)
    found: list[FloatArray] = []
    for dy, dx in shifts:
        moved = _moved(cells, dy, dx) & untouched
        moved_control = _moved(control, dy, dx) & untouched
        enough = (
            moved.sum() >= MIN_STENCIL_SHARE * cells.sum()
            and moved_control.sum() >= MIN_STENCIL_SHARE * control.sum()
        )
        if enough:
            found.append(stencil(moved, moved_control))
            if len(found) == MAX_PLACEBOS:
                break
    return found


def _moved(mask: BoolArray, dy: int, dx: int) -> BoolArray:
    height, width = mask.shape
    moved = np.zeros_like(mask)
    moved[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = mask[
        max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
    ]
    return moved
