"""A minute of grids: what is in it comes back, what is older is gone."""

from __future__ import annotations

import numpy as np
import pytest

from perfusion_cam.stages.detection.history import BLOCK, GridHistory
from perfusion_cam.types import LIGHT_CODE, GridSample, GridShape

SMALL = GridShape(4, 6, 10.0)
RATE_HZ = 20.0
KEPT_S = 60.0


def sample(index: int, registered: bool = True) -> GridSample:
    """Every grid differs, and so does every cell."""
    rng = np.random.default_rng(index)
    return GridSample(
        t_s=index / RATE_HZ,
        log_rgb=rng.uniform(-5, 0, (4, 6, 3)).astype(np.float32),
        valid=rng.random((4, 6)) > 0.2,
        clipped=rng.random((4, 6, 3)) > 0.7,
        to_frame=np.eye(2, 3),
        hold=1.0,
        registered=registered,
    )


def filled(count: int) -> GridHistory:
    history = GridHistory(SMALL)
    for index in range(count):
        history.append(sample(index, registered=index % 5 != 0))
    return history


def test_samples_come_back_as_they_were() -> None:
    window = filled(3 * BLOCK).window(0.0, 100.0)
    assert len(window.t_s) == 3 * BLOCK
    every_cell = np.ones((4, 6), bool)
    for index in (0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 7):
        given = sample(index)
        assert window.t_s[index] == given.t_s
        np.testing.assert_allclose(window.log_rgb(index), given.log_rgb, atol=0.51 / LIGHT_CODE)
        one = np.arange(3 * BLOCK) == index
        np.testing.assert_array_equal(window.valid_of(every_cell, one)[0], given.valid.ravel())
        np.testing.assert_array_equal(
            window.clipped(one, every_cell)[0], given.clipped.reshape(-1, 3)
        )
        assert window.registered[index] == (index % 5 != 0)


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.0), (1.0, 6.0), (3.15, 3.2), (-5.0, 2.0)])
def test_a_window_holds_its_ends(start_s: float, end_s: float) -> None:
    window = filled(3 * BLOCK).window(start_s, end_s)
    every = np.arange(3 * BLOCK) / RATE_HZ
    np.testing.assert_array_equal(window.t_s, every[(every >= start_s) & (every <= end_s)])


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 0.0), (1.0, 6.0), (50.0, 60.0)])
def test_a_part_of_what_is_kept_is_those_very_samples(start_s: float, end_s: float) -> None:
    window = filled(3 * BLOCK).window(start_s, end_s)
    given = [one for one in map(sample, range(3 * BLOCK)) if start_s <= one.t_s <= end_s]
    np.testing.assert_array_equal(window.t_s, [one.t_s for one in given])
    followed = [round(one.t_s * RATE_HZ) % 5 != 0 for one in given]
    np.testing.assert_array_equal(window.registered, followed)
    for index, one in enumerate(given):
        np.testing.assert_allclose(window.log_rgb(index), one.log_rgb, atol=0.51 / LIGHT_CODE)


def test_a_window_where_nothing_was_is_empty() -> None:
    window = filled(10).window(50.0, 60.0)
    assert window.t_s.shape == (0,)
    assert window.light_code.shape == (0, 4, 6, 3)


def test_later_samples_change_nothing_in_a_window() -> None:
    history = filled(BLOCK - 2)
    window = history.window(0.0, 1.0)
    before, marks = window.light_code[:], window.marks[:]
    for index in range(BLOCK - 2, 3 * BLOCK):
        history.append(sample(index))
    np.testing.assert_array_equal(window.light_code[:], before)
    np.testing.assert_array_equal(window.marks[:], marks)


def test_what_a_window_gave_cannot_be_written_to() -> None:
    light_code = filled(10).window(0.0, 1.0).light_code
    for given in (light_code[:], light_code[2:4], light_code[1]):
        with pytest.raises(ValueError, match="read-only"):
            given[:] = 0


def test_what_is_older_than_a_minute_is_forgotten() -> None:
    count = round(3 * KEPT_S * RATE_HZ)
    history = GridHistory(SMALL)
    longest = round(KEPT_S * RATE_HZ) + BLOCK + 1
    for index in range(count):
        history.append(sample(index))
        assert len(history) <= longest
    assert history.end_s == (count - 1) / RATE_HZ
    kept = history.window(0.0, 1e9).t_s
    block_s = BLOCK / RATE_HZ
    assert history.end_s - KEPT_S - block_s <= kept[0] <= history.end_s - KEPT_S
    np.testing.assert_allclose(np.diff(kept), 1 / RATE_HZ)


def test_light_beyond_the_packed_range_is_held_at_its_end() -> None:
    history = GridHistory(SMALL)
    bright = sample(0)
    for level in (9.0, -9.0):
        given = GridSample(
            0.0,
            np.full((4, 6, 3), level, np.float32),
            bright.valid,
            bright.clipped,
            bright.to_frame,
            1.0,
            True,
        )
        history.append(given)
    light = history.window(0.0, 0.0).log_rgb(slice(None))
    assert light.max() == pytest.approx(8.0, abs=0.01)
    assert light.min() == pytest.approx(-8.0, abs=0.01)
