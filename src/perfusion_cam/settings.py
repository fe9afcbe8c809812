"""What a user may set: where to look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from perfusion_cam.errors import RegionError
from perfusion_cam.types import BoolArray, GridShape


@dataclass(frozen=True, slots=True)
class Region:
    """A circle or a box in pixels of the upright first picture.

    Attributes
    ----------
    kind : "circle" or "box"
    numbers : tuple of float
        (x, y, radius) of a circle; (left, top, width, height) of a box.
    """

    kind: Literal["circle", "box"]
    numbers: tuple[float, ...]

    @classmethod
    def circle(cls, x_px: float, y_px: float, radius_px: float) -> Region:
        """Circle round (x, y)."""
        if radius_px <= 0:
            raise RegionError(f"The site's radius must be above 0 px, not {radius_px:g}.")
        return cls("circle", (x_px, y_px, radius_px))

    @classmethod
    def box(cls, left_px: float, top_px: float, width_px: float, height_px: float) -> Region:
        """Box with its upper left corner at (left, top)."""
        if width_px <= 0 or height_px <= 0:
            raise RegionError(
                "The box must have a width and height above 0 px, not "
                f"{width_px:g} x {height_px:g}."
            )
        return cls("box", (left_px, top_px, width_px, height_px))

    def check_inside(self, width_px: int, height_px: int) -> None:
        """Raise RegionError unless the region's middle lies in a picture of this size."""
        if self.kind == "circle":
            x_px, y_px = self.numbers[:2]
            inside = 0 <= x_px < width_px and 0 <= y_px < height_px
        else:
            left, top, width, height = self.numbers
            inside = left >= 0 and top >= 0
            inside = inside and left + width <= width_px and top + height <= height_px
        if not inside:
            given = ",".join(f"{number:g}" for number in self.numbers)
            raise RegionError(
                f"The {self.kind} {given} lies outside the picture, which is {width_px} x "
                f"{height_px} px upright; give pixels of the first picture."
            )

    def contains(self, x_px: float, y_px: float) -> bool:
        """Whether a point of the upright first picture lies in the region."""
        if self.kind == "circle":
            x0, y0, radius = self.numbers
            return math.hypot(x_px - x0, y_px - y0) <= radius
        left, top, width, height = self.numbers
        return left <= x_px < left + width and top <= y_px < top + height

    def cells(self, shape: GridShape) -> BoolArray:
        """Cells of a grid whose centre lies in the region, array (rows, cols) bool."""
        rows, cols = np.mgrid[: shape.rows, : shape.cols]
        x_px, y_px = (cols + 0.5) * shape.cell_px, (rows + 0.5) * shape.cell_px
        if self.kind == "circle":
            x0, y0, radius = self.numbers
            return np.asarray(np.hypot(x_px - x0, y_px - y0) <= radius)
        left, top, width, height = self.numbers
        return np.asarray(
            (x_px >= left) & (x_px < left + width) & (y_px >= top) & (y_px < top + height)
        )
