"""Upright pictures from a frame's planes: a small exact one to measure, a full one to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import linear_from_gamma, rgb_from_ycc, srgb_from_linear
from perfusion_cam.types import Frame, Orientation, PlaneArray

ROWS_AT_ONCE = 256
"""Rows of a full picture converted together: an 8K picture in floats would take a gigabyte."""


@dataclass(frozen=True, slots=True)
class WorkPicture:
    """An upright frame averaged down by a whole factor.

    Attributes
    ----------
    t_s : float
    luma : array (h, w) float32
        Code values as 8-bit equivalents. Upright pixel (x, y) of the frame lies in (x // factor,
        y // factor); ``h`` and ``w`` are even.
    chroma : array (h / 2, w / 2, 2) float32
        Cb and Cr, same scale, half the size.
    factor : int
        Side in pixels of the square that became one luma value.
    """

    t_s: float
    luma: NDArray[np.float32]
    chroma: NDArray[np.float32]
    factor: int


def work_picture(frame: Frame, factor: int) -> WorkPicture:
    """Average a frame down and turn it upright.

    Averages are exact (whole-number sums), so nothing is lost to rounding. What remains beyond
    the last full square of ``2 * factor`` pixels is cut off at the right and bottom of the
    upright picture.

    Parameters
    ----------
    frame : Frame
    factor : int
        Pixels of the frame a side for one luma value, 1 or more.

    Raises
    ------
    ValueError
        For a factor below 1, or a picture too small for it.
    """
    if factor < 1:
        raise ValueError(f"factor must be 1 or more, not {factor}")
    if min(frame.size_px) < 2 * factor:
        raise ValueError(f"a picture of {frame.size_px} px is too small for factor {factor}")
    (top, height), (left, width) = _kept(frame, 2 * factor)

    def small(plane: PlaneArray, side: int) -> NDArray[np.float32]:
        rows = round(frame.luma.shape[0] / plane.shape[0])
        cols = round(frame.luma.shape[1] / plane.shape[1])
        kept = plane[top // rows : (top + height) // rows, left // cols : (left + width) // cols]
        mean = _block_mean(kept, side // rows, side // cols, frame.colour.bits)
        return turned(mean, frame.orientation)

    chroma = np.stack([small(frame.cb, 2 * factor), small(frame.cr, 2 * factor)], axis=-1)
    luma = np.ascontiguousarray(small(frame.luma, factor))
    return WorkPicture(frame.t_s, luma, chroma, factor)


def turned(plane: NDArray[Any], orientation: Orientation) -> NDArray[Any]:
    """Make a stored picture (h, w, ...) upright, as a view."""
    upright = np.rot90(plane, orientation.quarter_turns)
    return upright[:, ::-1] if orientation.mirrored else upright


def upright_rgb(frame: Frame) -> NDArray[np.uint8]:
    """Turn a frame into a full-size sRGB picture for the eye.

    HDR curves are undone and what is brighter than diffuse white is clipped; the wider primaries
    of BT.2020 are not converted, so its colours look a little pale.

    Returns
    -------
    array (H, W, 3) uint8
        Upright, contiguous.
    """
    height, width = frame.luma.shape
    scale = np.float32(2.0 ** (8 - frame.colour.bits))
    # Bilinear halfway between chroma samples, as swscale and most players do.
    cb, cr = (
        cv2.resize(np.asarray(plane), (width, height), interpolation=cv2.INTER_LINEAR)
        for plane in (frame.cb, frame.cr)
    )
    picture = np.empty((height, width, 3), np.uint8)
    for start in range(0, height, ROWS_AT_ONCE):
        band = slice(start, start + ROWS_AT_ONCE)
        luma, blue, red = (plane[band] * scale for plane in (frame.luma, cb, cr))
        rgb = rgb_from_ycc(luma, blue, red, frame.colour)
        if frame.colour.transfer != "srgb":
            linear = linear_from_gamma(rgb, frame.colour.transfer)
            rgb = np.minimum(srgb_from_linear(linear), 1.0)
        picture[band] = rgb * 255.0 + 0.5
    return np.ascontiguousarray(turned(picture, frame.orientation))


def _kept(frame: Frame, block_px: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Start and length, along stored rows and columns, of the whole blocks from upright (0, 0)."""
    height, width = frame.luma.shape
    marker = np.zeros((2, 2), bool)
    marker[0, 0] = True
    # Where the upright corner (0, 0) is stored: undo the mirror, then the turn.
    turns, mirrored = frame.orientation
    stored = np.rot90(marker[:, ::-1] if mirrored else marker, -turns)
    (row,), (col,) = np.nonzero(stored)
    kept_height, kept_width = height - height % block_px, width - width % block_px
    return (
        (height - kept_height if row else 0, kept_height),
        (width - kept_width if col else 0, kept_width),
    )


def _block_mean(plane: PlaneArray, rows: int, cols: int, bits: int) -> NDArray[np.float32]:
    """Mean of every block of `rows` x `cols` samples, as 8-bit equivalents."""
    narrow = plane.dtype == np.uint8 and rows * cols <= 256
    total: NDArray[Any] = plane[::rows].astype(np.uint16 if narrow else np.uint32)
    for row in range(1, rows):
        total += plane[row::rows]
    column_total = total[:, ::cols].copy() if cols > 1 else total
    for col in range(1, cols):
        column_total += total[:, col::cols]
    scale = 2.0 ** (8 - bits) / (rows * cols)
    return column_total.astype(np.float32) * np.float32(scale)
