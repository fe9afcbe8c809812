"""Follow the skin: where each picture lies against the first."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.interpolation import sampled
from perfusion_cam.types import FloatArray

MAX_FEATURES_PER_TILE = 3
PATCH_PX = 17
NEAR_LEVELS, FAR_LEVELS = 0, 2
"""Pyramid levels in which a feature is looked for: from one picture to the next, where it is
foretold to within some 6 working pixels, and to find skin that was lost."""
TILES = (6, 8)
TEXTURE_SPAN = 28.0
"""Grey levels that one standard deviation of the reference's texture is stretched to."""
BLUR_SHARE = 0.045
"""Size of the blur that removes light from texture, as a share of the picture's width."""
INLIER_PX = 1.0
MIN_INLIERS = 8
MAX_PATCH_ERROR = 2.0
"""Difference of a found patch from its reference, over that of the features in consensus."""
HOLD_DROP, HOLD_FADE = 0.8, 0.98
"""A share of features found this far below the last ones' best, which fades so from picture to
picture, has the skin looked for farther."""
LEARN_S, LEARN_EVERY_S = 0.8, 0.2
"""The reference is renewed this often, this long, from the mean of the pictures in between: less
noise, and no first picture still soft from coding."""
MAX_RESIDUAL_SHARE = 0.04
"""Largest local yielding of the skin followed, as a share of the picture's width."""
MESH = (9, 16)
MESH_REACH_SHARE = 0.09
MESH_PRIOR = 0.5
"""Weight, in features, of 'this part moved with the rest'."""
MIN_INLIER_SHARE = 0.2


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


class Registrar:
    """Registers working-size luma pictures to the first one, feature by feature.

    Every picture is matched to the reference itself, so errors do not add up and the skin is
    found again after it was lost or covered. Features on a hand that comes later are not in the
    reference; features it covers fail the consensus. Texture is normalised by the local mean, so
    exposure, shading and white balance do not matter.
    """

    def __init__(self) -> None:
        self._reference: NDArray[np.uint8] | None = None
        self._points: NDArray[np.float32] = np.empty((0, 2), np.float32)
        self._points_in_mesh: NDArray[np.float32] = np.empty((0, 1, 2), np.float32)
        self._gain = 0.0
        self._matrix: FloatArray = np.eye(2, 3)
        self._still: FloatArray = np.zeros((*MESH, 2), np.float32)
        self._residual = self._still
        self._mesh_weights: FloatArray = np.empty((0, 0))
        self._lost_count = 0
        self._hold = 1.0
        self._laid: list[FloatArray] = []
        self._start_s = self._learned_s = 0.0

    def push(self, t_s: float, luma: FloatArray) -> Registration:
        """Register one picture.

        Parameters
        ----------
        t_s : float
        luma : array (h, w) float32
            Luma at working size, code values.
        """
        if self._reference is None:
            self._start_s = self._learned_s = t_s
            self._learn(luma)
            enough = len(self._points) >= MIN_INLIERS
            return Registration(self._matrix, self._still, 1.0 if enough else 0.0, True)
        texture = self._texture(luma)
        best = self._match(texture, self._matrix, self._residual, NEAR_LEVELS)
        if not best.registered or best.hold < HOLD_DROP * self._hold:
            best = max(best, self._search(texture), key=lambda match: match.hold)
        self._hold = max(best.hold, HOLD_FADE * self._hold)
        if best.registered:
            self._matrix, self._residual = best.matrix, best.residual
            self._lost_count = 0
            if t_s - self._start_s < LEARN_S:
                self._average(t_s, luma, best.matrix)
            return best
        self._lost_count += 1
        return Registration(self._matrix, self._still, best.hold, False)

    def _learn(self, luma: FloatArray) -> None:
        """Take a picture in the reference's place as the reference."""
        self._gain = TEXTURE_SPAN / max(float(np.std(_contrast(luma))), 1e-3)
        self._reference = self._texture(luma)
        self._points = _spread_features(self._reference)
        self._mesh_weights = _mesh_weights(self._points, luma.shape)
        nodes_per_px = np.array(MESH[::-1]) / luma.shape[::-1]
        self._points_in_mesh = np.asarray((self._points + 0.5) * nodes_per_px - 0.5, np.float32)[
            :, None
        ]

    def _average(self, t_s: float, luma: FloatArray, matrix: FloatArray) -> None:
        """Lay the first pictures over the reference, and renew it from their mean."""
        size = (luma.shape[1], luma.shape[0])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        laid = cv2.warpAffine(luma, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        self._laid.append(np.asarray(laid))
        if t_s - self._learned_s >= LEARN_EVERY_S:
            self._learn(np.mean(self._laid, axis=0))
            self._laid = []
            self._learned_s = t_s

    def _texture(self, luma: FloatArray) -> NDArray[np.uint8]:
        return np.asarray(cv2.convertScaleAbs(_contrast(luma), alpha=self._gain, beta=128.0))

    def _search(self, texture: NDArray[np.uint8]) -> Registration:
        """Match from farther away; once the skin is lost, also from where the picture is alike."""
        guesses = [self._matrix]
        if self._lost_count > 0:
            guesses.append(self._shift_guess(texture))
        matches = (self._match(texture, guess, self._still, FAR_LEVELS) for guess in guesses)
        return max(matches, key=lambda match: match.hold)

    def _match(
        self, texture: NDArray[np.uint8], guess: FloatArray, residual: FloatArray, levels: int
    ) -> Registration:
        if len(self._points) < MIN_INLIERS or self._reference is None:
            return Registration(guess, self._still, 0.0, False)
        start = (self._points @ guess[:, :2].T + guess[:, 2]).astype(np.float32)
        start += sampled(residual, self._points_in_mesh)[:, 0]
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
        seen = (
            (start[:, 0] > 0) & (start[:, 0] < width) & (start[:, 1] > 0) & (start[:, 1] < height)
        )
        good = (ok.reshape(-1) == 1) & seen
        if good.sum() < MIN_INLIERS:
            return Registration(guess, self._still, 0.0, False)
        matrix, inliers = cv2.estimateAffinePartial2D(
            self._points[good],
            found[good],
            method=cv2.RANSAC,
            ransacReprojThreshold=INLIER_PX,
            maxIters=400,
            confidence=0.995,
        )
        if matrix is None:
            return Registration(guess, self._still, 0.0, False)
        count = int(inliers.sum())
        hold = count / max(int(seen.sum()), 1)
        plausible = abs(np.hypot(matrix[0, 0], matrix[1, 0]) - 1) < 0.3
        registered = bool(plausible and count >= MIN_INLIERS and hold >= MIN_INLIER_SHARE)
        left = (found - (self._points @ matrix[:, :2].T + matrix[:, 2])).astype(np.float32)
        usual = float(np.median(error.reshape(-1)[good][inliers.reshape(-1) > 0]))
        near = good & (np.abs(left).max(axis=1) < MAX_RESIDUAL_SHARE * width)
        near &= error.reshape(-1) < MAX_PATCH_ERROR * usual + 1.0
        residual = _mesh(left[near], self._mesh_weights[:, near])
        return Registration(np.asarray(matrix, float), residual, hold, registered)

    def _shift_guess(self, texture: NDArray[np.uint8]) -> FloatArray:
        assert self._reference is not None
        reference = self._reference.astype(np.float32)
        window = cv2.createHanningWindow(reference.shape[::-1], cv2.CV_32F)
        (dx, dy), _ = cv2.phaseCorrelate(reference, texture.astype(np.float32), window)
        return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])


