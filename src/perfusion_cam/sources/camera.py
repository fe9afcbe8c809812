"""Cameras through OpenCV: frames stamped when they were taken, settings held where possible."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.errors import CameraError
from perfusion_cam.types import ColourCode, Frame

MODES = ((1920, 1080, 30), (1280, 720, 30), (640, 480, 30))
"""Tried in this order: width, height, pictures a second."""
LEAST_RATE = 0.8
"""A mode is taken where the driver promises at least this share of the rate."""
FAILED_READS, FAILED_S = 30, 3.0
"""A camera has gone after so many readings in a row that failed, or so long without a picture."""
MOST_WAITED_S = 10.0
"""No picture waits longer with its driver: a stamp that is older is of another clock."""
BACKEND = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
COLOUR = ColourCode("bt601", full_range=True)


class _Setting(NamedTuple):
    """What a camera may do by itself: its name, OpenCV's number, and values for held and not."""

    name: str
    number: int
    held: float
    automatic: tuple[float, ...]  # in order of preference


_SETTINGS = (
    # V4L2 counts 1 for manual, 3 and 0 for automatic; other backends of OpenCV take quarters.
    _Setting("Exposure", cv2.CAP_PROP_AUTO_EXPOSURE, 1.0, (3.0, 0.0))
    if sys.platform == "linux"
    else _Setting("Exposure", cv2.CAP_PROP_AUTO_EXPOSURE, 0.25, (0.75,)),
    _Setting("White balance", cv2.CAP_PROP_AUTO_WB, 0.0, (1.0,)),
    _Setting("Focus", cv2.CAP_PROP_AUTOFOCUS, 0.0, (1.0,)),
)


def now_s() -> float:
    """Seconds on a clock that only rises and goes on while the computer sleeps."""
    clocks = ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC")  # on Linux only the first counts sleep
    known = next((getattr(time, name) for name in clocks if hasattr(time, name)), None)
    return time.monotonic() if known is None else time.clock_gettime(known)


class FoundCamera(NamedTuple):
    """A camera that the system knows: its number and what it calls itself."""

    number: int
    name: str


class Mode(NamedTuple):
    """Size of the pictures and how many a second are promised."""

    width: int
    height: int
    fps: float


def list_cameras(devices: Path = Path("/sys/class/video4linux")) -> list[FoundCamera]:
    """Name the cameras that Linux knows; elsewhere none is named and numbers have to be tried."""
    found = []
    for device in sorted(devices.glob("video*"), key=lambda path: int(path.name[5:] or 0)):
        try:
            first = (device / "index").read_text().strip() == "0"
            name = (device / "name").read_text().strip()
        except OSError:
            continue
        if first:  # further ones carry metadata, no pictures
            found.append(FoundCamera(int(device.name[5:]), name))
    return found


class Camera:
    """A camera as an iterable of frames, which blocks until each is there.

    The best mode that the driver grants is taken. Exposure, white balance and focus are left to
    the camera until they are to be held. All is to be called by the thread that takes the frames.

    Parameters
    ----------
    number : int
        As the system counts cameras, from 0.

    Attributes
    ----------
    name : str
    mode : Mode
    remarks : tuple of str
        What could not be held when it was to be, a sentence each.

    Raises
    ------
    CameraError
        There is no such camera, or it is used by something else.
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self.name = _name(number)
        self._capture = _opened(number)
        if not self._capture.isOpened():
            raise CameraError(_not_opened(number))
        self.mode = self._take_best_mode()
        self.remarks: tuple[str, ...] = ()
        self.let_go()

    def __iter__(self) -> Iterator[Frame]:
        """Frames with the time of `now_s` at which they were taken.

        Raises
        ------
        CameraError
            The camera does not answer any more.
        """
        index = failed = 0
        last_s, heard_s = -1.0, now_s()
        while failed < FAILED_READS and (not failed or now_s() - heard_s < FAILED_S):
            grabbed = self._capture.grab()
            t_s = self._taken_s()
            there, bgr = self._capture.retrieve() if grabbed else (False, None)
            if not there or bgr is None:
                failed += 1
                time.sleep(0.01)
                continue
            failed, heard_s = 0, t_s
            if t_s > last_s:
                yield _frame(t_s, index, np.asarray(bgr, np.uint8))
                index, last_s = index + 1, t_s
        raise CameraError(
            f"camera {self._number} ({self.name}) does not answer any more; plug it in again"
        )

    def hold(self) -> None:
        """Hold exposure, white balance and focus as they have settled."""
        self.remarks = tuple(self._hold())

    def let_go(self) -> None:
        """Leave exposure, white balance and focus to the camera."""
        for setting in _SETTINGS:
            any(self._capture.set(setting.number, value) for value in setting.automatic)
        self.remarks = ()

    def close(self) -> None:
        """Let go of the camera, for the next program as it was found."""
        self.let_go()
        self._capture.release()

    def _taken_s(self) -> float:
        """When the picture grabbed last was taken: as the driver says, or now.

        A driver holds several pictures ready, so that one may have waited when it is grabbed. V4L2
        stamps them by the monotonic clock, in milliseconds.
        """
        grabbed_s = now_s()
        waited_s = time.monotonic() - self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return grabbed_s - waited_s if 0 <= waited_s < MOST_WAITED_S else grabbed_s

    def _take_best_mode(self) -> Mode:
        # Uncompressed pictures do not fit through USB 2 at these sizes and rates.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for width, height, fps in MODES:
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            self._capture.set(cv2.CAP_PROP_FPS, fps)
            granted = self._mode()
            promised = granted.fps <= 0 or granted.fps >= LEAST_RATE * fps
            if (granted.width, granted.height) == (width, height) and promised:
                return granted
        return self._mode()

    def _mode(self) -> Mode:
        width, height = (
            round(self._capture.get(which))
            for which in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        )
        return Mode(width, height, float(self._capture.get(cv2.CAP_PROP_FPS)))

    def _hold(self) -> Iterator[str]:
        for setting in _SETTINGS:
            taken = self._capture.set(setting.number, setting.held)
            if not taken or abs(self._capture.get(setting.number) - setting.held) > 1e-3:
                yield f"{setting.name} could not be held: the camera may change it during a press."


def _opened(number: int) -> cv2.VideoCapture:
    """Ask OpenCV for a camera, without the dozen lines that it writes where there is none."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        return cv2.VideoCapture(number, BACKEND)
    finally:
        cv2.utils.logging.setLogLevel(level)


def _frame(t_s: float, index: int, bgr: NDArray[np.uint8]) -> Frame:
    luma, cr, cb = cv2.split(cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb))
    return Frame(
        t_s,
        index,
        np.asarray(luma, np.uint8),
        np.asarray(cb, np.uint8),
        np.asarray(cr, np.uint8),
        COLOUR,
    )


def _name(number: int) -> str:
    names = {found.number: found.name for found in list_cameras()}
    return names.get(number, f"camera {number}")


def _not_opened(number: int) -> str:
    found = list_cameras()
    if not found:
        return f"camera {number} cannot be opened: no camera was found; plug one in"
    listed = ", ".join(f"{one.number} ({one.name})" for one in found)
    if number not in {one.number for one in found}:
        return f"there is no camera {number}; found: {listed}"
    return (
        f"camera {number} cannot be opened: another program may use it, or its rights are "
        f"missing; found: {listed}"
    )
