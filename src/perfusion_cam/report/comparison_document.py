"""A comparison as a document of plain values: JSON schema number 1, in docs/comparison.md."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from perfusion_cam.comparison.asking import Answer
from perfusion_cam.comparison.contrasting import Contrast
from perfusion_cam.comparison.pressed import SidePress, recording_of
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.report.comparison_colour import side_colours_document
from perfusion_cam.report.comparison_wording import soonest_look_again_s
from perfusion_cam.report.wording import RESEARCH_USE_ONLY

SCHEMA = 1

Document = dict[str, Any]


def comparison_document(answer: Answer) -> Document:
    """Turn a comparison into plain values, absent ones None, never NaN."""
    comparison = answer.comparison
    earlier = comparison.earlier
    evaluated = comparison.evaluation.plain()
    return {
        "schema": SCHEMA,
        "notice": RESEARCH_USE_ONLY,
        "software": dict(answer.examinations[0][1].software),
        "settings": answer.question.settings(),
        "settings_sha256": answer.settings_sha256,
        "recordings": _recordings(answer),
        "affected": _reading(comparison.affected),
        "unaffected": _reading(comparison.unaffected),
        "comparison": {
            **_contrast(comparison.sides),
            "n_affected": len(comparison.affected.used),
            "n_unaffected": len(comparison.unaffected.used),
            "flags": list(dict.fromkeys(remark.mark.value for remark in comparison.remarks)),
            "remarks": [remark.says for remark in comparison.remarks],
        },
        "baseline": None
        if earlier is None
        else {"reading": _reading(earlier.reading), "change": _contrast(earlier.change)},
        "colour": side_colours_document(comparison.colours),
        "subject": evaluated["subject"],
        "profiles": evaluated["profiles"],
        "findings": [_finding(one) for one in evaluated["findings"]],
        "conflicts": evaluated["conflicts"],
        "not_applicable": evaluated["not_applicable"],
        "look_again_s": soonest_look_again_s(comparison),
        "advice": list(comparison.advice),
    }


def _recordings(answer: Answer) -> list[Document]:
    now = [
        {"role": role, **asdict(recording_of(item)), "warnings": list(item.source.warnings)}
        for role, item in answer.examinations
    ]
    before = () if answer.before is None else answer.before.recordings
    told = [{"role": "baseline", **asdict(one), "warnings": []} for one in before]
    return [one | {"median_fps": _number(one["median_fps"])} for one in (*now, *told)]


def _reading(reading: SideReading) -> Document:
    unusable = sum(press.status == "not_measurable" for press in reading.presses)
    return {
        "status": reading.status,
        "crt_s": _number(reading.crt_s),
        "crt_ci95_s": _numbers(reading.crt_ci95_s),
        "lower_bound_s": _number(reading.lower_bound_s),
        "within_site_sd": _number(reading.within_site_sd),
        "n_used": len(reading.used),
        "n_rejected": len(reading.rejected),
        "n_not_recovered": reading.presses_not_recovered,
        "n_not_measurable": unusable,
        "presses": [
            _press(press, index in reading.used, index in reading.rejected)
            for index, press in enumerate(reading.presses)
        ],
    }


def _press(press: SidePress, used: bool, rejected: bool) -> Document:
    site = None
    if press.place_px is not None:
        x_px, y_px = press.place_px
        site = {"x": _number(x_px, 1), "y": _number(y_px, 1), "radius": _number(press.radius_px, 1)}
    return {
        "file": press.recording.file,
        "sha256": press.recording.sha256,
        "press": press.number,
        "used": used,
        "rejected": rejected,
        "status": press.status,
        "crt_s": _number(press.crt_s),
        "crt_ci95_s": _numbers(press.crt_ci95_s),
        "lower_bound_s": _number(press.lower_bound_s),
        "contact_s": _number(press.contact_s),
        "release_s": _number(press.release_s),
        "hold_s": _number(press.hold_s),
        "blanch_depth": _number(press.blanch_depth, 5),
        "site": site,
        "flags": [flag.value for flag in press.flags],
        "reasons": list(press.reasons),
    }


def _contrast(found: Contrast) -> Document:
    with_rejected = None
    if found.with_rejected is not None:
        ratio, interval = found.with_rejected
        with_rejected = {"ratio": _number(ratio), "ratio_ci95": _numbers(interval)}
    return {
        "outcome": found.outcome,
        "ratio": _number(found.ratio),
        "ratio_ci95": _numbers(found.ratio_ci95),
        "ratio_lower_bound": _number(found.ratio_lower_bound),
        "ratio_upper_bound": _number(found.ratio_upper_bound),
        "log_ratio": _number(found.log_ratio),
        "log_ratio_ci95": _numbers(found.log_ratio_ci95),
        "difference_s": _number(found.difference_s),
        "difference_ci95_s": _numbers(found.difference_ci95_s),
        "difference_lower_bound_s": _number(found.difference_lower_bound_s),
        "difference_upper_bound_s": _number(found.difference_upper_bound_s),
        "smallest_detectable_ratio": _number(found.smallest_detectable_ratio),
        "single_press_sd": _number(found.single_press_sd),
        "probability_above_one": _number(found.probability_above_one),
        "with_rejected": with_rejected,
    }


def _finding(plain: Document) -> Document:
    """Round a finding's numbers, and those of what it also compared."""
    return plain | {
        "probability_beyond": _number(plain["probability_beyond"]),
        "value": _number(plain["value"]),
        "ci95": _numbers(plain["ci95"]),
        "lower_bound": _number(plain["lower_bound"]),
        "missing": list(plain["missing"]),
        "notes": list(plain["notes"]),
        "also": [
            item
            | {
                "probability_beyond": _number(item["probability_beyond"]),
                "value": _number(item["value"]),
                "ci95": _numbers(item["ci95"]),
                "lower_bound": _number(item["lower_bound"]),
                "missing": list(item["missing"]),
                "notes": list(item["notes"]),
            }
            for item in plain["also"]
        ],
    }


def _number(value: float | None, digits: int = 4) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def _numbers(values: Iterable[float] | None) -> list[float | None] | None:
    return None if values is None else [_number(value) for value in values]
