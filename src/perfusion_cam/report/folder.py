"""The folder of one recording: every file whole, none of an earlier run left behind."""

from __future__ import annotations

import io
import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from perfusion_cam.report.atomic import cannot_write, make_folder, write
from perfusion_cam.report.document import Document, Trace, to_json
from perfusion_cam.report.drawing import Picture
from perfusion_cam.report.figures import Plotted, press_figure, refill_figure
from perfusion_cam.report.still import still
from perfusion_cam.report.tables import curve_csv, presses_csv
from perfusion_cam.types import Examination

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RESULT, PRESSES, CURVE = "result.json", "presses.csv", "curve.csv"
STILL, OVERLAY = "still.png", "overlay.mp4"


def claim_folder(out: Path, stem: str, sha256: str, taken: set[Path]) -> Path:
    """Make the folder of one recording, never that of another recording of the same name.

    A folder is used again only where its `result.json` tells of the same file content.

    Parameters
    ----------
    out : Path
        Where the folders of all recordings stand.
    stem : str
        File name without its ending.
    sha256 : str
        Of the recording's content.
    taken : set of Path
        Folders claimed before in this call; the new one is added.

    Returns
    -------
    Path
        ``out/stem``, or ``out/stem-2`` and so on.

    Raises
    ------
    OutputError
    """
    number = 1
    while True:
        folder = out / (stem if number == 1 else f"{stem}-{number}")
        if folder not in taken and _sha256_in(folder) in (None, sha256):
            taken.add(folder)
            return make_folder(folder)
        number += 1


def write_examination(examination: Examination, content: Document, folder: Path) -> None:
    """Write document, tables, plots and still of one recording.

    Raises
    ------
    OutputError
    """
    _sweep(folder)
    # Numbers first: should the disk be nearly full, they matter most.
    curves = [(result.curve, result.press.release_s) for result in examination.presses]
    write(folder / RESULT, to_json(content).encode())
    write(folder / PRESSES, presses_csv(content).encode())
    write(folder / CURVE, curve_csv(curves).encode())
    file = examination.source.file
    for number, result in enumerate(examination.presses, start=1):
        figure = press_figure(result, title=f"press {number} of {file}")
        write(folder / f"press-{number}.png", _png_of_figure(figure))
    write(folder / STILL, _png(still(examination)))


def write_trace(trace: Trace, content: Document, folder: Path) -> None:
    """Write document, tables and plot of one colour trace.

    Raises
    ------
    OutputError
    """
    _sweep(folder)
    file = content["trace"]["file"]
    plotted = Plotted(file, trace.refill, trace.curve, trace.release_s, trace.contact_s)
    write(folder / "press-1.png", _png_of_figure(refill_figure(plotted)))
    write(folder / PRESSES, presses_csv(content).encode())
    write(folder / CURVE, curve_csv([(trace.curve, trace.release_s)]).encode())
    write(folder / RESULT, to_json(content).encode())


def _png(rgb: Picture) -> bytes:
    _, data = cv2.imencode(".png", rgb[..., ::-1])
    return data.tobytes()


def _png_of_figure(figure: Figure) -> bytes:
    content = io.BytesIO()
    with warnings.catch_warnings():
        # A file may be named in letters that the font lacks.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        figure.savefig(content, format="png")
    return content.getvalue()


def _sha256_in(folder: Path) -> str | None:
    """Read which recording a folder holds; None where it holds none."""
    try:
        content = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        found = content.get("source") or content["trace"]
        return str(found["sha256"])
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _sweep(folder: Path) -> None:
    """Remove what an earlier run left, which may have found more presses."""
    try:
        for path in folder.iterdir():
            if re.fullmatch(r"press-\d+\.png|overlay\.mp4|still\.png", path.name):
                path.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error
