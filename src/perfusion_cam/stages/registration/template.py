"""The reference picture at one scale, and where another picture shows its features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.interpolation import sampled
from perfusion_cam.stages.registration.mesh import MESH, mesh_through, mesh_weights
from perfusion_cam.types import FloatArray

TILES = (6, 8)
MAX_FEATURES_PER_TILE = 3
PATCH_PX = 17
TEXTURE_SPAN = 28.0
"""Grey levels that one standard deviation of the reference's texture is stretched to."""
SOFTENING = cv2.getGaussianKernel(5, 0.8, cv2.CV_32F)
DARK = 8.0
"""Levels added to luma before its texture is divided by its mean."""
MIN_INLIERS = 8
MAX_PATCH_ERROR = 2.0
"""Difference of a found patch from its reference, over that of the features in consensus."""
MAX_RESIDUAL_SHARE = 0.04
"""Largest local yielding of the skin followed, as a share of the picture's width."""


class Scale(NamedTuple):
    """How coarsely the skin's texture is looked at.

    Attributes
    ----------
    shrink : int
        Working pixels a side that become one.
    blur_share : float
        Size of the blur that removes light from texture, as a share of the picture's width.
    consensus_px : float
        How far a feature may lie from where the others put it to count with them, its own pixels.
    min_inlier_share : float
        Least share of features in consensus.
    """

    shrink: int
    blur_share: float
    consensus_px: float
    min_inlier_share: float


FINE = Scale(1, 0.045, 0.7, 0.2)
COARSE = Scale(2, 0.15, 1.0, 0.25)
"""Broad blotches, which are left where a codec took the fine texture, or the skin has none."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Where one picture lies against the reference.

    Attributes
    ----------
    matrix : array (2, 3)
        Similarity from reference pixels to this picture's pixels, at working size.
    residual : array (9, 16, 2)
        Mesh over the reference of what `matrix` leaves: local yielding of the skin, in pixels.
    hold : float
        Share of the reference's features found in place, 0 to 1.
    registered : bool
        False where too few were: `matrix` is then the last good one.
    """

    matrix: FloatArray
    residual: FloatArray
    hold: float
    registered: bool


class Template:
    """Features of a reference picture, looked for in others.

    Texture is normalised by the local mean, so exposure, shading and white balance do not matter.

    Parameters
    ----------
    luma : array (h, w) float32
        Luma at working size, code values.
    scale : Scale
    """

    def __init__(self, luma: FloatArray, scale: Scale) -> None:
        self._scale = scale
        contrast = _contrast(luma, scale)
        self._gain = TEXTURE_SPAN / max(float(np.std(contrast)), 1e-3)
        self._reference = _levels(contrast, self._gain)
        self._points = _spread_features(self._reference)
        self._mesh_weights = mesh_weights(self._points, contrast.shape)
        nodes_per_px = np.array(MESH[::-1]) / contrast.shape[::-1]
        self._points_in_mesh = np.asarray((self._points + 0.5) * nodes_per_px - 0.5, np.float32)[
            :, None
        ]

    @property
    def usable(self) -> bool:
        """Whether it has features enough to be found again."""
        return len(self._points) >= MIN_INLIERS

    def texture(self, luma: FloatArray) -> NDArray[np.uint8]:
        """Texture of another picture at this template's scale and contrast."""
        return _levels(_contrast(luma, self._scale), self._gain)

    def match(
        self, texture: NDArray[np.uint8], guess: FloatArray, residual: FloatArray, levels: int
    ) -> Registration:
        """Look for the features where a guess puts them.

        Parameters
        ----------
        texture : array uint8
            As `texture` gives it.
        guess : array (2, 3)
            Similarity from reference to picture, working pixels.
        residual : array (9, 16, 2)
            Guess of the skin's yielding, working pixels.
        levels : int
            Levels of the pyramid: each doubles how far is looked.
        """
        shrink = self._scale.shrink
        lost = Registration(guess, np.zeros_like(residual), 0.0, False)
        if not self.usable:
            return lost
        from_guess = _shrunk(guess, shrink)
        start = (self._points @ from_guess[:, :2].T + from_guess[:, 2]).astype(np.float32)
        start += sampled(residual, self._points_in_mesh)[:, 0] / np.float32(shrink)
        found, ok, error = cv2.calcOpticalFlowPyrLK(
            self._reference,
            texture,
            self._points.reshape(-1, 1, 2),
            start.reshape(-1, 1, 2).copy(),
            winSize=(PATCH_PX, PATCH_PX),
            maxLevel=levels,
            criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )
        found = found.reshape(-1, 2)
        height, width = texture.shape
        seen = (start[:, 0] > 0) & (start[:, 0] < width) & (start[:, 1] > 0)
        seen &= start[:, 1] < height
        good = (ok.reshape(-1) == 1) & seen
        if good.sum() < MIN_INLIERS:
            return lost
        matrix, inliers = cv2.estimateAffinePartial2D(
            self._points[good],
            found[good],
            method=cv2.RANSAC,
            ransacReprojThreshold=self._scale.consensus_px,
            maxIters=400,
            confidence=0.995,
        )
        if matrix is None:
            return lost
        count = int(inliers.sum())
        hold = count / max(int(seen.sum()), 1)
        plausible = abs(np.hypot(matrix[0, 0], matrix[1, 0]) - 1) < 0.3
        enough = count >= MIN_INLIERS and hold >= self._scale.min_inlier_share
        left = (found - (self._points @ matrix[:, :2].T + matrix[:, 2])).astype(np.float32)
        usual = float(np.median(error.reshape(-1)[good][inliers.reshape(-1) > 0]))
        near = good & (np.abs(left).max(axis=1) < MAX_RESIDUAL_SHARE * width)
        near &= error.reshape(-1) < MAX_PATCH_ERROR * usual + 1.0
        yielding = mesh_through(shrink * left[near], self._mesh_weights[:, near])
        return Registration(_grown(matrix, shrink), yielding, hold, bool(plausible and enough))

    def shift_guess(self, texture: NDArray[np.uint8]) -> FloatArray:
        """Shift of the whole picture under which it is most alike, array (2, 3)."""
        reference = self._reference.astype(np.float32)
        window = cv2.createHanningWindow(reference.shape[::-1], cv2.CV_32F)
        (dx, dy), _ = cv2.phaseCorrelate(reference, texture.astype(np.float32), window)
        return _grown(np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]]), self._scale.shrink)


