"""Average a registered picture down to a coarse grid of linear light."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import log_light_from_gamma, rgb_matrix
from perfusion_cam.interpolation import sampled
from perfusion_cam.types import ColourCode, FloatArray, GridSample, GridShape

WORK_PX = 480
"""Longer side of the picture that is registered, about."""
GRID_CELLS = 160
"""Cells along the longer side, at most."""
LIGHT_FLOOR = 2e-3
CLIPPED_LOW, CLIPPED_HIGH = 0.004, 0.985
MIN_INTERVAL_S = 1 / 45
"""Grids are averaged to about this rate: 50 or 60 pictures a second tell no more."""
MESH_FLAT_PX = 0.15
"""A mesh that yields less than this everywhere is taken as flat."""


def reduction(width_px: int, height_px: int) -> int:
    """Whole factor by which pictures are averaged down before registration."""
    return max(1, round(max(width_px, height_px) / WORK_PX))


def grid_shape(work: tuple[int, ...], factor: int) -> GridShape:
    """Grid over a working picture of shape (h, w)."""
    cell = max(1, -(-max(work) // GRID_CELLS))
    return GridShape(work[0] // cell, work[1] // cell, float(cell * factor))


class Gridder:
    """Lays working pictures into the reference's grid.

    Averages are taken in code values: the bias against averaging light is fixed for each cell and
    cancels against the cell's own baseline. The picture is averaged over squares of a cell's size
    before it is sampled at the cells' centres, which for the turns of a few degrees seen here is
    what averaging the turned picture over its cells gives.
    """

    def __init__(self, work: tuple[int, ...], factor: int, colour: ColourCode) -> None:
        self.shape = grid_shape(work, factor)
        self._cell = round(self.shape.cell_px / factor)
        self._factor = factor
        self._work = work
        self._colour = colour
        self._rgb_matrix = rgb_matrix(colour)
        self._centres = _cell_centres(self.shape, self._cell)
        self._luma_weights = np.full(self._cell, 1 / self._cell, np.float32)
        self._chroma_weights = _square(self._cell / 2)

    def push(
        self,
        t_s: float,
        luma: FloatArray,
        chroma: FloatArray,
        matrix: FloatArray,
        residual: FloatArray,
        hold: float,
        registered: bool,
    ) -> GridSample:
        """Sample one picture.

        Parameters
        ----------
        t_s : float
        luma : array (h, w) float32
        chroma : array (h / 2, w / 2, 2) float32
            Code values (8-bit equivalents) at working size.
        matrix : array (2, 3)
            Reference to this picture, working pixels.
        residual : array (rows, cols, 2)
            Mesh of what `matrix` leaves, working pixels.
        hold, registered
            As in `GridSample`.
        """
        at = self._mapped(matrix, residual)
        # An even square has its centre half a pixel before the pixel that it is stored in.
        even = np.float32(0.5 * (self._cell % 2 == 0))
        mean_luma = _averaged(luma, self._luma_weights)
        mean_chroma = _averaged(chroma, self._chroma_weights)
        grid_luma = sampled(mean_luma, at + even)
        grid_chroma = sampled(mean_chroma, at * np.float32(0.5) - np.float32(0.25))
        ycc = cv2.merge([grid_luma, *cv2.split(grid_chroma)])
        rgb = np.asarray(cv2.transform(ycc, self._rgb_matrix), np.float32).clip(0.0, 1.0)
        to_frame = matrix.copy()
        to_frame[:, 2] *= self._factor
        return GridSample(
            t_s=t_s,
            log_rgb=log_light_from_gamma(rgb, self._colour, LIGHT_FLOOR),
            valid=self._inside(at),
            clipped=(rgb > CLIPPED_HIGH) | (rgb < CLIPPED_LOW),
            to_frame=to_frame,
            hold=hold,
            registered=registered,
        )

    def _mapped(self, matrix: FloatArray, residual: FloatArray) -> NDArray[np.float32]:
        """Where the cells' centres lie in this picture, array (rows, cols, 2)."""
        mapped = cv2.transform(self._centres, matrix.astype(np.float32))
        if np.abs(residual).max(initial=0.0) > MESH_FLAT_PX:
            mapped = mapped + cv2.resize(residual, (self.shape.cols, self.shape.rows))
        return np.asarray(mapped, np.float32)

    def _inside(self, at: NDArray[np.float32]) -> NDArray[np.bool_]:
        height, width = self._work
        # The far edge itself lies outside, but `inRange` counts its limits in.
        return np.asarray(cv2.inRange(at, (-0.5, -0.5), (width - 0.501, height - 0.501)) > 0)


class GridAverager:
    """Averages grids that come faster than `MIN_INTERVAL_S`.

    A group is given out once the next picture would no longer fit, which is expected after the
    shorter of the last two intervals.
    """

    def __init__(self) -> None:
        self._waiting: list[GridSample] = []
        self._last_s: deque[float] = deque(maxlen=3)

    def push(self, sample: GridSample) -> list[GridSample]:
        """Take one sample; return those that are ready."""
        ready = self.flush() if self._is_full(sample.t_s) else []
        self._waiting.append(sample)
        self._last_s.append(sample.t_s)
        interval_s = min((b - a for a, b in pairwise(self._last_s)), default=0.0)
        if self._is_full(sample.t_s + interval_s):
            ready += self.flush()
        return ready

    def _is_full(self, next_s: float) -> bool:
        """Whether a picture at that time would be too late for the group that waits."""
        return bool(self._waiting) and next_s - self._waiting[0].t_s >= MIN_INTERVAL_S

    def flush(self) -> list[GridSample]:
        """Return what is still waiting."""
        if not self._waiting:
            return []
        group, self._waiting = self._waiting, []
        if len(group) == 1:
            return group
        last = group[-1]
        return [
            GridSample(
                t_s=float(np.mean([sample.t_s for sample in group])),
                log_rgb=np.mean([sample.log_rgb for sample in group], axis=0),
                valid=np.all([sample.valid for sample in group], axis=0),
                clipped=np.any([sample.clipped for sample in group], axis=0),
                to_frame=last.to_frame,
                hold=min(sample.hold for sample in group),
                registered=all(sample.registered for sample in group),
            )
        ]


def _cell_centres(shape: GridShape, cell: int) -> NDArray[np.float32]:
    """Coordinates (x, y) of the cells' centres in the reference, array (rows, cols, 2)."""
    x, y = ((np.arange(n) + 0.5) * cell - 0.5 for n in (shape.cols, shape.rows))
    return np.asarray(np.stack(np.meshgrid(x, y), axis=-1), np.float32)


def _averaged(plane: FloatArray, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average over the square that `weights` (n,) span along either axis."""
    return np.asarray(cv2.sepFilter2D(plane, -1, weights, weights), np.float32)


def _square(side: float) -> NDArray[np.float32]:
    """Weights along one axis of an average over `side` pixels, which need not be whole."""
    reach = int(np.ceil((side - 1) / 2)) if side > 1 else 0
    edge = (side - 1) / 2 - reach + 1
    weights = np.ones(2 * reach + 1)
    if reach:
        weights[[0, -1]] = edge
    return np.asarray(weights / weights.sum(), np.float32)
