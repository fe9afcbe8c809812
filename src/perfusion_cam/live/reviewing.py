"""A recording looked at again: what a person changes is measured anew, beside the automatic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from perfusion_cam.analysis import analyze, flag_gaps
from perfusion_cam.measurement import measure_press, sight_press
from perfusion_cam.settings import Region
from perfusion_cam.sources.seeking import PictureSeeker
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.stages.detection import PressWindow
from perfusion_cam.types import (
    Examination,
    FloatArray,
    Frame,
    GridWindow,
    PressResult,
)

BY_HAND_SE_S = 0.05
"""Standard error of a release that a person marked in single pictures. Own choice."""
LEAST_AFTER_S = 0.5
SITE_RADII = 1.5
"""Where a person puts the site, it is looked for within so many of the automatic site's radii."""
SITE_SHARE = 0.08
"""And where there is no automatic site, within this share of the picture's longer side."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed of one press; None is left as it was found.

    Attributes
    ----------
    release_s, end_s : float or None
        When pressure ended, and where the watch ends; in the recording.
    site_px : (float, float) or None
        Where the site is in the upright first picture.
    """

    release_s: float | None = None
    end_s: float | None = None
    site_px: tuple[float, float] | None = None


class Review:
    """A recording, its presses, and the grids to measure them again.

    Parameters
    ----------
    path : Path
    on_progress : callable (t_s, duration_s or None), optional
    region : Region, optional
        Where to look for sites.

    Raises
    ------
    SourceError
        The recording cannot be read.
    """

    def __init__(
        self,
        path: Path,
        on_progress: Callable[[float, float | None], None] | None = None,
        region: Region | None = None,
    ) -> None:
        pressed: list[PressWindow] = []
        self._region = region
        self.examination: Examination = analyze(
            path,
            region=region,
            on_progress=on_progress,
            on_press=lambda item, _: pressed.append(item),
        )
        self._pressed = sorted(pressed, key=lambda item: item.press.contact_s)
        with VideoFile(path) as video:
            self._bits_per_pixel = video.bits_per_pixel
        self._seeker = PictureSeeker(path)

    def close(self) -> None:
        """Let go of the file."""
        self._seeker.close()

    def picture(self, t_s: float, onward: int = 0) -> Frame:
        """Find the picture nearest to a time, or so many on from that, as far as there are any.

        Raises
        ------
        SourceError
            It cannot be decoded.
        """
        times_s = self.examination.track.t_s
        index = int(np.argmin(np.abs(times_s - t_s))) + onward
        return self._seeker.at(float(times_s[np.clip(index, 0, len(times_s) - 1)]))

    def to_frame(self, t_s: float) -> FloatArray:
        """Find how the skin had moved at a time, as in `GridSample.to_frame`."""
        track = self.examination.track
        return np.asarray(track.to_frame[int(np.argmin(np.abs(track.t_s - t_s)))])

    def refit(self, number: int, change: Change) -> PressResult:
        """Measure a press anew as a person sees it.

        Parameters
        ----------
        number : int
            Of the press, from 0.
        change : Change

        Raises
        ------
        IndexError
            There is no such press.
        ValueError
            The release does not follow the contact, or the end the release.
        """
        if not 0 <= number < len(self._pressed):
            raise IndexError(f"there is no press {number + 1}")
        item = self._pressed[number]
        press = item.press
        release_s = press.release_s if change.release_s is None else change.release_s
        end_s = press.ended_s if change.end_s is None else min(change.end_s, press.ended_s)
        if release_s <= press.contact_s:
            raise ValueError(f"The release must follow the contact at {press.contact_s:.2f} s.")
        if end_s < release_s + LEAST_AFTER_S:
            raise ValueError(f"The watch must last {LEAST_AFTER_S} s or more after the release.")
        if change.release_s is not None:
            press = replace(
                press,
                release_s=release_s,
                release_se_s=BY_HAND_SE_S,
                uncovered_s=max(press.uncovered_s, release_s),
            )
        if change.end_s is not None:
            press = replace(press, ended_s=end_s, ended_by="recording")
        changed = PressWindow(press, _until(item.window, end_s))
        sighting = sight_press(changed, self._region_of(number, change))
        result = measure_press(changed, sighting, self._bits_per_pixel)
        return flag_gaps(result, self.examination.source)

    def _region_of(self, number: int, change: Change) -> Region | None:
        if change.site_px is None:
            return self._region
        source, site = self.examination.source, self.examination.presses[number].site
        radius_px = SITE_SHARE * max(source.width, source.height)
        region = Region.circle(*change.site_px, SITE_RADII * site.radius_px if site else radius_px)
        region.check_inside(source.width, source.height)
        return region


def _until(window: GridWindow, end_s: float) -> GridWindow:
    kept = window.t_s <= end_s
    return GridWindow(
        window.shape,
        window.t_s[kept],
        window.light_code[kept],
        window.marks[kept],
        window.registered[kept],
    )
