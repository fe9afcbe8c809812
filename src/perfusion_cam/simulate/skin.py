"""Skin at rest in linear light, and what missing blood does to its colour."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import (
    Float32Array,
    FloatArray,
    linear_from_srgb,
    smooth_noise,
)

RESTING_SRGB = {
    1: (178, 143, 130),
    2: (174, 137, 120),
    3: (166, 125, 102),
    4: (154, 108, 76),
    5: (138, 87, 49),
    6: (112, 58, 17),
}
"""Skin at rest by Fitzpatrick type, from a simulation of skin optics with Jacques' scattering
(omlc.org/news/jan98/skinoptics.html) and Prahl's haemoglobin tables."""

FULL_BLANCH_SRGB = {
    1: (15, 39, 35),
    2: (14, 38, 32),
    3: (14, 36, 27),
    4: (13, 32, 20),
    5: (11, 27, 13),
    6: (9, 21, 6),
}
"""What is added to it when a well-perfused site is pressed empty, from the same simulation."""


def resting_linear(fitzpatrick: int) -> FloatArray:
    """Linear light (3,) of skin at rest."""
    return linear_from_srgb(RESTING_SRGB[fitzpatrick])


def blood_axis(fitzpatrick: int) -> FloatArray:
    """Change (3,) of natural-log linear light when all blood is pressed out.

    Blood absorbs, so its volume acts on the logarithm of light, channel by channel.
    """
    rest = np.asarray(RESTING_SRGB[fitzpatrick], dtype=np.float64)
    blanched = rest + np.asarray(FULL_BLANCH_SRGB[fitzpatrick])
    return np.asarray(np.log(linear_from_srgb(blanched) / linear_from_srgb(rest)))


MELANIN = np.array([0.45, 0.9, 1.3], dtype=np.float32)
_GREY = np.ones(3, dtype=np.float32)


def paint_skin(
    rng: np.random.Generator,
    width: int,
    height: int,
    fitzpatrick: int,
    unit_px: float,
) -> Float32Array:
    """Texture of skin at rest: blotches, mottling, relief, pores, creases, freckles, hairs, veins.

    Parameters
    ----------
    rng : numpy.random.Generator
    width, height : int
    fitzpatrick : int
    unit_px : float
        Size of a fine pore's detail: 1 for a picture 1280 wide.

    Returns
    -------
    array (height, width, 3) float32
        Linear light.
    """
    blood = blood_axis(fitzpatrick).astype(np.float32)
    log_light = np.broadcast_to(
        np.log(resting_linear(fitzpatrick)).astype(np.float32), (height, width, 3)
    ).copy()

    def add(layer: Float32Array, colour: Float32Array) -> None:
        for channel in range(3):
            log_light[..., channel] += layer * colour[channel]

    def noise(scale: float) -> Float32Array:
        return smooth_noise(rng, height, width, scale * unit_px)

    add(rng.uniform(0.02, 0.045) * noise(200), MELANIN)
    add(rng.uniform(0.05, 0.10) * noise(70), blood)
    add(rng.uniform(0.03, 0.08) * noise(22), blood)
    relief = 0.020 * noise(9) + 0.022 * noise(4) + 0.020 * noise(2.2)
    pores = np.minimum(noise(5) + 1.2, 0.0) * 0.05
    add(rng.uniform(0.7, 1.3) * (relief + pores), _GREY)
    add(
        draw_lines(rng, width, height, int(rng.integers(3, 9)), 1.6 * unit_px, 500 * unit_px, 0.10),
        _GREY,
    )
    add(
        draw_lines(rng, width, height, int(rng.integers(0, 4)), 14 * unit_px, 900 * unit_px, 0.05),
        _GREY,
    )
    hairs = int(rng.choice([0, 0, 40, 120, 300]))
    add(draw_lines(rng, width, height, hairs, 1.3 * unit_px, 70 * unit_px, 0.40), _GREY)
    add(draw_freckles(rng, width, height, unit_px), MELANIN)

    angle = rng.uniform(0, 2 * np.pi)
    ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    slope = xs * np.cos(angle) + ys * np.sin(angle)
    add(rng.uniform(0.03, 0.14) * slope - rng.uniform(0, 0.05) * (xs**2 + ys**2), _GREY)
    # A sensor sees through a lens: without this, resampling would change sharpness with every
    # sub-pixel move of the camera.
    linear = cv2.GaussianBlur(cv2.exp(log_light), (0, 0), max(0.5, 0.8 * unit_px))
    return np.asarray(linear, dtype=np.float32)


