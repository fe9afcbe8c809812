"""The straight line from pictures to refill times; the same for files and cameras."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from perfusion_cam.errors import TraceError
from perfusion_cam.picture import Reducer, WorkPicture, upright_rgb
from perfusion_cam.quality import Flag
from perfusion_cam.settings import Region
from perfusion_cam.sources.colour_trace import read_colour_trace
from perfusion_cam.sources.read_ahead import read_ahead
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.gridding import GridAverager, Gridder, reduction
from perfusion_cam.stages.judging import is_press, judge, press_error, refills, seen_reasons
from perfusion_cam.stages.location import locate
from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.registration import Registrar
from perfusion_cam.stages.sampling import sample_traces
from perfusion_cam.stages.tracing import find_trace_press
from perfusion_cam.types import (
    Examination,
    Frame,
    GridShape,
    PressResult,
    Refill,
    RefillCurve,
    Site,
    SourceInfo,
    Track,
)

TELL_LOST_SHARE = 0.1

Progress = Callable[[float, float | None], None]


@dataclass(slots=True)
class _TrackLog:
    t_s: list[float] = field(default_factory=list)
    hold: list[float] = field(default_factory=list)
    to_frame: list[np.ndarray] = field(default_factory=list)
    registered: list[bool] = field(default_factory=list)


class Session:
    """Pictures in, presses out as their recovery has been watched.

    Parameters
    ----------
    region : Region, optional
        Where to look for the site; the whole picture otherwise.
    bits_per_pixel : float, optional
        How strongly the pictures were compressed; None if they were not.
    """

    def __init__(self, region: Region | None = None, bits_per_pixel: float | None = None) -> None:
        self._region = region
        self._bits_per_pixel = bits_per_pixel
        self._registrar = Registrar()
        self._averager = GridAverager()
        self._gridder: Gridder | None = None
        self._detector: PressDetector | None = None
        self._reducer: Reducer | None = None
        self._log = _TrackLog()
        self.reference_rgb = np.zeros((0, 0, 3), np.uint8)

    @property
    def grid(self) -> GridShape:
        """The grid laid over the first picture."""
        return GridShape(0, 0, 1.0) if self._gridder is None else self._gridder.shape

    @property
    def track(self) -> Track:
        """How the skin moved so far."""
        log = self._log
        return Track(
            np.array(log.t_s),
            np.array(log.hold),
            np.array(log.to_frame).reshape(-1, 2, 3),
            np.array(log.registered, bool),
        )

    def push(self, frame: Frame) -> list[PressResult]:
        """Take one picture; return the presses that are complete with it.

        Raises
        ------
        RegionError
            If the region lies outside the first picture.
        """
        return self.take(self.reduce(frame))

    def reduce(self, frame: Frame) -> WorkPicture:
        """Average one picture down: the half of `push` that may run ahead in another thread.

        Raises
        ------
        RegionError
            If the region lies outside the first picture.
        """
        if self._reducer is None:
            self._reducer = self._start(frame)
        return self._reducer.reduce(frame)

    def take(self, picture: WorkPicture) -> list[PressResult]:
        """Follow the skin in one reduced picture; return the presses complete with it."""
        assert self._gridder is not None
        assert self._detector is not None
        placed = self._registrar.push(picture.t_s, picture.luma)
        sample = self._gridder.push(
            picture.t_s,
            picture.luma,
            picture.chroma,
            placed.matrix,
            placed.residual,
            placed.hold,
            placed.registered,
        )
        self._log.t_s.append(picture.t_s)
        self._log.hold.append(placed.hold)
        self._log.to_frame.append(sample.to_frame)
        self._log.registered.append(placed.registered)
        found = [w for ready in self._averager.push(sample) for w in self._detector.push(ready)]
        return self._measure(found)

    def flush(self) -> list[PressResult]:
        """Close what is still being watched."""
        if self._detector is None:
            return []
        found = [w for ready in self._averager.flush() for w in self._detector.push(ready)]
        return self._measure(found + self._detector.flush())

    def _start(self, frame: Frame) -> Reducer:
        width, height = frame.size_px
        if self._region is not None:
            self._region.check_inside(width, height)
        factor = min(reduction(width, height), max(1, min(width, height) // 2))
        reducer = Reducer(factor)
        self._gridder = Gridder(reducer.reduce(frame).luma.shape, factor, frame.colour)
        self._detector = PressDetector(self._gridder.shape)
        self.reference_rgb = upright_rgb(frame)
        return reducer

    def _measure(self, found: Iterable[PressWindow]) -> list[PressResult]:
        presses = []
        for item in found:
            result = measure_press(item, self._region, self._bits_per_pixel)
            if is_press(result):
                presses.append(result)
            elif self._detector is not None:
                self._detector.dismiss(item.press)
        return presses


def measure_press(
    item: PressWindow, region: Region | None = None, bits_per_pixel: float | None = None
) -> PressResult:
    """Everything after a closed press: an ordinary function of its grids."""
    press, window = item.press, item.window
    within = None if region is None else region.cells(window.shape)
    site = locate(window, press, within)
    if not press.seen_bare:
        seen = site if isinstance(site, Site) and refills(press, site, window) else None
        return PressResult(press, seen, None, Refill("not_measurable", (Flag.NO_BASELINE,)))
    if isinstance(site, Flag):
        reasons = tuple(seen_reasons([site], press))
        return PressResult(press, None, None, Refill("not_measurable", reasons))
    traces = sample_traces(window, press, site)
    error = press_error(press, site, window)
    curve, refill = measure_refill(
        traces, press.release_s, press.release_se_s, bits_per_pixel, error
    )
    return PressResult(press, site, curve, judge(press, site, curve, refill, window))


def analyze(
    path: str | Path, *, region: Region | None = None, on_progress: Progress | None = None
) -> Examination:
    """Measure every press in a recording.

    Parameters
    ----------
    path : path
        Any video file that FFmpeg reads.
    region : Region, optional
        Where to look for the site.
    on_progress : callable (t_s, duration_s or None), optional
        Told now and then how far the reading has come.

    Raises
    ------
    SourceError
        If the file cannot be read or holds no picture.
    RegionError
        If the region lies outside the picture.
    """
    presses: list[PressResult] = []
    with _one_thread_each(), VideoFile(path) as video:
        session = Session(region, video.bits_per_pixel)
        reduced = read_ahead(map(session.reduce, video))
        for index, picture in enumerate(reduced):
            presses += session.take(picture)
            if on_progress is not None and index % 15 == 0:
                on_progress(picture.t_s, video.announced_s)
        presses += session.flush()
        info = _with_tracking(video.info(), session.track)
    return _examination(session, presses, info)


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
def _one_thread_each() -> Iterator[None]:
    """Leave the other cores to the decoder: pictures and matrices this small gain nothing."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(limits=1, user_api="blas"):
            yield
    finally:
        cv2.setNumThreads(before)


def _examination(session: Session, presses: list[PressResult], info: SourceInfo) -> Examination:
    presses = sorted(presses, key=lambda result: result.press.contact_s)
    with_gaps = [_flag_gaps(result, info) for result in presses]
    return Examination(
        source=info,
        grid=session.grid,
        presses=tuple(with_gaps),
        track=session.track,
        reference_rgb=session.reference_rgb,
        software=software(),
    )


def _with_tracking(info: SourceInfo, track: Track) -> SourceInfo:
    """Say so where the skin could not be followed: presses may have gone unseen."""
    lost = float(1 - track.registered.mean()) if len(track.registered) else 0.0
    if lost < TELL_LOST_SHARE:
        return info
    warning = (
        f"The skin could not be followed in {lost:.0%} of the pictures (too little texture, light "
        "or bit rate, or too much movement); presses there would be missed."
    )
    return replace(info, warnings=(*info.warnings, warning))


def _flag_gaps(result: PressResult, info: SourceInfo) -> PressResult:
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


def software() -> dict[str, str]:
    """Names and versions of what made the numbers."""
    return {
        "name": "perfusion-cam",
        "version": version("perfusion-cam"),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "av": version("av"),
        "scipy": version("scipy"),
    }
