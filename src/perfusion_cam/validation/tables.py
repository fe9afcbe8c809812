"""A run as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.validation.scoring import ClipScore, PressScore
from perfusion_cam.validation.statistics import Estimate
from perfusion_cam.validation.summary import Figures, Row, Summary
from perfusion_cam.validation.targets import Target

_HEAD = ("level", "n", "found", "bias", "|error|", "90 %", "covered", "oracle", "refused")
_WIDTHS = (26, 4, 8, 7, 21, 6, 17, 7, 8)


def as_json(
    clips: Sequence[ClipScore], summary: Summary, reached: Sequence[Target], by: str
) -> str:
    """Put a whole run into one JSON document; `by` is the version of the software."""
    document = {
        "notice": RESEARCH_USE_ONLY,
        "software": by,
        "targets": [asdict(target) for target in reached],
        "summary": asdict(summary),
        "clips": [asdict(clip) for clip in clips],
    }
    return json.dumps(document, indent=1) + "\n"


def as_csv(clips: Sequence[ClipScore]) -> str:
    """One line a true press."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [field.name for field in fields(PressScore)]
    writer.writerow(["clip", "factor", "level", "bits_per_pixel", *names, "error_s", "inside"])
    for clip in clips:
        for press in clip.presses:
            values = [getattr(press, name) for name in names]
            values[names.index("flags")] = " ".join(press.flags)
            about = [clip.name, clip.factor, clip.level, f"{clip.bits_per_pixel:.4f}"]
            writer.writerow([*about, *map(_cell, values), _cell(press.error_s), press.inside])
    return text.getvalue()


def _cell(value: object) -> object:
    return f"{value:.4f}" if isinstance(value, float) else value


def as_text(summary: Summary, reached: Sequence[Target]) -> str:
    """Lay out targets, tables by factor, and remarks for a terminal."""
    parts = [
        _counted(summary) + "\n",
        _targets_text(reached),
        "\nOne factor at a time, round an ordinary clip; 95 % intervals of the figures in brackets",
        _rows_text(summary.alone),
        "\nAll clips together",
        _rows_text((Row("all", "all", summary.overall), *summary.together)),
    ]
    refused = summary.overall.refusals
    if refused:
        told = ", ".join(f"{flag} {count}" for flag, count in refused.items())
        parts.append(f"\nRefused though there is a refill time, by reason: {told}")
    if summary.remarks:
        parts += ["", *summary.remarks]
    parts += ["", RESEARCH_USE_ONLY]
    return "\n".join(parts) + "\n"


def _counted(summary: Summary) -> str:
    counted = summary.overall.clips
    alike = "" if counted == summary.clips else f" in {counted} of them, one a scene"
    return f"{summary.clips} clips, {summary.overall.presses} presses{alike}"


def _targets_text(reached: Sequence[Target]) -> str:
    marks = {True: "met", False: "NOT MET", None: "open"}
    width = max(len(target.name) for target in reached)
    return "\n".join(
        f"{marks[t.met]:<9}{t.name:<{width}}  {t.asked:<15}{t.reached}" for t in reached
    )


def _rows_text(rows: Sequence[Row]) -> str:
    lines = [_line(_HEAD)]
    factor = ""
    for row in rows:
        if row.factor != factor:
            factor = row.factor
            lines.append(factor)
        lines.append(_line(_cells(row.level, row.figures)))
    return "\n".join(lines)


def _cells(level: str, of: Figures) -> tuple[str, ...]:
    found = f"{of.found.hits}/{of.found.count}" if of.found.count else "-"
    covered = "-"
    if of.covered.count:
        between = f" [{of.covered.low:.0%}, {of.covered.high:.0%}]"
        covered = f"{of.covered.hits / of.covered.count:.0%}{between}"
    refused = of.statuses.get("not_measurable", 0)
    told = f"{refused}" + (f" +{of.invented}!" if of.invented else "")
    return (
        "  " + level,
        str(of.presses or of.clips),
        found,
        "-" if of.bias.value is None else f"{of.bias.value:+.1%}",
        _seconds(of.error_s, between=True),
        _seconds(of.error90_s),
        covered,
        _seconds(of.oracle_error_s),
        told,
    )


def _seconds(estimate: Estimate, between: bool = False) -> str:
    if estimate.value is None:
        return "-"
    if not between or estimate.low is None:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _line(cells: Sequence[str]) -> str:
    first, *rest = zip(cells, _WIDTHS, strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f" {cell:>{width}}" for cell, width in rest)
