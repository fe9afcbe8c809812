"""A plane of light is read exactly, and goes on as it is beyond the edge."""

from __future__ import annotations

import numpy as np

from perfusion_cam.interpolation import sampled

ROWS, COLS = np.mgrid[:20, :30].astype(np.float32)


def test_a_plane_is_read_exactly_between_its_pixels() -> None:
    plane = 3 * COLS - 2 * ROWS
    at = np.array([[[0.0, 0.0], [4.5, 7.25]], [[28.75, 18.5], [10.0, 3.0]]], np.float32)
    np.testing.assert_allclose(sampled(plane, at), 3 * at[..., 0] - 2 * at[..., 1], atol=1e-4)


def test_two_channels_are_read_together() -> None:
    both = np.stack([COLS, ROWS], axis=-1)
    at = np.array([[[2.5, 6.0]], [[11.0, 12.5]]], np.float32)
    np.testing.assert_allclose(sampled(both, at), at, atol=1e-5)


def test_beyond_the_edge_it_is_as_at_the_edge() -> None:
    at = np.array([[[-5.0, 4.0], [40.0, 4.0]]], np.float32)
    np.testing.assert_array_equal(sampled(COLS, at), [[0.0, 29.0]])
