"""One placement of the camera before one side: a session of its own, told as an examination."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from perfusion_cam.analysis import examination_of
from perfusion_cam.live.left_out import LeftOut, told
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.session import Session
from perfusion_cam.settings import Region
from perfusion_cam.sources.video_file import gaps_in
from perfusion_cam.types import ColourCode, Examination, Frame, Orientation, PressResult, SourceInfo

Side = Literal["affected", "unaffected"]

REGION_SHARE = 0.12
"""Radius of a chosen site as a share of the picture's longer side."""


class Examined(NamedTuple):
    """What a placement gave, and where its site was looked for."""

    side: Side
    examination: Examination
    region: Region | None


class Placement:
    """Frames of one side in, its presses out.

    Parameters
    ----------
    side : "affected" or "unaffected"
    number : int
        Of the side's placements, from 1.
    facts : SourceFacts
        Of the source of its frames.
    region : Region, optional
        Where to look for the site.
    """

    def __init__(
        self, side: Side, number: int, facts: SourceFacts, region: Region | None = None
    ) -> None:
        self.side = side
        self.name = f"{side}-{number}"
        self.session = Session(region, facts.bits_per_pixel)
        self.presses: list[PressResult] = []
        self.region = region
        self.start_s: float | None = None
        """Capture time of the first frame: times of this placement count from there."""
        self.facts = facts
        self._seen = hashlib.sha256()
        self._first: Frame | None = None
        self._times_s = array("d")
        self.dropped: list[LeftOut] = []
        """Pictures that were left out."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Upright (width, height) of its frames, (0, 0) before the first."""
        return (0, 0) if self._first is None else self._first.size_px

    @property
    def frames(self) -> int:
        """Pictures taken so far."""
        return len(self._times_s)

    @property
    def place(self) -> Region:
        """Where a press is expected: round the chosen site, or the middle of the picture."""
        return self.region_round(0.5, 0.5) if self.region is None else self.region

    def region_round(self, x: float, y: float) -> Region:
        """Region round a point given in shares, 0 to 1, of width and height."""
        width, height = self.size_px
        x_px, y_px = min(x * width, width - 1), min(y * height, height - 1)
        radius_px = REGION_SHARE * max(width, height)
        return Region.circle(round(x_px, 1), round(y_px, 1), round(radius_px, 1))

    def push(self, frame: Frame) -> list[PressResult]:
        """Take one frame, of the same size as all; return the presses complete with it."""
        if self._first is None:
            self._first, self.start_s = frame, frame.t_s
        assert self.start_s is not None
        moved = Frame(
            frame.t_s - self.start_s,
            self.frames,
            frame.luma,
            frame.cb,
            frame.cr,
            frame.colour,
            frame.orientation,
        )
        self._times_s.append(moved.t_s)
        picture = self.session.reduce(moved)
        self._seen.update(np.float64(picture.t_s).tobytes())
        self._seen.update(picture.luma.astype(np.uint8).tobytes())
        return self._keep(self.session.take(picture))

    def close(self) -> list[PressResult]:
        """Close what is still being watched."""
        return self._keep(self.session.flush())

    def examined(self) -> Examined:
        """Tell what was found so far, as of a recording that ends here."""
        found = examination_of(self.session, self.presses, self._info())
        return Examined(self.side, found, self.region)

    def _keep(self, found: list[PressResult]) -> list[PressResult]:
        self.presses += found
        return found

    def _info(self) -> SourceInfo:
        times_s = np.array(self._times_s)
        median_step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else None
        width, height = self.size_px
        first = self._first
        return SourceInfo(
            file=self.name,
            sha256=self._seen.hexdigest(),
            width=width,
            height=height,
            frames=self.frames,
            duration_s=float(times_s[-1]) if len(times_s) else 0.0,
            median_fps=None if median_step_s is None else 1.0 / median_step_s,
            gaps=gaps_in(times_s, median_step_s),
            codec=self.facts.codec,
            pixel_format=self.facts.pixel_format,
            colour=ColourCode() if first is None else first.colour,
            orientation=Orientation() if first is None else first.orientation,
            torn=False,
            warnings=tuple(self._warnings()),
        )

    def _warnings(self) -> Iterator[str]:
        yield from self.facts.remarks
        yield from told(self.dropped)
