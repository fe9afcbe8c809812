"""Open a recording, or say in one line why it cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from perfusion_cam.errors import SourceError

CONTAINERS = "mov,matroska,avi,mpegts,mpeg,flv,asf,ogg,nut,mxf,ivf,dv,yuv4mpegpipe,gif,apng"
STILLS = "image2,jpeg_pipe,png_pipe,bmp_pipe,tiff_pipe,webp_pipe,ppm_pipe,pgm_pipe"
"""Formats that keep time stamps, and single pictures. Raw streams are left out, because their
frame rate would be a guess, and so are playlists, which open other files."""

MIN_SIDE_PX = 16
MAX_PIXELS = 8192 * 8192
"""8K (7680 x 4320) fits; more would need gigabytes for the decoder's pictures alone."""
DECODERS, MAX_DECODERS = 2, 16
"""Decoding threads a core (with one, cores wait for each other's pictures), and at most: each holds
pictures of its own."""


def opened_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open a file and choose its video stream, set to decode in several threads.

    Raises
    ------
    SourceError
        With what was found and what to do.
    """
    _require_file(path)
    try:
        container = av.open(
            f"file:{path.absolute()}",
            options={
                "format_whitelist": f"{CONTAINERS},{STILLS}",
                "protocol_whitelist": "file",
            },
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise SourceError(f"{path.name}: {_why_not_opened(path)}") from error
    try:
        return container, _video_stream(container, path.name)
    except SourceError:
        container.close()
        raise


def _require_file(path: Path) -> None:
    try:
        if not path.exists():
            raise SourceError(f"{path}: no such file; check the name and the folder")
        if path.is_dir():
            raise SourceError(f"{path}: is a folder, not a recording; name a video file in it")
        if not path.is_file():
            raise SourceError(f"{path}: is not an ordinary file; copy the recording to a disk")
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError(f"{path.name}: the file is empty (0 bytes); copy it again")
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({error}); check the rights to it") from error


def _why_not_opened(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return (
            "an MP4 or MOV file whose index is missing or damaged, as when recording or copying"
            " was cut off; copy it again from the camera"
        )
    return (
        "not a video with time stamps (MP4, MOV, MKV, WebM, AVI and the like are read, raw"
        " streams, playlists and texts are not); give the camera's original file"
    )


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    if not streams:
        kinds = sorted({stream.type for stream in container.streams if stream.type != "video"})
        found = f"only {' and '.join(kinds)}" if kinds else "no stream at all"
        raise SourceError(f"{name}: holds no video ({found}); give a video recording")
    decodable = [stream for stream in streams if stream.codec_context is not None]
    if not decodable:
        raise SourceError(
            f"{name}: its video is of an unknown codec; export it as H.264 in an MP4 file"
        )
    stream = max(decodable, key=lambda stream: stream.width * stream.height)
    context = stream.codec_context
    width, height = context.width, context.height
    if width * height > MAX_PIXELS:
        raise SourceError(
            f"{name}: its pictures of {width} x {height} px are too large;"
            f" scale it to at most {MAX_PIXELS // 10**6} megapixels"
        )
    if 0 < min(width, height) < MIN_SIDE_PX:
        raise SourceError(
            f"{name}: its pictures of {width} x {height} px are too small to measure;"
            " give the camera's original file"
        )
    context.options = {"max_pixels": str(MAX_PIXELS)}
    stream.thread_type = "AUTO"
    context.thread_count = min(DECODERS * (os.cpu_count() or 2), MAX_DECODERS)
    return stream