def _shrunk(matrix: FloatArray, shrink: int) -> FloatArray:
    """Turn a map between working pixels into one between pixels `shrink` times as large."""
    if shrink == 1:
        return matrix
    middle = (shrink - 1) / 2  # of the first large pixel, in working pixels
    shift = (matrix[:, :2] @ (middle, middle) + matrix[:, 2] - middle) / shrink
    return np.column_stack([matrix[:, :2], shift])


def _grown(matrix: FloatArray, shrink: int) -> FloatArray:
    """Undo `_shrunk`."""
    if shrink == 1:
        return matrix
    middle = (shrink - 1) / 2
    shift = shrink * matrix[:, 2] + middle - matrix[:, :2] @ (middle, middle)
    return np.column_stack([matrix[:, :2], shift])


def _contrast(luma: FloatArray, scale: Scale) -> FloatArray:
    """Picture over its local mean, about 1; `DARK` keeps noise in the dark from counting."""
    shrunk = luma if scale.shrink == 1 else _smaller(luma, scale.shrink)
    half = _smaller(shrunk, 2) + DARK
    side = max(5, round(half.shape[1] * scale.blur_share)) | 1
    mean = cv2.resize(cv2.blur(half, (side, side)), shrunk.shape[::-1])
    fine = cv2.sepFilter2D(shrunk, -1, SOFTENING, SOFTENING, delta=DARK)
    return np.asarray(cv2.divide(fine, mean), np.float32)


def _smaller(luma: FloatArray, times: int) -> FloatArray:
    size = (max(luma.shape[1] // times, 1), max(luma.shape[0] // times, 1))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA))


def _levels(contrast: FloatArray, gain: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.convertScaleAbs(contrast, alpha=gain, beta=128.0 - gain))


def _spread_features(texture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Corners spread over the picture, the best few of every tile."""
    height, width = texture.shape
    corners = cv2.goodFeaturesToTrack(texture, 1200, 0.005, max(4.0, width / 90))
    if corners is None:
        return np.empty((0, 2), np.float32)
    points = corners.reshape(-1, 2)
    rows = (points[:, 1] * TILES[0] / height).astype(int)
    cols = (points[:, 0] * TILES[1] / width).astype(int)
    tile = rows * TILES[1] + cols
    keep = np.zeros(len(points), bool)
    for index in np.unique(tile):
        keep[np.flatnonzero(tile == index)[:MAX_FEATURES_PER_TILE]] = True
    return np.asarray(points[keep], np.float32)
