"""Pictures of presses as a camera would hand them out."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cache

import av
from av.video.reformatter import ColorRange, Colorspace

from perfusion_cam.errors import SourceError
from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.simulate import Curve, Encoding, PressTruth, Scenario, frames
from perfusion_cam.types import ColourCode, Frame

PRESSED = Scenario(
    "pressed",
    seed=4,
    width=320,
    height=180,
    fps=15.0,
    duration_s=12.0,
    presses=(PressTruth(2.7, 7.7, 150, 95, 20, Curve(tau_s=0.5), lift_s=0.2, uneven=0.0),),
    shake_px=2.0,
    shake_deg=0.5,
    exposure="smooth",
    exposure_ev=0.1,
    full_well_e=10_000.0,
    encoding=Encoding("ffv1"),
)


@cache
def pictures(scenario: Scenario = PRESSED) -> tuple[Frame, ...]:
    """Frames of a scenario, without a file."""
    return tuple(_frames(scenario))


def _frames(scenario: Scenario) -> Iterator[Frame]:
    for index, (t_s, rgb) in enumerate(frames(scenario)):
        planes = (
            av.VideoFrame.from_ndarray(rgb, format="rgb24")
            .reformat(
                format="yuv420p",
                src_colorspace=Colorspace.ITU709,
                dst_colorspace=Colorspace.ITU709,
                src_color_range=ColorRange.JPEG,
                dst_color_range=ColorRange.MPEG,
            )
            .to_ndarray()
        )
        height, width = rgb.shape[:2]
        chroma = planes[height:].reshape(2, height // 2, width // 2)
        yield Frame(t_s, index, planes[:height], chroma[0], chroma[1], ColourCode("bt709"))


class ListSource(LiveSource):
    """A source that hands out given frames, at once or one at a time, and may fail at the end.

    Parameters
    ----------
    given : iterable of Frame
    ends : bool
        Whether its end is that of a recording.
    gate : threading.Semaphore, optional
        Acquired before each frame.
    late_s : tuple of float
        Times of frames that come too late.
    fails : str, optional
        What it fails with in the end.
    """

    def __init__(
        self,
        given: Iterable[Frame],
        ends: bool = True,
        gate: threading.Semaphore | None = None,
        fails: str | None = None,
        late_s: tuple[float, ...] = (),
    ) -> None:
        self.facts = SourceFacts("list", ends=ends)
        self._given, self._gate, self._fails, self._late_s = given, gate, fails, late_s
        self.late = False
        self.closed = False
        self.calls: list[str] = []
        """What was asked of its settings, without repetition."""

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._given:
            if self._gate is not None:
                self._gate.acquire()
            self.late = frame.t_s in self._late_s
            yield frame
        if self._fails is not None:
            raise SourceError(self._fails)

    def hold(self) -> None:
        if self.calls[-1:] != ["hold"]:
            self.calls.append("hold")

    def let_go(self) -> None:
        if self.calls[-1:] != ["let_go"]:
            self.calls.append("let_go")

    def close(self) -> None:
        self.closed = True
