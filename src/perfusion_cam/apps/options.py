"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from perfusion_cam.settings import Region

JsonOption = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE|-", help="Write JSON there; - is standard output."),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write DIR/NAME/ with JSON, tables and plots."),
]


def numbers(text: str | None, count: int, option: str, form: str) -> list[float]:
    """Read numbers between commas; none where nothing was given.

    Raises
    ------
    typer.BadParameter
    """
    if text is None:
        return []
    try:
        read = [float(part) for part in text.split(",")]
    except ValueError:
        read = []
    if len(read) != count or not all(map(math.isfinite, read)):
        raise typer.BadParameter(f"'{text}' should be {form} in pixels", param_hint=option)
    return read


def circle(text: str | None, option: str) -> Region | None:
    """Read a circle, ``X,Y,R`` in upright pixels.

    Raises
    ------
    typer.BadParameter, RegionError
    """
    if text is None:
        return None
    x_px, y_px, radius_px = numbers(text, 3, option, "X,Y,R")
    from perfusion_cam.settings import Region

    return Region.circle(x_px, y_px, radius_px)
