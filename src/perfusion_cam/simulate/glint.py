"""A glint: light that skin throws back like a mirror, where it is moist or greasy."""

from __future__ import annotations

import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, FloatArray
from perfusion_cam.simulate.events import Event


class Glint:
    """A bright reflection that wanders over the skin.

    Parameters
    ----------
    event : Event
    width, height : int
    rng : numpy.random.Generator
        Decides where it wanders.
    """

    def __init__(self, event: Event, width: int, height: int, rng: np.random.Generator) -> None:
        self._event = event
        self._from = rng.uniform((0.2 * width, 0.2 * height), (0.8 * width, 0.8 * height))
        self._to = rng.uniform((0.2 * width, 0.2 * height), (0.8 * width, 0.8 * height))
        self._size_px = 0.03 * width

    def lay_over(self, light: Float32Array, t_s: float, to_frame: FloatArray) -> Float32Array:
        share = (t_s - self._event.start_s) / self._event.duration_s
        if not 0 < share < 1:
            return light
        x, y, _ = to_frame @ np.append(self._from + share * (self._to - self._from), 1.0)
        height, width = light.shape[:2]
        across = np.exp(-(((np.arange(width) - x) / self._size_px) ** 2))
        down = np.exp(-(((np.arange(height) - y) / (0.6 * self._size_px)) ** 2))
        bright = self._event.strength * np.sin(np.pi * share) ** 0.5
        spot = (bright * down[:, None] * across[None, :]).astype(np.float32)
        return np.asarray(light + spot[..., None], dtype=np.float32)
