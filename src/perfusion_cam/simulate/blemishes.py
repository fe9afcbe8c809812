"""What is on skin and is no sign: a patch of hair, of freckles, or in shadow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from perfusion_cam.simulate.arrays import Float32Array
from perfusion_cam.simulate.signs import soft_disc
from perfusion_cam.simulate.skin import MELANIN, draw_freckles, draw_lines

BlemishKind = Literal["hair", "freckles", "shadow"]

_HAIRS, _FRECKLE_FIELDS = 9000.0, 40
_SHADOW = -0.25


@dataclass(frozen=True, slots=True)
class Blemish:
    """Something on a patch of skin that must not be taken for a sign.

    Attributes
    ----------
    kind : "hair", "freckles" or "shadow"
        Dense, dark, in no net; a shadow takes a fifth of the light.
    x_px, y_px, radius_px : float
        Middle of the patch and the radius at which it is half as dense, in pixels of the first
        picture.
    """

    kind: BlemishKind
    x_px: float
    y_px: float
    radius_px: float

    def __post_init__(self) -> None:
        if self.kind not in get_args(BlemishKind):
            raise ValueError(f"blemish {self.kind!r} is none of {', '.join(get_args(BlemishKind))}")
        if not self.radius_px >= 4:
            raise ValueError(f"radius_px of a blemish must be at least 4, not {self.radius_px}")


def paint_blemishes(
    blemishes: tuple[Blemish, ...], seed: int, width: int, height: int, margin: int, unit_px: float
) -> Float32Array:
    """Draw what blemishes do to log light, array (height, width, 3).

    Parameters
    ----------
    blemishes : tuple of Blemish
    seed : int
    width, height, margin : int
        Of the skin that is drawn, and how far the first picture's corner lies inside it.
    unit_px : float
        Size of a fine pore's detail, as in `paint_skin`.
    """
    layer = np.zeros((height, width, 3), np.float32)
    for index, blemish in enumerate(blemishes):
        rng = np.random.default_rng([seed, 67, index])
        x_px, y_px = blemish.x_px + margin, blemish.y_px + margin
        where = soft_disc(rng, width, height, x_px, y_px, blemish.radius_px)
        if blemish.kind == "hair":
            count = round(_HAIRS * width * height / 1e6 / (unit_px * 2.6) ** 2)
            hair = draw_lines(rng, width, height, count, 2.6 * unit_px, 80 * unit_px, 0.6)
            layer += (where * hair)[..., None]
        elif blemish.kind == "freckles":
            fields = [draw_freckles(rng, width, height, unit_px) for _ in range(_FRECKLE_FIELDS)]
            layer += (where * np.sum(fields, axis=0))[..., None] * MELANIN
        else:
            layer += np.float32(_SHADOW) * where[..., None]
    return layer
