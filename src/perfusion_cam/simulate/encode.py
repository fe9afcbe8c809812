"""Pictures into a container: the only place that knows codecs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from perfusion_cam.simulate.arrays import BT709_LUMA, ByteArray

TIME_BASE = Fraction(1, 60_000)
"""Fine enough for any variable rate, and not too fine for MPEG-4, which has 16 bits."""

_KR, _KG, _KB = BT709_LUMA
_BT709 = (
    np.array(
        [
            [219 * _KR, 219 * _KG, 219 * _KB, 16 * 255],
            [-112 * _KR / (1 - _KB), -112 * _KG / (1 - _KB), 112, 128 * 255],
            [112, -112 * _KG / (1 - _KR), -112 * _KB / (1 - _KR), 128 * 255],
        ]
    )
    / 255
)
"""From RGB to Y'CbCr in studio range, with an offset (ITU-R BT.709)."""


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
    quarter_turns : int
        Quarter turns counter-clockwise (0 to 3) after which a player shows the stored pictures
        upright, as the container says (.mp4 and .mov only).
    mirrored : bool
        Whether it must mirror them, too, left to right, after turning.
    """

    codec: str = "libx264"
    bit_rate: int = 6_000_000
    preset: str = "superfast"
    quarter_turns: int = 0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.codec not in av.codecs_available:
            raise ValueError(f"this PyAV knows no codec {self.codec!r}")
        if self.quarter_turns not in range(4):
            raise ValueError(f"quarter_turns must be 0 to 3, not {self.quarter_turns}")
        if not self.bit_rate >= 10_000:
            raise ValueError(f"bit_rate must be at least 10000 bits a second, not {self.bit_rate}")

    @property
    def upright(self) -> bool:
        """Whether pictures are stored as they are shown."""
        return self.quarter_turns == 0 and not self.mirrored

    def stored(self, rgb: ByteArray) -> ByteArray:
        """Turn and mirror an upright picture (H, W, 3) into what is stored."""
        flipped = rgb[:, ::-1] if self.mirrored else rgb
        return np.ascontiguousarray(np.rot90(flipped, -self.quarter_turns))

    @property
    def display_matrix(self) -> list[int]:
        """What makes stored pictures upright, nine fixed-point numbers (ISO/IEC 14496-12)."""
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[self.quarter_turns]
        x = -1 if self.mirrored else 1
        one = 1 << 16
        return [x * cos * one, -sin * one, 0, x * sin * one, cos * one, 0, 0, 0, 1 << 30]

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
        if encoding.codec == "libx265":
            options["x265-params"] = "log-level=none"
        stream = self._container.add_stream(
            encoding.codec, rate=Fraction(fps).limit_denominator(1001), options=options
        )
        if not isinstance(stream, av.VideoStream):
            raise ValueError(f"{encoding.codec} encodes no video")
        if encoding.quarter_turns % 2:
            width, height = height, width
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        if not encoding.upright:
            stream.set_display_matrix(encoding.display_matrix)
        self._encoding = encoding
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
        frame = av.VideoFrame.from_ndarray(_planes(self._encoding.stored(rgb)), format="yuv420p")
        frame.colorspace, frame.color_range = Colorspace.ITU709, ColorRange.MPEG
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


def _planes(rgb: ByteArray) -> ByteArray:
    """Code values of yuv420p, (3 H / 2, W), of an RGB picture; BT.709, studio range."""
    height, width = rgb.shape[:2]
    luma, *colours = cv2.split(cv2.transform(rgb, _BT709))
    # Of bytes, or of both at once, means over 2 x 2 pixels take several times as long.
    chroma = [
        cv2.resize(
            plane.astype(np.float32), (width // 2, height // 2), interpolation=cv2.INTER_AREA
        )
        for plane in colours
    ]
    planes = [luma, *(cv2.convertScaleAbs(plane) for plane in chroma)]
    return np.concatenate([plane.ravel() for plane in planes]).reshape(3 * height // 2, width)
