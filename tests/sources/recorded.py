"""Recordings made on the fly: small, seeded, with a known picture at every moment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

os.environ.setdefault("SVT_LOG", "1")  # errors only
QUIET = {"libx265": {"x265-params": "log-level=none"}}


@dataclass(frozen=True)
class Kind:
    """A container, an encoder and a pixel format."""

    suffix: str
    codec: str
    pix_fmt: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.codec}-{self.pix_fmt}{self.suffix}"


KINDS = [
    *(Kind(suffix, "libx264") for suffix in (".mp4", ".mov", ".mkv", ".avi", ".ts", ".flv")),
    Kind(".mp4", "libx264", "yuv444p"),
    Kind(".mp4", "libx264", "yuv420p10le"),
    Kind(".mp4", "libx265"),
    Kind(".mov", "libx265", "yuv420p10le"),
    Kind(".mkv", "libsvtav1"),
    Kind(".mp4", "libsvtav1", "yuv420p10le"),
    Kind(".webm", "libvpx"),
    Kind(".webm", "libvpx-vp9"),
    Kind(".avi", "mjpeg", "yuvj420p"),
    Kind(".mov", "mjpeg", "yuvj422p"),
    Kind(".avi", "mpeg4"),
    Kind(".mkv", "ffv1"),
    Kind(".mkv", "ffv1", "bgr0"),
    Kind(".mkv", "ffv1", "gray"),
    Kind(".mkv", "ffv1", "yuva420p"),
    Kind(".mov", "prores_ks", "yuv422p10le"),
]


def grey_at(moment: int) -> int:
    """Grey level of the picture at a moment: steps no codec confuses."""
    return 40 + 8 * (moment % 20)


def flat_rgb(grey: int, size_px: tuple[int, int]) -> NDArray[np.uint8]:
    width, height = size_px
    return np.full((height, width, 3), grey, np.uint8)


def write_video(
    path: Path,
    kind: Kind,
    *,
    stamps: Sequence[int] = range(20),
    time_base: Fraction = Fraction(1, 20),
    size_px: tuple[int, int] = (64, 48),
    pictures: Sequence[NDArray[np.uint8]] | None = None,
    options: Mapping[str, str] | None = None,
    tags: Mapping[str, int] | None = None,
    display_matrix: Sequence[int] | None = None,
    container_options: Mapping[str, str] | None = None,
) -> Path:
    """Encode RGB pictures (default: flat grey, `grey_at`) with the given time stamps."""
    try:
        av.Codec(kind.codec, "w")
    except av.codec.codec.UnknownCodecError:
        pytest.skip(f"no {kind.codec} encoder in this build of av")
    if pictures is None:
        pictures = [flat_rgb(grey_at(moment), size_px) for moment in range(len(stamps))]
    settings = {**QUIET.get(kind.codec, {}), **kind.options, **(options or {})}
    with av.open(str(path), "w", options=dict(container_options or {})) as container:
        rate = round(1 / time_base) if time_base > Fraction(1, 100) else 20
        stream = container.add_stream(kind.codec, rate=rate, options=settings)
        stream.width, stream.height = size_px
        stream.pix_fmt = kind.pix_fmt
        stream.codec_context.time_base = time_base
        if display_matrix is not None:
            stream.set_display_matrix(display_matrix)
        for name, value in (tags or {}).items():
            setattr(stream.codec_context, name, value)
        for stamp, picture in zip(stamps, pictures, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = stamp, time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def noisy_pictures(count: int, size_px: tuple[int, int] = (64, 48)) -> list[NDArray[np.uint8]]:
    """Seeded coarse noise, other at every moment, so that every packet has some bytes."""
    random = np.random.default_rng(7)
    width, height = size_px
    coarse = random.integers(0, 256, (count, height // 8, width // 8, 3), dtype=np.uint8)
    return list(coarse.repeat(8, axis=1).repeat(8, axis=2))


def mux_mjpeg(
    path: Path, stamps: Sequence[int], sizes_px: Sequence[tuple[int, int]] | None = None
) -> Path:
    """Motion JPEG in Matroska with time stamps (ms) in any order and pictures of any size."""
    sizes_px = sizes_px or [(64, 48)] * len(stamps)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height = sizes_px[0]
        stream.pix_fmt = "yuvj420p"
        for moment, (stamp, size_px) in enumerate(zip(stamps, sizes_px, strict=True)):
            encoder = av.CodecContext.create("mjpeg", "w")
            encoder.width, encoder.height = size_px
            encoder.pix_fmt = "yuvj420p"
            encoder.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(flat_rgb(grey_at(moment), size_px), format="rgb24")
            (packet,) = encoder.encode(frame) + encoder.encode(None)
            packet.stream = stream
            packet.time_base = Fraction(1, 1000)
            packet.dts, packet.pts = moment - len(stamps), stamp
            container.mux(packet)
    return path


def write_tone(path: Path, codec: str = "aac") -> Path:
    """Write a recording with sound only."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44100)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts = 44100, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
