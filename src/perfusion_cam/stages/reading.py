"""Read a site picture by picture, with its control and with skin that nobody pressed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from perfusion_cam.stencils import Stencils, rested
from perfusion_cam.types import LIGHT_CODE, FloatArray, GridWindow, Press, SiteLight

CHUNK = 16
"""Samples read together."""


def read_light(
    window: GridWindow, press: Press, stencils: Stencils, before: SiteLight | None = None
) -> SiteLight:
    """Read a site picture by picture.

    Parameters
    ----------
    window : GridWindow
    press : Press
    stencils : Stencils
    before : SiteLight, optional
        What was read of the same site and rest as long as the window was shorter: that is not read
        again.
    """
    laid = (stencils.site, *stencils.placebos)
    weights = csr_array(
        (
            np.concatenate([one.weights for one in laid]).astype(np.float32),
            np.concatenate([one.cells for one in laid]),
            np.cumsum([0, *(len(one.cells) for one in laid)]),
        ),
        shape=(len(laid), window.shape.rows * window.shape.cols),
    )
    watched = stencils.site.cells
    resting = window.mean_log_rgb(rested(window, press)).reshape(-1, 3)[watched, 0]
    resting_code = np.rint(LIGHT_CODE * resting).astype(np.int16)
    known = 0 if before is None else _known(before, window)
    count = len(window.t_s)
    light = SiteLight(
        window.t_s,
        np.empty((count, 3, len(laid)), np.float32),
        np.empty(count, np.float32),
    )
    if before is not None:
        light.laid[:known] = before.laid[:known]
        light.red_spread[:known] = before.red_spread[:known]
    for lo in range(known, count, CHUNK):
        part = slice(lo, lo + CHUNK)
        code = code_by_cell(window, part)
        read = weights @ code.reshape(len(code), -1).astype(np.float32)
        light.laid[part] = read.reshape(len(laid), 3, -1).transpose(2, 1, 0)
        light.red_spread[part] = _spread(code[watched, 0].T - resting_code)
    return light


def _spread(red_change: NDArray[np.int16]) -> FloatArray:
    """Scatter over the cells of each picture (n, cells) round their median, natural log."""
    middle = np.median(red_change, axis=1, keepdims=True).astype(np.float32)
    spread = np.sqrt(((red_change - middle) ** 2).mean(axis=1))
    return np.asarray(spread / np.float32(LIGHT_CODE))


def _known(before: SiteLight, window: GridWindow) -> int:
    """How many samples of a window, in whole chunks, were read before."""
    count = min(len(before.t_s), len(window.t_s)) // CHUNK * CHUNK
    return count if np.array_equal(before.t_s[:count], window.t_s[:count]) else 0


def code_by_cell(window: GridWindow, part: slice) -> NDArray[np.int16]:
    """Light of some samples as it is coded, array (cells, 3, samples)."""
    code = window.light_code[part]
    by_cell = np.asarray(cv2.transpose(code.reshape(len(code), -1)), np.int16)
    return by_cell.reshape(-1, 3, len(code))
