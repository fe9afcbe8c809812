"""From pictures to grids: what a source gives, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types.arrays import BoolArray, FloatArray, PlaneArray
from perfusion_cam.types.stacked import Stacked, cells_of


class ColourCode(NamedTuple):
    """How a picture's numbers mean light.

    Attributes
    ----------
    matrix : "bt601", "bt709" or "bt2020"
        Which luma/chroma matrix.
    full_range : bool
        True where 0..max is black..white, False for studio range.
    bits : int
        Bits a sample (8 to 16).
    transfer : "srgb", "hlg" or "pq"
        Opto-electronic curve.
    assumed : bool
        True where the file did not say and the matrix was decided here.
    """

    matrix: Literal["bt601", "bt709", "bt2020"] = "bt709"
    full_range: bool = False
    bits: int = 8
    transfer: Literal["srgb", "hlg", "pq"] = "srgb"
    assumed: bool = False

    @property
    def is_srgb(self) -> bool:
        """Whether its RGB has the curve and the primaries of sRGB."""
        return self.transfer == "srgb" and self.matrix != "bt2020"


class Orientation(NamedTuple):
    """How stored planes become upright: first turn, then mirror left to right."""

    quarter_turns: int = 0
    """Quarter turns counter-clockwise (0 to 3), as ``numpy.rot90`` counts them."""
    mirrored: bool = False


UPRIGHT = Orientation()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture with its capture time.

    Attributes
    ----------
    t_s : float
        Capture time (container time stamp or monotonic clock), seconds from the first picture.
    index : int
        Running number of the picture in its source, from 0.
    luma : array (H, W) uint8 or uint16
        Y' as stored.
    cb, cr : arrays (h, w) of the same type
        Chroma as stored, perhaps subsampled.
    colour : ColourCode
    orientation : Orientation
        Turn and mirror that make the stored planes upright.
    """

    t_s: float
    index: int
    luma: PlaneArray
    cb: PlaneArray
    cr: PlaneArray
    colour: ColourCode
    orientation: Orientation = UPRIGHT

    @property
    def size_px(self) -> tuple[int, int]:
        """Upright (width, height)."""
        height, width = self.luma.shape
        return (height, width) if self.orientation.quarter_turns % 2 else (width, height)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a recording once it was read to its end.

    Attributes
    ----------
    file : str
        File name without its folder.
    sha256 : str
    width, height : int
        Upright picture, pixels.
    frames : int
        Pictures read.
    duration_s : float
        Last minus first time stamp.
    median_fps : float or None
    gaps : tuple of (start_s, end_s)
        Stretches without a picture longer than 100 ms and 2.5 frame intervals.
    codec, pixel_format : str
    colour : ColourCode
    orientation : Orientation
    torn : bool
        True where the file could not be read as far as it announces.
    warnings : tuple of str
        One clear sentence each.
    """

    file: str
    sha256: str
    width: int
    height: int
    frames: int
    duration_s: float
    median_fps: float | None
    gaps: tuple[tuple[float, float], ...]
    codec: str
    pixel_format: str
    colour: ColourCode
    orientation: Orientation
    torn: bool
    warnings: tuple[str, ...]


class GridShape(NamedTuple):
    """The grid of cells laid over the upright first picture."""

    rows: int
    cols: int
    cell_px: float
    """Side of a cell in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class GridSample:
    """The skin at one moment: registered light per cell.

    Attributes
    ----------
    t_s : float
    log_rgb : array (rows, cols, 3) float32
        Natural logarithm of linear light.
    valid : array (rows, cols) bool
        False where a cell lies outside the picture.
    clipped : array (rows, cols, 3) bool
        True where that colour is at the end of its range.
    to_frame : array (2, 3) float64
        Maps upright pixels of the reference to pixels of this frame.
    hold : float
        How well registration held: share of reference features found in place, 0 to 1.
    registered : bool
        False while the skin is lost; the cells then are not to be trusted.
    """

    t_s: float
    log_rgb: FloatArray
    valid: BoolArray
    clipped: BoolArray
    to_frame: FloatArray
    hold: float
    registered: bool


LIGHT_CODE = 4096.0
"""Steps a natural-log unit in which grids are kept: 0.02 %, far below a camera's noise."""


_OUTSIDE = 8


def marks_of(valid: BoolArray, clipped: BoolArray) -> NDArray[np.uint8]:
    """Pack `GridSample.valid` and `GridSample.clipped` into a byte a cell."""
    bits = clipped.view(np.uint8)
    inside = bits[..., 0] | (bits[..., 1] << 1) | (bits[..., 2] << 2)
    return np.where(valid, inside, inside | _OUTSIDE)


@dataclass(frozen=True)
class GridWindow:
    """Consecutive grid samples stacked, packed so that a minute fits in memory.

    Attributes
    ----------
    shape : GridShape
    t_s : array (n,)
    light_code : array or stack (n, rows, cols, 3) int16
        Natural-log light times `LIGHT_CODE`.
    marks : array or stack (n, rows, cols) uint8
        What `marks_of` packed.
    registered : array (n,) bool
    """

    shape: GridShape
    t_s: FloatArray
    light_code: NDArray[np.int16] | Stacked[np.int16]
    marks: NDArray[np.uint8] | Stacked[np.uint8]
    registered: BoolArray

    def log_rgb(self, index: slice | int | BoolArray) -> FloatArray:
        """Natural-log light, float32, of some samples."""
        return self.light_code[index].astype(np.float32) / np.float32(LIGHT_CODE)

    def mean_log_rgb(self, index: slice | BoolArray) -> FloatArray:
        """Natural-log light averaged over some samples, array (rows, cols, 3) float32."""
        codes = self.light_code[index].mean(axis=0, dtype=np.float32)
        return np.asarray(codes / np.float32(LIGHT_CODE))

    def log_rgb_of(self, cells: BoolArray, index: slice) -> FloatArray:
        """Natural-log light of some cells in some samples, array (samples, 3, cells) float32."""
        codes = self.light_code[index]
        codes = codes.reshape(len(codes), -1, 3).take(np.flatnonzero(cells), axis=1)
        return codes.transpose(0, 2, 1).astype(np.float32, order="C") / np.float32(LIGHT_CODE)

    def valid_of(self, cells: BoolArray, index: slice | BoolArray) -> BoolArray:
        """Which of some cells lie inside the picture, array (samples, cells)."""
        return np.asarray(cells_of(self.marks, index, cells) < _OUTSIDE)

    @cached_property
    def always_valid(self) -> BoolArray:
        """Which cells lay inside the picture in every sample, array (rows, cols)."""
        return self.valid_throughout(slice(None))

    def valid_throughout(self, index: slice) -> BoolArray:
        """Which cells lay inside the picture in all of some samples, array (rows, cols)."""
        marks = self.marks
        parts = marks.parts_of(index) if isinstance(marks, Stacked) else [marks[index]]
        any_mark = [np.bitwise_or.reduce(part, axis=0) for part in parts]
        return np.asarray(np.bitwise_or.reduce(any_mark, axis=0) < _OUTSIDE)

    def clipped(self, index: BoolArray, cells: BoolArray) -> BoolArray:
        """Which colours are at the end of their range, array (samples, cells, 3)."""
        marks = cells_of(self.marks, index, cells)
        return np.asarray((marks[..., None] & np.array([1, 2, 4], np.uint8)) > 0)
