"""The result as a document of plain values: JSON schema number 1, described in docs/output.md."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from perfusion_cam.errors import PerfusionCamError
from perfusion_cam.report.colour_document import colour_document
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.settings import Region
from perfusion_cam.types import (
    Examination,
    Press,
    PressResult,
    Refill,
    RefillCurve,
    Site,
    SkinColour,
    SourceInfo,
)

SCHEMA = 1
REGION_FIELDS = {"circle": ("x", "y", "radius"), "box": ("left", "top", "width", "height")}
NOT_FINAL = "Provisional, not a result: the press was still being watched."

Document = dict[str, Any]


class Trace(Protocol):
    """What a colour trace gave: a press without pictures."""

    @property
    def curve(self) -> RefillCurve: ...
    @property
    def refill(self) -> Refill: ...
    @property
    def contact_s(self) -> float | None: ...
    @property
    def release_s(self) -> float: ...


def document(
    examination: Examination,
    *,
    region: Region | None = None,
    provisional: PressResult | None = None,
) -> Document:
    """Turn the examination of one recording into plain values, absent ones None, never NaN.

    Parameters
    ----------
    examination : Examination
    region : Region, optional
        Where the site was looked for.
    provisional : PressResult, optional
        A press that is still being watched: it stands apart from those that are final.
    """
    content = {
        "schema": SCHEMA,
        "notice": RESEARCH_USE_ONLY,
        "software": dict(examination.software),
        "source": _source(examination.source),
        "presses": [_result(result) for result in examination.presses],
    }
    if region is not None:
        content["region"] = dict(zip(REGION_FIELDS[region.kind], region.numbers, strict=True))
    if provisional is not None:
        content["provisional"] = {"note": NOT_FINAL, "press": _result(provisional)}
    return content


def collection(
    documents: Sequence[Document], failures: Iterable[tuple[str, PerfusionCamError]] = ()
) -> Document:
    """Bind the documents of several recordings, and what could not be read, into one.

    Parameters
    ----------
    documents : sequence of dict
        As `document` makes them.
    failures : iterable of (file, error)
    """
    return {
        "schema": SCHEMA,
        "notice": RESEARCH_USE_ONLY,
        "recordings": list(documents),
        "failures": [
            {"file": file, "error": str(error), "exit_code": error.exit_code}
            for file, error in failures
        ],
    }


def trace_document(trace: Trace, path: Path, software: dict[str, str]) -> Document:
    """Turn the refill of a colour trace into plain values.

    Parameters
    ----------
    trace : Trace
    path : Path
        The CSV file it was read from.
    software : dict
        Name and versions.
    """
    touch = dict.fromkeys(TOUCH_FIELDS) | {
        "contact_s": _number(trace.contact_s),
        "release_s": _number(trace.release_s),
        "hold_s": None if trace.contact_s is None else _number(trace.release_s - trace.contact_s),
    }
    return {
        "schema": SCHEMA,
        "notice": RESEARCH_USE_ONLY,
        "software": dict(software),
        "trace": {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
        "presses": [_entry(touch, None, trace.refill, None)],
    }


def to_json(content: Document) -> str:
    """Write a document as JSON text that any strict reader takes."""
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _source(source: SourceInfo) -> Document:
    return {
        "file": source.file,
        "sha256": source.sha256,
        "width": source.width,
        "height": source.height,
        "frames": source.frames,
        "duration_s": _number(source.duration_s),
        "median_fps": _number(source.median_fps),
        "gaps": [_numbers(gap) for gap in source.gaps],
        "codec": source.codec,
        "pixel_format": source.pixel_format,
        "colour": source.colour._asdict(),
        "orientation": source.orientation._asdict(),
        "torn": source.torn,
        "warnings": list(source.warnings),
    }


TOUCH_FIELDS = (
    "contact_s",
    "contact_se_s",
    "release_s",
    "release_se_s",
    "hold_s",
    "ended_s",
    "ended_by",
)
"""What is said of a press itself, in order."""


def _press(press: Press) -> Document:
    return {
        "contact_s": _number(press.contact_s),
        "contact_se_s": _number(press.contact_se_s),
        "release_s": _number(press.release_s),
        "release_se_s": _number(press.release_se_s),
        "hold_s": _number(press.hold_s),
        "ended_s": _number(press.ended_s),
        "ended_by": press.ended_by,
    }


def _site(site: Site | None) -> Document | None:
    if site is None:
        return None
    return {
        "x": _number(site.x_px, 1),
        "y": _number(site.y_px, 1),
        "radius": _number(site.radius_px, 1),
    }


def _result(result: PressResult) -> Document:
    return _entry(_press(result.press), result.site, result.refill, result.colour)


def _entry(
    touch: Document, site: Site | None, refill: Refill, colour: SkinColour | None
) -> Document:
    found = {
        "status": refill.status,
        "reasons": list(refill.reasons),
        "flags": [flag.value for flag in refill.flags],
        "site": _site(site),
    }
    shown = {"colour": None if colour is None else colour_document(colour)}
    return found | touch | _times(refill) | shown


def _times(refill: Refill) -> Document:
    return {
        "crt_s": _number(refill.crt_s),
        "crt_ci95_s": _numbers(refill.crt_ci95_s),
        "lower_bound_s": _number(refill.lower_bound_s),
        "recovered_fraction": _number(refill.recovered_fraction),
        "t50_s": _number(refill.t50_s),
        "t90_s": _number(refill.t90_s),
        "t95_s": _number(refill.t95_s),
        "tau_s": _number(refill.tau_s),
        "visual_s": _number(refill.visual_s),
        "overshoot": _number(refill.overshoot),
        "blanch_depth": _number(refill.blanch_depth, 5),
        "signal_to_noise": _number(refill.signal_to_noise, 1),
        "model": refill.model,
    }


def _number(value: float | None, digits: int = 4) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def _numbers(values: Iterable[float] | None) -> list[float | None] | None:
    return None if values is None else [_number(value) for value in values]
