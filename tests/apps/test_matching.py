"""Presses of a clip are known by their times; where these do not tell, none is."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from perfusion_cam.apps.matching import match, match_clip

LONG_S = 400.0


class Span(NamedTuple):
    contact_s: float
    release_s: float


SAVED = [Span(10.0, 15.0), Span(140.0, 145.2), Span(290.0, 294.9)]


def cut(start_s: float, end_s: float) -> tuple[list[Span], float]:
    """Find the presses of a clip, a little off, and how long the clip is."""
    inside = [one for one in SAVED if start_s < one.contact_s and one.release_s < end_s]
    moved = [Span(a - start_s + 0.04, b - start_s - 0.03) for a, b in inside]
    return moved, end_s - start_s


@pytest.mark.parametrize(
    ("start_s", "end_s", "numbers"),
    [
        (0.0, LONG_S, (1, 2, 3)),
        (60.0, LONG_S, (2, 3)),
        (200.0, LONG_S, (3,)),
        (0.0, 100.0, (1,)),
        (0.0, 200.0, (1, 2)),
        (60.0, 350.0, (2, 3)),
    ],
)
def test_a_clip_of_some_presses_gives_them_their_numbers(
    start_s: float, end_s: float, numbers: tuple[int, ...]
) -> None:
    found, clip_s = cut(start_s, end_s)
    assert match_clip(found, SAVED, clip_s, LONG_S) == numbers


def test_one_press_of_a_clip_from_the_middle_might_be_any() -> None:
    found, clip_s = cut(60.0, 200.0)
    assert match_clip(found, SAVED, clip_s, LONG_S) == (None,)


def test_a_clip_of_other_presses_fits_nowhere() -> None:
    other = [Span(20.0, 23.0), Span(80.0, 86.0)]
    assert match_clip(other, SAVED, 120.0, LONG_S) == (None, None)
    assert match_clip([], SAVED, 120.0, LONG_S) == ()


def test_a_clip_that_leaves_out_a_press_it_should_show_does_not_fit() -> None:
    found, clip_s = cut(0.0, LONG_S)
    assert match_clip(found[:2], SAVED, clip_s, LONG_S) == (None, None)


def test_the_same_recording_gives_a_press_that_was_not_saved_no_number() -> None:
    found = [SAVED[0], Span(60.0, 65.0), SAVED[2]]
    assert match(found, SAVED) == (1, None, 3)
