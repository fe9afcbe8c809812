"""Read a colour trace: the mean colour of a patch of skin over time, as CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perfusion_cam.colour import linear_from_srgb, log_light
from perfusion_cam.errors import TraceError
from perfusion_cam.types import FloatArray

MIN_ROWS = 20
TIME_NAMES = ("t_s", "t", "time", "time_s")
CONTROL_SUFFIXES = ("_control", "_ctrl", "_c")
FLOOR = 2e-3
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ColourTrace:
    """A patch's colour over time.

    Attributes
    ----------
    file : str
    t_s : array (n,)
        Seconds, rising.
    site_log_rgb : array (n, 3)
        Natural-log linear light.
    control_log_rgb : array (n, 3) or None
    """

    file: str
    t_s: FloatArray
    site_log_rgb: FloatArray
    control_log_rgb: FloatArray | None


def read_colour_trace(path: str | Path) -> ColourTrace:
    """Read columns t, R, G, B (0 to 255, sRGB), and R_control, G_control, B_control if there.

    Raises
    ------
    TraceError
        With one line that says what is wrong with the file and what it should hold.
    """
    path = Path(path)
    names, rows = _rows(path)
    time = next((names.index(name) for name in TIME_NAMES if name in names), None)
    if time is None or not {"r", "g", "b"} <= set(names):
        raise TraceError(
            f"{path.name}: found columns {_shown(names) or 'none'}; a colour trace needs "
            "t_s, R, G, B in its first line."
        )
    values = _numbers(path, rows, len(names))
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(values[:, time])) > 0])
    values = values[keep]
    if len(values) < MIN_ROWS:
        raise TraceError(
            f"{path.name}: {len(values)} rows with rising time; a trace needs {MIN_ROWS} or more."
        )
    site = values[:, [names.index(colour) for colour in "rgb"]]
    control = next(
        (
            values[:, [names.index(colour + suffix) for colour in "rgb"]]
            for suffix in CONTROL_SUFFIXES
            if all(colour + suffix in names for colour in "rgb")
        ),
        None,
    )
    return ColourTrace(
        path.name,
        values[:, time] - values[0, time],
        _log_light(site),
        None if control is None else _log_light(control),
    )


def _shown(names: list[str]) -> str:
    """Column names in one short line, whatever stands in the file."""
    text = "".join(letter if letter.isprintable() else " " for letter in ", ".join(names))
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_SHOWN else one_line[:LONGEST_SHOWN] + " ..."


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [row for row in csv.reader(file) if row]
    except FileNotFoundError as error:
        raise TraceError(f"{path.name}: no such file; check the name and folder.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(
            f"{path.name}: cannot be read as CSV text ({type(error).__name__}); give a table with "
            "t_s, R, G, B."
        ) from error
    if not lines:
        raise TraceError(f"{path.name}: the file is empty; give a table with t_s, R, G, B.")
    return [name.strip().lower() for name in lines[0]], lines[1:]


def _numbers(path: Path, rows: list[list[str]], columns: int) -> FloatArray:
    values: FloatArray = np.full((len(rows), columns), np.nan)
    for index, row in enumerate(rows):
        if len(row) < columns:
            continue
        try:
            values[index] = [float(cell) for cell in row[:columns]]
        except ValueError as error:
            raise TraceError(
                f"{path.name}: line {index + 2} holds something that is not a number."
            ) from error
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) == 0:
        raise TraceError(f"{path.name}: no complete row of numbers below the heading.")
    return values


def _log_light(rgb: FloatArray) -> FloatArray:
    linear: FloatArray = linear_from_srgb(np.clip(rgb / 255.0, 0.0, 1.0))
    logged: FloatArray = log_light(linear, FLOOR)
    return logged
