"""A net of dusky strands in the skin, told from hair, freckles and shadow."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.stages.colouring.contrast import (
    MELANIN,
    MIN_PLACEBOS,
    SHADING,
    detectable_times,
)
from perfusion_cam.types import BoolArray, Estimate, FloatArray, GridShape, Site

CONGESTED = np.array([1.1, 1.0, 0.7])
"""Log-light change of R, G, B by more and desaturated blood (own simulation: red 1.1 of green; blue
less, as b* falls)."""
FINE_CELLS, COARSE_CELLS = 0.6, 3.0
"""Blurs between which skin's own detail of a strand's and a mesh's size lies."""
STRAND_CELLS = 0.8
BESIDE_CELLS = 2.0
"""Blur of a strand, and from its middle to the meshes beside it."""
ANGLES = 8
SHADING_SD, MELANIN_SD = 0.3, 0.1
"""Natural-log light that hair and shadow, and freckles, may do cell by cell."""
REACH = 2.0
"""Radius of the looked-at skin over that of the site."""
AWAY = 1.8
"""Least distance of a placebo's middle over its radius."""
FILLED_SHARE = 0.3
"""A net fills the skin: the strands' contrast that all but this share of the patch exceeds."""
SMOOTHED_CELLS = 1.5
EDGE_CELLS = 2
"""Left out along the picture's edge, where blurs and slopes lack a side."""
MIN_INSIDE = 0.7
MIN_SPREAD = 0.03


def net_contrast(
    light: FloatArray, site: Site, shape: GridShape, untouched: BoolArray
) -> tuple[Estimate, float] | None:
    """Contrast of strands round the site over that of skin elsewhere.

    The picture is projected on blood's colour so that what light, melanin and texture do here
    cancels as far as may be, and searched for ridges: cells darker than both their sides but not
    than all round. The edge of a patch is none, as it is darker than one side only. A line or a few
    spots fill a small part of a patch; a net fills it.

    Parameters
    ----------
    light : array (rows, cols, 3)
        Natural-log light of resting skin.
    site : Site
    shape : GridShape
    untouched : array (rows, cols) bool
        Cells of the same skin, in the picture.

    Returns
    -------
    (Estimate, float) or None
        Natural-log ratio of contrasts, and how many standard errors are detectable; None where
        too little skin is seen elsewhere.
    """
    row, col = site.y_px / shape.cell_px - 0.5, site.x_px / shape.cell_px - 0.5
    radius = max(REACH * site.radius_px / shape.cell_px, 4.0)
    strands = _strands(np.asarray(light, np.float32), untouched)
    reach, inside = int(radius), np.s_[EDGE_CELLS:-EDGE_CELLS, EDGE_CELLS:-EDGE_CELLS]
    skin = np.full((shape.rows + 2 * reach, shape.cols + 2 * reach), np.nan, np.float32)
    skin[reach:-reach, reach:-reach][inside] = np.where(untouched, strands, np.nan)[inside]
    looked_at = np.ravel_multi_index(np.nonzero(_disc(radius)), skin.shape)

    def contrast(at_row: float, at_col: float) -> float | None:
        values = skin.ravel()[looked_at + round(at_row) * skin.shape[1] + round(at_col)]
        values = values[~np.isnan(values)]
        if len(values) < MIN_INSIDE * len(looked_at):
            return None
        rank = round(FILLED_SHARE * (len(values) - 1))
        return float(np.log(np.partition(values, rank)[rank] + 1e-9))

    here = contrast(row, col)
    step = max(2, int(radius / 3))
    elsewhere = [
        contrast(at_row, at_col)
        for at_row in range(0, shape.rows, step)
        for at_col in range(0, shape.cols, step)
        if np.hypot(at_row - row, at_col - col) > AWAY * radius
    ]
    found = np.array([value for value in elsewhere if value is not None])
    independent = int(len(found) * step**2 / (np.pi * radius**2))
    if here is None or independent < MIN_PLACEBOS:
        return None
    spread = float(np.hypot(found.std(), MIN_SPREAD))
    return Estimate(here - float(found.mean()), spread), detectable_times(independent)


def _strands(light: FloatArray, untouched: BoolArray) -> FloatArray:
    """Local mean of how far cells are on a dusky ridge, array (rows, cols)."""
    detail = cv2.GaussianBlur(light, (0, 0), FINE_CELLS)
    detail = np.asarray(detail - cv2.GaussianBlur(light, (0, 0), COARSE_CELLS))
    samples = detail[untouched].astype(float)
    limit = 6 * 1.4826 * np.median(np.abs(samples), axis=0) + 1e-9
    samples = np.clip(samples, -limit, limit)
    noise = samples.T @ samples / len(samples) + 1e-8 * np.eye(3)
    noise += SHADING_SD**2 * np.outer(SHADING, SHADING) + MELANIN_SD**2 * np.outer(MELANIN, MELANIN)
    weights = np.linalg.solve(noise, CONGESTED)
    weights /= weights @ CONGESTED
    dusky = cv2.GaussianBlur(np.asarray(-(light @ weights), np.float32), (0, 0), STRAND_CELLS)
    return np.asarray(cv2.GaussianBlur(_ridges(np.asarray(dusky)), (0, 0), SMOOTHED_CELLS))


def _ridges(height: FloatArray) -> FloatArray:
    """By how much a cell stands above both its sides, in the direction in which that is most.

    What it stands above all round, or on one side only, as on the edge of a patch, is taken off.
    """
    above = np.stack([_above_both(height, angle) for angle in np.arange(ANGLES) * np.pi / ANGLES])
    across = above.argmax(axis=0)[None]
    most = np.take_along_axis(above, across, axis=0)[0]
    along = np.take_along_axis(above, (across + ANGLES // 2) % ANGLES, axis=0)[0]
    return np.asarray(np.maximum(most - np.abs(along), 0.0), np.float32)


def _above_both(height: FloatArray, angle: float) -> FloatArray:
    """Height over the higher of the two neighbours that lie in one direction."""
    down, across = BESIDE_CELLS * np.sin(angle), BESIDE_CELLS * np.cos(angle)
    return np.asarray(
        height - np.maximum(_moved(height, down, across), _moved(height, -down, -across))
    )


def _moved(height: FloatArray, down: float, across: float) -> FloatArray:
    rows, cols = height.shape
    move = np.array([[1.0, 0.0, across], [0.0, 1.0, down]])
    return np.asarray(cv2.warpAffine(height, move, (cols, rows), borderMode=cv2.BORDER_REPLICATE))


def _disc(radius: float) -> BoolArray:
    reach = int(radius)
    rows, cols = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.asarray(np.hypot(rows, cols) <= radius)
