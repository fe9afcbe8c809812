"""Is the picture good enough to measure? Judged from what the session saw, not from settings."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from perfusion_cam.live.left_out import Cause, LeftOut
from perfusion_cam.live.trouble import Trouble
from perfusion_cam.types import FloatArray, GridSample, GridShape, Site

DARK_LIGHT = 0.03
"""Linear light of the brightest colour of the middling cell: sRGB 48. Own choice, as all below."""
BRIGHT_LIGHT = 0.5
CLIPPED_SHARE = 0.25
LOST_S = 0.5
MOVING_WIDTHS_S = 0.06
"""Picture widths a second."""
MOVING_OVER_S = 0.35
FLICKER = 0.01
"""Natural-log light by which neighbouring pictures differ beyond a trend."""
FLICKER_OVER_S = 2.0
FLICKER_PICTURES = 20
RATE_OVER_S = 3.0
LEAST_RATE = 12.0
"""Pictures a second below which gaps exceed what timing allows."""
SENT_BADLY = {Cause.DAMAGED, Cause.MISTIMED}
DROPPING_SHARE = 0.05
DROPPING_OVER_S = 5.0
LEAST_RADIUS = 0.015
"""Radius of the site as a share of the picture's width: fewer than three cells."""
_DIFFERENCE_SD = 1.4826 / np.sqrt(6.0)
"""From the median size of second differences to the standard deviation of one picture."""


class ConditionWatch:
    """Follows what is wrong with the picture."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._left_out: deque[LeftOut] = deque()
        self._mean_log: deque[float] = deque()
        self._moves: deque[tuple[float, FloatArray]] = deque()
        self._lost_s: float | None = None
        self._dark = self._clipped = self._far = False
        self._width_px = 1.0

    def push(self, sample: GridSample, shape: GridShape) -> None:
        """Take one sample of a grid."""
        self._width_px = shape.cols * shape.cell_px
        centre = np.array([self._width_px / 2, shape.rows * shape.cell_px / 2, 1.0])
        self._moves.append((sample.t_s, sample.to_frame @ centre))
        while self._moves[0][0] < sample.t_s - MOVING_OVER_S:
            self._moves.popleft()
        self._times_s.append(sample.t_s)
        self._mean_log.append(float(sample.log_rgb[..., 1].mean()))
        while self._times_s[0] < sample.t_s - RATE_OVER_S:
            self._times_s.popleft()
            self._mean_log.popleft()
        if sample.registered:
            self._lost_s = None
        elif self._lost_s is None:
            self._lost_s = sample.t_s
        cells = sample.log_rgb[::2, ::2].reshape(-1, 3)
        self._dark = bool(np.median(cells.max(axis=1)) < np.log(DARK_LIGHT))
        bright = sample.clipped[::2, ::2].reshape(-1, 3) & (cells > np.log(BRIGHT_LIGHT))
        self._clipped = bool(bright.any(axis=1).mean() > CLIPPED_SHARE)

    def drop(self, picture: LeftOut) -> None:
        """Take note of a picture that was left out."""
        self._left_out.append(picture)

    def see(self, site: Site) -> None:
        """Take note of a site that a press was measured at."""
        self._far = site.radius_px < LEAST_RADIUS * self._width_px

    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong now, worst first."""
        found = set(self._found())
        return tuple(trouble for trouble in Trouble if trouble in found)

    def _found(self) -> Iterator[Trouble]:
        if not self._times_s:
            return
        now_s = self._times_s[-1]
        if self._lost_s is not None and now_s - self._lost_s >= LOST_S:
            yield Trouble.SITE_LOST
        elif self._speed() > MOVING_WIDTHS_S:
            yield Trouble.MOVING
        if self._dark:
            yield Trouble.TOO_DARK
        if self._clipped:
            yield Trouble.CLIPPED
        if self._is_slow():
            yield Trouble.SLOW_CAMERA
        if self._flickers():
            yield Trouble.FLICKER
        if self._far:
            yield Trouble.TOO_FAR
        while self._left_out and self._left_out[0].t_s < now_s - DROPPING_OVER_S:
            self._left_out.popleft()
        kept = len(self._times_s) * DROPPING_OVER_S / RATE_OVER_S
        most = DROPPING_SHARE * (kept + len(self._left_out))
        arrived_badly = sum(one.cause in SENT_BADLY for one in self._left_out)
        if arrived_badly > most:
            yield Trouble.ARRIVING_BADLY
        if len(self._left_out) - arrived_badly > most:
            yield Trouble.DROPPING

    def _speed(self) -> float:
        (start_s, start), (end_s, end) = self._moves[0], self._moves[-1]
        if end_s - start_s < MOVING_OVER_S / 2:
            return 0.0
        return float(np.hypot(*(end - start))) / self._width_px / (end_s - start_s)

    def _is_slow(self) -> bool:
        span_s = self._times_s[-1] - self._times_s[0]
        return span_s > RATE_OVER_S / 2 and (len(self._times_s) - 1) / span_s < LEAST_RATE

    def _flickers(self) -> bool:
        recent = [
            level
            for t_s, level in zip(self._times_s, self._mean_log, strict=True)
            if t_s > self._times_s[-1] - FLICKER_OVER_S
        ]
        if len(recent) < FLICKER_PICTURES:
            return False
        return float(_DIFFERENCE_SD * np.median(np.abs(np.diff(recent, 2)))) > FLICKER
