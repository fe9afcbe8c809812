"""How much paler every cell became, and what noise makes of it."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.types import BoolArray, FloatArray, GridWindow, Press

PALLOR = np.array([0.0, 0.5, 0.5], np.float32)
"""Blood takes green and blue; the weights of a first look."""
EDGE_SHIFT_CELLS = 0.25
"""Registration error that the score allows for at strong edges."""
SURROUND_CELLS = 10


def pallor_map(
    window: GridWindow, press: Press, resting: FloatArray, from_s: float, to_s: float
) -> FloatArray:
    """Change of light from rest to after the tool has left, array (rows, cols, 3).

    Natural-log light, averaged from `from_s` to `to_s` after the tool has left, against `resting`
    (rows, cols, 3); the change that most cells share (exposure, white balance) is taken out.
    """
    since_s = window.t_s - press.uncovered_s
    after = (since_s >= from_s) & (since_s <= to_s)
    if not after.any():
        after = np.abs(since_s - from_s) == np.abs(since_s - from_s).min()
    change = window.mean_log_rgb(after) - resting
    return np.asarray(change - np.median(change.reshape(-1, 3), axis=0), np.float32)


def local_pallor(change: FloatArray, scale_cells: float) -> FloatArray:
    """Pallor blurred, against its surroundings, array (rows, cols)."""
    blurred = np.asarray(cv2.GaussianBlur(change @ PALLOR, (0, 0), scale_cells), np.float32)
    return np.asarray(blurred - _surround(blurred))


def _surround(pale: FloatArray) -> FloatArray:
    """Slow shading of the map: the median of a wide neighbourhood."""
    height, width = pale.shape
    coarse = (max(5, round(width / SURROUND_CELLS)), max(5, round(height / SURROUND_CELLS)))
    median = cv2.medianBlur(cv2.resize(pale, coarse, interpolation=cv2.INTER_AREA), 5)
    return np.asarray(cv2.resize(median, (width, height), interpolation=cv2.INTER_LINEAR))


class PallorNoise:
    """What noise makes of pallor over a resting picture.

    Parameters
    ----------
    baseline : array (rows, cols, 3)
        Natural-log light at rest.
    reach : array (rows, cols) bool
        Where the tool was.
    """

    def __init__(self, baseline: FloatArray, reach: BoolArray) -> None:
        green = cv2.GaussianBlur(baseline[..., 1], (0, 0), 1.0)
        self._slope = np.hypot(
            cv2.Sobel(green, -1, 1, 0, scale=0.125), cv2.Sobel(green, -1, 0, 1, scale=0.125)
        )
        flat = self._slope <= np.median(self._slope)
        self._calm = flat & ~reach if (flat & ~reach).sum() > 100 else flat

    def of(self, pale: FloatArray) -> FloatArray:
        """Standard deviation expected per cell: scatter of calm cells, plus edges times shift."""
        calm = pale[self._calm]
        scatter = 1.4826 * float(np.median(np.abs(calm - np.median(calm))))
        return np.asarray(np.hypot(max(scatter, 1e-4), EDGE_SHIFT_CELLS * self._slope), np.float32)
