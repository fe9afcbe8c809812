"""Average a registered picture down to a coarse grid of linear light."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import linear_from_gamma, log_light, rgb_from_ycc
from perfusion_cam.types import ColourCode, FloatArray, GridSample, GridShape

WORK_PX = 480
"""Longer side of the picture that is registered, about."""
GRID_CELLS = 160
"""Cells along the longer side, at most."""
LIGHT_FLOOR = 2e-3
CLIPPED_LOW, CLIPPED_HIGH = 0.004, 0.985
MIN_INTERVAL_S = 1 / 45
"""Grids are averaged to at most this rate: 50 or 60 pictures a second tell no more."""
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
    cancels against the cell's own baseline.
    """

    def __init__(self, work: tuple[int, ...], factor: int, colour: ColourCode) -> None:
        self.shape = grid_shape(work, factor)
        self._cell = round(self.shape.cell_px / factor)
        self._factor = factor
        self._work = work
        self._colour = colour
        size = (self.shape.rows * self._cell, self.shape.cols * self._cell)
        self._luma_at = _pixel_grid(size, 1)
        self._chroma_at = _pixel_grid(size, 2)

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
        grid_luma = self._average(luma, self._mapped(self._luma_at, matrix, residual))
        chroma_at = (self._mapped(self._chroma_at, matrix, residual) - np.float32(0.5)) / 2
        grid_chroma = self._average(chroma, np.asarray(chroma_at, np.float32))
        rgb = rgb_from_ycc(grid_luma, grid_chroma[..., 0], grid_chroma[..., 1], self._colour)
        light = linear_from_gamma(rgb, self._colour.transfer)
        to_frame = matrix.copy()
        to_frame[:, 2] *= self._factor
        return GridSample(
            t_s=t_s,
            log_rgb=log_light(light, LIGHT_FLOOR),
            valid=self._inside(matrix),
            clipped=(rgb > CLIPPED_HIGH) | (rgb < CLIPPED_LOW),
            to_frame=to_frame,
            hold=hold,
            registered=registered,
        )

    def _mapped(
        self, at: NDArray[np.float32], matrix: FloatArray, residual: FloatArray
    ) -> NDArray[np.float32]:
        """Where reference pixels `at` (h, w, 2) lie in this picture."""
        linear = matrix[:, :2].astype(np.float32)
        mapped = cv2.transform(at, np.column_stack([linear, matrix[:, 2]]).astype(np.float32))
        if np.abs(residual).max(initial=0.0) > MESH_FLAT_PX:
            mesh = cv2.resize(residual, (self._work[1], self._work[0]))
            step = round(float(at[0, 1, 0] - at[0, 0, 0]))
            rows, cols = at.shape[:2]
            mapped = mapped + mesh[::step, ::step][:rows, :cols]
        return np.asarray(mapped, np.float32)

    def _average(self, picture: FloatArray, at: NDArray[np.float32]) -> FloatArray:
        laid = cv2.remap(
            picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        size = (self.shape.cols, self.shape.rows)
        return np.asarray(cv2.resize(laid, size, interpolation=cv2.INTER_AREA))

    def _inside(self, matrix: FloatArray) -> NDArray[np.bool_]:
        rows, cols = np.mgrid[: self.shape.rows, : self.shape.cols]
        x = (cols + 0.5) * self._cell
        y = (rows + 0.5) * self._cell
        frame_x = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]
        frame_y = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]
        height, width = self._work
        return np.asarray((frame_x >= 0) & (frame_x < width) & (frame_y >= 0) & (frame_y < height))


class GridAverager:
    """Averages grids that come faster than `MIN_INTERVAL_S`."""

    def __init__(self) -> None:
        self._waiting: list[GridSample] = []

    def push(self, sample: GridSample) -> list[GridSample]:
        """Take one sample; return those that are ready."""
        if not self._waiting or sample.t_s - self._waiting[0].t_s < MIN_INTERVAL_S:
            self._waiting.append(sample)
            return []
        ready = self.flush()
        self._waiting = [sample]
        return ready

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


def _pixel_grid(size: tuple[int, int], step: int) -> NDArray[np.float32]:
    """Coordinates (x, y) of every `step`-th pixel block's centre, array (h, w, 2)."""
    rows, cols = size[0] // step, size[1] // step
    x = np.arange(cols, dtype=np.float32) * step + (step - 1) / 2
    y = np.arange(rows, dtype=np.float32) * step + (step - 1) / 2
    return np.asarray(np.stack(np.meshgrid(x, y), axis=-1), np.float32)
