"""The last minute of grids, packed in a ring: memory does not grow with a recording."""

from __future__ import annotations

import numpy as np

from perfusion_cam.types import LIGHT_CODE, FloatArray, GridSample, GridShape, GridWindow

KEPT_S = 60.0
_SPARE = 256


class GridHistory:
    """Append-only store of grid samples that forgets what is older than a minute."""

    def __init__(self, shape: GridShape) -> None:
        self._shape = shape
        cells = (shape.rows, shape.cols)
        self._t_s = np.empty(_SPARE)
        self._light = np.empty((_SPARE, *cells, 3), np.int16)
        self._valid = np.empty((_SPARE, *cells), bool)
        self._clipped = np.empty((_SPARE, *cells, 3), bool)
        self._registered = np.empty(_SPARE, bool)
        self._first = 0
        self._end = 0

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def t_s(self) -> FloatArray:
        """Times of the samples kept, array (n,)."""
        return self._t_s[self._first : self._end]

    def append(self, sample: GridSample) -> None:
        """Take one more sample and forget those older than `KEPT_S`."""
        if self._end == len(self._t_s):
            self._make_room()
        i = self._end
        self._t_s[i] = sample.t_s
        self._light[i] = np.clip(np.rint(sample.log_rgb * LIGHT_CODE), -32768, 32767)
        self._valid[i] = sample.valid
        self._clipped[i] = sample.clipped
        self._registered[i] = sample.registered
        self._end += 1
        while self._t_s[self._first] < sample.t_s - KEPT_S:
            self._first += 1

    def window(self, start_s: float, end_s: float) -> GridWindow:
        """The samples from `start_s` to `end_s` inclusive, as views: copy to keep."""
        lo = self._first + int(np.searchsorted(self.t_s, start_s, "left"))
        hi = self._first + int(np.searchsorted(self.t_s, end_s, "right"))
        return GridWindow(
            self._shape,
            self._t_s[lo:hi],
            self._light[lo:hi],
            self._valid[lo:hi],
            self._clipped[lo:hi],
            self._registered[lo:hi],
        )

    def _make_room(self) -> None:
        """Slide to the front when half is forgotten, else double the space."""
        kept = slice(self._first, self._end)
        count = len(self)
        size = len(self._t_s) if count * 2 < len(self._t_s) else len(self._t_s) * 3 // 2 + _SPARE
        for name in ("_t_s", "_light", "_valid", "_clipped", "_registered"):
            old = getattr(self, name)
            if size == len(old):
                old[:count] = old[kept].copy() if self._first < count else old[kept]
                continue
            new = np.empty((size, *old.shape[1:]), old.dtype)
            new[:count] = old[kept]
            setattr(self, name, new)
        self._first, self._end = 0, count
