"""What a limb lies on: it fills the rest of the picture and stays when the limb is pushed aside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from perfusion_cam.simulate.arrays import Float32Array

_SOFT_PX = 1.5
_SHADE, _SHADE_REACH = 0.35, 0.10
"""Share of light that is lost at the border, and how far that reaches, in widths of the picture."""


@dataclass(frozen=True, slots=True)
class Background:
    """A table top or a sheet under a limb; lengths are in pixels of the first picture.

    Attributes
    ----------
    srgb : (int, int, int)
        Colour, 0 to 255.
    surface : "table" or "cloth"
        Texture: grained, or woven and creased.
    angle_deg : float
        Direction, clockwise from the right, in which one leaves the limb.
    border_px : float
        How far from the middle of the picture, in that direction, the limb ends.
    bend_px : float
        By how much less, half a picture's width along the border.
    limb_width_px : float
        From this border to the one on the limb's other side; infinite where that is out of sight.
    back_s : float
        Time constant with which a limb that was pushed aside comes back after release.
    stays : float
        Share of its way that it never comes back.
    """

    srgb: tuple[int, int, int]
    surface: Literal["table", "cloth"] = "table"
    angle_deg: float = 180.0
    border_px: float = 100.0
    bend_px: float = 0.0
    limb_width_px: float = math.inf
    back_s: float = 0.25
    stays: float = 0.0

    def __post_init__(self) -> None:
        if not all(0 <= value <= 255 for value in self.srgb):
            raise ValueError(f"srgb must lie in 0 to 255, not {self.srgb}")
        if self.surface not in ("table", "cloth"):
            raise ValueError(f"surface {self.surface!r} is neither table nor cloth")
        if not self.limb_width_px >= 20:
            raise ValueError(f"limb_width_px must be at least 20, not {self.limb_width_px}")
        if not 0.05 <= self.back_s <= 60:
            raise ValueError(f"back_s must lie in 0.05 to 60, not {self.back_s}")
        if not 0 <= self.stays <= 1:
            raise ValueError(f"stays must lie in 0 to 1, not {self.stays}")

    def cover(self, width: int, height: int, margin_px: int) -> Float32Array:
        """Work out where the limb hides the background, and the light it takes from its border.

        Parameters
        ----------
        width, height : int
            Of the picture.
        margin_px : int
            How much more is drawn on each side.

        Returns
        -------
        array (height + 2 margin_px, width + 2 margin_px, 2) float32
            Share of skin, 0 to 1 over 1.5 px, and share of light that is left. Both move with the
            limb.
        """
        ys, xs = np.mgrid[-margin_px : height + margin_px, -margin_px : width + margin_px]
        xs, ys = xs - 0.5 * width, ys - 0.5 * height
        a = math.radians(self.angle_deg)
        out = xs * math.cos(a) + ys * math.sin(a)
        along = -xs * math.sin(a) + ys * math.cos(a)
        to_border = self.border_px - self.bend_px * (along / (0.5 * width)) ** 2 - out
        inside = np.minimum(to_border, self.limb_width_px - to_border)
        share = np.clip(inside / _SOFT_PX + 0.5, 0.0, 1.0)
        near = np.clip(1.0 - np.abs(inside) / (_SHADE_REACH * width), 0.0, 1.0)
        return np.stack([share, 1.0 - _SHADE * near**2], axis=2).astype(np.float32)
