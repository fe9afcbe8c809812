"""How late a video codec shows a colour's return."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perfusion_cam.stages.refill.posterior import Posterior

LAG_S, LAG_SD_S = 0.05, 0.06
AT_BITS = 0.05
AT_DEPTH = 0.17
AT_SLOPE_PER_S = 0.3
"""A codec holds small changes back until they have grown, or for a while. At 0.05 bits a pixel and
a blanch of 0.17 a level is passed 0.05 s late, give or take 0.06 (docs/accuracy.md): less with more
bits, with a deeper blanch, or where the colour passes it fast (share of the depth a second)."""
MOST_OF_TIME = 0.5
"""Share of a time that either can be at most."""


class CodingLag(NamedTuple):
    """How late a time is for the codec, and the standard error of that, seconds."""

    late_s: float
    se_s: float


def coding_lag(
    curves: Posterior, time_s: float, depth: float, bits_per_pixel: float | None
) -> CodingLag:
    """Estimate how late the codec makes the time at which a curve passes its level there.

    Parameters
    ----------
    curves : Posterior
    time_s : float
        After release.
    depth : float
        Pallor at release.
    bits_per_pixel : float, optional
        How strongly the recording is compressed; None for an uncompressed source.
    """
    if bits_per_pixel is None:
        return CodingLag(0.0, 0.0)
    earlier, later = curves.middle_shape(np.array([0.98, 1.02]) * time_s)
    slope_per_s = max(float(earlier - later) / (0.04 * time_s), 1e-3)
    coarse = AT_BITS / max(bits_per_pixel, 1e-3) * np.sqrt(AT_DEPTH / depth)
    share = float(coarse * min(1.0, AT_SLOPE_PER_S / slope_per_s))
    most_s = MOST_OF_TIME * time_s
    return CodingLag(min(LAG_S * share, most_s), min(LAG_SD_S * share, most_s))
