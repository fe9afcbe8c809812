"""The last minute of grids, packed in blocks: memory does not grow with a recording."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import (
    LIGHT_CODE,
    FloatArray,
    GridSample,
    GridShape,
    GridWindow,
    Stacked,
    marks_of,
)

KEPT_S = 60.0
BLOCK = 64


@dataclass(slots=True)
class _Block:
    t_s: FloatArray
    light_code: NDArray[np.int16]
    marks: NDArray[np.uint8]
    registered: NDArray[np.bool_]
    count: int = 0


class GridHistory:
    """Append-only store of grid samples that forgets what is older than a minute."""

    def __init__(self, shape: GridShape) -> None:
        self._shape = shape
        self._blocks: deque[_Block] = deque()
        self.start_s = np.inf
        """Time of the recording's first sample, kept or not."""

    def __len__(self) -> int:
        return sum(block.count for block in self._blocks)

    @property
    def end_s(self) -> float:
        """Time of the newest sample."""
        block = self._blocks[-1]
        return float(block.t_s[block.count - 1])

    def append(self, sample: GridSample) -> None:
        """Take one more sample and forget blocks older than `KEPT_S`."""
        self.start_s = min(self.start_s, sample.t_s)
        if not self._blocks or self._blocks[-1].count == BLOCK:
            self._blocks.append(self._new_block())
        block = self._blocks[-1]
        i = block.count
        block.t_s[i] = sample.t_s
        block.light_code[i] = _light_code(sample.log_rgb)
        block.marks[i] = marks_of(sample.valid, sample.clipped)
        block.registered[i] = sample.registered
        block.count += 1
        while self._blocks[0].t_s[self._blocks[0].count - 1] < sample.t_s - KEPT_S:
            self._blocks.popleft()

    def window(self, start_s: float, end_s: float) -> GridWindow:
        """The samples from `start_s` to `end_s` inclusive; grids are not copied, and stay."""
        parts = []
        for block in self._blocks:
            times = block.t_s[: block.count]
            lo = int(np.searchsorted(times, start_s, "left"))
            hi = int(np.searchsorted(times, end_s, "right"))
            if hi > lo:
                parts.append((block, slice(lo, hi)))
        parts = parts or [(self._new_block(), slice(0, 0))]
        return GridWindow(
            self._shape,
            np.concatenate([block.t_s[part] for block, part in parts]),
            Stacked([block.light_code[part] for block, part in parts]),
            Stacked([block.marks[part] for block, part in parts]),
            np.concatenate([block.registered[part] for block, part in parts]),
        )

    def _new_block(self) -> _Block:
        cells = (self._shape.rows, self._shape.cols)
        return _Block(
            np.empty(BLOCK),
            np.empty((BLOCK, *cells, 3), np.int16),
            np.empty((BLOCK, *cells), np.uint8),
            np.empty(BLOCK, bool),
        )


def _light_code(log_rgb: FloatArray) -> NDArray[np.int16]:
    """Round to steps of the light code, within its range; OpenCV does all of it in one pass."""
    flat = log_rgb.reshape(len(log_rgb), -1)
    coded = cv2.addWeighted(flat, LIGHT_CODE, flat, 0.0, 0.0, dtype=cv2.CV_16S)
    return np.asarray(coded.reshape(log_rgb.shape), np.int16)
