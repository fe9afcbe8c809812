"""The straight line from pictures to refill times; the same for files and cameras."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from perfusion_cam.measurement import Sighting, measure_press, sight_press
from perfusion_cam.picture import Reducer, WorkPicture, upright_rgb
from perfusion_cam.settings import Region
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.gridding import GridAverager, Gridder, reduction
from perfusion_cam.stages.judging import covered_long, is_press
from perfusion_cam.stages.registration import Registrar
from perfusion_cam.types import (
    FloatArray,
    Frame,
    GridSample,
    GridShape,
    Press,
    PressResult,
    Track,
)

OnPress = Callable[[PressWindow, PressResult], None]


@dataclass(slots=True)
class _TrackLog:
    """Bare numbers: a live examination asks for all of them now and then."""

    t_s: array[float] = field(default_factory=lambda: array("d"))
    hold: array[float] = field(default_factory=lambda: array("d"))
    to_frame: array[float] = field(default_factory=lambda: array("d"))
    registered: bytearray = field(default_factory=bytearray)


class Session:
    """Pictures in, presses out as their recovery has been watched.

    Parameters
    ----------
    region : Region, optional
        Where to look for the site; the whole picture otherwise.
    bits_per_pixel : float, optional
        How strongly the pictures were compressed; None if they were not.
    on_press : callable (PressWindow, PressResult), optional
        Told of every press with the grids it was measured in, to measure it again.
    """

    def __init__(
        self,
        region: Region | None = None,
        bits_per_pixel: float | None = None,
        on_press: OnPress | None = None,
    ) -> None:
        self._region = region
        self._bits_per_pixel = bits_per_pixel
        self._on_press = on_press
        self._registrar = Registrar()
        self._averager = GridAverager()
        self._gridder: Gridder | None = None
        self._detector: PressDetector | None = None
        self._reducer: Reducer | None = None
        self._sighting: Sighting | None = None
        self._log = _TrackLog()
        self.reference_rgb = np.zeros((0, 0, 3), np.uint8)
        self.newest: GridSample | None = None
        """The picture taken last, registered and averaged down."""
        self.unreported: list[Press] = []
        """What covered the skin as long as a press, and was not told to be one."""

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
        self.newest = sample
        self._log.t_s.append(picture.t_s)
        self._log.hold.append(placed.hold)
        self._log.to_frame.extend(sample.to_frame.ravel())
        self._log.registered.append(placed.registered)
        found = [w for ready in self._averager.push(sample) for w in self._detector.push(ready)]
        return self._measure(found)

    @property
    def least_seen(self) -> FloatArray:
        """Least share of the picture that must change to be noticed, over time, array (n,)."""
        return np.zeros(0) if self._detector is None else self._detector.least_seen

    @property
    def watched_release_s(self) -> float | None:
        """Release of the press whose recovery is being watched, the last of several."""
        return None if self._detector is None else self._detector.watched_release_s

    def watched(self) -> PressWindow | None:
        """That press with its grids so far, as if the recording ended now."""
        return None if self._detector is None else self._detector.watched()

    def provisional(self, item: PressWindow) -> PressResult | None:
        """Measure what `watched` gave, in any thread; None where it may be no press.

        What shows early, and what was read, is kept for the press's next measurement.
        """
        sighting = sight_press(item, self._region, self._sighting).read(item)
        self._sighting = sighting
        result = measure_press(item, sighting, self._bits_per_pixel)
        return result if is_press(result) else None

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
            before = self._sighting
            sighting = sight_press(item, self._region, before)
            result = measure_press(item, sighting, self._bits_per_pixel)
            if before is not None and before.press.tool_cells is item.press.tool_cells:
                self._sighting = None
            if is_press(result):
                presses.append(result)
                if self._on_press is not None:
                    self._on_press(item, result)
                continue
            if covered_long(item.press):
                self.unreported.append(item.press)
            if self._detector is not None:
                self._detector.dismiss(item.press)
        return presses
