"""Slow changes of the skin's blood that nobody caused."""

from __future__ import annotations

import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, smooth_noise
from perfusion_cam.simulate.scenario import Scenario

RATE_HZ = 0.09
"""Myogenic vasomotion lies between 0.05 and 0.15 Hz (Stefanovska 1999, 10.1109/10.790500)."""
_PATCH_PX = 130.0


class Vasomotion:
    """Patches of skin that fill and empty each at its own phase; at time 0 all are at rest.

    Parameters
    ----------
    scenario : Scenario
    shape : (int, int)
        Height and width of the skin that is drawn.
    """

    def __init__(self, scenario: Scenario, shape: tuple[int, int]) -> None:
        self._share = scenario.vasomotion
        if not self._share:
            return
        rng = np.random.default_rng([scenario.seed, 83])
        scale_px = _PATCH_PX * scenario.width / 1280
        self._in_phase, self._later = (smooth_noise(rng, *shape, scale_px) for _ in range(2))

    def paint(self, skin: Float32Array, t_s: float, blood: Float32Array) -> Float32Array:
        """Return skin (height, width, 3) as it is at `t_s`; `skin` itself where nothing moves."""
        if not self._share or t_s == 0:
            return skin
        swing = 2 * np.pi * RATE_HZ * t_s
        missing = np.float32(np.sin(swing)) * self._in_phase
        missing += np.float32(np.cos(swing) - 1) * self._later
        missing *= np.float32(self._share)
        return np.asarray(skin * np.exp(missing[..., None] * blood), dtype=np.float32)
