"""Pictures into a container: the only place that knows codecs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from perfusion_cam.simulate.arrays import ByteArray

TIME_BASE = Fraction(1, 90_000)
"""Fine enough for any variable rate; the clock of MPEG."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the clip is written.

    Attributes
    ----------
    codec : str
        PyAV's name of the encoder: "libx264", "ffv1" (lossless), "mpeg4", "libx265", ...
    bit_rate : int
        Bits a second; a lossless codec ignores it.
    preset : str
        Effort of the x264 family.
    """

    codec: str = "libx264"
    bit_rate: int = 6_000_000
    preset: str = "superfast"

    def __post_init__(self) -> None:
        if self.codec not in av.codecs_available:
            raise ValueError(f"this PyAV knows no codec {self.codec!r}")
        if not self.bit_rate >= 10_000:
            raise ValueError(f"bit_rate must be at least 10000 bits a second, not {self.bit_rate}")

    @property
    def lossless(self) -> bool:
        """Whether every code value survives, and no bit rate is kept."""
        return self.codec == "ffv1"


class ClipWriter:
    """Writes RGB pictures with their times as yuv420p, BT.709, studio range, tagged so.

    Used as a context manager; the file is complete when the context ends without an exception.
    """

    def __init__(
        self, path: Path, width: int, height: int, fps: float, encoding: Encoding, container: str
    ) -> None:
        self._container = av.open(str(path), "w", format=container)
        options = {"preset": encoding.preset} if encoding.codec.startswith("libx26") else {}
        stream = self._container.add_stream(
            encoding.codec, rate=Fraction(fps).limit_denominator(1001), options=options
        )
        if not isinstance(stream, av.VideoStream):
            raise ValueError(f"{encoding.codec} encodes no video")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = TIME_BASE
        context = stream.codec_context
        context.time_base = TIME_BASE
        context.gop_size = max(1, round(2 * fps))
        context.thread_count = 2
        if not encoding.lossless:
            context.bit_rate = encoding.bit_rate
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        self._stream = stream

    def write(self, t_s: float, rgb: ByteArray) -> None:
        """Add one picture (H, W, 3) shown at `t_s` seconds."""
        # Into this direction swscale is exact to a fraction of a code value; back to RGB it
        # truncates, so that a reader of RGB finds everything a whole code value darker.
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p",
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
        )
        frame.color_primaries = ColorPrimaries.BT709
        frame.color_trc = ColorTrc.BT709
        frame.pts, frame.time_base = round(t_s / TIME_BASE), TIME_BASE
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                for packet in self._stream.encode():
                    self._container.mux(packet)
        finally:
            self._container.close()
