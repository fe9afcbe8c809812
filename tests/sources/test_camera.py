"""Cameras, with OpenCV's capture replaced by one whose answers are known."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from perfusion_cam.colour import rgb_matrix
from perfusion_cam.errors import CameraError
from perfusion_cam.picture import upright_rgb
from perfusion_cam.sources import camera
from perfusion_cam.sources.camera import Camera, FoundCamera, list_cameras

SIZES = {cv2.CAP_PROP_FRAME_WIDTH: 0, cv2.CAP_PROP_FRAME_HEIGHT: 1}


class FakeCapture:
    """A capture that grants some sizes and holds some settings."""

    grants = ((1280, 720), (640, 480))
    holds = (cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_AUTO_WB)
    opened = True
    pictures = 3

    def __init__(self, number: int, backend: int) -> None:
        self._asked = [640, 480]
        self._values: dict[int, float] = {}
        self._left = 1000
        self._at = 0

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.opened

    def set(self, which: int, value: float) -> bool:
        if which in SIZES:
            self._asked[SIZES[which]] = int(value)
        elif which in self.holds or which == cv2.CAP_PROP_FPS:
            self._values[which] = value
        else:
            return False
        return True

    def get(self, which: int) -> float:
        if which in SIZES:
            asked = tuple(self._asked)
            granted = asked if asked in self.grants else (640, 480)
            return float(granted[SIZES[which]])
        return self._values.get(which, -1.0)

    def grab(self) -> bool:
        return self._at < self.pictures

    def retrieve(self) -> tuple[bool, np.ndarray]:
        self._at += 1
        return True, np.full((4, 6, 3), (20 * self._at, 90, 160), np.uint8)

    def release(self) -> None:
        self._left = 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    ticks = count(100.0, 0.25)
    monkeypatch.setattr(camera, "now_s", lambda: next(ticks))
    monkeypatch.setattr(camera.time, "sleep", lambda _: None)
    monkeypatch.setattr(camera.cv2, "VideoCapture", FakeCapture)
    monkeypatch.setattr(camera, "list_cameras", lambda: [FoundCamera(0, "Desk camera")])
    return ticks


@pytest.mark.usefixtures("clock")
def test_the_best_mode_that_is_granted_is_taken() -> None:
    assert Camera(0).mode[:2] == (1280, 720)


EXPOSURE = cv2.CAP_PROP_AUTO_EXPOSURE


@pytest.mark.usefixtures("clock")
def test_settings_are_automatic_until_they_are_held_and_again_at_the_end() -> None:
    opened = Camera(0)
    capture = opened._capture
    automatic = capture.get(EXPOSURE), capture.get(cv2.CAP_PROP_AUTO_WB)
    assert automatic == (3.0 if sys.platform == "linux" else 0.75, 1.0)
    for leave in (opened.let_go, opened.close):
        opened.hold()
        assert (capture.get(EXPOSURE), capture.get(cv2.CAP_PROP_AUTO_WB)) != automatic
        assert capture.get(cv2.CAP_PROP_AUTO_WB) == 0.0
        leave()
        assert (capture.get(EXPOSURE), capture.get(cv2.CAP_PROP_AUTO_WB)) == automatic
        assert opened.remarks == ()


@pytest.mark.usefixtures("clock")
def test_what_cannot_be_held_is_said() -> None:
    opened = Camera(0)
    assert opened.remarks == ()
    opened.hold()
    (remark,) = opened.remarks
    assert remark.startswith("Focus could not be held")


@pytest.mark.usefixtures("clock")
def test_frames_are_stamped_when_grabbed_and_keep_their_colour() -> None:
    given = iter(Camera(0))
    frames = [next(given) for _ in range(3)]
    with pytest.raises(CameraError, match=r"camera 0 \(Desk camera\) does not answer"):
        next(given)
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert np.diff([frame.t_s for frame in frames]) == pytest.approx([0.25, 0.25])
    first = frames[0]
    assert rgb_matrix(first.colour).shape == (3, 4)
    np.testing.assert_allclose(upright_rgb(first)[0, 0], (160, 90, 20), atol=1)


@pytest.mark.usefixtures("clock")
def test_a_picture_that_waited_with_its_driver_bears_the_time_it_was_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = Camera(0)
    waited_s = iter([0.02, 0.13, -0.01, 4000.0])
    monkeypatch.setattr(camera.time, "monotonic", lambda: 50.0)
    monkeypatch.setattr(FakeCapture, "pictures", 4)
    monkeypatch.setattr(opened._capture, "get", lambda _: 1000 * (50.0 - next(waited_s)))
    grabbed_s = 100.25 + 0.25 * np.arange(4)
    stamps_s = np.array([frame.t_s for frame in islice(opened, 4)])
    assert stamps_s - grabbed_s == pytest.approx([-0.02, -0.13, 0.0, 0.0])


@pytest.mark.usefixtures("clock")
def test_a_camera_that_only_keeps_one_waiting_is_not_waited_for_thirty_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    ticks = count(100.0, 2.0)
    monkeypatch.setattr(camera, "now_s", lambda: next(ticks))
    monkeypatch.setattr(FakeCapture, "grab", lambda _: asked.append(0.0) or False)
    with pytest.raises(CameraError, match="does not answer"):
        next(iter(Camera(0)))
    assert 1 <= len(asked) <= 2


@pytest.mark.parametrize(
    ("number", "says"), [(0, "another program may use it"), (4, "no camera 4; found: 0 \\(Desk")]
)
@pytest.mark.usefixtures("clock")
def test_a_camera_that_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    monkeypatch.setattr(FakeCapture, "opened", False)
    with pytest.raises(CameraError, match=says):
        Camera(number)


def test_cameras_are_named_by_linux(tmp_path: Path) -> None:
    for number, index, name in ((0, 0, "Desk camera"), (1, 1, "Desk camera"), (2, 0, "Phone")):
        device = tmp_path / f"video{number}"
        device.mkdir()
        (device / "index").write_text(f"{index}\n")
        (device / "name").write_text(f"{name}\n")
    assert list_cameras(tmp_path) == [FoundCamera(0, "Desk camera"), FoundCamera(2, "Phone")]
    assert list_cameras(tmp_path / "none") == []


def test_the_clock_rises() -> None:
    one, other = camera.now_s(), camera.now_s()
    assert 0 < one <= other < one + 60


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system has no such clock")
def test_the_clock_counts_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(camera.time, "clock_gettime", lambda which: asked.append(which) or 5.0)
    assert camera.now_s() == 5.0
    assert asked == [time.CLOCK_BOOTTIME]
