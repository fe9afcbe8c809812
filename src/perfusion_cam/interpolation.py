"""Read pictures between their pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import FloatArray


def sampled(picture: FloatArray, at: NDArray[np.float32]) -> NDArray[np.float32]:
    """Read a float32 picture between its pixels, beyond its edge as at the edge.

    Parameters
    ----------
    picture : array (h, w) or (h, w, 2) float32
    at : array (rows, cols, 2) float32
        Points (x, y); whole numbers are pixels' centres.

    Returns
    -------
    array (rows, cols) or (rows, cols, 2) float32
    """
    laid = cv2.remap(  # type: ignore[call-overload]  # the stubs demand a second map
        picture, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.float32)
