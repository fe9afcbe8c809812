"""A site against the skin beside it as weights of cells, and the same laid over untouched skin."""

from __future__ import annotations

from typing import NamedTuple, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import same_skin
from perfusion_cam.types import BoolArray, FloatArray, GridWindow, Press, Site

MAX_PLACEBOS = 40
MIN_STENCIL_SHARE = 0.7
"""A placebo needs this share of its cells on the same, untouched skin."""
SAME_TINT, SAME_LIGHT = 0.25, 0.8
"""Natural-log differences in colour and in brightness up to which a placebo's cell is the same
skin: it need not stand for the site's light, as the control must, so a little more is let pass."""

Places = NDArray[np.intp]


class Stencil(NamedTuple):
    """Site minus control, blind to a plane of light.

    Attributes
    ----------
    cells : array (n,) int
        Which cells of a grid, row by row, of the site and then of its control.
    weights : array (n,)
    """

    cells: Places
    weights: FloatArray

    def laid_on(self, light: FloatArray) -> FloatArray:
        """Difference of site and control in light (rows, cols, 3), array (3,)."""
        return np.asarray(self.weights @ light.reshape(-1, light.shape[-1])[self.cells])


class Stencils(NamedTuple):
    """The stencil of a site, and the same over untouched skin of its colour.

    Attributes
    ----------
    site : Stencil
    placebos : tuple of Stencil
        Nearest first, `MAX_PLACEBOS` at most; empty where there is no such skin.
    """

    site: Stencil
    placebos: tuple[Stencil, ...]

    @classmethod
    def of(cls, resting: FloatArray, site: Site, seen: BoolArray) -> Self:
        """Lay a site's shape over other skin.

        Parameters
        ----------
        resting : array (rows, cols, 3)
            Natural-log light of the skin at rest.
        site : Site
        seen : array (rows, cols) bool
            Cells in which skin was seen all the time.
        """
        placebos = _placebos(site.cells, site.control_cells, resting, seen)
        here = _stencil(_places(site.cells), _places(site.control_cells), site.cells.shape[1])
        return cls(here, placebos)


def rested(window: GridWindow, press: Press) -> BoolArray:
    """Samples that show the skin before a press, where it was followed, array (n,)."""
    before = window.t_s <= press.baseline_s[1]
    followed = before & window.registered
    return np.asarray(followed if followed.any() else before)


def _places(cells: BoolArray) -> Places:
    return np.stack(np.nonzero(cells))


def _stencil(site: Places, control: Places, cols: int) -> Stencil:
    """Weigh the cells at places (2, n) of a grid so many columns wide."""
    away = control - site.mean(axis=1, keepdims=True)
    scale = max(float(away[0].std()), float(away[1].std()), 1.0)
    count = control.shape[1]
    design = np.stack([np.ones(count), away[0] / scale, away[1] / scale])
    ridge = np.diag([0.0, 0.05, 0.05]) * count
    coefficients = np.linalg.solve(design @ design.T + ridge, design)[0]
    inside = np.full(site.shape[1], 1.0 / site.shape[1])
    rows_and_cols = np.concatenate([site, control], axis=1)
    return Stencil(
        rows_and_cols[0] * cols + rows_and_cols[1], np.concatenate([inside, -coefficients])
    )


def _placebos(
    cells: BoolArray, control: BoolArray, reference: FloatArray, seen: BoolArray
) -> tuple[Stencil, ...]:
    """Stencils of a site's shape over untouched skin of the same colour, nearest first."""
    radius = max(np.sqrt(cells.sum() / np.pi), 1.5)
    untouched = seen & same_skin(reference, cells, SAME_TINT, SAME_LIGHT)
    margin = int(np.ceil(0.9 * radius)) * 2 + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin))
    untouched &= cv2.dilate(cells.astype(np.uint8), disc) == 0
    step = max(2, round(1.5 * radius))
    height, width = cells.shape
    shifts = [
        (dy, dx)
        for dy in range(-(height // step) * step, height, step)
        for dx in range(-(width // step) * step, width, step)
        if np.hypot(dy, dx) >= 2 * radius
    ]
    shifts.sort(key=lambda shift: shift[0] ** 2 + shift[1] ** 2)
    site_places, control_places = _places(cells), _places(control)
    found: list[Stencil] = []
    for shift in shifts:
        moved = _moved(site_places, shift, untouched)
        moved_control = _moved(control_places, shift, untouched)
        if moved is not None and moved_control is not None:
            found.append(_stencil(moved, moved_control, width))
            if len(found) == MAX_PLACEBOS:
                break
    return tuple(found)


def _moved(places: Places, shift: tuple[int, int], untouched: BoolArray) -> Places | None:
    """Those of some places that lie on untouched skin once moved; None where too few do."""
    rows, cols = places + np.reshape(shift, (2, 1))
    height, width = untouched.shape
    inside = (rows >= 0) & (rows < height) & (cols >= 0) & (cols < width)
    rows, cols = rows[inside], cols[inside]
    kept = untouched[rows, cols]
    if kept.sum() < MIN_STENCIL_SHARE * places.shape[1]:
        return None
    return np.stack([rows[kept], cols[kept]])
