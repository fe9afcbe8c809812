"""A recording played as by ``live --source``, with the time of capture drawn into every picture.

Run as a program it is ``perfusion-cam`` with that source. The stamp is a row of black and white
cells: milliseconds, then a sum of their digits in base 64, most significant bit first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from perfusion_cam.apps import live_serving
from perfusion_cam.apps.cli import main
from perfusion_cam.live.playing import PlayedFile
from perfusion_cam.types import Frame

STARTED = "PERFUSION_CAM_STARTED"
"""Names the file that tells when playing began, seconds since 1970."""
CELL_PX = 12
TIME_BITS, SUM_BITS = 20, 6
WRAP_MS = 1 << TIME_BITS
BLACK, WHITE = 40, 200


def stamp_of(t_ms: int) -> np.ndarray:
    """Draw a time as a strip of cells, array (CELL_PX, bits * CELL_PX) uint8."""
    left = t_ms % WRAP_MS
    code = (left << SUM_BITS) | check_sum(left)
    bits = [code >> bit & 1 for bit in reversed(range(TIME_BITS + SUM_BITS))]
    return np.kron(np.where(bits, WHITE, BLACK), np.ones((CELL_PX, CELL_PX))).astype(np.uint8)


def check_sum(t_ms: int) -> int:
    """Sum of a time's digits in base 64, in one such digit, turned so that nought is not blank."""
    digits = (t_ms >> 18, t_ms >> 12 & 63, t_ms >> 6 & 63, t_ms & 63)
    return (sum((place + 1) * digit for place, digit in enumerate(digits)) + 21) & 63


class StampedFile(PlayedFile):
    """Draws the time at which a camera would have taken each picture into its lower left corner."""

    def __iter__(self) -> Iterator[Frame]:
        started_s, began_s = time.time(), time.monotonic()
        Path(os.environ[STARTED]).write_text(str(started_s), encoding="utf-8")
        for frame in super().__iter__():
            assert time.monotonic() - began_s > frame.t_s - 0.001
            strip = stamp_of(round(1000 * (started_s + frame.t_s)))
            luma = np.array(frame.luma)
            luma[-CELL_PX:, : strip.shape[1]] = strip
            # Copies of all planes, as a camera gives them: views would keep the decoder's, too.
            yield replace(frame, luma=luma, cb=np.array(frame.cb), cr=np.array(frame.cr))


if __name__ == "__main__":
    live_serving.PlayedFile = StampedFile  # type: ignore[misc, attr-defined]
    main()
