"""The annotated video: a second pass over the recording with what was found drawn in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from perfusion_cam.report.atomic import cannot_write, replacing
from perfusion_cam.report.drawing import (
    DIM,
    INK,
    PAPER,
    Picture,
    draw_outlines,
    outlines,
    wrap,
    write,
)
from perfusion_cam.report.inset import CurveInset
from perfusion_cam.report.still import text_size
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, headline, phase
from perfusion_cam.types import Examination, FloatArray

_LONGEST_PX = 1280
_TICK = Fraction(1, 90_000)
_BT709 = 1

TimedPicture = tuple[float, Picture]


def write_overlay(
    examination: Examination,
    pictures: Iterable[TimedPicture],
    path: Path,
    *,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Encode the annotated video as H.264 with the recording's own times.

    Parameters
    ----------
    examination : Examination
    pictures : iterable of (t_s, rgb)
        The upright pictures of the recording once more.
    path : Path
        An ``.mp4`` file, which appears only when it is whole.
    on_progress : callable, optional
        Called with the time reached, seconds.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with replacing(path) as temporary:
        try:
            _encode(Annotator(examination), pictures, temporary, on_progress)
        except av.FFmpegError as error:
            raise cannot_write(path, error) from error


def _encode(
    annotator: Annotator,
    pictures: Iterable[TimedPicture],
    path: Path,
    on_progress: Callable[[float], None] | None,
) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        stream = None
        last_pts = -1
        for t_s, rgb in pictures:
            pts = round(t_s / _TICK)
            if pts <= last_pts:
                continue
            annotated = annotator.annotate(t_s, rgb)
            if stream is None:
                stream = container.add_stream("libx264", rate=30)
                stream.height, stream.width = annotated.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.time_base = stream.codec_context.time_base = _TICK
                stream.codec_context.color_primaries = _BT709
                stream.codec_context.color_trc = _BT709
                stream.codec_context.colorspace = _BT709
                stream.options = {"preset": "veryfast", "crf": "21"}
            frame = av.VideoFrame.from_ndarray(annotated, format="rgb24").reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            frame.pts, frame.time_base = pts, _TICK
            container.mux(stream.encode(frame))
            last_pts = pts
            if on_progress is not None:
                on_progress(t_s)
        if stream is not None:
            container.mux(stream.encode(None))


class Annotator:
    """Draws what was found on one picture after the other.

    Parameters
    ----------
    examination : Examination
    """

    def __init__(self, examination: Examination) -> None:
        self._examination = examination
        source = examination.source
        self._scale = min(1.0, _LONGEST_PX / max(source.width, source.height, 1))
        width, height = (2 * max(1, round(self._scale * side / 2)) for side in self._full_px())
        self._size = (width, height)
        self._text = text_size(np.empty((height, width, 0), np.uint8))
        self._outlines = [outlines(result, examination.grid) for result in examination.presses]
        self._notice = wrap(RESEARCH_USE_ONLY, self._small, width - self._text)
        plot_height = 7 * self._text
        foot = round(1.5 * self._small * len(self._notice)) + self._text
        self._strip_height = 2 * ((plot_height + foot + self._text) // 2)
        self._plot = (width // 2, plot_height)
        self._insets = [
            CurveInset(result, self._plot, self._text) for result in examination.presses
        ]

    def annotate(self, t_s: float, rgb: Picture) -> Picture:
        """Draw on a copy of one upright picture.

        Returns
        -------
        array (even height, even width, 3) uint8
            At most 1280 px on its longer side, with a strip below.
        """
        picture = np.array(cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA), np.uint8)
        current = self._current(t_s)
        to_frame, registered = self._motion(t_s)
        if registered and current is not None:
            scale = np.array([[self._size[0] / rgb.shape[1]], [self._size[1] / rgb.shape[0]]])
            thickness = max(2, self._text // 9)
            press, lines = self._examination.presses[current].press, self._outlines[current]
            if not press.contact_s <= t_s < press.release_s:
                lines = lines._replace(tool=[])
            draw_outlines(picture, lines, scale * to_frame, thickness)
        return np.vstack([picture, self._strip(t_s, current, registered)])

    @property
    def _small(self) -> int:
        return max(11, round(0.65 * self._text))

    def _full_px(self) -> tuple[int, int]:
        return self._examination.source.width, self._examination.source.height

    def _current(self, t_s: float) -> int | None:
        """Choose the press last touched, or the first one coming."""
        contacts = [result.press.contact_s for result in self._examination.presses]
        begun = sum(contact <= t_s for contact in contacts)
        return max(begun - 1, 0) if contacts else None

    def _motion(self, t_s: float) -> tuple[FloatArray, bool]:
        track = self._examination.track
        if not track.t_s.size:
            return np.eye(2, 3), False
        index = int(np.argmin(np.abs(track.t_s - t_s)))
        return track.to_frame[index], bool(track.registered[index])

    def _strip(self, t_s: float, current: int | None, registered: bool) -> Picture:
        width, text, room = self._size[0], self._text, self._text // 2
        strip = np.full((self._strip_height, width, 3), PAPER, np.uint8)
        lines = [f"{t_s:.2f} s"]
        if current is None:
            lines.append("no press found")
        else:
            result = self._examination.presses[current]
            lines.append(f"press {current + 1}: {phase(result, t_s)}")
            if t_s > result.press.ended_s:
                lines += wrap(headline(result.refill), text, width // 2 - 2 * room)
            plot_width, plot_height = self._plot
            strip[room : room + plot_height, width - plot_width :] = self._insets[current].at(t_s)
        if not registered:
            lines.append("skin lost")
        for row, line in enumerate(lines[:5], start=1):
            write(strip, line, (room, round(1.45 * text * row)), text, INK, 600)
        for row, line in enumerate(reversed(self._notice)):
            y = self._strip_height - room - round(1.5 * self._small * row)
            write(strip, line, (room, y), self._small, DIM)
        return strip