def draw_lines(
    rng: np.random.Generator,
    width: int,
    height: int,
    count: int,
    thick_px: float,
    length_px: float,
    contrast: float,
) -> Float32Array:
    """Dark curved lines of about one direction: creases, veins, hairs."""
    layer = np.zeros((height, width), dtype=np.float32)
    main = rng.uniform(0, np.pi)
    for _ in range(int(count)):
        heading = main + rng.normal(0, 0.5)
        bend = rng.normal(0, 0.9) / 12
        points = [rng.uniform((0, 0), (width, height))]
        step = length_px * rng.uniform(0.5, 1.2) / 12
        for _ in range(12):
            heading += bend + rng.normal(0, 0.06)
            points.append(points[-1] + step * np.array([np.cos(heading), np.sin(heading)]))
        stroke = np.rint(np.array(points) * 16).astype(np.int32).reshape(-1, 1, 2)
        darkness = -contrast * rng.uniform(0.4, 1.0)
        width_px = max(1, round(thick_px * rng.uniform(0.7, 1.3)))
        cv2.polylines(layer, [stroke], False, darkness, width_px, cv2.LINE_8, 4)
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), max(0.5, 0.45 * thick_px)), dtype=np.float32)


def draw_freckles(
    rng: np.random.Generator, width: int, height: int, unit_px: float
) -> Float32Array:
    """Brown spots, a few of them moles."""
    layer = np.zeros((height, width), dtype=np.float32)
    for _ in range(int(rng.integers(6, 40))):
        x, y = rng.uniform((0, 0), (width, height))
        mole = rng.random() < 0.15
        size = unit_px * (rng.uniform(4, 9) if mole else rng.uniform(2, 5))
        dark = -rng.uniform(0.4, 0.9) if mole else -rng.uniform(0.1, 0.35)
        axes = (max(1, round(size * 8)), max(1, round(size * rng.uniform(0.6, 1) * 8)))
        cv2.ellipse(
            layer,
            (round(x * 8), round(y * 8)),
            axes,
            rng.uniform(0, 180),
            0,
            360,
            dark,
            -1,
            cv2.LINE_8,
            3,
        )
    return np.asarray(cv2.GaussianBlur(layer, (0, 0), 1.5 * unit_px), dtype=np.float32)


def paint_table(
    rng: np.random.Generator, linear: Float32Array, angle_deg: float, half_width_px: float
) -> Float32Array:
    """Lay a forearm across a table top: what lies beside a band of skin becomes table.

    Parameters
    ----------
    rng : numpy.random.Generator
    linear : array (height, width, 3)
        Skin all over.
    angle_deg : float
        Direction of the limb.
    half_width_px : float
        Half its width.
    """
    height, width = linear.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    a = np.deg2rad(angle_deg)
    along = (xs - width / 2) * np.cos(a) + (ys - height / 2) * np.sin(a)
    across = -(xs - width / 2) * np.sin(a) + (ys - height / 2) * np.cos(a)
    half = half_width_px * (1.0 + 0.06 * np.sin(along / width * rng.uniform(3, 6)))
    inside = np.abs(across) / half
    skin_share = np.clip((1.0 - inside) * half / 1.5 + 0.5, 0, 1)[..., None]
    rounding = np.sqrt(np.clip(1.0 - 0.85 * np.minimum(inside, 1.0) ** 6, 0, 1))[..., None]
    colour = linear_from_srgb(rng.uniform(90, 170) + rng.normal(0, 8, 3)).astype(np.float32)
    grain = 0.05 * smooth_noise(rng, height, width, 4) + 0.08 * smooth_noise(
        rng, height, width, 150
    )
    shade = 1.0 - 0.35 * np.exp(-np.maximum(np.abs(across) - half, 0) / (0.04 * width))
    table = colour * (np.exp(grain) * shade)[..., None]
    return np.asarray(linear * rounding * skin_share + table * (1 - skin_share), dtype=np.float32)
