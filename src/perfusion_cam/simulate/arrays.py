"""Array types, sRGB, smooth random fields: what every file of the simulator needs."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
Float32Array = NDArray[np.float32]
ByteArray = NDArray[np.uint8]


BT709_LUMA = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue in luma (ITU-R BT.709-6)."""


def linear_from_srgb(srgb: ArrayLike) -> FloatArray:
    """Linear light 0..1 of sRGB values 0..255 (IEC 61966-2-1)."""
    c = np.asarray(srgb, dtype=np.float64) / 255.0
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def smooth_noise(
    rng: np.random.Generator, height: int, width: int, scale_px: float
) -> Float32Array:
    """Random field of zero mean and unit variance whose bumps are about `scale_px` across.

    Coarse fields are drawn small and enlarged, so the cost does not grow with the scale.
    """
    shrink = max(1.0, scale_px / 3.0)
    small_h, small_w = int(height / shrink) + 4, int(width / shrink) + 4
    field = rng.standard_normal((small_h, small_w), dtype=np.float32)
    sigma = scale_px / shrink / 2.0
    if sigma > 0.3:
        field = np.asarray(cv2.GaussianBlur(field, (0, 0), sigma), dtype=np.float32)
    if shrink > 1.0:
        large = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
        field = np.asarray(large, dtype=np.float32)
    field = np.asarray(field[:height, :width], dtype=np.float32)
    return np.asarray((field - field.mean()) / (field.std() + 1e-9), dtype=np.float32)
