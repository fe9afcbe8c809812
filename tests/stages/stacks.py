"""Stacks of grids drawn straight from arithmetic: every press, patch and gain is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import (
    LIGHT_CODE,
    GridSample,
    GridShape,
    GridWindow,
    Press,
    Site,
    marks_of,
)

Array = NDArray[np.floating[Any]]

SHAPE = GridShape(54, 96, 4.0)
RESTING = np.array([-0.7, -1.3, -1.6])
TOOL = np.array([-1.3, -2.1, -2.3])
BLOOD = np.array([0.3, 1.0, 0.95])
LIGHT = np.ones(3)
RATE_HZ = 15.0
TRAVEL_CELLS = 120.0
SITE_OF_TOOL = 0.5
"""Radius of the blanched disc over that of the tool."""


@dataclass(frozen=True)
class Visit:
    """Something round that comes over the skin, rests there and leaves.

    It comes from the right, `comes_cells` at most, and goes there, `stays_cells` at most; with a
    `shaft` it sticks out that way. `aside_cells` is how far down it swerves as it goes. It is there
    from `seen_s` on, until the other.
    """

    contact_s: float
    release_s: float
    row: float = 27.0
    col: float = 40.0
    radius: float = 8.0
    travel_s: float = 0.4
    pallor: float = 0.15
    tau_s: float = 0.8
    comes_cells: float = np.inf
    stays_cells: float = np.inf
    aside_cells: float = 0.0
    shaft: bool = False
    light: tuple[float, ...] = tuple(TOOL)
    seen_s: tuple[float, float] = (-np.inf, np.inf)

    def away_cells(self, t_s: float) -> float:
        """How far from its resting place."""
        early, late = self.contact_s - t_s, t_s - self.release_s
        if not self.seen_s[0] <= t_s < self.seen_s[1]:
            return float(np.inf)
        gone = min(TRAVEL_CELLS * max(late, 0.0) / self.travel_s, self.stays_cells)
        return max(min(TRAVEL_CELLS * early / self.travel_s, self.comes_cells), gone)

    def cover(self, t_s: float) -> Array:
        """How far it hides the skin, array (rows, cols)."""
        away = self.away_cells(t_s)
        row = self.row + (self.aside_cells if t_s > self.release_s else 0.0)
        rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
        across = cols - self.col - away
        if self.shaft:
            across = np.minimum(across, 0.0)
        return _soft(np.hypot(rows - row, across), self.radius, 0.25)

    def pallor_at(self, t_s: float) -> float:
        """Pallor of the skin under it; pressed at once on contact."""
        if t_s < self.contact_s:
            return 0.0
        return self.pallor * float(np.exp(-max(t_s - self.release_s, 0.0) / self.tau_s))


def times(duration_s: float, rate_hz: float = RATE_HZ) -> Array:
    return np.arange(round(duration_s * rate_hz)) / rate_hz


def soft_disc(row: float, col: float, radius: float, edge: float = 0.5) -> Array:
    """1 inside, 0 outside, half way at `radius` (cells), array (rows, cols)."""
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
    return _soft(np.hypot(rows - row, cols - col), radius, edge)


def _soft(apart: Array, radius: float, edge: float) -> Array:
    return np.asarray(1 / (1 + np.exp(np.clip((apart - radius) / edge, -40, 40))))


def disc(row: float, col: float, radius: float) -> NDArray[np.bool_]:
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
    return np.asarray(np.hypot(rows - row, cols - col) <= radius)


def skin(seed: int = 1, texture: float = 0.06) -> Array:
    """Resting natural-log light (rows, cols, 3)."""
    white = np.random.default_rng(seed).standard_normal((SHAPE.rows, SHAPE.cols))
    rough = cv2.GaussianBlur(white, (0, 0), 1.2)
    return RESTING + texture * (rough / rough.std())[..., None] * np.array([0.7, 1.0, 1.1])


def stack(
    t_s: Array,
    visits: Sequence[Visit] = (),
    *,
    seed: int = 1,
    noise: float | Array = 0.008,
    gain: Callable[[float], float] | None = None,
) -> Array:
    """Natural-log light (n, rows, cols, 3) of skin, visits, light and noise.

    Skin that is pressed again is emptied no further than to what one press leaves.
    """
    resting = skin(seed)
    rng = np.random.default_rng([seed, 2])
    grids = np.empty((len(t_s), *resting.shape), np.float32)
    for i, moment_s in enumerate(t_s):
        grid = resting.copy()
        pale = np.zeros((SHAPE.rows, SHAPE.cols))
        for visit in visits:
            pressed = soft_disc(visit.row, visit.col, SITE_OF_TOOL * visit.radius)
            pale = np.maximum(pale, visit.pallor_at(moment_s) * pressed)
        grid += pale[..., None] * BLOOD
        for visit in visits:
            cover = visit.cover(float(moment_s))[..., None]
            grid = (1 - cover) * grid + cover * np.array(visit.light)
        grid += 0.0 if gain is None else gain(float(moment_s))
        grids[i] = grid + noise * rng.standard_normal(grid.shape)
    return grids


def samples(t_s: Array, grids: Array) -> list[GridSample]:
    inside = np.ones(grids.shape[1:3], bool)
    unclipped = np.zeros(grids.shape[1:], bool)
    return [
        GridSample(float(moment_s), grid, inside, unclipped, np.eye(2, 3), 1.0, True)
        for moment_s, grid in zip(t_s, grids, strict=True)
    ]


def window(t_s: Array, grids: Array, clipped: NDArray[np.bool_] | None = None) -> GridWindow:
    """Stack packed as the stages after detection get it; `clipped` is (rows, cols, 3)."""
    cells = grids.shape[1:3]
    one = marks_of(
        np.ones(cells, bool), np.zeros((*cells, 3), bool) if clipped is None else clipped
    )
    return GridWindow(
        SHAPE,
        np.asarray(t_s, float),
        np.rint(grids * LIGHT_CODE).astype(np.int16),
        np.repeat(one[None], len(t_s), axis=0),
        np.ones(len(t_s), bool),
    )


def press_of(visit: Visit, ended_s: float, **changes: Any) -> Press:
    """Press that a perfect detector would find."""
    values: dict[str, Any] = {
        "contact_s": visit.contact_s,
        "contact_se_s": 0.05,
        "release_s": visit.release_s,
        "release_se_s": 0.02,
        "tool_cells": disc(visit.row, visit.col, visit.radius),
        "ended_s": ended_s,
        "ended_by": "recording",
        "tool_contrast": 0.6,
        "tool_hides": 1.0,
        "baseline_s": (0.0, visit.contact_s - visit.travel_s),
        "uncovered_s": visit.release_s + 0.5 * visit.travel_s,
    }
    return Press(**(values | changes))


def site_of(visit: Visit, **changes: Any) -> Site:
    """Site and ring that a perfect locator would find."""
    radius = SITE_OF_TOOL * visit.radius
    cells = disc(visit.row, visit.col, radius)
    ring = disc(visit.row, visit.col, 2.5 * radius) & ~disc(visit.row, visit.col, 1.6 * radius)
    values: dict[str, Any] = {
        "x_px": (visit.col + 0.5) * SHAPE.cell_px,
        "y_px": (visit.row + 0.5) * SHAPE.cell_px,
        "radius_px": radius * SHAPE.cell_px,
        "cells": cells,
        "control_cells": ring,
        "stands_out": 3.0,
        "detectable": 0.02,
    }
    return Site(**(values | changes))
