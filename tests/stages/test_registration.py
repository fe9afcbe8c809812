"""Pictures moved by a known amount: the amount must come back."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from perfusion_cam.stages.registration import LEARN_S, MESH, Registrar, Registration

Array = NDArray[np.floating[Any]]

HEIGHT, WIDTH = 180, 320
MARGIN = 40
TOLERANCE_PX = 0.1
NOISE_CODES = 2.0
AFTER_LEARNING_S = 1.0


def scenery(seed: int = 0) -> Array:
    """Rough picture with room to move on every side."""
    white = np.random.default_rng(seed).standard_normal((HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN))
    fine, coarse = (cv2.GaussianBlur(white, (0, 0), sigma) for sigma in (1.8, 4.0))
    rough = fine / fine.std() + coarse / coarse.std()
    return np.asarray(110 + 8 * rough, np.float32)


def similarity(dx: float, dy: float, turn_deg: float = 0.0, scale: float = 1.0) -> Array:
    """Reference to picture pixels: turned and scaled about the picture's middle, then shifted."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -turn_deg, scale)
    return np.asarray(matrix + np.array([[0, 0, dx], [0, 0, dy]]))


def seen(picture: Array, matrix: Array) -> Array:
    """What a camera sees whose reference pixel p lies at `matrix` p."""
    whole = np.vstack([matrix, [0, 0, 1]])
    inset = np.array([[1.0, 0, MARGIN], [0, 1, MARGIN], [0, 0, 1]])
    from_scenery = whole @ np.linalg.inv(inset)
    moved = cv2.warpAffine(picture, from_scenery[:2], (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    return np.asarray(moved, np.float32)


def noisy(picture: Array, rng: np.random.Generator) -> Array:
    return np.asarray(picture + NOISE_CODES * rng.standard_normal(picture.shape), np.float32)


def worst_px(found: Registration, truth: Array) -> float:
    """Largest distance, over the picture, between where two matrices put a pixel."""
    rows, cols = np.mgrid[:HEIGHT:20, :WIDTH:20]
    at = np.stack([cols.ravel(), rows.ravel(), np.ones(rows.size)])
    return float(np.hypot(*((found.matrix - truth) @ at)).max())


def started(picture: Array) -> Registrar:
    registrar = Registrar()
    registrar.push(0.0, seen(picture, np.eye(2, 3)))
    return registrar


MOVES = [
    similarity(0, 0),
    similarity(0.4, -0.3),
    similarity(10, 0),
    similarity(-7.3, 6.6),
    similarity(0, 0, 2.0),
    similarity(4.2, -9.1, -2.0),
    similarity(3.0, 2.0, 1.0, 1.03),
    similarity(-2.5, 5.5, -0.5, 0.98),
]


@pytest.mark.parametrize("truth", MOVES)
def test_a_known_move_comes_back(truth: Array) -> None:
    picture = scenery()
    found = started(picture).push(AFTER_LEARNING_S, seen(picture, truth))
    assert found.registered
    assert found.hold > 0.5
    assert worst_px(found, truth) < TOLERANCE_PX


def test_the_first_picture_is_the_reference() -> None:
    first = Registrar().push(0.0, seen(scenery(), np.eye(2, 3)))
    assert first.registered
    assert first.hold == 1.0
    np.testing.assert_array_equal(first.matrix, np.eye(2, 3))
    np.testing.assert_array_equal(first.residual, np.zeros((*MESH, 2)))


def errors_along_a_path(step_s: float) -> list[float]:
    """Errors of 60 noisy pictures of a camera that sways."""
    picture, rng = scenery(1), np.random.default_rng(4)
    registrar = Registrar()
    registrar.push(0.0, noisy(seen(picture, np.eye(2, 3)), rng))
    errors = []
    for i in range(1, 60):
        truth = similarity(9 * np.sin(i / 5), 7 * np.sin(i / 7), 2 * np.sin(i / 9))
        found = registrar.push(i * step_s, noisy(seen(picture, truth), rng))
        assert found.registered
        errors.append(worst_px(found, truth))
    return errors


def test_a_swaying_camera_is_followed() -> None:
    errors = errors_along_a_path(step_s=AFTER_LEARNING_S)
    assert np.median(errors) < TOLERANCE_PX
    assert max(errors) < 2 * TOLERANCE_PX


def test_errors_do_not_add_up_once_the_reference_is_learnt() -> None:
    errors = errors_along_a_path(step_s=1 / 15)
    learnt = round(LEARN_S * 15)
    first, last = errors[learnt : learnt + 20], errors[-20:]
    assert np.median(last) < np.median(first) + TOLERANCE_PX
    assert max(errors) < 0.5


@pytest.mark.parametrize("gain", [0.6, 1.4])
@pytest.mark.parametrize("shading", [0.0, 0.15])
def test_exposure_and_shading_do_not_matter(gain: float, shading: float) -> None:
    picture, truth = scenery(), similarity(-6.4, 3.7, 1.2)
    slope = 1 + shading * np.linspace(-1, 1, WIDTH)
    lit = (gain * slope * seen(picture, truth)).astype(np.float32)
    assert lit.min() > 0
    assert lit.max() < 255
    found = started(picture).push(AFTER_LEARNING_S, lit)
    assert found.registered
    assert worst_px(found, truth) < TOLERANCE_PX


@pytest.mark.parametrize("textured", [False, True])
def test_a_hand_over_half_of_the_picture_does_not_pull(textured: bool) -> None:
    picture, truth = scenery(), similarity(3.2, -2.4, 0.8)
    covered = seen(picture, truth)
    hand = seen(scenery(7), similarity(-12, 8, -3)) if textured else np.full_like(covered, 70)
    covered[:, WIDTH // 2 :] = hand[:, WIDTH // 2 :]
    found = started(picture).push(AFTER_LEARNING_S, covered)
    assert found.registered
    left = np.mgrid[:HEIGHT:20, : WIDTH // 2 : 20]
    at = np.stack([left[1].ravel(), left[0].ravel(), np.ones(left[0].size)])
    assert np.hypot(*((found.matrix - truth) @ at)).max() < 1.5 * TOLERANCE_PX


def test_skin_that_was_lost_is_found_again() -> None:
    picture = scenery()
    registrar = started(picture)
    last = registrar.push(1.0, seen(picture, similarity(2, 1)))
    black = np.full((HEIGHT, WIDTH), 16, np.float32)
    for i in range(5):
        lost = registrar.push(1.1 + 0.1 * i, black)
        assert not lost.registered
        assert lost.hold < 0.2
        np.testing.assert_array_equal(lost.matrix, last.matrix)
    truth = similarity(-30, 18)  # farther than a search from the last place would reach
    found = registrar.push(2.0, seen(picture, truth))
    assert found.registered
    assert worst_px(found, truth) < TOLERANCE_PX


def test_another_picture_is_not_mistaken_for_the_skin() -> None:
    registrar = started(scenery(0))
    assert not registrar.push(AFTER_LEARNING_S, seen(scenery(5), np.eye(2, 3))).registered


def test_skin_that_yields_is_followed_by_the_mesh() -> None:
    picture, depth_px = scenery(), 4.0
    rows, cols = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    bump = depth_px * np.exp(-((cols - 100) ** 2 + (rows - 90) ** 2) / (2 * 35.0**2))
    still = seen(picture, np.eye(2, 3))
    pushed = cv2.remap(still, cols - bump.astype(np.float32), rows, cv2.INTER_CUBIC)
    registrar, rng = Registrar(), np.random.default_rng(6)
    registrar.push(0.0, noisy(still, rng))
    found = registrar.push(AFTER_LEARNING_S, noisy(pushed, rng))
    assert found.registered
    row, col = int(90 / HEIGHT * MESH[0]), int(100 / WIDTH * MESH[1])
    dx, dy = found.residual[row, col] + found.matrix[:, 2]
    assert dx == pytest.approx(depth_px, abs=2.0)
    assert abs(dy) < 0.3
    far = found.residual[:, -3:] + found.matrix[:, 2]
    assert np.abs(far).max() < 0.5


@pytest.mark.parametrize("grey", [0.0, 128.0])
def test_a_picture_without_texture_is_no_error(grey: float) -> None:
    registrar = Registrar()
    flat = np.full((HEIGHT, WIDTH), grey, np.float32)
    first = registrar.push(0.0, flat)
    assert first.hold == 0.0
    later = registrar.push(0.5, seen(scenery(), np.eye(2, 3)))
    assert not later.registered
    np.testing.assert_array_equal(later.matrix, np.eye(2, 3))
