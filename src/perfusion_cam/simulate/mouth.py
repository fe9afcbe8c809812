"""A mouth that talks: skin that moves and a dark hole that comes and goes, without any press."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, FloatArray
from perfusion_cam.simulate.events import Event

_LIPS = np.array([-0.25, -0.55, -0.45], dtype=np.float32)
"""What lips do to natural-log light: redder than the skin around them."""
_HOLE = np.array([0.05, 0.018, 0.016], dtype=np.float32)


class Mouth:
    """Lips in the middle of the picture; the skin below them moves with the jaw.

    Parameters
    ----------
    event : Event
    width, height : int
    rng : numpy.random.Generator
        Decides the rhythm.
    """

    def __init__(self, event: Event, width: int, height: int, rng: np.random.Generator) -> None:
        self._event = event
        self._middle = np.array([0.5 * width, 0.45 * height, 1.0])
        self._half_px = 0.11 * width
        self._hz, self._phase = rng.uniform(1.0, 4.5, 4), rng.uniform(0, 2 * np.pi, 4)

    def opening_px(self, t_s: float) -> float:
        """Half the height of the open mouth, 0 while it is shut."""
        since_s = t_s - self._event.start_s
        if not 0 < since_s < self._event.duration_s:
            return 0.0
        ends = min(1.0, 4 * since_s, 4 * (self._event.duration_s - since_s))
        wave = np.sin(2 * np.pi * self._hz * since_s + self._phase).mean()
        return float(ends * self._half_px * max(0.0, 0.25 + 0.6 * wave))

    def lay_over(self, light: Float32Array, t_s: float, to_frame: FloatArray) -> Float32Array:
        """Paint the mouth on the light (height, width, 3) of the skin at `t_s`."""
        x, y, _ = to_frame @ self._middle
        half, opening = self._half_px, self.opening_px(t_s)
        ys, xs = np.mgrid[0 : light.shape[0], 0 : light.shape[1]].astype(np.float32)
        across, down = (xs - np.float32(x)) / half, (ys - np.float32(y)) / half
        if opening:
            jaw = np.exp(-(across**2) / 2 - np.clip(down - 0.6, 0, None) ** 2 / 1.5)
            push = 1.4 * opening * jaw * np.clip(down / 0.4, 0, 1)
            light = np.asarray(
                cv2.remap(light, xs, ys - push.astype(np.float32), cv2.INTER_LINEAR), np.float32
            )
        tall = opening / half
        lips = across**2 + (np.abs(down) / (0.28 + tall)) ** 2
        light = light * np.exp(np.exp(-np.clip(lips - 0.6, 0, None) / 0.15)[..., None] * _LIPS)
        if opening:
            hole = (across / 0.8) ** 2 + (down / tall) ** 2
            share = np.clip((1 - hole) * opening / 2 + 0.5, 0, 1)[..., None]
            light = light * (1 - share) + _HOLE * share
        return np.asarray(light, dtype=np.float32)