def _contrast(luma: FloatArray) -> FloatArray:
    side = max(9, int(luma.shape[1] * BLUR_SHARE)) | 1
    mean = cv2.blur(luma, (side, side))
    fine = cv2.GaussianBlur(luma, (5, 5), 0.8)
    return np.asarray((fine - mean) / (mean + np.float32(8)), np.float32)


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


def _mesh_weights(points: NDArray[np.float32], size: tuple[int, ...]) -> FloatArray:
    """How much each feature says of each mesh node, array (nodes, features)."""
    height, width = size
    rows = (np.arange(MESH[0]) + 0.5) * height / MESH[0]
    cols = (np.arange(MESH[1]) + 0.5) * width / MESH[1]
    nodes = np.stack(np.meshgrid(cols, rows), axis=-1).reshape(-1, 2)
    distance2 = ((nodes[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1)
    return np.asarray(np.exp(-distance2 / (2 * (MESH_REACH_SHARE * width) ** 2)), np.float32)


def _mesh(left: FloatArray, weights: FloatArray) -> FloatArray:
    """Smooth field through the features' residuals, robust to features on something else."""
    smooth = np.zeros((weights.shape[0], 2), np.float32)
    trust = weights
    for _ in range(2):
        smooth = (trust @ left) / (trust.sum(axis=1, keepdims=True) + MESH_PRIOR)
        apart = (left**2).sum(axis=1) - 2 * smooth @ left.T + (smooth**2).sum(axis=1, keepdims=True)
        trust = weights / (1 + apart / INLIER_PX**2)
    return np.asarray(smooth.reshape(*MESH, 2), np.float32)
