"""Upright pictures from a frame's planes: a small exact one to measure, a full one to see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from perfusion_cam.colour import linear_srgb, rgb_from_ycc, rgb_matrix, srgb_from_linear
from perfusion_cam.types import ColourCode, Frame, Orientation, PlaneArray

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


class Reducer:
    """Averages frames down by a whole factor and turns them upright.

    What remains beyond the last full square of ``2 * factor`` pixels is cut off at the right and
    bottom of the upright picture. The means are FFmpeg's: true to 0.04 of a level, and exact for
    factors that are powers of two.

    Parameters
    ----------
    factor : int
        Pixels of the frame a side for one luma value, 1 or more.

    Raises
    ------
    ValueError
        For a factor below 1.
    """

    def __init__(self, factor: int) -> None:
        if factor < 1:
            raise ValueError(f"factor must be 1 or more, not {factor}")
        self._factor = factor
        # Each keeps tables for one size of plane and makes them anew for another.
        self._luma_scaler, self._chroma_scaler = VideoReformatter(), VideoReformatter()

    def reduce(self, frame: Frame) -> WorkPicture:
        """Average one frame down.

        Raises
        ------
        ValueError
            For a picture too small for the factor.
        """
        side = 2 * self._factor
        if min(frame.size_px) < side:
            raise ValueError(
                f"a picture of {frame.size_px} px is too small for factor {self._factor}"
            )
        (top, height), (left, width) = _kept(frame.luma.shape, frame.orientation, side)

        def small(scaler: VideoReformatter, plane: PlaneArray, per_px: int) -> NDArray[np.float32]:
            rows = round(frame.luma.shape[0] / plane.shape[0])
            cols = round(frame.luma.shape[1] / plane.shape[1])
            kept = plane[
                top // rows : (top + height) // rows, left // cols : (left + width) // cols
            ]
            shape = (height // side * per_px, width // side * per_px)
            return turned(_mean(scaler, kept, shape, frame.colour.bits), frame.orientation)

        chroma = [small(self._chroma_scaler, plane, 1) for plane in (frame.cb, frame.cr)]
        luma = np.ascontiguousarray(small(self._luma_scaler, frame.luma, 2))
        return WorkPicture(frame.t_s, luma, np.asarray(cv2.merge(chroma)), self._factor)


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
    # Bilinear halfway between chroma samples, as swscale and most players do.
    cb, cr = (
        cv2.resize(np.asarray(plane), (width, height), interpolation=cv2.INTER_LINEAR)
        for plane in (frame.cb, frame.cr)
    )
    picture = np.empty((height, width, 3), np.uint8)
    for start in range(0, height, ROWS_AT_ONCE):
        band = slice(start, start + ROWS_AT_ONCE)
        ycc = np.dstack([frame.luma[band], cb[band], cr[band]])
        picture[band] = _rgb(ycc, frame.colour)
    return np.ascontiguousarray(turned(picture, frame.orientation))


def _rgb(ycc: NDArray[Any], code: ColourCode) -> NDArray[np.uint8]:
    """Levels of sRGB from code values, arrays (h, w, 3)."""
    if code.bits == 8 and code.is_srgb:
        return np.asarray(cv2.transform(ycc, 255.0 * rgb_matrix(code)), np.uint8)
    luma, cb, cr = np.moveaxis(ycc * np.float32(2.0 ** (8 - code.bits)), -1, 0)
    rgb = rgb_from_ycc(luma, cb, cr, code)
    if not code.is_srgb:
        rgb = srgb_from_linear(linear_srgb(rgb, code)).clip(0.0, 1.0)
    return np.asarray(rgb * 255.0 + 0.5, np.uint8)


@cache
def _kept(
    shape: tuple[int, int], orientation: Orientation, block_px: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Start and length, along stored rows and columns, of the whole blocks from upright (0, 0)."""
    height, width = shape
    marker = np.zeros((2, 2), bool)
    marker[0, 0] = True
    # Where the upright corner (0, 0) is stored: undo the mirror, then the turn.
    turns, mirrored = orientation
    stored = np.rot90(marker[:, ::-1] if mirrored else marker, -turns)
    (row,), (col,) = np.nonzero(stored)
    kept_height, kept_width = height - height % block_px, width - width % block_px
    return (
        (height - kept_height if row else 0, kept_height),
        (width - kept_width if col else 0, kept_width),
    )


def _mean(
    scaler: VideoReformatter, plane: PlaneArray, shape: tuple[int, int], bits: int
) -> NDArray[np.float32]:
    """Average a plane down to `shape`, as 8-bit equivalents."""
    if plane.shape == shape or 1 in shape:  # FFmpeg averages neither to one line nor by one
        exact = plane.astype(np.float32) * np.float32(2.0 ** (8 - bits))
        return np.asarray(cv2.resize(exact, shape[::-1], interpolation=cv2.INTER_AREA))
    deep = "gray" if bits == 8 else f"gray{bits}le"
    given = av.VideoFrame.from_numpy_buffer(plane, format=deep)
    height, width = shape
    means = scaler.reformat(
        given, width, height, "gray16le", interpolation=Interpolation.AREA, threads=1
    ).planes[0]
    lines = np.frombuffer(memoryview(means), np.uint16).reshape(height, -1)
    return lines[:, :width] * np.float32(1 / 256)
