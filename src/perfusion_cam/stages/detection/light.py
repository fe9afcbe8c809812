"""How much the light as a whole differs between two grids, whatever moves in the picture."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.types import BoolArray, FloatArray

CELL_CHANGE = 0.06
"""Natural-log change that counts as a changed cell: ~3 grey levels of mid-tone skin."""
NOISE_FACTOR = 5.0
MID_TONE = 0.1
"""Linear light down to which a change is taken in natural-log light; below, in grey levels."""
GAMMA = 2.2
ENOUGH_CELLS = 1500
_EDGES = np.linspace(-1.5, 1.5, 121)
_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0])


def smooth(log_rgb: FloatArray) -> FloatArray:
    """Average each cell of a grid (rows, cols, 3) with its neighbours."""
    return np.asarray(cv2.blur(log_rgb, (3, 3)), np.float32)


def largest(change: FloatArray) -> FloatArray:
    """Largest of the three colours in every cell (rows, cols, 3); NumPy's own max is slow here."""
    return np.maximum(np.maximum(change[..., 0], change[..., 1]), change[..., 2])


def _some(cells: FloatArray) -> FloatArray:
    """Evenly spread cells, enough for a mode or median."""
    return cells[:: max(1, len(cells) // ENOUGH_CELLS)]


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
    flat = _some(difference.reshape(-1, 3) if cells is None else difference[cells])
    if len(flat) < 20:
        flat = _some(difference.reshape(-1, 3))
    green = flat[:, 1]
    counts, _ = np.histogram(green, _EDGES)
    peak = int(np.convolve(counts, _SMOOTH, "same").argmax())
    mode = (_EDGES[peak] + _EDGES[peak + 1]) / 2
    near = np.abs(green - mode) < 0.06
    if not near.any():
        return np.zeros(3, np.float32)
    return np.asarray(np.median(flat[near], axis=0), np.float32)


def usual_difference(difference: FloatArray) -> FloatArray:
    """Robust standard deviation over cells of a difference of grids, per colour, array (3,)."""
    flat = _some(difference.reshape(-1, 3))
    return np.asarray(1.4826 * np.median(np.abs(flat - np.median(flat, axis=0)), axis=0))


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
