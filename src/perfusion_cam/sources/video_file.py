"""Recordings: frames with their own time stamps, read once from front to back."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from perfusion_cam.errors import SourceError
from perfusion_cam.sources.decoded import display_matrix, orientation_of, picture_of
from perfusion_cam.sources.decoding import Decoding
from perfusion_cam.sources.opening import opened_video
from perfusion_cam.types import Frame, SourceInfo

MAX_STEP_S = 600.0
MOST_FAR_IN_A_ROW = 5
"""A time stamp this far beyond the one before is taken for damage, unless more than so many
follow each other."""
MAX_OFF_DEG = 5.0
GAP_S = 0.1 + 1e-9
GAP_INTERVALS = 2.5
MATROSKA_DURATION = re.compile(r"(\d+):(\d\d):(\d\d\.\d+)")
SHORT_SHARE = 0.02
SHORT_S = 0.25
"""A recording that ends this much (and this share) before its announced end is called torn."""


class VideoFile:
    """A recording as an iterable of frames; it can be read once.

    Decoding is not allowed to fail once a picture was found: what is damaged is left out, counted
    and told by `info`. Pictures of another size than the first are left out, too, and so are
    those whose time stamp is missing or not later than the one before.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    SourceError
        Where there is no file, or no picture in it that can be decoded.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._container, self._stream = opened_video(self._path)
        self._decoding = Decoding(self._container, self._stream)
        self.codec: str = self._stream.codec_context.codec.canonical_name
        """Name of its video codec."""
        self._announced_s = _announced_s(self._container, self._stream)
        self._times_s = array("d")
        self._end_s = 0.0
        self._left_out: Counter[str] = Counter()
        self._at_end = False
        self._frames = self._read()
        self._first: Frame | None = next(self._frames, None)
        if self._first is None:
            self.close()
            raise SourceError(
                f"{self._path.name}: no picture could be decoded from its {self.codec} video;"
                " copy the file again or export it as MP4"
            )
        self._size_px = self._first.size_px
        self._colour = self._first.colour

    def __iter__(self) -> Iterator[Frame]:
        """Frames in order of time; a second iteration goes on where the first one stopped."""
        if self._first is not None:
            first, self._first = self._first, None
            yield first
        yield from self._frames

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; `info` still tells what was read."""
        self._frames.close()
        self._container.close()

    @property
    def announced_s(self) -> float | None:
        """The duration that the container announces, None where it does not."""
        return self._announced_s

    @property
    def bits_per_pixel(self) -> float | None:
        """How strongly the recording is compressed: its size over its pixels and announced time."""
        rate = self._stream.average_rate
        if self._announced_s is None or rate is None:
            return None
        width, height = self._size_px
        pixels = float(rate) * self._announced_s * width * height
        return 8.0 * self._path.stat().st_size / pixels if pixels > 0 else None

    def info(self) -> SourceInfo:
        """Tell what the recording was, as far as it was read.

        Raises
        ------
        SourceError
            Where the file cannot be read any more.
        """
        times_s = np.array(self._times_s)
        median_step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else None
        return SourceInfo(
            file=self._path.name,
            sha256=sha256_of(self._path),
            width=self._size_px[0],
            height=self._size_px[1],
            frames=len(times_s),
            duration_s=float(times_s[-1]) if len(times_s) else 0.0,
            median_fps=None if median_step_s is None else 1.0 / median_step_s,
            gaps=gaps_in(times_s, median_step_s),
            codec=self.codec,
            pixel_format=self._pixel_format,
            colour=self._colour,
            orientation=self._orientation,
            torn=self._decoding.errors > 0 or self._short_by_s(median_step_s) > 0.0,
            warnings=tuple(self._warnings(median_step_s)),
        )

    def _read(self) -> Generator[Frame]:
        size_px = origin = last_s = None
        far_in_a_row = 0
        for decoded, stamp in self._decoding.stamped():
            if size_px is None:
                size_px = (decoded.width, decoded.height)
                self._describe(decoded)
            if (decoded.width, decoded.height) != size_px:
                self._left_out["of another size than the first"] += 1
                continue
            if stamp is None or decoded.time_base is None:
                self._left_out["without a time stamp"] += 1
                continue
            origin = stamp if origin is None else origin
            t_s = float((stamp - origin) * decoded.time_base)
            if last_s is not None:
                far_in_a_row = far_in_a_row + 1 if t_s > last_s + MAX_STEP_S else 0
                if t_s <= last_s or 0 < far_in_a_row <= MOST_FAR_IN_A_ROW:
                    self._left_out["with a time stamp out of order"] += 1
                    continue
            try:
                (luma, cb, cr), colour = picture_of(decoded)
            except ValueError:
                self._left_out["in a pixel format that cannot be converted"] += 1
                continue
            index, last_s = len(self._times_s), t_s
            self._times_s.append(t_s)
            self._end_s = t_s + float((decoded.duration or 0) * decoded.time_base)
            yield Frame(t_s, index, luma, cb, cr, colour, self._orientation)
        self._at_end = True
        self._container.close()

    def _describe(self, decoded: av.VideoFrame) -> None:
        """Note what the first picture says of all."""
        self._interlaced = decoded.interlaced_frame
        self._pixel_format = decoded.format.name
        self._orientation, self._off_deg = orientation_of(display_matrix(decoded))

    def _short_by_s(self, median_step_s: float | None) -> float:
        """By how much the recording ended before its announced end, 0 where not clearly."""
        if not self._at_end or self._announced_s is None or median_step_s is None:
            return 0.0
        end_s = max(self._end_s, self._times_s[-1] + median_step_s)
        short_s = self._announced_s - end_s
        allowed_s = max(SHORT_S, SHORT_SHARE * self._announced_s, 2 * median_step_s)
        return short_s if short_s > allowed_s else 0.0

    def _warnings(self, median_step_s: float | None) -> Iterator[str]:
        errors = self._decoding.errors
        if errors:
            yield f"{errors} {_plural(errors, 'part')} of the file could not be decoded."
        suspects = self._decoding.suspects
        if suspects:
            yield f"{suspects} {_plural(suspects, 'picture')} built on damaged ones left out."
        if self._decoding.gave_up:
            yield "The rest of the file is too damaged and was not read."
        short_s = self._short_by_s(median_step_s)
        if short_s > 0.0:
            yield f"The recording ends {short_s:.1f} s before the end that it announces."
        for what, count in self._left_out.items():
            yield f"{count} {_plural(count, 'picture')} {what} left out."
        if self._interlaced:
            yield "The video is interlaced: two moments share each picture."
        if abs(self._off_deg) > MAX_OFF_DEG:
            yield f"The file asks for a turn {self._off_deg:+.0f}° off a quarter turn; not done."


def _announced_s(container: InputContainer, stream: VideoStream) -> float | None:
    """Duration that a file claims for its video."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    tagged = MATROSKA_DURATION.fullmatch(stream.metadata.get("DURATION", ""))
    if tagged:
        return int(tagged[1]) * 3600 + int(tagged[2]) * 60 + float(tagged[3])
    if container.duration and len(container.streams) == 1:
        return container.duration / av.time_base
    return None


def gaps_in(
    times_s: NDArray[np.floating[Any]], median_step_s: float | None
) -> tuple[tuple[float, float], ...]:
    """Stretches (start_s, end_s) without a picture, as in `SourceInfo`."""
    if median_step_s is None:
        return ()
    steps_s = np.diff(times_s)
    wide = np.flatnonzero((steps_s > GAP_S) & (steps_s > GAP_INTERVALS * median_step_s))
    return tuple((float(times_s[i]), float(times_s[i + 1])) for i in wide)


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def sha256_of(path: Path) -> str:
    """Digest of a file's bytes, by which a recording is known again.

    Raises
    ------
    SourceError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read any more ({error})") from error
