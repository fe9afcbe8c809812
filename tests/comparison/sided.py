"""Presses and sides made by hand, and from simulated readings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from perfusion_cam.comparison.contrasting import Contrast, contrast
from perfusion_cam.comparison.pressed import Recording, SidePress
from perfusion_cam.comparison.readings import SideReading, combine
from perfusion_cam.simulate.readings import PressReading


def recording(file: str = "a.mp4", **changes: object) -> Recording:
    facts = {
        "file": file,
        "sha256": hashlib.sha256(file.encode()).hexdigest(),
        "width": 640,
        "height": 360,
        "median_fps": 30.0,
        "codec": "h264",
        "pixel_format": "yuv420p",
    }
    return Recording(**(facts | changes))  # type: ignore[arg-type]


def press(
    crt_s: float | None = None,
    ci95_s: tuple[float, float] | None = None,
    lower_bound_s: float | None = None,
    **changes: object,
) -> SidePress:
    """A press: measured, not recovered, or neither and so not measurable."""
    status = "measured" if crt_s else "not_recovered" if lower_bound_s else "not_measurable"
    if crt_s is not None and ci95_s is None:
        ci95_s = (crt_s / 1.08, crt_s * 1.08)
    facts = {
        "recording": recording(),
        "number": 1,
        "status": status,
        "crt_s": crt_s,
        "crt_ci95_s": ci95_s,
        "lower_bound_s": lower_bound_s,
        "flags": (),
        "reasons": () if status != "not_measurable" else ("The skin did not turn pale.",),
        "contact_s": 3.0,
        "release_s": 8.0,
        "place_px": (200.0, 180.0),
        "radius_px": 24.0,
        "blanch_depth": 0.12,
    }
    return SidePress(**(facts | changes))  # type: ignore[arg-type]


def times(*crt_s: float, **changes: object) -> SideReading:
    """A side with these refill times, each pressed in a recording of its own."""
    return combine(
        [press(one, recording=recording(f"{i}.mp4"), **changes) for i, one in enumerate(crt_s)]
    )


def side_of(readings: Sequence[PressReading]) -> SideReading:
    return combine(
        [
            press(one.crt_s, one.ci95_s, one.lower_bound_s, recording=recording(f"{i}.mp4"))
            for i, one in enumerate(readings)
        ]
    )


def contrast_of(affected: Sequence[PressReading], unaffected: Sequence[PressReading]) -> Contrast:
    return contrast(side_of(affected), side_of(unaffected))
