"""Small pictures for the eye, made in a thread of their own so that none of them waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import rgb_matrix
from perfusion_cam.picture import turned
from perfusion_cam.types import Frame

LONGEST_PX = 1280
JPEG_QUALITY = 85
INTERVAL_S = 1 / 16
"""Least time between pictures: what is shown need not be as dense as what is measured."""


class Preview:
    """Makes small pictures of the newest frames.

    Parameters
    ----------
    on_picture : callable (bytes)
        Told of each, a JPEG, in the preview's thread.
    """

    def __init__(self, on_picture: Callable[[bytes], None]) -> None:
        self._on_picture = on_picture
        self._newest: Frame | None = None
        self._wanted = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="preview", daemon=True)

    def start(self) -> None:
        """Begin to make pictures."""
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Give a frame that was taken this moment; one that was not drawn yet is forgotten."""
        with self._wanted:
            self._newest = frame
            self._wanted.notify()

    def stop(self) -> None:
        """End the thread."""
        with self._wanted:
            self._stopped = True
            self._wanted.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wanted:
                self._wanted.wait_for(lambda: self._stopped or self._newest is not None)
                if self._stopped:
                    return
                assert self._newest is not None
                frame, self._newest = self._newest, None
            began_s = time.monotonic()
            self._on_picture(jpeg_of(frame))
            rest_s = INTERVAL_S - (time.monotonic() - began_s)
            if rest_s > 0:
                time.sleep(rest_s)


def jpeg_of(frame: Frame) -> bytes:
    """Draw a frame small and upright; HDR curves are left as they are.

    It is made smaller by a whole factor, which takes a fifth of the time that others take.

    Returns
    -------
    bytes
        JPEG, its longer side at most `LONGEST_PX`.
    """
    height, width = frame.luma.shape
    factor = -(-max(height, width) // LONGEST_PX)
    size = (max(1, width // factor), max(1, height // factor))
    planes = [
        cv2.resize(np.asarray(plane), size, interpolation=cv2.INTER_AREA)
        for plane in (frame.luma, frame.cb, frame.cr)
    ]
    if frame.colour.bits > 8:
        planes = [(plane // 2 ** (frame.colour.bits - 8)).astype(np.uint8) for plane in planes]
    eight_bits = frame.colour._replace(bits=8)
    bgr = cv2.transform(cv2.merge(planes), 255 * rgb_matrix(eight_bits)[::-1])
    upright: NDArray[np.uint8] = np.ascontiguousarray(turned(bgr, frame.orientation))
    _, data = cv2.imencode(".jpg", upright, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()
