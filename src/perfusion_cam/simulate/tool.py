"""What presses: fingers, hands, gloves, pens and slides, painted once, lying along +x."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import (
    Float32Array,
    FloatArray,
    linear_from_srgb,
    smooth_noise,
)
from perfusion_cam.simulate.scenario import Tool
from perfusion_cam.simulate.skin import resting_linear

_GLOVE = {"glove-blue": (58, 112, 186), "glove-black": (34, 34, 37)}


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted tool with its tip at the left, reaching to the right beyond any picture.

    Attributes
    ----------
    light : array (h, w, 4) float32
        Linear light already multiplied by opacity, and opacity.
    anchor : (float, float)
        Pixel of the sprite that lies on the middle of the site.
    half_width_px : float
        Of its tip.
    clear : bool
        True where skin is seen through it.
    broad : bool
        True for a whole hand with its broad shadow.
    """

    light: Float32Array
    anchor: tuple[float, float]
    half_width_px: float
    clear: bool = False
    broad: bool = False


def paint_tool(
    tool: Tool, rng: np.random.Generator, radius_px: float, reach_px: float, fitzpatrick: int
) -> Sprite:
    """Paint a tool that can press a site of `radius_px`.

    Parameters
    ----------
    tool : Tool
    rng : numpy.random.Generator
    radius_px : float
        Radius of the site.
    reach_px : float
        Length needed to stick out of the picture wherever it presses.
    fitzpatrick : int
        Skin type of a bare hand.
    """
    if tool == "slide":
        return _slide(rng, radius_px, reach_px)
    if tool == "pen":
        return _pen(rng, radius_px, reach_px)
    broad = tool == "hand"
    half = radius_px * (1.65 if broad else 1.45)
    length = int(reach_px + 2 * half)
    height = int(2 * half * (4.8 if broad else 1.6))
    ys, xs = np.mgrid[0:height, 0:length].astype(np.float32)
    middle = height * (0.29 if broad else 0.5)
    s, w = xs - 4.0, ys - middle
    outline = _finger_half_width(s, half) - np.abs(w)
    if broad:
        outline = np.maximum(outline, _palm(s, w, half))
    glove = _GLOVE.get(tool)
    albedo = (
        linear_from_srgb(glove) if glove else resting_linear(fitzpatrick) * rng.uniform(0.85, 1.15)
    )
    grain = 0.03 * smooth_noise(rng, height, length, max(2.5, half / 14))
    grain += 0.06 * smooth_noise(rng, height, length, half)
    if glove:
        wrinkles = smooth_noise(rng, height, length, half / 2.5)
        grain += 0.12 * np.exp(-((wrinkles / 0.25) ** 2)) - 0.1
    else:
        grain -= _knuckle_creases(s, w, half)
    colour = albedo.astype(np.float32) * np.exp(grain)[..., None]
    if not glove:
        colour = _nail(colour, s, w, half)
    shine = {"glove-blue": 0.22, "glove-black": 0.16}.get(tool, 0.05)
    return Sprite(_lit(colour, outline, half, shine), (4.0 + half, middle), half, broad=broad)


def _finger_half_width(s: FloatArray, half: float) -> FloatArray:
    """Half width along the shaft: round tip, pad, joint."""
    tip = half * np.sqrt(np.clip(1.0 - ((half - s) / half) ** 2, 0.0, 1.0))
    shaft = half * (
        1.0 + 0.04 * np.clip(s / half - 1, 0, 5) + 0.08 * np.exp(-(((s / half - 3.6) / 0.9) ** 2))
    )
    inside = np.where(s < half, tip, shaft)
    return np.asarray(np.where(s < 0, -1e3, inside))


def _palm(s: FloatArray, w: FloatArray, half: float) -> FloatArray:
    """Signed depth inside the rest of the hand: a broad mass and bent fingers beside it."""
    start = 2.6 * half
    swell = np.sqrt(np.clip((s - start) / (3.0 * half), 0.0, 1.8))
    mass = 2.3 * half * swell - np.abs(w - 1.5 * half * swell)
    outline = np.where(s < start, -1e3, mass)
    for begin, aside, thick in ((1.9, 2.6, 0.8), (2.6, 4.2, 0.75)):
        finger = _finger_half_width(s - begin * half, thick * half) - np.abs(w - aside * half)
        outline = np.maximum(outline, finger)
    return np.asarray(outline)


def _knuckle_creases(s: FloatArray, w: FloatArray, half: float) -> FloatArray:
    out = np.zeros_like(s)
    for place in (3.2, 3.45, 3.65, 3.9):
        line = s / half - place - 0.12 * (w / half) ** 2
        out += 0.35 * np.exp(-((line / 0.035) ** 2)) * np.exp(-((w / half / 0.65) ** 4))
    return out


