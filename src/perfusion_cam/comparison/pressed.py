"""One press as a comparison sees it, from an examination or from a result written before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from perfusion_cam.colour import linear_from_srgb
from perfusion_cam.quality import Flag
from perfusion_cam.types import Examination, PressResult, SkinColour, Status

_LEAST_LIGHT = 1e-3
APART = 1.5
"""Own choice: sites further apart than this times their radii are not one place."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Which recording a press is from, and how it was filmed.

    Attributes
    ----------
    file, sha256 : str
        Name without its folder, and content.
    width, height : int
        Upright picture, pixels.
    median_fps : float or None
    codec, pixel_format : str
    """

    file: str
    sha256: str
    width: int
    height: int
    median_fps: float | None
    codec: str
    pixel_format: str


@dataclass(frozen=True, slots=True)
class SidePress:
    """One press, where it stands, and what a comparison needs of it.

    Attributes
    ----------
    recording : Recording
    number : int
        In the recording, from 1.
    status, crt_s, crt_ci95_s, lower_bound_s, flags, blanch_depth
        As in `perfusion_cam.types.Refill`; an interval may be open above (infinity).
    reasons : tuple of str
        The flags' meanings.
    contact_s, release_s : float or None
    place_px : (float, float) or None
        Middle of the site in the upright first picture.
    radius_px : float or None
        Of the site.
    light_log_rgb : (float, float, float) or None
        Natural log of linear light on the unpressed skin beside the site in the first picture.
    result : PressResult or None
        The press itself, for drawing; None where it was read from a result.
    """

    recording: Recording
    number: int
    status: Status
    crt_s: float | None
    crt_ci95_s: tuple[float, float] | None
    lower_bound_s: float | None
    flags: tuple[Flag, ...]
    reasons: tuple[str, ...]
    contact_s: float | None
    release_s: float
    place_px: tuple[float, float] | None = None
    radius_px: float | None = None
    blanch_depth: float | None = None
    light_log_rgb: tuple[float, float, float] | None = None
    result: PressResult | None = None

    @property
    def hold_s(self) -> float | None:
        """How long the press lasted."""
        return None if self.contact_s is None else self.release_s - self.contact_s

    @property
    def colour(self) -> SkinColour | None:
        """Of the site at rest; None where it was read from a result."""
        return None if self.result is None else self.result.colour

    @property
    def name(self) -> str:
        """Such as ``press 2 of clip.mp4``."""
        return f"press {self.number} of {self.recording.file}"

    @property
    def radius_share(self) -> float | None:
        """Radius of the site as a share of the picture's diagonal."""
        if self.radius_px is None:
            return None
        return self.radius_px / math.hypot(self.recording.width, self.recording.height)

    def lies_apart_from(self, other: SidePress) -> bool:
        """Whether the sites of two presses of one recording lie wholly apart."""
        if self.recording != other.recording or self.place_px is None or other.place_px is None:
            return False
        reach_px = (self.radius_px or 0.0) + (other.radius_px or 0.0)
        return math.dist(self.place_px, other.place_px) > APART * reach_px

    @property
    def at_least_s(self) -> float | None:
        """What the refill time is above, of a press whose time is not known from above.

        How long was watched in vain, or the lower end of an interval that is open above.
        """
        if self.crt_ci95_s is not None and not math.isfinite(self.crt_ci95_s[1]):
            return self.crt_ci95_s[0]
        return self.lower_bound_s


def presses_of(examination: Examination) -> tuple[SidePress, ...]:
    """Take the presses of one recording, in order of contact."""
    recording = recording_of(examination)
    return tuple(
        _press(result, number, examination, recording)
        for number, result in enumerate(examination.presses, start=1)
    )


def recording_of(examination: Examination) -> Recording:
    """Take what tells of a recording."""
    source = examination.source
    return Recording(
        file=source.file,
        sha256=source.sha256,
        width=source.width,
        height=source.height,
        median_fps=source.median_fps,
        codec=source.codec,
        pixel_format=source.pixel_format,
    )


def press_of_entry(recording: Recording, number: int, entry: Mapping[str, Any]) -> SidePress:
    """Take a press from a result document.

    Parameters
    ----------
    recording : Recording
    number : int
        In its recording, from 1.
    entry : mapping
        One of ``presses`` of a document that obeys the JSON Schema.
    """
    site, interval = entry["site"], entry["crt_ci95_s"]
    return SidePress(
        recording=recording,
        number=number,
        status=entry["status"],
        crt_s=entry["crt_s"],
        crt_ci95_s=None
        if interval is None
        else (interval[0], math.inf if interval[1] is None else interval[1]),
        lower_bound_s=entry["lower_bound_s"],
        flags=tuple(Flag(name) for name in entry["flags"]),
        reasons=tuple(entry["reasons"]),
        contact_s=entry["contact_s"],
        release_s=entry["release_s"],
        place_px=None if site is None else (site["x"], site["y"]),
        radius_px=None if site is None else site["radius"],
        blanch_depth=entry["blanch_depth"],
    )


def _press(
    result: PressResult, number: int, examination: Examination, recording: Recording
) -> SidePress:
    refill, site = result.refill, result.site
    return SidePress(
        recording=recording,
        number=number,
        status=refill.status,
        crt_s=refill.crt_s,
        crt_ci95_s=refill.crt_ci95_s,
        lower_bound_s=refill.lower_bound_s,
        flags=refill.flags,
        reasons=refill.reasons,
        contact_s=result.press.contact_s,
        release_s=result.press.release_s,
        place_px=None if site is None else (site.x_px, site.y_px),
        radius_px=None if site is None else site.radius_px,
        blanch_depth=refill.blanch_depth,
        light_log_rgb=_light_beside(result, examination),
        result=result,
    )


def _light_beside(
    result: PressResult, examination: Examination
) -> tuple[float, float, float] | None:
    if result.site is None or not result.site.control_cells.any():
        return None
    height, width = examination.reference_rgb.shape[:2]
    rows, cols = np.nonzero(result.site.control_cells)
    cell_px = examination.grid.cell_px
    y = np.minimum(((rows + 0.5) * cell_px).astype(int), height - 1)
    x = np.minimum(((cols + 0.5) * cell_px).astype(int), width - 1)
    linear = linear_from_srgb(examination.reference_rgb[y, x] / 255.0)
    red, green, blue = np.log(np.maximum(np.median(linear, axis=0), _LEAST_LIGHT))
    return float(red), float(green), float(blue)
