"""How much the light as a whole differs between two grids, whatever moves in the picture."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import BoolArray, FloatArray

CELL_CHANGE = 0.06
"""Natural-log change that counts as a changed cell: ~3 grey levels of mid-tone skin."""
NOISE_FACTOR = 5.0
MID_TONE = 0.1
"""Linear light down to which a change is taken in natural-log light; below, in grey levels."""
GAMMA = 2.2
ENOUGH_CELLS = 1500
Number = TypeVar("Number", bound=np.generic)
_SPAN, _BINS = (-1.5, 1.5), 120
_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0])


def smooth(log_rgb: FloatArray) -> FloatArray:
    """Average each cell of a grid (rows, cols, 3) with its neighbours."""
    return np.asarray(cv2.blur(log_rgb, (3, 3)), np.float32)


def largest(change: FloatArray) -> FloatArray:
    """Largest of the three colours in every cell (rows, cols, 3); NumPy's own max is slow here."""
    return np.maximum(np.maximum(change[..., 0], change[..., 1]), change[..., 2])


def _some(cells: NDArray[Number]) -> NDArray[Number]:
    """Evenly spread cells, enough for a mode or median."""
    return cells[:: max(1, len(cells) // ENOUGH_CELLS)]


def _medians(by_colour: FloatArray) -> FloatArray:
    """Median of each line (the upper one of two): several times faster than NumPy's own."""
    middle = by_colour.shape[1] // 2
    return np.partition(by_colour, middle, axis=1)[:, middle]


def common_gain(difference: FloatArray, cells: BoolArray | None = None) -> FloatArray:
    """Gain that most cells share, per colour.

    The mode, not the median: a hand may cover half of the picture.

    Parameters
    ----------
    difference : array (rows, cols, 3)
        Natural-log light of one grid minus another's.
    cells : array (rows, cols) bool, optional
        Which cells to ask.

    Returns
    -------
    array (3,)
    """
    light = difference.reshape(-1, 3)
    asked = np.arange(len(light)) if cells is None else np.flatnonzero(cells)
    if len(asked) < 20:
        asked = np.arange(len(light))
    by_colour = np.ascontiguousarray(light.take(_some(asked), axis=0).T, np.float32)
    green = by_colour[1]
    counts = cv2.calcHist([green], [0], None, [_BINS], _SPAN)
    peak = int(np.convolve(counts, _SMOOTH, "same").argmax())
    mode = np.float32(_SPAN[0] + (peak + 0.5) * (_SPAN[1] - _SPAN[0]) / _BINS)
    near = np.flatnonzero(np.abs(green - mode) < 0.06)
    if len(near) == 0:
        return np.zeros(3, np.float32)
    return _medians(by_colour.take(near, axis=1))


def usual_difference(difference: FloatArray) -> FloatArray:
    """Robust standard deviation over cells of a difference of grids, per colour, array (3,)."""
    by_colour = np.ascontiguousarray(_some(difference.reshape(-1, 3)).T)
    off = np.abs(by_colour - _medians(by_colour)[:, None])
    return np.float32(1.4826) * _medians(off)


def in_grey_levels(change: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Weigh a change between two grids (rows, cols, 3) of natural-log light down in the dark.

    A camera's noise is about the same in grey levels everywhere, and so without bound in the
    logarithm of a dark finger's blue. The brighter of the two grids decides.
    """
    darkness = np.maximum(one, other)
    darkness -= np.float32(np.log(MID_TONE))
    np.minimum(darkness, 0, out=darkness)
    darkness *= np.float32(1 / GAMMA)
    return change * np.exp(darkness, out=darkness)


def colour_weights(usual: FloatArray) -> FloatArray:
    """How far each colour can be trusted, 1 or less, array (3,).

    On dark skin blue is mostly noise: a colour whose usual difference (3,) between calm pictures
    is large against what counts as a change is weighted down.
    """
    return np.asarray(CELL_CHANGE / np.maximum(CELL_CHANGE, NOISE_FACTOR * usual), np.float32)
