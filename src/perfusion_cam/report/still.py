"""The annotated still: where each press was measured, and what came of it, in one picture."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import cv2
import numpy as np

from perfusion_cam.report.drawing import (
    CONTROL,
    DIM,
    INK,
    PAPER,
    SITE,
    TOOL,
    Colour,
    Picture,
    draw_outlines,
    outlines,
    text_width,
    wrap,
    write,
    write_haloed,
)
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, headline
from perfusion_cam.types import Examination, Site

_LEAST_WIDTH_PX = 640
"""Smaller pictures are enlarged so that words fit."""

_NAME_SIZE = 1.8
"""Words in the picture are this much larger where it stands small on a page."""

KEY = ((SITE, "site"), (CONTROL, "skin beside"), (TOOL, "tool"))


def still(examination: Examination) -> Picture:
    """Draw site, skin beside and tool of every press on the first picture.

    Returns
    -------
    array (height, width, 3) uint8
        The picture with a caption below it, which never covers skin.
    """
    rgb = marked(examination)
    return np.vstack([rgb, caption(examination, rgb.shape[1], text_size(rgb))])


def marked(examination: Examination, sides: Mapping[int, str] = MappingProxyType({})) -> Picture:
    """Draw the same without the caption.

    Parameters
    ----------
    examination : Examination
    sides : mapping
        What to write before the number of a press, such as ``affected``.
    """
    reference = examination.reference_rgb
    scale = max(1.0, _LEAST_WIDTH_PX / max(reference.shape[1], 1))
    size = (round(reference.shape[1] * scale), round(reference.shape[0] * scale))
    interpolation = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    rgb = np.array(cv2.resize(reference, size, interpolation=interpolation), dtype=np.uint8)
    text = text_size(rgb)
    to_picture = np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]])
    for result in examination.presses:
        thickness = max(2, text // 9)
        draw_outlines(rgb, outlines(result, examination.grid), to_picture, thickness)
    sites = [result.site for result in examination.presses]
    for label, site in _labels(sites, text / scale, sides):
        if sides:
            cell_px = examination.grid.cell_px * scale
            _name(rgb, label, site, cell_px, round(_NAME_SIZE * text))
        else:
            _number(rgb, label, site, scale, text)
    return rgb


def text_size(rgb: Picture) -> int:
    """Return the size of words, pixels, that suits a picture."""
    return max(14, round(0.022 * float(np.hypot(*rgb.shape[:2]))))


def caption(examination: Examination, width: int, size: int) -> Picture:
    """Write the verdict of every press, the key and the research-use words on a strip."""
    room = size // 2
    lines: list[tuple[str, int, Colour]] = []
    for number, result in enumerate(examination.presses, start=1):
        words = wrap(f"{number}: {headline(result.refill)}", size, width - 2 * room)
        lines += [(line, size, INK) for line in words]
    if not examination.presses:
        lines.append(("no press found", size, INK))
    small = max(11, round(0.7 * size))
    lines.append(("", small // 2, DIM))
    lines += [(line, small, DIM) for line in wrap(RESEARCH_USE_ONLY, small, width - 2 * room)]
    height = round(sum(1.45 * line_size for _, line_size, _ in lines) + 1.6 * size) + 2 * room
    strip = np.full((height, width, 3), PAPER, np.uint8)
    y = room + size
    _draw_key(strip, room, y, small)
    y += round(0.15 * size)
    for line, line_size, colour in lines:
        y += round(1.45 * line_size)
        write(strip, line, (room, y), line_size, colour, 600 if colour == INK else 400)
    return strip


def _draw_key(strip: Picture, x: int, y: int, size: int) -> None:
    for colour, name in KEY:
        middle = y - size // 3
        cv2.line(strip, (x, middle), (x + 2 * size, middle), colour, max(2, size // 6), cv2.LINE_AA)
        x += round(2.5 * size)
        write(strip, name, (x, y), size, DIM)
        x += text_width(name, size) + 2 * size


def _labels(
    sites: list[Site | None], apart_px: float, sides: Mapping[int, str] = MappingProxyType({})
) -> list[tuple[str, Site]]:
    """Label sites by number; presses of one place share a label so that none overlap."""
    groups: list[tuple[str, list[int], Site]] = []
    for number, site in enumerate(sites, start=1):
        if site is None:
            continue
        side = sides.get(number, "")
        for of, numbers, other in groups:
            away = np.hypot(site.x_px - other.x_px, site.y_px - other.y_px)
            if of == side and away < max(site.radius_px, other.radius_px, 2.5 * apart_px):
                numbers.append(number)
                break
        else:
            groups.append((side, [number], site))
    return [
        (f"{side} {', '.join(map(str, numbers))}".strip(), site) for side, numbers, site in groups
    ]


def _name(rgb: Picture, label: str, site: Site, cell_px: float, size: int) -> None:
    """Write a longer label above all that is drawn of the site and the skin beside it."""
    rows, cols = np.nonzero(site.cells | site.control_cells)
    x = round(cell_px * float(cols.mean() + 0.5)) - text_width(label, size) // 2
    y = round(cell_px * float(rows.min())) - size // 3
    x = int(np.clip(x, 2, max(2, rgb.shape[1] - text_width(label, size) - 4)))
    write_haloed(rgb, label, (x, max(size + 2, y)), size, SITE)


def _number(rgb: Picture, label: str, site: Site, scale: float, size: int) -> None:
    large = round(1.3 * size)
    x = round(scale * (site.x_px + 0.75 * site.radius_px)) + size // 2
    y = round(scale * (site.y_px - 0.75 * site.radius_px)) - size // 4
    x = int(np.clip(x, 2, max(2, rgb.shape[1] - text_width(label, large) - 4)))
    y = int(np.clip(y, large + 2, max(large + 2, rgb.shape[0] - 4)))
    write_haloed(rgb, label, (x, y), large, SITE)
