"""Every flag is defined once, in words."""

from __future__ import annotations

import numpy as np
import pytest

from perfusion_cam.quality import MEANINGS, Flag
from perfusion_cam.types import (
    ColourCode,
    Frame,
    GridShape,
    GridWindow,
    Orientation,
    Press,
    Refill,
    marks_of,
)


def test_every_flag_has_one_meaning_and_every_meaning_a_flag() -> None:
    assert set(MEANINGS) == set(Flag)
    sentences = [meaning.says for meaning in MEANINGS.values()]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("flag", Flag, ids=lambda flag: flag.value)
def test_a_meaning_is_a_sentence(flag: Flag) -> None:
    assert flag.meaning is MEANINGS[flag]
    assert flag.meaning.says[0].isupper()
    assert flag.meaning.says.endswith(".")
    assert isinstance(flag.meaning.fatal, bool)


@pytest.mark.parametrize("flag", Flag, ids=lambda flag: flag.value)
def test_a_flag_is_written_as_it_is_named(flag: Flag) -> None:
    assert flag.value == flag.name.lower()


def test_reasons_name_fatal_flags_first() -> None:
    flags = (Flag.HOLD_SHORT, Flag.LOW_SIGNAL, Flag.OVERSHOOT, Flag.LOST)
    expected = (Flag.LOW_SIGNAL, Flag.LOST, Flag.HOLD_SHORT, Flag.OVERSHOOT)
    refill = Refill("not_measurable", flags)
    assert refill.reasons == tuple(flag.meaning.says for flag in expected)


def test_a_hold_is_from_contact_to_release() -> None:
    press = Press(
        contact_s=2.0,
        contact_se_s=0.1,
        release_s=7.5,
        release_se_s=0.1,
        tool_cells=np.ones((2, 2), bool),
        ended_s=12.0,
        ended_by="recording",
        tool_contrast=0.5,
        tool_hides=1.0,
        baseline_s=(0.0, 1.5),
        uncovered_s=7.8,
    )
    assert press.hold_s == 5.5


@pytest.mark.parametrize(("turns", "size"), [(0, (6, 4)), (1, (4, 6)), (2, (6, 4)), (3, (4, 6))])
def test_the_size_of_a_frame_is_upright(turns: int, size: tuple[int, int]) -> None:
    plane = np.zeros((4, 6), np.uint8)
    frame = Frame(0.0, 0, plane, plane, plane, ColourCode(), Orientation(turns))
    assert frame.size_px == size


def test_marks_keep_what_is_valid_and_what_is_clipped() -> None:
    rng = np.random.default_rng(0)
    valid = rng.random((5, 4, 6)) > 0.3
    clipped = rng.random((5, 4, 6, 3)) > 0.5
    marks = np.stack([marks_of(*one) for one in zip(valid, clipped, strict=True)])
    window = GridWindow(
        GridShape(4, 6, 8.0),
        np.arange(5.0),
        np.zeros((5, 4, 6, 3), np.int16),
        marks,
        np.ones(5, bool),
    )
    some, cells = np.array([True, False, True, True, False]), rng.random((4, 6)) > 0.5
    everywhere = window.valid_of(np.ones((4, 6), bool), slice(None))
    np.testing.assert_array_equal(everywhere.reshape(valid.shape), valid)
    np.testing.assert_array_equal(window.valid_of(cells, some), valid[some][:, cells])
    np.testing.assert_array_equal(window.always_valid, valid.all(axis=0))
    np.testing.assert_array_equal(window.clipped(some, cells), clipped[some][:, cells])
