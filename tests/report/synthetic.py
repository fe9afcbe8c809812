"""Examinations made by hand, one press of each kind."""

from __future__ import annotations

import dataclasses

import numpy as np

from perfusion_cam.quality import Flag
from perfusion_cam.types import (
    ColourCode,
    Examination,
    GridShape,
    Orientation,
    Press,
    PressResult,
    Refill,
    RefillCurve,
    Site,
    SourceInfo,
    Track,
)

ROWS, COLS, CELL_PX = 45, 80, 8.0
WIDTH, HEIGHT = 640, 360
SITE_AT = ((200.0, 180.0), (200.0, 180.0), (460.0, 150.0))


def _disc(x_px: float, y_px: float, radius_px: float) -> np.ndarray:
    y, x = np.mgrid[:ROWS, :COLS] * CELL_PX + CELL_PX / 2
    return np.hypot(x - x_px, y - y_px) < radius_px


def site(x_px: float = 200.0, y_px: float = 180.0, radius_px: float = 36.0) -> Site:
    cells = _disc(x_px, y_px, radius_px)
    ring = _disc(x_px, y_px, 2.4 * radius_px) & ~_disc(x_px, y_px, 1.6 * radius_px)
    return Site(x_px, y_px, radius_px, cells, ring)


def press(contact_s: float = 3.0, release_s: float = 8.0, at: int = 0) -> Press:
    return Press(
        contact_s=contact_s,
        contact_se_s=0.05,
        release_s=release_s,
        release_se_s=0.04,
        tool_cells=_disc(SITE_AT[at][0], SITE_AT[at][1] + 40, 70),
        ended_s=release_s + 12.0,
        ended_by="watched",
        tool_contrast=0.5,
        tool_hides=1.0,
        baseline_s=(contact_s - 2.0, contact_s - 0.2),
        uncovered_s=release_s + 0.3,
    )


def curve(release_s: float = 8.0, tau_s: float = 0.8, depth: float = 0.12) -> RefillCurve:
    rng = np.random.default_rng(1)
    t = np.arange(0.0, release_s + 12.0, 1 / 30)
    since = t - release_s
    signal = np.where(since > 0, depth * np.exp(-np.maximum(since, 0) / tau_s), 0.0)
    hidden = (since > -5.0) & (since < 0.15)
    signal = np.where(hidden, -0.9, signal) + rng.normal(0, 0.004, t.size)
    return RefillCurve(t, signal, np.full(t.size, 0.004), ~hidden & (since > 0), 0.001)


def measured(release_s: float = 8.0, tau_s: float = 0.8, depth: float = 0.12) -> Refill:
    t = np.linspace(release_s, release_s + 12, 200)
    fit = depth * np.exp(-(t - release_s) / tau_s)
    t90 = tau_s * np.log(10)
    return Refill(
        status="measured",
        flags=(Flag.OVERSHOOT,),
        crt_s=t90,
        crt_ci95_s=(t90 - 0.13, t90 + 0.17),
        t50_s=tau_s * np.log(2),
        t90_s=t90,
        t95_s=tau_s * np.log(20),
        tau_s=tau_s,
        overshoot=0.05,
        blanch_depth=depth,
        signal_to_noise=30.0,
        model="single exponential",
        fit_t_s=t,
        fit_signal=fit,
        fit_lo=fit - 0.004,
        fit_hi=fit + 0.004,
    )


def not_recovered() -> Refill:
    return Refill(
        status="not_recovered",
        flags=(Flag.ENDS_EARLY,),
        lower_bound_s=12.0,
        recovered_fraction=0.63,
        blanch_depth=0.12,
        signal_to_noise=28.0,
    )


def not_measurable() -> Refill:
    return Refill(
        status="not_measurable",
        flags=(Flag.HOLD_SHORT, Flag.LOW_SIGNAL),
        blanch_depth=0.01,
        signal_to_noise=float("nan"),
    )


def unseen() -> PressResult:
    """Return a press that was under way when the recording began."""
    start = {"contact_se_s": np.inf, "baseline_s": (0.0, 0.0)}
    touch = dataclasses.replace(press(0.0, 5.0), **start)  # type: ignore[arg-type]
    return PressResult(touch, site(), None, Refill("not_measurable", (Flag.NO_BASELINE,)))


def source(file: str = "clip.mp4", **changes: object) -> SourceInfo:
    facts = {
        "file": file,
        "sha256": "ab" * 32,
        "width": WIDTH,
        "height": HEIGHT,
        "frames": 2100,
        "duration_s": 70.0,
        "median_fps": 30.0,
        "gaps": ((1.0, 1.4),),
        "codec": "h264",
        "pixel_format": "yuv420p",
        "colour": ColourCode(),
        "orientation": Orientation(),
        "torn": False,
        "warnings": ("The file does not say its colour matrix; BT.709 was assumed.",),
    }
    return SourceInfo(**(facts | changes))  # type: ignore[arg-type]


def track(duration_s: float = 70.0) -> Track:
    t = np.arange(0.0, duration_s, 1 / 30)
    to_frame = np.tile(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), (t.size, 1, 1))
    return Track(t, np.ones(t.size), to_frame, np.ones(t.size, bool))


def picture(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[:] = (166, 125, 102)
    return rgb


def examination(file: str = "clip.mp4", **changes: object) -> Examination:
    """Return three presses: measured, not recovered at the same site, not measurable beside."""
    presses = (
        PressResult(press(), site(), curve(), measured()),
        PressResult(press(23.0, 28.0), site(), curve(28.0, 30.0), not_recovered()),
        PressResult(press(43.0, 45.0, at=2), site(460.0, 150.0, 30.0), None, not_measurable()),
    )
    facts = {
        "source": source(file),
        "grid": GridShape(ROWS, COLS, CELL_PX),
        "presses": presses,
        "track": track(),
        "reference_rgb": picture(),
        "software": {"name": "perfusion-cam", "version": "0.1.0"},
    }
    return Examination(**(facts | changes))  # type: ignore[arg-type]
