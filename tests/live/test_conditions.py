"""What spoils a picture is told from what the session sees of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from perfusion_cam.live.conditions import ConditionWatch
from perfusion_cam.live.left_out import Cause, LeftOut, told
from perfusion_cam.live.trouble import Trouble
from perfusion_cam.types import GridSample, GridShape, Site

SHAPE = GridShape(18, 32, 20.0)
SKIN = np.log([0.45, 0.25, 0.18])
Change = Callable[[GridSample, int], GridSample]


def sample(
    index: int,
    fps: float = 30.0,
    log_rgb: np.ndarray = SKIN,
    clipped: float = 0.0,
    shift_px: float = 0.0,
    registered: bool = True,
) -> GridSample:
    cells = np.broadcast_to(log_rgb, (SHAPE.rows, SHAPE.cols, 3)).astype(np.float32)
    marks = np.zeros(cells.shape, bool)
    marks[:, : round(clipped * SHAPE.cols)] = True
    to_frame = np.array([[1.0, 0.0, shift_px], [0.0, 1.0, 0.0]])
    valid = np.ones(cells.shape[:2], bool)
    return GridSample(index / fps, cells, valid, marks, to_frame, 1.0, registered)


def troubles(samples: list[GridSample]) -> tuple[Trouble, ...]:
    watch = ConditionWatch()
    for one in samples:
        watch.push(one, SHAPE)
    return watch.troubles()


def test_a_steady_picture_has_no_trouble() -> None:
    assert troubles([sample(i) for i in range(120)]) == ()
    assert ConditionWatch().troubles() == ()


@pytest.mark.parametrize(
    ("kind", "trouble"),
    [
        ({"log_rgb": np.log([0.02, 0.01, 0.005])}, Trouble.TOO_DARK),
        ({"log_rgb": np.log([0.99, 0.9, 0.8]), "clipped": 0.5}, Trouble.CLIPPED),
        ({"fps": 8.0}, Trouble.SLOW_CAMERA),
        ({"registered": False}, Trouble.SITE_LOST),
    ],
)
def test_one_thing_wrong_is_one_trouble(kind: dict[str, object], trouble: Trouble) -> None:
    assert troubles([sample(i, **kind) for i in range(60)]) == (trouble,)


def test_dark_skin_in_ordinary_light_is_not_too_dark() -> None:
    darkest = np.log([0.16, 0.042, 0.0056])
    assert troubles([sample(i, log_rgb=darkest) for i in range(60)]) == ()


def test_movement_is_told_from_a_tremor() -> None:
    tremor = [sample(i, shift_px=4 * np.sin(i / 6)) for i in range(90)]
    assert troubles(tremor) == ()
    pan = [sample(i, shift_px=3.0 * i) for i in range(90)]
    assert troubles(pan) == (Trouble.MOVING,)


def test_flicker_is_told_from_a_slow_change() -> None:
    flicker = [sample(i, log_rgb=SKIN + 0.04 * np.sin(2.1 * i)) for i in range(90)]
    assert troubles(flicker) == (Trouble.FLICKER,)
    dimming = [sample(i, log_rgb=SKIN - 0.01 * i) for i in range(90)]
    assert troubles(dimming) == ()


@pytest.mark.parametrize(
    ("cause", "trouble"),
    [
        (Cause.BUSY, Trouble.DROPPING),
        (Cause.LATE, Trouble.DROPPING),
        (Cause.DAMAGED, Trouble.ARRIVING_BADLY),
        (Cause.MISTIMED, Trouble.ARRIVING_BADLY),
    ],
)
def test_dropped_pictures_are_told_for_a_while_with_their_cause(
    cause: Cause, trouble: Trouble
) -> None:
    watch = ConditionWatch()
    for i in range(90):
        watch.push(sample(i), SHAPE)
        if i > 60:
            watch.drop(LeftOut(i / 30 + 0.01, cause))
    assert watch.troubles() == (trouble,)
    for i in range(90, 300):
        watch.push(sample(i), SHAPE)
    assert watch.troubles() == ()


def test_a_tiny_site_is_too_far_away() -> None:
    cells = np.zeros((SHAPE.rows, SHAPE.cols), bool)
    watch = ConditionWatch()
    for i in range(60):
        watch.push(sample(i), SHAPE)
    watch.see(Site(100.0, 100.0, 6.0, cells, cells))
    assert watch.troubles() == (Trouble.TOO_FAR,)
    watch.see(Site(100.0, 100.0, 26.0, cells, cells))
    assert watch.troubles() == ()


def test_each_cause_of_missing_pictures_has_its_sentence() -> None:
    missing = [LeftOut(1.0, Cause.DAMAGED), LeftOut(2.0, Cause.BUSY), LeftOut(3.0, Cause.BUSY)]
    assert list(told(missing)) == [
        "2 pictures were left out because this computer could not keep up.",
        "1 picture was left out because the browser's camera sent it damaged.",
    ]
    assert list(told([])) == []
