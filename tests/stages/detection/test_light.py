"""The light that most of a picture shares, whatever else is in it."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import SHAPE, disc

from perfusion_cam.stages.detection.light import (
    CELL_CHANGE,
    NOISE_FACTOR,
    colour_weights,
    common_gain,
    in_grey_levels,
    largest,
    smooth,
    usual_difference,
)

GAIN = np.array([0.31, 0.25, 0.22])


def noisy(sd: float, seed: int = 0) -> np.ndarray:
    size = (SHAPE.rows, SHAPE.cols, 3)
    return sd * np.random.default_rng(seed).standard_normal(size).astype(np.float32)


@pytest.mark.parametrize("gain", [0 * GAIN, GAIN, -2 * GAIN])
def test_a_gain_of_the_whole_picture_is_found(gain: np.ndarray) -> None:
    np.testing.assert_allclose(common_gain(noisy(0.01) + gain), gain, atol=0.003)


def test_a_hand_over_two_fifths_of_the_picture_does_not_count() -> None:
    difference = noisy(0.01) + GAIN
    difference[:, : int(0.4 * SHAPE.cols)] -= 0.9
    np.testing.assert_allclose(common_gain(difference), GAIN, atol=0.003)


def test_only_the_cells_asked_are_asked() -> None:
    asked = disc(20, 30, 9)
    difference = noisy(0.01)
    difference[asked] += GAIN
    np.testing.assert_allclose(common_gain(difference, asked), GAIN, atol=0.005)
    np.testing.assert_allclose(common_gain(difference, ~asked), 0.0, atol=0.005)


def test_too_few_cells_are_not_asked_alone() -> None:
    difference = noisy(0.01) + GAIN
    few = disc(20, 30, 1.2)
    difference[few] += 1.0
    np.testing.assert_allclose(common_gain(difference, few), GAIN, atol=0.005)


def test_change_beyond_any_gain_gives_none() -> None:
    np.testing.assert_array_equal(common_gain(np.full((5, 5, 3), 7.0, np.float32)), 0.0)


def test_smoothing_averages_nine_cells() -> None:
    grid = np.zeros((7, 9, 3), np.float32)
    grid[3, 4] = 9.0
    averaged = smooth(grid)
    np.testing.assert_allclose(averaged[2:5, 3:6], 1.0, atol=1e-6)
    assert averaged.sum() == pytest.approx(27.0, rel=1e-5)


def test_the_largest_colour_is_taken() -> None:
    given = noisy(1.0)
    np.testing.assert_array_equal(largest(given), given.max(axis=-1))


def test_the_usual_difference_is_that_of_the_noise_whatever_the_light_and_the_hand() -> None:
    noise = np.array([0.01, 0.02, 0.1], np.float32)
    difference = noisy(1.0) * noise + GAIN.astype(np.float32)
    difference[disc(25, 40, 10)] -= 0.8
    np.testing.assert_allclose(usual_difference(difference), noise, rtol=0.15)


def test_change_counts_in_light_down_to_mid_tones_and_in_grey_levels_below() -> None:
    change = np.full((1, 2, 3), 0.1, np.float32)
    bright, dark = np.log(0.3), np.log(0.1 / 2**2.2)
    grids = np.array([[[bright] * 3, [dark] * 3]], np.float32)
    weighed = in_grey_levels(change, grids, grids - 1)
    np.testing.assert_allclose(weighed[0, 0], 0.1, rtol=1e-5)
    np.testing.assert_allclose(weighed[0, 1], 0.05, rtol=1e-5)


def test_a_colour_is_trusted_less_the_noisier_it_is() -> None:
    quiet = CELL_CHANGE / NOISE_FACTOR / 2
    trust = colour_weights(np.array([quiet, 2 * quiet, 0.1]))
    np.testing.assert_allclose(trust, [1.0, 1.0, CELL_CHANGE / (NOISE_FACTOR * 0.1)], rtol=1e-5)
