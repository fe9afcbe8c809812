"""Presses and curves as CSV: one row each, plain numbers, empty where a value is absent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from perfusion_cam.report.document import TOUCH_FIELDS, Document
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.types import RefillCurve

PRESS_COLUMNS = (
    "press",
    "status",
    "site_x_px",
    "site_y_px",
    "site_radius_px",
    *TOUCH_FIELDS,
    "crt_s",
    "crt_ci95_low_s",
    "crt_ci95_high_s",
    "lower_bound_s",
    "recovered_fraction",
    "t50_s",
    "t90_s",
    "t95_s",
    "tau_s",
    "visual_s",
    "overshoot",
    "blanch_depth",
    "signal_to_noise",
    "model",
    "flags",
    "notice",
)

CURVE_COLUMNS = ("press", "t_s", "t_from_release_s", "signal", "signal_se", "used")


def presses_csv(content: Document) -> str:
    """Write one row per press of a document, flags separated by spaces.

    Parameters
    ----------
    content : dict
        As `perfusion_cam.report.document.document` makes it.
    """
    return _csv(
        PRESS_COLUMNS,
        (
            [_flat(number, entry)[column] for column in PRESS_COLUMNS]
            for number, entry in enumerate(content["presses"], start=1)
        ),
    )


def curve_csv(curves: Iterable[tuple[RefillCurve | None, float]]) -> str:
    """Write one row per sample of each press's curve.

    Parameters
    ----------
    curves : iterable of (curve or None, release_s)
        In order of press number; a press without a curve gives no row.
    """
    return _csv(
        CURVE_COLUMNS,
        (
            (number, f"{t:.4f}", f"{t - release_s:.4f}", _value(signal), _value(se), int(used))
            for number, (curve, release_s) in enumerate(curves, start=1)
            if curve is not None
            for t, signal, se, used in zip(
                curve.t_s.tolist(),
                curve.signal.tolist(),
                curve.signal_se.tolist(),
                curve.used.tolist(),
                strict=True,
            )
        ),
    )


def _flat(number: int, entry: Document) -> Document:
    site = entry["site"] or {"x": None, "y": None, "radius": None}
    low, high = entry["crt_ci95_s"] or (None, None)
    return entry | {
        "press": number,
        "site_x_px": site["x"],
        "site_y_px": site["y"],
        "site_radius_px": site["radius"],
        "crt_ci95_low_s": low,
        "crt_ci95_high_s": high,
        "flags": " ".join(entry["flags"]),
        "notice": RESEARCH_USE_ONLY,
    }


def _value(value: float) -> str:
    """Six digits after the point; empty for NaN and infinity."""
    return f"{value:.6f}" if abs(value) < float("inf") else ""


def _csv(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
