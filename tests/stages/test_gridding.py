"""Flat pictures have known light; moved pictures have the same grid."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from perfusion_cam.stages.gridding import (
    LIGHT_FLOOR,
    MIN_INTERVAL_S,
    GridAverager,
    Gridder,
    grid_shape,
    reduction,
)
from perfusion_cam.types import ColourCode, GridSample

Array = NDArray[np.floating[Any]]

WORK = (96, 320)
CELL = 2
STILL = np.eye(2, 3)
FLAT_MESH = np.zeros((9, 16, 2), np.float32)
RGB_NAMES = ("red", "green", "blue")


def shift(dx: float, dy: float) -> Array:
    return np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])


def gridded(
    luma: Array,
    cb: Array | float = 128.0,
    cr: Array | float = 128.0,
    matrix: Array = STILL,
    residual: Array = FLAT_MESH,
    colour: ColourCode | None = None,
    factor: int = 1,
) -> GridSample:
    half = (WORK[0] // 2, WORK[1] // 2)
    chroma = np.stack([np.broadcast_to(plane, half) for plane in (cb, cr)], axis=-1)
    gridder = Gridder(WORK, factor, colour or ColourCode())
    return gridder.push(
        0.0, luma.astype(np.float32), chroma.astype(np.float32), matrix, residual, 1.0, True
    )


def flat(code: float) -> Array:
    return np.full(WORK, code)


def smooth_field(margin: int = 20) -> Array:
    """Soft picture with room to move, code values about 120."""
    size = (WORK[0] + 2 * margin, WORK[1] + 2 * margin)
    white = np.random.default_rng(3).standard_normal(size)
    rough = cv2.GaussianBlur(white, (0, 0), 7.0)
    return np.asarray(120 + 25 * rough / rough.std())


def srgb_light(coded: float) -> float:
    return ((coded + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("code", [50, 126, 200])
def test_grey_in_studio_range_has_known_light(code: int) -> None:
    sample = gridded(flat(code))
    expected = math.log(srgb_light((code - 16) / 219))
    assert sample.log_rgb.shape == (48, 160, 3)
    np.testing.assert_allclose(sample.log_rgb, expected, atol=1e-4)
    assert sample.valid.all()
    assert not sample.clipped.any()


def test_grey_in_full_range_has_known_light() -> None:
    sample = gridded(flat(128), colour=ColourCode(full_range=True))
    np.testing.assert_allclose(sample.log_rgb, math.log(srgb_light(128 / 255)), atol=1e-4)


def test_colour_has_known_light() -> None:
    """A BT.709 skin colour, coded by hand."""
    rgb = np.array([0.75, 0.55, 0.45])
    luma = rgb @ (0.2126, 0.7152, 0.0722)
    cb, cr = (rgb[2] - luma) / 1.8556, (rgb[0] - luma) / 1.5748
    sample = gridded(flat(16 + 219 * luma), 128 + 224 * cb, 128 + 224 * cr)
    expected = np.log([srgb_light(share) for share in rgb])
    np.testing.assert_allclose(sample.log_rgb.reshape(-1, 3).mean(axis=0), expected, atol=3e-4)


@pytest.mark.parametrize(("code", "light"), [(16, LIGHT_FLOOR), (235, 1.0), (254, 1.0)])
def test_ends_of_the_range_are_clipped(code: int, light: float) -> None:
    sample = gridded(flat(code))
    assert sample.clipped.all()
    np.testing.assert_allclose(sample.log_rgb, math.log(light), atol=1e-5)


def test_one_colour_may_be_clipped_alone() -> None:
    sample = gridded(flat(190), cr=190.0)
    assert {name for name, hit in zip(RGB_NAMES, sample.clipped[0, 0], strict=True) if hit} == {
        "red"
    }


def test_a_step_falls_on_its_cells() -> None:
    luma = flat(60)
    luma[:, 100:] = 180
    green = gridded(luma).log_rgb[..., 1]
    np.testing.assert_allclose(green[:, :50], math.log(srgb_light(44 / 219)), atol=1e-4)
    np.testing.assert_allclose(green[:, 50:], math.log(srgb_light(164 / 219)), atol=1e-4)


@pytest.mark.parametrize(("dx", "dy", "atol"), [(6, -4, 1e-4), (-3, 5, 0.003), (2.5, 1.25, 0.01)])
def test_a_picture_that_moved_has_the_same_grid(dx: float, dy: float, atol: float) -> None:
    field, margin = smooth_field(), 20
    here = field[margin:-margin, margin:-margin]
    moved = cv2.warpAffine(field, shift(dx, dy), field.shape[::-1], flags=cv2.INTER_CUBIC)
    there = moved[margin:-margin, margin:-margin]
    still, followed = gridded(here), gridded(there, matrix=shift(dx, dy))
    inner = (slice(6, -6), slice(6, -6))
    np.testing.assert_allclose(followed.log_rgb[inner], still.log_rgb[inner], atol=atol)
    unfollowed = gridded(there)
    assert np.abs(unfollowed.log_rgb[inner] - still.log_rgb[inner]).max() > 0.1


def test_chroma_moves_with_luma() -> None:
    cr = np.full((WORK[0] // 2, WORK[1] // 2), 128.0)
    cr[:, 40:60] = 150.0  # luma pixels 80 to 120
    still = gridded(flat(120), cr=cr)
    moved = gridded(flat(120), cr=np.roll(cr, 5, axis=1), matrix=shift(10, 0))
    np.testing.assert_allclose(moved.log_rgb[:, 5:-10], still.log_rgb[:, 5:-10], atol=1e-4)
    red = still.log_rgb[10, :, 0]
    assert red[41:59].min() > red[:39].max() + 0.1


def test_every_cell_gets_its_own_chroma() -> None:
    """A chroma sample is as large as a cell here, and lies in its middle."""
    cr = np.random.default_rng(2).uniform(118, 138, (WORK[0] // 2, WORK[1] // 2))
    sample = gridded(flat(120), cr=cr)
    red = (120 - 16) / 219 + 1.5748 * (cr - 128) / 224
    expected = np.log([srgb_light(share) for share in red.ravel()]).reshape(red.shape)
    np.testing.assert_allclose(sample.log_rgb[..., 0], expected, atol=1e-3)


def test_a_mesh_moves_what_the_matrix_leaves() -> None:
    field, margin = smooth_field(), 20
    here = field[margin:-margin, margin:-margin]
    there = field[margin:-margin, margin - 4 : -margin - 4]
    mesh = np.zeros((9, 16, 2), np.float32)
    mesh[..., 0] = 4.0
    np.testing.assert_allclose(
        gridded(there, residual=mesh).log_rgb[4:-4, 4:-4],
        gridded(here).log_rgb[4:-4, 4:-4],
        atol=1e-3,
    )


def test_cells_outside_the_picture_are_not_valid() -> None:
    sample = gridded(flat(120), matrix=shift(-10, 7))
    centre_x = (np.arange(160) + 0.5) * CELL - 10
    centre_y = (np.arange(48) + 0.5) * CELL + 7
    expected = (centre_y < WORK[0])[:, None] & (centre_x >= 0)[None, :]
    np.testing.assert_array_equal(sample.valid, expected)


def test_the_matrix_is_given_in_pixels_of_the_upright_picture() -> None:
    matrix = np.array([[0.99, -0.05, 3.0], [0.05, 0.99, -2.0]])
    sample = gridded(flat(120), matrix=matrix, factor=4)
    np.testing.assert_allclose(sample.to_frame, [[0.99, -0.05, 12.0], [0.05, 0.99, -8.0]])
    np.testing.assert_allclose(matrix[:, 2], [3.0, -2.0])


@pytest.mark.parametrize(
    ("size_px", "factor"), [((320, 180), 1), ((768, 432), 2), ((1080, 1920), 4), ((64, 48), 1)]
)
def test_pictures_are_brought_to_about_480_px(size_px: tuple[int, int], factor: int) -> None:
    assert reduction(*size_px) == factor


def test_a_grid_has_at_most_160_whole_cells() -> None:
    shape = grid_shape((270, 480), 4)
    assert shape == (90, 160, 12.0)
    assert grid_shape((48, 64), 1) == (48, 64, 1.0)
    for width in range(100, 800, 37):
        rows, cols, cell_px = grid_shape((width // 2, width), 1)
        assert cols <= 160
        assert cols * cell_px <= width
        assert rows * cell_px <= width // 2


def sample_at(t_s: float, level: float = 0.0, **changes: Any) -> GridSample:
    values: dict[str, Any] = {
        "t_s": t_s,
        "log_rgb": np.full((2, 3, 3), level, np.float32),
        "valid": np.ones((2, 3), bool),
        "clipped": np.zeros((2, 3, 3), bool),
        "to_frame": np.eye(2, 3),
        "hold": 1.0,
        "registered": True,
    }
    return GridSample(**(values | changes))


def averaged(given: list[GridSample]) -> list[GridSample]:
    averager = GridAverager()
    ready = [sample for one in given for sample in averager.push(one)]
    return ready + averager.flush()


def test_sixty_pictures_a_second_become_thirty() -> None:
    ready = averaged([sample_at(i / 60, float(i)) for i in range(120)])
    assert len(ready) == 60
    np.testing.assert_allclose([sample.t_s for sample in ready], (np.arange(60) * 2 + 0.5) / 60)
    np.testing.assert_allclose([sample.log_rgb.mean() for sample in ready], np.arange(60) * 2 + 0.5)


@pytest.mark.parametrize("rate_hz", [3, 15, 30])
def test_up_to_thirty_pictures_a_second_are_left_alone(rate_hz: int) -> None:
    given = [sample_at(i / rate_hz, float(i)) for i in range(20)]
    ready = averaged(given)
    assert len(ready) == len(given)
    assert all(one is other for one, other in zip(ready, given, strict=True))


@pytest.mark.parametrize(("rate_hz", "group"), [(15, 1), (30, 1), (50, 2), (60, 2), (120, 3)])
def test_a_group_is_ready_with_its_last_picture(rate_hz: int, group: int) -> None:
    averager = GridAverager()
    averager.push(sample_at(0.0))
    averager.push(sample_at(1 / rate_hz, 1.0))
    for i in range(2, 24):
        ready = averager.push(sample_at(i / rate_hz, float(i)))
        assert bool(ready) == (i % group == group - 1)
        if i > group and ready:
            assert ready[-1].log_rgb.mean() == pytest.approx(i - (group - 1) / 2)


@pytest.mark.parametrize("rate_hz", [50, 60])
def test_pictures_that_come_unevenly_are_averaged_to_about_that_rate(rate_hz: int) -> None:
    rng = np.random.default_rng(4)
    times_s = np.cumsum(rng.normal(1.0, 0.1, 3000)) / rate_hz
    times_s = times_s[rng.random(3000) > 0.3]
    shown_s = [sample.t_s for sample in averaged([sample_at(t_s) for t_s in times_s])]
    assert np.mean(np.diff(shown_s) < MIN_INTERVAL_S) < 0.08
    assert np.all(np.diff(shown_s) > 0.4 * MIN_INTERVAL_S)
    ahead = averaged([sample_at(i % 2 * 0.016 + i // 2 * 0.066) for i in range(60)])
    assert len(ahead) == 30


def test_an_average_is_as_trustworthy_as_its_worst_picture() -> None:
    hidden = np.ones((2, 3), bool)
    hidden[0, 0] = False
    clipped = np.zeros((2, 3, 3), bool)
    clipped[1, 1, 0] = True
    (one,) = averaged(
        [
            sample_at(0.0, valid=hidden, hold=0.4, registered=False),
            sample_at(0.01, clipped=clipped),
        ]
    )
    np.testing.assert_array_equal(one.valid, hidden)
    np.testing.assert_array_equal(one.clipped, clipped)
    assert one.hold == 0.4
    assert not one.registered


def test_nothing_waits_after_a_flush() -> None:
    averager = GridAverager()
    assert averager.push(sample_at(0.0)) == []
    assert len(averager.flush()) == 1
    assert averager.flush() == []
