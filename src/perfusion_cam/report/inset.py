"""The running curve under an annotated video: drawn once, revealed as time goes by."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.report.drawing import DIM, PAPER, SITE, TOOL, Picture, text_width, write
from perfusion_cam.types import FloatArray, PressResult

_BEFORE_S, _AFTER_S = 1.0, 15.0


class CurveInset:
    """A small plot of one press's pallor.

    Parameters
    ----------
    result : PressResult
    size_px : (int, int)
        Width and height.
    text_px : int
        Size of words.
    """

    def __init__(self, result: PressResult, size_px: tuple[int, int], text_px: int) -> None:
        width, height = size_px
        press, curve = result.press, result.curve
        self._text_px = text_px
        self._span_s = (
            press.contact_s - _BEFORE_S,
            min(press.ended_s, press.release_s + _AFTER_S),
        )
        self._width, self._height = width, height
        self._paper = np.full((height, width, 3), PAPER, np.uint8)
        self._t_s: FloatArray = np.zeros(0)
        self._points = np.zeros((0, 2), np.int32)
        if curve is None or not curve.t_s.size:
            write(self._paper, "no curve", (text_px, height // 2), text_px, DIM)
            return
        shown = np.isfinite(curve.signal) & (curve.used | (curve.t_s <= press.baseline_s[1]))
        low, high = _levels(curve.signal[shown])
        self._t_s = curve.t_s[shown]
        y = height - 1 - (curve.signal[shown] - low) / (high - low) * (height - 1)
        x = self._x(self._t_s)
        self._points = np.rint(np.stack([x, np.clip(y, 0, height - 1)], axis=-1)).astype(np.int32)
        resting = round((height - 1) * (1 + low / (high - low)))
        self._draw_marks(press.contact_s, press.release_s, resting)

    def at(self, t_s: float) -> Picture:
        """Draw the curve up to a moment of the recording."""
        picture = self._paper.copy()
        count = int(np.searchsorted(self._t_s, t_s, side="right"))
        for x, y in self._points[:count]:
            cv2.circle(picture, (int(x), int(y)), max(1, self._text_px // 9), SITE, -1, cv2.LINE_AA)
        now = round(float(self._x(np.array(t_s))))
        if 0 <= now < self._width:
            cv2.line(picture, (now, 0), (now, self._height - 1), DIM, 1)
        return picture

    def _x(self, t_s: FloatArray) -> FloatArray:
        start, end = self._span_s
        return np.asarray((t_s - start) / max(end - start, 1e-6) * (self._width - 1))

    def _draw_marks(self, contact_s: float, release_s: float, resting_y: int) -> None:
        contact, release = (round(float(self._x(np.array(t)))) for t in (contact_s, release_s))
        self._paper[:, max(contact, 0) : max(release, 0)] = (48, 48, 48)
        cv2.line(self._paper, (0, resting_y), (self._width - 1, resting_y), DIM, 1)
        cv2.line(self._paper, (release, 0), (release, self._height - 1), TOOL, 2)
        small = max(10, round(0.7 * self._text_px))
        write(self._paper, "release", (release + 4, small + 2), small, TOOL)
        words = "pallor"
        corner = (self._width - text_width(words, small) - 4, small + 2)
        write(self._paper, words, corner, small, DIM)


def _levels(signal: FloatArray) -> tuple[float, float]:
    if not signal.size:
        return -0.5, 0.5
    low, high = (float(level) for level in np.percentile(signal, [0.5, 99.5]))
    low, high = min(low, 0.0), max(high, 0.0)
    room = max(high - low, 1e-3)
    return low - 0.15 * room, high + 0.2 * room
