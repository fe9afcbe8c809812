"""The site against its control as blood, its oxygen, and what is neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student_t

from perfusion_cam.blood import BLOOD
from perfusion_cam.types import FloatArray

DESATURATION = np.array([1.0, 0.2, 0.0])
"""Log-light change of R, G, B when blood gives off its oxygen, red 1: haemoglobin absorbs about
twice as much as its oxide from 600 to 640 nm, a little more in green, much the same in blue
(Prahl's tables, omlc.org/spectra/hemoglobin)."""
SHADING = np.ones(3)
"""Light itself moves all alike (Tsumura 1999, 10.1364/josaa.16.002169)."""
MELANIN = np.array([0.7, 1.0, 1.7])
"""Melanin's absorption falls with wavelength to the power 3.33 (Jacques,
omlc.org/news/jan98/skinoptics.html): at 600, 540 and 460 nm, green 1."""
SHADING_SD, MELANIN_SD, OTHER_SD = 0.04, 0.02, 0.004
"""Natural-log light that relief, melanin and a codec may do to this site and to no placebo."""
MIN_PLACEBOS = 5
CHANCE = 0.99
"""Share of untouched patches whose sign stays under what is called detectable."""
CHI2_2_99 = 9.21
"""99th percentile of chi-squared with two degrees of freedom: three colours less light."""

_SIGNS = -np.stack([BLOOD, DESATURATION], axis=1)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a contrast (3,) in natural-log light as more blood and as less oxygen.

    Attributes
    ----------
    weights : array (2, 3)
        From a contrast to blood (natural-log green) and desaturation (natural-log red); both
        positive where the skin is darker for it.
    se : array (2,)
    times : float
        How many standard errors are detectable.
    tint_precision : array (3, 3)
        Inverse covariance of untouched skin's contrasts with light itself left out.
    """

    weights: FloatArray
    se: FloatArray
    times: float
    tint_precision: FloatArray

    def read(self, contrast: FloatArray) -> FloatArray:
        """Blood and desaturation, array (2,)."""
        return np.asarray(self.weights @ contrast)

    def against_light(self, contrast: FloatArray) -> float:
        """How much of a contrast light alone does not explain: 1 is what chance does not make.

        A shadow changes all colours alike. Its place may be the site's own, where no placebo tells
        of it; so a sign is never called stronger than what speaks against shadow.
        """
        return float(np.sqrt(contrast @ self.tint_precision @ contrast / CHI2_2_99))


def reader(placebos: FloatArray) -> Reader:
    """Find the weights under which chance, shading and melanin do least.

    Generalised least squares: what untouched skin shows here, and what no placebo can rule out,
    are the noise; blood and its oxygen pass whole.

    Parameters
    ----------
    placebos : array (k, 3)
        Contrasts of untouched skin, at least `MIN_PLACEBOS`.
    """
    limit = 6 * 1.4826 * np.median(np.abs(placebos), axis=0) + 1e-9
    samples = np.clip(placebos, -limit, limit)
    noise = samples.T @ samples / len(samples) + OTHER_SD**2 * np.eye(3)
    precision = np.linalg.inv(noise)
    toward_light = precision @ SHADING
    tint = precision - np.outer(toward_light, toward_light) / (SHADING @ toward_light)
    noise += SHADING_SD**2 * np.outer(SHADING, SHADING) + MELANIN_SD**2 * np.outer(MELANIN, MELANIN)
    inverse = np.linalg.inv(noise)
    covariance = np.linalg.inv(_SIGNS.T @ inverse @ _SIGNS)
    weights = covariance @ _SIGNS.T @ inverse
    return Reader(weights, np.sqrt(np.diag(covariance)), detectable_times(len(placebos)), tint)


def detectable_times(count: int) -> float:
    """Standard errors that a new patch exceeds by chance in 1 of 100 cases, from `count` patches.

    One-sided prediction limit of a normal sample (Student's t).
    """
    return float(student_t.ppf(CHANCE, count - 1) * np.sqrt(1 + 1 / count))
