"""From a picture's numbers to light, and from light to colour as seen: pure functions of arrays."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import BoolArray, ColourCode, FloatArray

LUMA_WEIGHTS = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}
"""Shares of red and blue in luma: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (non-constant)."""

XYZ_FROM_SRGB = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ, D65 (IEC 61966-2-1)."""
WHITE_D65 = XYZ_FROM_SRGB.sum(axis=1)

SRGB_FROM_BT2020 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ]
)
"""Linear light from BT.2020's primaries to BT.709's, which are sRGB's (ITU-R BT.2407-0)."""

HLG_A, HLG_B, HLG_C = 0.17883277, 0.28466892, 0.55991073
"""ITU-R BT.2100-2, table 5."""
HLG_DIFFUSE_WHITE = 0.265
"""Scene light of a 75 % HLG signal, which is diffuse white (ITU-R BT.2408)."""
PQ_M1, PQ_M2 = 2610 / 16384, 2523 / 4096 * 128
PQ_C1, PQ_C2, PQ_C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
"""ITU-R BT.2100-2, table 4."""
PQ_DIFFUSE_WHITE = 203 / 10000
"""Diffuse white of 203 cd/m² (ITU-R BT.2408) as a share of the curve's 10 000 cd/m²."""


def _power(base: FloatArray, exponent: float) -> FloatArray:
    """Power of non-negative numbers; in float32 several times faster than ``**``."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log(base) * exponent)


def _as_float(array: Any) -> FloatArray:
    given = np.asarray(array)
    return given if np.issubdtype(given.dtype, np.floating) else given.astype(np.float64)


def linear_from_srgb(c: FloatArray) -> FloatArray:
    """Undo the sRGB curve (IEC 61966-2-1).

    Parameters
    ----------
    c : array
        Gamma-coded values, 0 to 1.

    Returns
    -------
    array of the same shape and type
        Linear light, 0 to 1.
    """
    c = _as_float(c)
    linear = _power((np.maximum(c, 0.04045) + 0.055) * (1 / 1.055), 2.4)
    return np.where(c <= 0.04045, c * (1 / 12.92), linear).astype(c.dtype, copy=False)


def srgb_from_linear(linear: FloatArray) -> FloatArray:
    """Apply the sRGB curve (IEC 61966-2-1) to linear light, 0 to 1."""
    linear = _as_float(linear)
    coded = 1.055 * _power(np.maximum(linear, 0.0031308), 1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, coded).astype(linear.dtype, copy=False)


def rgb_from_ycc(luma: FloatArray, cb: FloatArray, cr: FloatArray, code: ColourCode) -> FloatArray:
    """Gamma-coded RGB from luma and chroma.

    Parameters
    ----------
    luma, cb, cr : arrays (...)
        Code values as 8-bit equivalents: a 10-bit value divided by 4.
    code : ColourCode

    Returns
    -------
    array (..., 3)
        Red, green, blue, 0 to 1 clipped; float32 where the input is.
    """
    luma = _as_float(luma)
    (scale, _, red_of_cr, red), (_, green_of_cb, green_of_cr, green), (_, blue_of_cb, _, blue) = (
        rgb_matrix(code).tolist()
    )
    grey = luma * scale
    rgb = np.empty((*luma.shape, 3), luma.dtype)
    rgb[..., 0] = grey + (cr * red_of_cr + red)
    rgb[..., 1] = grey + (cb * green_of_cb + (cr * green_of_cr + green))
    rgb[..., 2] = grey + (cb * blue_of_cb + blue)
    return np.asarray(np.clip(rgb, 0.0, 1.0, out=rgb))


def rgb_matrix(code: ColourCode) -> NDArray[np.float64]:
    """Affine map from Y'CbCr, as 8-bit equivalents, to gamma-coded RGB (ITU-R BT.601, 709, 2020).

    Returns
    -------
    array (3, 4)
        Factors of luma, cb and cr, and what is added.
    """
    red_share, blue_share = LUMA_WEIGHTS[code.matrix]
    green_share = 1.0 - red_share - blue_share
    if code.full_range:
        white = 256.0 - 2.0 ** (8 - code.bits)
        black, luma_scale, chroma_scale = 0.0, 1.0 / white, 1.0 / white
    else:
        black, luma_scale, chroma_scale = 16.0, 1.0 / 219.0, 1.0 / 224.0
    blue, red = 2 * (1 - blue_share) * chroma_scale, 2 * (1 - red_share) * chroma_scale
    factors = np.array(
        [
            [luma_scale, 0.0, red],
            [luma_scale, -blue * blue_share / green_share, -red * red_share / green_share],
            [luma_scale, blue, 0.0],
        ]
    )
    return np.column_stack([factors, -factors @ (black, 128.0, 128.0)])


def linear_from_gamma(rgb: FloatArray, transfer: Literal["srgb", "hlg", "pq"]) -> FloatArray:
    """Linear light from coded RGB, scaled so that diffuse white is about 1.

    HLG is undone by its inverse OETF (scene light), PQ by its EOTF (ITU-R BT.2100-2).

    Parameters
    ----------
    rgb : array
        Coded values, 0 to 1.
    transfer : "srgb", "hlg" or "pq"
        Cameras' ordinary video is close to sRGB.
    """
    if transfer == "srgb":
        return linear_from_srgb(rgb)
    rgb = _as_float(rgb)
    if transfer == "hlg":
        bright = (np.exp((np.maximum(rgb, 0.5) - HLG_C) * (1 / HLG_A)) + HLG_B) * (1 / 12)
        scene = np.where(rgb <= 0.5, rgb * rgb * (1 / 3), bright)
        return (scene * (1 / HLG_DIFFUSE_WHITE)).astype(rgb.dtype, copy=False)
    root = _power(np.maximum(rgb, 0.0), 1 / PQ_M2)
    base = np.maximum(root - PQ_C1, 0.0) / (PQ_C2 - PQ_C3 * root)
    return _power(base, 1 / PQ_M1) * (1 / PQ_DIFFUSE_WHITE)


def linear_srgb(rgb: FloatArray, code: ColourCode) -> FloatArray:
    """Linear light of sRGB's primaries from coded RGB, array (..., 3) as given.

    Colours beyond those primaries have negative parts.
    """
    linear = linear_from_gamma(rgb, code.transfer)
    if code.matrix != "bt2020":
        return linear
    return np.asarray(linear @ SRGB_FROM_BT2020.T.astype(linear.dtype))


def log_light(rgb_linear: FloatArray, floor: float) -> FloatArray:
    """Natural logarithm of linear light, not darker than `floor` (same scale as the light)."""
    return np.log(np.maximum(_as_float(rgb_linear), floor))


def log_light_from_gamma(rgb: FloatArray, code: ColourCode, floor: float) -> FloatArray:
    """Natural logarithm of the linear light of coded RGB, not darker than `floor`.

    What `log_light` of `linear_srgb` gives; for sRGB's curve and primaries without raising to a
    power only to take its logarithm.
    """
    if not code.is_srgb:
        return log_light(linear_srgb(rgb, code), floor)
    rgb = _as_float(rgb)
    light = np.maximum(rgb, 0.04045)
    light += 0.055
    light *= 1 / 1.055
    np.log(light, out=light)
    light *= 2.4
    straight = rgb <= 0.04045
    if straight.any():
        light[straight] = log_light(rgb[straight] * (1 / 12.92), floor)
    return np.maximum(light, np.log(floor), out=light)


def lab_from_linear(rgb: FloatArray) -> NDArray[np.float64]:
    """CIELAB (D65, CIE 15:2004) of linear sRGB.

    Parameters
    ----------
    rgb : array (..., 3)
        Linear light, 1 is white.

    Returns
    -------
    array (..., 3)
        L* (0 to 100), a*, b*.
    """
    xyz = np.asarray(rgb, np.float64) @ XYZ_FROM_SRGB.T / WHITE_D65
    edge = 6 / 29
    f = np.where(xyz > edge**3, np.cbrt(xyz), xyz / (3 * edge**2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])],
        axis=-1,
    )


def delta_e_2000(lab1: FloatArray, lab2: FloatArray) -> NDArray[np.float64]:
    """Colour difference CIEDE2000.

    Sharma G, Wu W, Dalal EN. Color Res Appl 2005;30:21-30, doi:10.1002/col.20070.

    Parameters
    ----------
    lab1, lab2 : arrays (..., 3)
        CIELAB colours.

    Returns
    -------
    array (...)
        Difference; about 1 is just visible side by side.
    """
    L1, a1, b1 = np.moveaxis(np.asarray(lab1, np.float64), -1, 0)
    L2, a2, b2 = np.moveaxis(np.asarray(lab2, np.float64), -1, 0)
    chroma_mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(chroma_mean7 / (chroma_mean7 + 25.0**7))
    C1, C2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1 = np.degrees(np.arctan2(b1, stretch * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, stretch * a2)) % 360

    grey = C1 * C2 == 0
    turn = h2 - h1
    turn = np.where(grey, 0.0, turn - 360 * (turn > 180) + 360 * (turn < -180))
    dL, dC = L2 - L1, C2 - C1
    dH = 2 * np.sqrt(C1 * C2) * np.sin(np.radians(turn) / 2)

    L, C = (L1 + L2) / 2, (C1 + C2) / 2
    apart = np.abs(h1 - h2) > 180
    hue = (h1 + h2) / 2 + np.where(apart, np.where(h1 + h2 < 360, 180.0, -180.0), 0.0)
    hue = np.where(grey, h1 + h2, hue)
    T = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    S_L = 1 + 0.015 * (L - 50) ** 2 / np.sqrt(20 + (L - 50) ** 2)
    S_C = 1 + 0.045 * C
    S_H = 1 + 0.015 * C * T
    tilt = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
    R_T = -2 * np.sqrt(C**7 / (C**7 + 25.0**7)) * np.sin(tilt)
    squared = (dL / S_L) ** 2 + (dC / S_C) ** 2 + (dH / S_H) ** 2 + R_T * (dC / S_C) * (dH / S_H)
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)))


def individual_typology_angle(lab: FloatArray) -> NDArray[np.float64]:
    """Skin tone as the individual typology angle, degrees: above 55 very light, below -30 dark.

    Chardon A, Cretois I, Hourseau C. Int J Cosmet Sci 1991;13:191-208,
    doi:10.1111/j.1467-2494.1991.tb00561.x.

    Parameters
    ----------
    lab : array (..., 3)
        CIELAB colours of skin.
    """
    lab = np.asarray(lab, np.float64)
    return np.degrees(np.arctan2(lab[..., 0] - 50, lab[..., 2]))


def same_skin(log_rgb: FloatArray, cells: BoolArray, tint: float, light: float) -> BoolArray:
    """Cells whose colour is that of some of them, in much the same light.

    Parameters
    ----------
    log_rgb : array (rows, cols, 3)
        Natural-log light.
    cells : array (rows, cols) bool
        Those with whose mean the others are compared.
    tint, light : float
        Largest natural-log differences in colour, and in brightness.

    Returns
    -------
    array (rows, cols) bool
    """
    apart = log_rgb - log_rgb[cells].mean(axis=0)
    brightness = apart.mean(axis=-1)
    colour = np.abs(apart - brightness[..., None]).max(axis=-1)
    return np.asarray((colour < tint) & (np.abs(brightness) < light))
