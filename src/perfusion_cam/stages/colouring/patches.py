"""Colour of a patch of skin with what noise and texture leave open."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from perfusion_cam.colour import delta_e_2000, individual_typology_angle, lab_from_linear
from perfusion_cam.types import BoolArray, Estimate, FloatArray, PatchColour

ALIKE_CELLS = 9.0
"""Cells that vary together: texture is coarser than a cell."""
_STEP = 1e-3


def patch_colour(light: FloatArray, cells: BoolArray) -> PatchColour:
    """Colour of some cells.

    Parameters
    ----------
    light : array (rows, cols, 3)
        Natural-log light of resting skin.
    cells : array (rows, cols) bool
    """
    shown = np.asarray(light[cells], float)
    log_rgb = shown.mean(axis=0)
    apart = shown - log_rgb
    covariance = apart.T @ apart / len(shown) / max(len(shown) / ALIKE_CELLS, 1.0)
    lightness, a, b, ita, erythema, melanin = _with_errors(_numbers, log_rgb, covariance)
    return PatchColour(
        log_rgb=log_rgb,
        log_rgb_covariance=covariance,
        lab=(lightness, a, b),
        ita_deg=ita,
        erythema_index=erythema,
        melanin_index=melanin,
    )


def difference(log_rgb: FloatArray, change: FloatArray) -> FloatArray:
    """CIEDE2000 between a colour and the same changed by natural-log light, arrays (..., 3)."""
    before = lab_from_linear(np.exp(np.asarray(log_rgb, float)))
    return delta_e_2000(before, lab_from_linear(np.exp(log_rgb + change)))


def _numbers(log_rgb: FloatArray) -> FloatArray:
    """L*, a*, b*, typology angle, erythema and melanin index of natural-log light (3,).

    Indices: Takiwaki H. Skin Res Technol 1998;4:172 (erythema log10(R/G), melanin log10(1/R)).
    """
    lab = lab_from_linear(np.exp(log_rgb))
    ten = log_rgb / np.log(10)
    ita = float(individual_typology_angle(lab))
    return np.array([*lab, ita, ten[0] - ten[1], -ten[0]])


def _with_errors(
    numbers: Callable[[FloatArray], FloatArray], log_rgb: FloatArray, covariance: FloatArray
) -> list[Estimate]:
    values = numbers(log_rgb)
    steps = _STEP * np.eye(3)
    slopes = np.stack(
        [(numbers(log_rgb + step) - numbers(log_rgb - step)) / (2 * _STEP) for step in steps],
        axis=1,
    )
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slopes, covariance, slopes), 0.0))
    return [Estimate(float(v), float(se)) for v, se in zip(values, errors, strict=True)]
