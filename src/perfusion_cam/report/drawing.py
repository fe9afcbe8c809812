"""Lines and words drawn on pictures: outlines of cells, halos, wrapped text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types import BoolArray, FloatArray, GridShape, PressResult

Picture = NDArray[np.uint8]
"""Upright sRGB, (height, width, 3)."""
Colour = tuple[int, int, int]

SITE, CONTROL, TOOL = (86, 180, 233), (255, 255, 255), (230, 159, 0)
INK, PAPER, DIM = (240, 240, 240), (30, 30, 30), (165, 165, 165)

_FINER = 8
"""Outlines are traced on cells cut this fine, which rounds their corners."""
_SPECK = 0.05
"""Outlines of less than this share of the largest one's area."""


class Outlines(NamedTuple):
    """Closed lines round one press's regions, in pixels of the upright first picture."""

    site: list[FloatArray]
    control: list[FloatArray]
    tool: list[FloatArray]


def outlines(result: PressResult, grid: GridShape) -> Outlines:
    """Trace site, control and tool of one press, the tool without its specks and holes."""
    site = result.site
    return Outlines(
        site=[] if site is None else trace(site.cells, grid.cell_px),
        control=[] if site is None else trace(site.control_cells, grid.cell_px),
        tool=trace_tool(result.press.tool_cells, grid.cell_px),
    )


def trace_tool(cells: BoolArray, cell_px: float) -> list[FloatArray]:
    """Trace a tool as `trace` does, without its specks and holes."""
    return _without_specks(trace(_closed(cells), cell_px, holes=False))


def trace(cells: BoolArray, cell_px: float, *, holes: bool = True) -> list[FloatArray]:
    """Trace the borders of the marked cells as closed lines of (x, y) pixels."""
    edge = 2
    fine = np.kron(np.pad(cells, edge).astype(np.uint8), np.ones((_FINER, _FINER), np.uint8))
    round_ = cv2.GaussianBlur(fine * 255, (0, 0), 0.45 * _FINER)
    mask = (round_ > 110).astype(np.uint8)
    found, _ = cv2.findContours(
        mask, cv2.RETR_LIST if holes else cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    return [
        ((line[:, 0, :] + 0.5) / _FINER - edge).astype(np.float64) * cell_px
        for line in found
        if len(line) >= 2 * _FINER
    ]


def draw_outlines(rgb: Picture, lines: Outlines, to_picture: FloatArray, thickness: int) -> None:
    """Draw outlines in place, moved by a (2, 3) matrix.

    Parameters
    ----------
    rgb : array (height, width, 3) uint8
    lines : Outlines
    to_picture : array (2, 3)
        Maps pixels of the first picture to pixels of `rgb`.
    thickness : int
        Of the site's line, pixels.
    """
    dash = 5 * thickness
    for group, colour, dashed in (
        (lines.tool, TOOL, True),
        (lines.control, CONTROL, True),
        (lines.site, SITE, False),
    ):
        for line in group:
            points = line @ to_picture[:, :2].T + to_picture[:, 2]
            pieces = _dashes(points, dash) if dashed else [points]
            _stroke(rgb, pieces, colour, thickness, closed=not dashed)


def text_width(text: str, size: int) -> int:
    """Measure a line of text, pixels."""
    (_, _, width, _) = cv2.getTextSize((1, 1), text, (0, 0), _font(), size, 400, _FLAGS)
    return int(width)


def write(
    rgb: Picture, text: str, at: tuple[int, int], size: int, colour: Colour = INK, weight: int = 400
) -> None:
    """Write one line in place, `at` its lower left corner."""
    cv2.putText(rgb, text, at, colour, _font(), size, weight, _FLAGS)


def write_haloed(rgb: Picture, text: str, at: tuple[int, int], size: int, colour: Colour) -> None:
    """Write one bold line in place with a dark rim, readable on any skin."""
    rim = max(1, size // 12)
    for dx, dy in ((-rim, 0), (rim, 0), (0, -rim), (0, rim)):
        write(rgb, text, (at[0] + dx, at[1] + dy), size, PAPER, 700)
    write(rgb, text, at, size, colour, 700)


def wrap(text: str, size: int, width: int) -> list[str]:
    """Break text into lines no wider than `width` pixels."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


_FLAGS = cv2.PUT_TEXT_ALIGN_LEFT


def _without_specks(lines: list[FloatArray]) -> list[FloatArray]:
    areas = [cv2.contourArea(line.astype(np.float32)) for line in lines]
    return [line for line, area in zip(lines, areas, strict=True) if area > _SPECK * max(areas)]


def _closed(cells: BoolArray) -> BoolArray:
    """Bridge narrow clefts, where a tool looked like the skin under it."""
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    padded = np.pad(cells, 9, mode="edge").astype(np.uint8)
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, round_)[9:-9, 9:-9] > 0)


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def _dashes(points: FloatArray, length: float) -> list[FloatArray]:
    """Cut a closed line into every second piece of equal length."""
    closed = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    count = max(int(along[-1] / (2 * length)), 1)
    starts = np.arange(count) * along[-1] / count
    steps = starts[:, None] + np.linspace(0, 0.5 * along[-1] / count, 5)
    return list(
        np.stack(
            [np.interp(steps, along, closed[:, 0]), np.interp(steps, along, closed[:, 1])], axis=-1
        )
    )


def _stroke(
    rgb: Picture, pieces: Sequence[FloatArray], colour: Colour, thickness: int, *, closed: bool
) -> None:
    bits = 4
    fixed = [np.rint(piece * (1 << bits)).astype(np.int32).reshape(-1, 1, 2) for piece in pieces]
    for ink, width in ((PAPER, thickness + 2), (colour, thickness)):
        cv2.polylines(rgb, fixed, closed, ink, width, cv2.LINE_AA, bits)