def _nail(colour: Float32Array, s: FloatArray, w: FloatArray, half: float) -> Float32Array:
    """Add a paler, glossier patch near the tip."""
    x, y = (s - 0.95 * half) / (0.72 * half), w / (0.55 * half)
    edge = 1.0 - (np.abs(x) ** 3.5 + np.abs(y) ** 3.5)
    share = np.clip(edge * 0.35 * half / 2 + 0.5, 0, 1)[..., None].astype(np.float32)
    nail = colour * np.array([1.12, 1.12, 1.18], dtype=np.float32)
    nail += 0.22 * np.exp(-(((y + 0.35) / 0.16) ** 2) - (x / 0.7) ** 4)[..., None]
    rim = np.exp(-((edge / 0.12) ** 2))[..., None] * 0.25
    return np.asarray((colour * (1 - share) + nail * share) * (1 - rim), dtype=np.float32)


def _lit(colour: Float32Array, outline: FloatArray, round_px: float, shine: float) -> Float32Array:
    """Shade a flat outline as a rounded body lit from the upper left; attach opacity."""
    opacity = np.clip(outline / 1.6 + 0.5, 0.0, 1.0).astype(np.float32)
    # Padded, so that the body does not end at the sprite's right edge.
    mask = cv2.copyMakeBorder((outline > 0).astype(np.uint8), 0, 0, 0, 40, cv2.BORDER_REPLICATE)
    inner = cv2.distanceTransform(mask, cv2.DIST_L2, 5)[:, :-40]
    rise = np.sqrt(1.0 - (1.0 - np.minimum(inner / round_px, 1.0)) ** 2) * round_px
    rise = cv2.GaussianBlur(np.asarray(rise, dtype=np.float32), (0, 0), max(1.0, round_px / 12))
    slope_y, slope_x = np.gradient(rise)
    steep = np.sqrt(1.0 + slope_x**2 + slope_y**2)
    lambert = (0.80 - 0.30 * (-slope_x) * -1.0 - 0.34 * -slope_y * -1.0) / steep
    light = np.clip(0.35 + 0.75 * lambert, 0.18, 1.15)
    gloss = shine * np.clip((0.75 - 0.5 * slope_x - 0.6 * slope_y) / steep, 0, 1) ** 14
    body = colour * light[..., None].astype(np.float32) + gloss[..., None].astype(np.float32)
    return np.dstack([body * opacity[..., None], opacity]).astype(np.float32)


def _pen(rng: np.random.Generator, radius_px: float, reach_px: float) -> Sprite:
    half = radius_px * 1.0
    length, height = int(reach_px + 2 * half), int(2.4 * half)
    ys, xs = np.mgrid[0:height, 0:length].astype(np.float32)
    s, w = xs - 4.0, ys - height / 2
    cap = half * np.clip(1.0 - np.clip((0.35 * half - s) / (0.35 * half), 0, 1) ** 2, 0, 1) ** 0.5
    outline = np.where(s < 0, -1e3, cap) - np.abs(w)
    barrel = linear_from_srgb(
        ((225, 226, 228), (40, 60, 140), (190, 40, 45))[int(rng.integers(3))]
    ).astype(np.float32)
    colour = np.broadcast_to(barrel, (height, length, 3)).copy()
    colour[:, : int(4 + 1.6 * half)] = linear_from_srgb((70, 70, 74)).astype(np.float32)
    return Sprite(_lit(colour, outline, half, 0.3), (4.0 + half, height / 2), half)


def _slide(rng: np.random.Generator, radius_px: float, reach_px: float) -> Sprite:
    """Paint a clear glass slide: a little tint, bright edges, glare."""
    half = radius_px * 2.2
    length, height = int(reach_px + 2 * half), int(2 * half + 16)
    ys, xs = np.mgrid[0:height, 0:length].astype(np.float32)
    edge = np.minimum(np.minimum(xs - 4, half - np.abs(ys - height / 2)), 1e3)
    inside = np.clip(edge + 0.5, 0, 1)
    opacity = 0.06 * inside + 0.25 * np.exp(-(((edge - 1.5) / 1.5) ** 2))
    streak = (xs - 2.9 * half) / half + 0.9 * (ys - height / 2) / half
    glare = inside * (
        0.10 * np.exp(-((streak / 0.22) ** 2)) + 0.05 * np.exp(-(((streak - 0.6) / 0.1) ** 2))
    )
    glare += inside * 0.012 + 0.16 * np.exp(-(((edge - 2.0) / 1.2) ** 2))
    tint = np.array([0.92, 1.0, 0.97], dtype=np.float32)
    light = (
        tint * (glare + 0.2 * opacity + 0.004 * smooth_noise(rng, height, length, half))[..., None]
    )
    return Sprite(
        np.dstack([np.maximum(light, 0), opacity]).astype(np.float32),
        (4.0 + half, height / 2),
        half,
        clear=True,
    )
