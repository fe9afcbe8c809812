"""A stack reads like the one array its parts would make."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.types import Stacked
from perfusion_cam.types.stacked import cells_of

LENGTHS = st.lists(st.integers(0, 5), min_size=1, max_size=5)


def parts_of(lengths: list[int]) -> list[np.ndarray]:
    rng = np.random.default_rng(len(lengths))
    return [rng.integers(0, 99, (length, 2, 3), dtype=np.int16) for length in lengths]


@given(lengths=LENGTHS, data=st.data())
def test_it_reads_like_one_array(lengths: list[int], data: st.DataObject) -> None:
    parts = parts_of(lengths)
    whole, stack = np.concatenate(parts), Stacked(parts)
    assert len(stack) == len(whole)
    assert stack.shape == whole.shape
    bound = st.none() | st.integers(-12, 12)
    piece = slice(data.draw(bound), data.draw(bound), data.draw(st.none() | st.integers(1, 3)))
    np.testing.assert_array_equal(stack[piece], whole[piece])
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(whole), max_size=len(whole))))
    np.testing.assert_array_equal(stack[wanted.astype(bool)], whole[wanted.astype(bool)])
    if len(whole):
        at = data.draw(st.integers(-len(whole), len(whole) - 1))
        np.testing.assert_array_equal(stack[at], whole[at])


def test_beyond_its_end_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        Stacked(parts_of([2, 3]))[5]


def test_what_it_gives_belongs_to_others() -> None:
    stack = Stacked(parts_of([2, 3]))
    before = stack[:]
    stack[:][:] = 0
    np.testing.assert_array_equal(stack[:], before)
    for kept in (stack[0], stack[:2], stack[np.arange(5) >= 2]):
        with pytest.raises(ValueError, match="read-only"):
            kept[:] = 0


def test_it_is_read_forwards_only() -> None:
    stack = Stacked(parts_of([2, 3]))
    np.testing.assert_array_equal(stack[np.int64(3)], stack[3])
    with pytest.raises(IndexError):
        stack[::-1]


@pytest.mark.parametrize("lengths", [[3], [0, 2, 3], [2, 0], [0]])
def test_cells_come_one_beside_the_other(lengths: list[int]) -> None:
    parts = parts_of(lengths)
    whole, cells = np.concatenate(parts), np.array([[True, False, True], [False, False, True]])
    some = np.arange(len(whole)) % 2 == 0
    for index in (slice(None), slice(1, 3), some):
        for stack in (whole, Stacked(parts)):
            np.testing.assert_array_equal(cells_of(stack, index, cells), whole[index][:, cells])
