"""Signs that skin shows: less blood, more, darker, in a net, or outside its vessels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from scipy.spatial import cKDTree

from perfusion_cam.simulate.arrays import Float32Array, FloatArray, smooth_noise

SignKind = Literal["pallor", "redness", "duskiness", "mottling", "stain"]

SLIGHT, MODERATE, STRONG = 0.5, 1.0, 2.0
"""Strengths by name; every sign's change of log light grows in proportion to its strength."""
MAX_STRENGTH = 3.0

DESATURATED = np.array([-1.0, -0.1, 0.05])
"""What desaturating all blood does to log light, as a share of what pressing that blood out does.

Between 600 and 640 nm haemoglobin absorbs about twice as much at an oxygen saturation of 25 % as at
70 %, in green about a tenth more, in blue on average hardly anything else (Prahl's tables,
omlc.org/spectra/hemoglobin). With 30 % more blood this gives what skin optics give for strong
desaturation: ln R about 1.1 of ln G, L* lower by 4 to 6, b* by 2 to 4 on light skin.
"""
_OUTSIDE_VESSELS = 1.5
"""Desaturation of blood that has left its vessels, in units of `DESATURATED`: no oxygen at all."""

_EDGE = 0.12
_STRAND = 0.16
_TANGLE = 0.35


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign on a patch of skin.

    Attributes
    ----------
    kind : "pallor", "redness", "duskiness", "mottling" or "stain"
        *pallor*: blood is missing. *redness*: more blood. *duskiness*: a little more blood, and
        desaturated. *mottling*: a net of strands of dusky blood (livedo). *stain*: desaturated
        blood outside the vessels, which pressing does not move.
    x_px, y_px, radius_px : float
        Middle of the patch, and the radius at which the sign is half as strong, in pixels of the
        first picture.
    strength : float
        1 is moderate: a share of 0.3 of the resting blood missing (*pallor*) or on top
        (*redness*); 0.15 on top and all blood half way to `DESATURATED` (*duskiness*); 0.3 on top
        and half way to it along the strands (*mottling*); 0.5 of the resting blood outside the
        vessels (*stain*). 0.5 is slight, 2 strong.
    mesh_px : float
        Mean width of the meshes of *mottling*.
    """

    kind: SignKind
    x_px: float
    y_px: float
    radius_px: float
    strength: float = MODERATE
    mesh_px: float = 16.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(SignKind):
            raise ValueError(f"sign {self.kind!r} is none of {', '.join(get_args(SignKind))}")
        if not 0 <= self.strength <= MAX_STRENGTH:
            raise ValueError(f"strength must lie in 0 to {MAX_STRENGTH:g}, not {self.strength}")
        if not self.radius_px >= 4:
            raise ValueError(f"radius_px of a sign must be at least 4, not {self.radius_px}")
        if not 4 <= self.mesh_px <= 200:
            raise ValueError(f"mesh_px must lie in 4 to 200, not {self.mesh_px}")

    def colour(self, blood: FloatArray) -> FloatArray:
        """Change (3,) of log light where the sign is at its full strength.

        Parameters
        ----------
        blood : array (3,)
            What pressing all blood out does to log light.
        """
        desaturated = blood * DESATURATED
        moderate = {
            "pallor": 0.3 * blood,
            "redness": -0.3 * blood,
            "duskiness": -0.15 * blood + 0.5 * desaturated,
            "mottling": -0.3 * blood + 0.5 * desaturated,
            "stain": -0.5 * blood + 0.5 * _OUTSIDE_VESSELS * desaturated,
        }[self.kind]
        return np.asarray(self.strength * moderate)

    @property
    def fixed(self) -> bool:
        """Whether pressing leaves it where it is."""
        return self.kind == "stain"


def paint_signs(
    signs: tuple[Sign, ...],
    seed: int,
    width: int,
    height: int,
    margin: int,
    blood: FloatArray,
) -> tuple[Float32Array, Float32Array]:
    """Draw what signs do to the log light of skin at rest.

    Parameters
    ----------
    signs : tuple of Sign
    seed : int
    width, height : int
        Of the skin that is drawn, margin included.
    margin : int
        How far the first picture's corner lies inside it, pixels.
    blood : array (3,)
        What pressing all blood out does to log light.

    Returns
    -------
    in_vessels, outside : arrays (height, width, 3) float32
        What a press takes along, and what it leaves. Where a share ``m`` of the blood is pressed
        out, log light changes by ``m * (blood - in_vessels)``: empty vessels show no sign.
    """
    layers = np.zeros((2, height, width, 3), np.float32)
    for index, sign in enumerate(signs):
        rng = np.random.default_rng([seed, 61, index])
        x_px, y_px = sign.x_px + margin, sign.y_px + margin
        where = soft_disc(rng, width, height, x_px, y_px, sign.radius_px)
        if sign.kind == "mottling":
            where = where * _net(sign, rng, width, height, margin)
        layers[int(sign.fixed)] += where[..., None] * sign.colour(blood).astype(np.float32)
    return layers[0], layers[1]


def soft_disc(
    rng: np.random.Generator, width: int, height: int, x_px: float, y_px: float, radius_px: float
) -> Float32Array:
    """Draw 1 inside and 0 outside a soft-edged, slightly ragged disc, array (height, width)."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot(xs - x_px, ys - y_px) / radius_px
    ragged = distance * (1.0 + 0.06 * smooth_noise(rng, height, width, radius_px))
    share = 1.0 / (1.0 + np.exp(np.clip((ragged - 1.0) / _EDGE, -40, 40)))
    return np.asarray(share, np.float32)


def _net(
    sign: Sign, rng: np.random.Generator, width: int, height: int, margin: int
) -> Float32Array:
    """Strands along the borders of Voronoi cells, 1 in their middle, unevenly filled."""
    net = np.zeros((height, width), np.float32)
    reach = 1.6 * sign.radius_px
    left, right = (int(np.clip(sign.x_px + margin + d, 0, width)) for d in (-reach, reach))
    top, bottom = (int(np.clip(sign.y_px + margin + d, 0, height)) for d in (-reach, reach))
    if left >= right or top >= bottom:
        return net
    mesh = sign.mesh_px
    rows, cols = (
        np.arange(top - 2 * mesh, bottom + 2 * mesh, 0.87 * mesh),
        np.arange(left - 2 * mesh, right + 2 * mesh, mesh),
    )
    grid = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1)
    grid[::2, :, 1] += mesh / 2
    points = (grid + rng.uniform(-_TANGLE, _TANGLE, grid.shape) * mesh).reshape(-1, 2)
    ys, xs = np.mgrid[top:bottom, left:right]
    found, _ = cKDTree(points).query(np.stack([ys, xs], axis=-1), k=2)
    nearest = np.asarray(found)
    strand = np.exp(-(((nearest[..., 1] - nearest[..., 0]) / (2 * _STRAND * mesh)) ** 2))
    filled = 1.0 + 0.25 * smooth_noise(rng, bottom - top, right - left, 1.5 * mesh)
    net[top:bottom, left:right] = strand * np.clip(filled, 0.3, 1.5)
    return np.asarray(cv2.GaussianBlur(net, (0, 0), max(0.5, 0.06 * mesh)), np.float32)
