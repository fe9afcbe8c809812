"""Stills of both sides with their sites, and the curves, for the page of a comparison."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.sides import Comparison
from perfusion_cam.report.comparison_figure import recoveries_figure
from perfusion_cam.report.drawing import Picture
from perfusion_cam.report.still import marked
from perfusion_cam.report.wording import place
from perfusion_cam.types import Examination

KEY = "Solid blue: where it was measured. Dashed white: skin beside it. Dashed orange: the tool."
CURVES_CAPTION = (
    "Recovery of every used press, with its 95 % band: the share of the pressed-out colour that is "
    "still missing, against the time from release. Diamonds are the refill times of the sites, "
    "bars their 95 % intervals; an arrow is a lower bound."
)
_LONGEST_PX = 1000
_JPEG_QUALITY = 85
_CURVES_IN, _CURVES_DPI = (4.4, 3.9), 220


@dataclass(frozen=True, slots=True)
class SidePicture:
    """A still in which the sites are drawn.

    Attributes
    ----------
    rgb : array (height, width, 3) uint8
    caption : str
        Whose it is.
    alt : str
        What is to be seen, for those who do not see it.
    """

    rgb: Picture
    caption: str
    alt: str


def side_pictures(answer: Answer) -> list[SidePicture]:
    """Draw one still of each side, or one of both where they share a recording."""
    comparison = answer.comparison
    shown: dict[str, Examination] = {}
    sides: dict[str, list[str]] = {}
    readings = (("affected", comparison.affected), ("unaffected", comparison.unaffected))
    for name, reading in readings:
        examination = _shown(answer, name, reading)
        if examination is not None:
            sha256 = examination.source.sha256
            shown[sha256] = examination
            sides.setdefault(sha256, []).append(name)
    return [_picture(answer, shown[sha256], names) for sha256, names in sides.items()]


def jpeg(rgb: Picture) -> bytes:
    """Encode a picture small enough for a page."""
    _, data = cv2.imencode(
        ".jpg", shrunk(rgb)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    return data.tobytes()


def shrunk(rgb: Picture) -> Picture:
    """Make a large picture small enough for a page."""
    scale = _LONGEST_PX / max(rgb.shape)
    if scale >= 1:
        return rgb
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def curves_png(comparison: Comparison) -> bytes:
    """Draw both sides' recoveries for a page."""
    content = io.BytesIO()
    figure = recoveries_figure(comparison, *_CURVES_IN)
    figure.savefig(content, format="png", dpi=_CURVES_DPI)
    return content.getvalue()


def _shown(answer: Answer, name: str, reading: SideReading) -> Examination | None:
    """Choose the recording of a side's first used press, or else its first one."""
    for press in (*reading.used_presses, *reading.presses):
        for _, examination in answer.examinations:
            if examination.source.sha256 == press.recording.sha256:
                return examination
    roles = (name, "both")
    return next((one for role, one in answer.examinations if role in roles), None)


def _picture(answer: Answer, examination: Examination, names: list[str]) -> SidePicture:
    sides = dict(_sides(answer.comparison, examination.source.sha256))
    file = examination.source.file
    whose = "Both sides" if len(names) > 1 else f"{names[0].capitalize()} side"
    places = [
        f"{sides.get(number, 'neither side')}, press {number} at {place(result.site)}"
        for number, result in enumerate(examination.presses, start=1)
    ]
    found = "; ".join(places) or "no press found"
    return SidePicture(
        rgb=marked(examination, sides),
        caption=f"{whose}: {file}",
        alt=f"First picture of {file} with the pressed sites drawn: {found}.",
    )


def _sides(comparison: Comparison, sha256: str) -> Iterator[tuple[int, str]]:
    """Which side each press of a recording belongs to."""
    for name, reading in (
        ("affected", comparison.affected),
        ("unaffected", comparison.unaffected),
    ):
        for press in reading.presses:
            if press.recording.sha256 == sha256:
                yield press.number, name
