"""From files to examinations: recordings, and colour traces."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from perfusion_cam.errors import TraceError
from perfusion_cam.quality import Flag
from perfusion_cam.session import OnPress, Session
from perfusion_cam.settings import Region
from perfusion_cam.sources.colour_trace import read_colour_trace
from perfusion_cam.sources.read_ahead import read_ahead
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.tracing import find_trace_press
from perfusion_cam.types import (
    Examination,
    FloatArray,
    Press,
    PressResult,
    Refill,
    RefillCurve,
    SourceInfo,
    Track,
)

TELL_LOST_SHARE = 0.1
RESTLESS = 0.05
"""Of the picture, that a tool may have to cover to be noticed before it is told. Own choice."""
TELL_RESTLESS_SHARE = 0.2

Progress = Callable[[float, float | None], None]


def analyze(
    path: str | Path,
    *,
    region: Region | None = None,
    on_progress: Progress | None = None,
    on_press: OnPress | None = None,
) -> Examination:
    """Measure every press in a recording.

    Parameters
    ----------
    path : path
        Any video file that FFmpeg reads.
    region : Region, optional
        Where to look for the site.
    on_progress : callable (t_s, duration_s or None), optional
        Told now and then how far the reading has come; what it raises ends the reading.
    on_press : callable (PressWindow, PressResult), optional
        Told of every press with the grids it was measured in.

    Raises
    ------
    SourceError
        If the file cannot be read or holds no picture.
    RegionError
        If the region lies outside the picture.
    """
    presses: list[PressResult] = []
    with one_thread_each(), VideoFile(path) as video:
        session = Session(region, video.bits_per_pixel, on_press)
        with closing(read_ahead(map(session.reduce, video))) as reduced:
            for index, picture in enumerate(reduced):
                presses += session.take(picture)
                if on_progress is not None and index % 15 == 0:
                    on_progress(picture.t_s, video.announced_s)
        presses += session.flush()
        info = video.info()
    return examination_of(session, presses, info)


@dataclass(frozen=True, slots=True)
class TraceResult:
    """What a colour trace gave: as a press, without pictures."""

    contact_s: float
    release_s: float
    curve: RefillCurve
    refill: Refill


def analyze_trace(path: str | Path) -> TraceResult:
    """Measure the refill in a colour trace (CSV: t_s, R, G, B, and a control's if there).

    Raises
    ------
    TraceError
        If the file is no such trace, or nothing in it covers the skin and leaves again.
    """
    trace = read_colour_trace(path)
    found = find_trace_press(trace.t_s, trace.site_log_rgb, trace.control_log_rgb)
    if found is None:
        raise TraceError(
            f"{trace.file}: no press found; the trace must show the bare skin, something covering "
            "it for a second or more, and the skin again."
        )
    curve, refill = measure_refill(found.traces, found.release_s, found.release_se_s)
    if refill.status != "not_measurable" and trace.control_log_rgb is None:
        refill = replace(refill, flags=(*refill.flags, Flag.NO_CONTROL))
    return TraceResult(found.contact_s, found.release_s, curve, refill)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Leave the other cores to the decoder: pictures and matrices this small gain nothing."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        cv2.setNumThreads(before)


def examination_of(
    session: Session, presses: Sequence[PressResult], info: SourceInfo
) -> Examination:
    """Gather what a session found in a recording, with what the recording says against it."""
    track = session.track
    presses = sorted(presses, key=lambda result: result.press.contact_s)
    unseen = (
        *_lost(track),
        *_restless(session.least_seen),
        *_unreported(session.unreported, presses),
    )
    info = replace(info, warnings=(*info.warnings, *unseen))
    with_gaps = [flag_gaps(result, info) for result in presses]
    return Examination(
        source=info,
        grid=session.grid,
        presses=tuple(with_gaps),
        track=track,
        reference_rgb=session.reference_rgb,
        software=software(),
    )


def _lost(track: Track) -> Iterator[str]:
    """Say so where the skin could not be followed: presses may have gone unseen."""
    lost = float(1 - track.registered.mean()) if len(track.registered) else 0.0
    if lost >= TELL_LOST_SHARE:
        yield (
            f"The skin could not be followed in {lost:.0%} of the pictures (too little texture, "
            "light or bit rate, or too much movement); presses there would be missed."
        )


def _restless(least_seen: FloatArray) -> Iterator[str]:
    """Say so where so much always moves that a small tool could come and go unnoticed."""
    restless = least_seen > RESTLESS
    if len(restless) and restless.mean() >= TELL_RESTLESS_SHARE:
        yield (
            f"Much besides a tool moved all the time, in {restless.mean():.0%} of the pictures; "
            f"presses there by what covers less than {np.median(least_seen[restless]):.0%} of the "
            "picture could be missed. Fill the picture with skin that lies still."
        )


def _unreported(covers: Iterable[Press], presses: Sequence[PressResult]) -> Iterator[str]:
    """Say what may have been a press, where none is reported."""
    reported = [result.press for result in presses]
    for one in covers:
        if any(one.contact_s < it.release_s and it.contact_s < one.release_s for it in reported):
            continue
        yield (
            f"Something covered the skin for {one.hold_s:.1f} s, until {one.release_s:.1f} s, and "
            "is not reported as a press: no blanch stood out, and it may only have moved or been "
            "a shadow. If it did press, press again, and take hand and tool out of the picture."
        )


def flag_gaps(result: PressResult, info: SourceInfo) -> PressResult:
    """Flag a press in whose recovery pictures are missing."""
    press, refill = result.press, result.refill
    decisive_s = refill.crt_s or refill.lower_bound_s or 5.0
    hit = any(
        end_s > press.release_s - 1 and start_s < press.release_s + decisive_s
        for start_s, end_s in info.gaps
    )
    if not hit:
        return result
    return replace(result, refill=replace(refill, flags=(*refill.flags, Flag.TIME_GAPS)))


@cache
def software() -> dict[str, str]:
    """Names and versions of what made the numbers; looking them up takes milliseconds."""
    return {
        "name": "perfusion-cam",
        "version": version("perfusion-cam"),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "av": version("av"),
        "scipy": version("scipy"),
    }
