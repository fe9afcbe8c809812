"""Tops of tables and pieces of cloth: what is filmed where there is no skin."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, linear_from_srgb, smooth_noise

_Colours = tuple[tuple[int, int, int], ...]
_WOOD: _Colours = ((168, 128, 92), (120, 84, 58), (196, 190, 182))
_CLOTH: _Colours = ((92, 120, 158), (176, 168, 150), (150, 62, 58), (96, 104, 96))


def paint_surface(
    rng: np.random.Generator,
    width: int,
    height: int,
    surface: Literal["table", "cloth"],
    unit_px: float,
    srgb: tuple[int, int, int] | None = None,
) -> Float32Array:
    """Paint linear light (height, width, 3) of a grained table top or of woven, creased cloth.

    Parameters
    ----------
    rng : numpy.random.Generator
    width, height : int
    surface : "table" or "cloth"
    unit_px : float
        Size of a fine detail, as in `paint_skin`.
    srgb : (int, int, int), optional
        Its colour; drawn from usual ones otherwise.
    """
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    a = rng.uniform(0, np.pi)
    across = -xs * np.sin(a) + ys * np.cos(a)
    if surface == "table":
        bend = 30 * unit_px * smooth_noise(rng, height, width, 300 * unit_px)
        rings = smooth_noise(rng, height, width, 12 * unit_px)
        relief = 0.10 * np.sin((across + bend) / (9 * unit_px) + 0.8 * rings) + 0.05 * rings
        colours = _WOOD
    else:
        thread_px = max(2.0, 3.0 * unit_px)
        weave = np.sin(xs * np.pi / thread_px) * np.sin(ys * np.pi / thread_px)
        creases = smooth_noise(rng, height, width, 90 * unit_px)
        relief = 0.12 * weave + 0.18 * creases + 0.05 * smooth_noise(rng, height, width, 5)
        colours = _CLOTH
    colour = colours[int(rng.integers(len(colours)))] if srgb is None else srgb
    light = (
        linear_from_srgb(colour).astype(np.float32) * np.exp(relief.astype(np.float32))[..., None]
    )
    return np.asarray(cv2.GaussianBlur(light, (0, 0), max(0.5, 0.8 * unit_px)), dtype=np.float32)
