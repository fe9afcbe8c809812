"""Local yielding of the skin: a smooth field through single features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import FloatArray

MESH = (9, 16)
REACH_SHARE = 0.09
PRIOR = 0.5
"""Weight, in features, of 'this part moved with the rest'."""
AGREEING_PX = 1.0
"""How far from the field a feature lies that counts half, working pixels."""


def mesh_weights(points: NDArray[np.float32], size: tuple[int, ...]) -> FloatArray:
    """How much each feature says of each mesh node, array (nodes, features)."""
    height, width = size
    rows = (np.arange(MESH[0]) + 0.5) * height / MESH[0]
    cols = (np.arange(MESH[1]) + 0.5) * width / MESH[1]
    nodes = np.stack(np.meshgrid(cols, rows), axis=-1).reshape(-1, 2)
    distance2 = ((nodes[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-distance2 / (2 * (REACH_SHARE * width) ** 2)), np.float32)


def mesh_through(left: FloatArray, weights: FloatArray) -> FloatArray:
    """Smooth field through the features' residuals, robust to features on something else.

    Parameters
    ----------
    left : array (features, 2)
        What the whole picture's motion leaves, working pixels.
    weights : array (nodes, features)

    Returns
    -------
    array (9, 16, 2)
    """
    smooth = _smoothed(left, weights)
    apart = (left**2).sum(axis=1) - 2 * smooth @ left.T + (smooth**2).sum(axis=1, keepdims=True)
    trusted = _smoothed(left, weights / (1 + apart / AGREEING_PX**2))
    return np.asarray(trusted.reshape(*MESH, 2), np.float32)


def _smoothed(left: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted mean (nodes, 2) of features' residuals and of none at all."""
    return np.asarray((weights @ left) / (weights.sum(axis=1, keepdims=True) + PRIOR))
