"""One colour trace from CSV to its results."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam import analysis
from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.giving import check_json_target, terminal, write_json
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.document import to_json, trace_document
from perfusion_cam.report.folder import claim_folder, write_trace
from perfusion_cam.report.terminal import refill_text


def examine_trace(csv: Path, *, out: Path | None, json: str | None) -> None:
    """Measure the refill in a trace, print it and write what was asked for.

    Raises
    ------
    TraceError, OutputError
    """
    if out is not None:
        make_folder(out)
    if json is not None and json != "-":
        check_json_target(Path(json))
    found = analysis.analyze_trace(csv)
    content = trace_document(found, csv, analysis.software())
    if json != "-":
        hold_s = None if found.contact_s is None else found.release_s - found.contact_s
        emit(refill_text(csv.name, found.refill, hold_s, *terminal()))
    if out is not None:
        folder = claim_folder(out, csv.stem, content["trace"]["sha256"], set())
        write_trace(found, content, folder)
    if json is not None:
        write_json(to_json(content), json)
