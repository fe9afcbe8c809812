"""What in a picture may be skin, by its tint."""

from __future__ import annotations

import numpy as np

from perfusion_cam.types import BoolArray, FloatArray

GREY = 0.1
"""Natural-log light of red over green up to which a cell is grey beside skin: skin reflects 0.44
(type I) to 1.4 (type VI) more of red (as simulated; docs/accuracy.md), cold light takes 0.2."""
RUDDY = 0.3
MIN_RUDDY_SHARE = 0.1
"""Red over green, and the share of cells that have it, from which on the picture's white balance
leaves skin its tint. Else skin itself may be grey: filling the picture, it is taken for white."""


def may_be_skin(resting: FloatArray, around: BoolArray) -> BoolArray:
    """Leave out what is grey, such as cloth and walls, where something else has the tint of skin.

    Folds of cloth come and go as skin pales: only its tint tells it from skin.

    Parameters
    ----------
    resting : array (rows, cols, 3)
        Natural-log light at rest.
    around : array (rows, cols) bool
        Cells that tell whether skin has its tint.

    Returns
    -------
    array (rows, cols) bool
    """
    red = resting[..., 0] - resting[..., 1]
    if (red[around] > RUDDY).sum() < MIN_RUDDY_SHARE * around.sum():
        return np.ones_like(around)
    return np.asarray(red > GREY)
