"""From light to code values: gain, shot and read noise, sRGB."""

from __future__ import annotations

import math

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import ByteArray, Float32Array, FloatArray
from perfusion_cam.simulate.scenario import Scenario

_NOISE_SLACK_PX = 96
_HEADROOM = 1.2
_TOP_CODE = 65535.0


class Sensor:
    """Turns linear light into sRGB with a camera's noise.

    Shot noise grows with the square root of light, so in the square root of light (shifted by the
    read noise) it is the same everywhere (Anscombe 1948, 10.1093/biomet/35.3-4.246): there one pool
    of noise, cut at random places, serves every picture, and a table leads from there to sRGB.

    Parameters
    ----------
    scenario : Scenario
    exposure : float
        Gain at which it is set; above 1 light is amplified, and its noise with it.
    """

    def __init__(self, scenario: Scenario, exposure: float) -> None:
        well = scenario.full_well_e / max(1.0, exposure)
        self._exposure = exposure
        self._size = (scenario.height, scenario.width)
        self._rng = np.random.default_rng([scenario.seed, 47])
        self._floor = 0.0 if math.isinf(well) else scenario.read_noise_e**2 / well
        self._scale = _TOP_CODE**2 / (_HEADROOM + self._floor)
        root = np.arange(_TOP_CODE + 1)
        light = np.clip((root + 0.5) ** 2 / self._scale - self._floor, 0.0, 1.0)
        srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
        self._srgb_of_root = np.rint(255.0 * srgb).astype(np.uint8)
        self._pool = None if math.isinf(well) else self._draw_pool(scenario.seed, well)

    def _draw_pool(self, seed: int, well: float) -> Float32Array:
        """Draw noise in the square root of light, a little smooth as after demosaicing."""
        height, width = self._size
        rng = np.random.default_rng([seed, 41])
        shape = (height + _NOISE_SLACK_PX, width + _NOISE_SLACK_PX, 3)
        noise = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), 0.6)
        sd = 0.5 * math.sqrt(self._scale / well)
        return np.asarray(noise * np.float32(sd / noise.std()), dtype=np.float32)

    def expose(self, light: Float32Array, gain: FloatArray) -> ByteArray:
        """Take a picture; to be called in order of time, as each call draws new noise.

        Parameters
        ----------
        light : array (height, width, 3) float32
            Linear light; at an exposure and gain of 1, 1 is white.
        gain : array (3,)
            Of each colour.

        Returns
        -------
        array (height, width, 3) uint8
            In sRGB; what is too bright is clipped.
        """
        matrix = (
            np.column_stack([np.diag(self._exposure * gain), np.full(3, self._floor)]) * self._scale
        )
        root = cv2.sqrt(np.maximum(cv2.transform(light, matrix), 0.0))
        if self._pool is not None:
            y, x = self._rng.integers(0, _NOISE_SLACK_PX, 2)
            height, width = self._size
            root = cv2.add(root, self._pool[y : y + height, x : x + width])
        codes = np.clip(root, 0.0, _TOP_CODE).astype(np.uint16)
        return np.asarray(cv2.LUT(codes, self._srgb_of_root), np.uint8)
