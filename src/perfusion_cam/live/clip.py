"""The raw clip of a placement, if it is wanted: what a crash leaves of it can be read."""

from __future__ import annotations

import errno
import shutil
import threading
import time
from fractions import Fraction
from pathlib import Path
from queue import Empty, Full, Queue

import av
import cv2
import numpy as np
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

from perfusion_cam.errors import OutputError, PerfusionCamError, unforeseen
from perfusion_cam.live.placement import Placement
from perfusion_cam.live.writing import does_not_answer, is_late, join_patiently
from perfusion_cam.picture import turned
from perfusion_cam.report.atomic import cannot_write, make_folder
from perfusion_cam.sources.decoded import TRANSFER_OF_TRC
from perfusion_cam.types import ColourCode, Frame, PlaneArray

TICK = Fraction(1, 90_000)
FRAGMENT_S = 1.0
"""So much is lost at most where the program or the computer stops."""
QUALITY = "8"
"""Constant rate factor of x264. Refill is a change of colour of a few grey levels, which stronger
compression rounds away: of a simulated press the refill time came out 0.4 % off at 8, 1.5 % at 12
and 11 % at the 23 that encoders choose by themselves, the blanch depth 0.1 %, 6 % and 5 %."""
DEPTH = 45
LOOK_S = 0.1
MOST = 2
"""So many clips are written at a time: one, and the last one's end."""
CLIP = "clip.mp4"
ROOM_BYTES = 100_000_000
"""A clip ends before the disk is full: results matter more."""
TRC_OF_TRANSFER = {transfer: trc for trc, transfer in TRANSFER_OF_TRC.items()}
MATRICES = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709, "bt2020": Colorspace.BT2020}
END = None


class ClipWriter:
    """Writes frames as they come, in a thread of its own; never waits but in `close`.

    Parameters
    ----------
    path : Path
        An ``.mp4`` file, readable at any moment but for its last second.

    Attributes
    ----------
    path : Path
        With a number, where there was such a file.
    missing : int
        Frames that were left out because others still waited.
    """

    def __init__(self, path: Path, missing: int = 0) -> None:
        self.path = path
        self.missing = missing
        self._error: PerfusionCamError | None = None
        self._ended_s: float | None = None
        self._frames: Queue[Frame] = Queue(DEPTH)
        self._thread = threading.Thread(target=self._run, name="clip", daemon=True)
        self._thread.start()

    @property
    def writing(self) -> bool:
        """Whether something may still be written."""
        return self._thread.is_alive()

    @property
    def error(self) -> PerfusionCamError | None:
        """Why nothing more is written."""
        if self._error is None and self.writing and is_late(self._ended_s):
            return does_not_answer(self.path)
        return self._error

    def offer(self, frame: Frame) -> None:
        """Give the next frame."""
        try:
            self._frames.put_nowait(frame)
        except Full:
            self.missing += 1

    def end(self) -> None:
        """Take no more, and end the file once what waits is written."""
        if self._ended_s is None:
            self._ended_s = time.monotonic()

    def close(self) -> None:
        """End the file and wait for it, but not for long."""
        self.end()
        join_patiently(self._thread, self._ended_s)

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:  # a clip that fails must not stop what measures
            self._error = _said(self.path, error)
            while self._next() is not END:
                self.missing += 1

    def _next(self) -> Frame | None:
        while True:
            ended = self._ended_s is not None
            try:
                return self._frames.get(timeout=0.0 if ended else LOOK_S)
            except Empty:
                if ended:
                    return END

    def _write(self) -> None:
        first = self._next()
        if first is END:
            return
        make_folder(self.path.parent)
        self.path = claim(self.path)
        options = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}
        with av.open(str(self.path), "w", format="mp4", options=options) as out:
            stream = out.add_stream("libx264", rate=30)
            stream.width, stream.height = (side - side % 2 for side in first.size_px)
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = TICK
            stream.options = {"preset": "superfast", "tune": "zerolatency", "crf": QUALITY}
            _tag(stream.codec_context, first.colour)
            frame: Frame | None = first
            key_s = -np.inf
            while frame is not END:
                picture = _picture(frame, stream.width, stream.height)
                picture.pts, picture.time_base = round((frame.t_s - first.t_s) / TICK), TICK
                if frame.t_s - key_s >= FRAGMENT_S:
                    _leave_room(self.path)
                    picture.pict_type, key_s = PictureType.I, frame.t_s
                out.mux(stream.encode(picture))
                frame = self._next()
            out.mux(stream.encode(None))


class Clips:
    """One clip for each placement, while they are wanted.

    Parameters
    ----------
    folder : Path
        Where the placements' folders are made.
    """

    def __init__(self, folder: Path) -> None:
        self.wanted = False
        self._folder = folder
        self._writer: ClipWriter | None = None
        self._ended: tuple[ClipWriter, ...] = ()
        self._left_out = 0

    @property
    def words(self) -> str | None:
        """What to say of them; None where none is wanted."""
        if not self.wanted:
            return None
        writer = self._writer
        if writer is None:
            failed = next((one.error for one in self._ended if one.error is not None), None)
            missing = f" {self._left_out} pictures are missing." if self._left_out else ""
            return f"{failed}{missing}" if failed else "The clip of the next placement is kept."
        if writer.error is not None:
            return str(writer.error)
        missing = f", {writer.missing} pictures missing" if writer.missing else ""
        return f"The clip is kept as {writer.path.relative_to(self._folder)}{missing}."

    def keep(self, wanted: bool) -> None:
        """Keep clips from now on, or no more."""
        self.wanted = wanted
        if not wanted:
            self.end()

    def offer(self, frame: Frame, placement: Placement | None) -> None:
        """Give a frame that a placement has taken."""
        if not self.wanted or placement is None:
            return
        if self._writer is not None and self._writer.path.parent.name != placement.name:
            self.end()
        if self._writer is None:
            if sum(one.writing for one in self._ended) >= MOST:
                self._left_out += 1
                return
            path = self._folder / placement.name / CLIP
            self._writer, self._left_out = ClipWriter(path, self._left_out), 0
        self._writer.offer(frame)

    def end(self) -> None:
        """End the clip being written; never waits."""
        if self._writer is not None:
            self._writer.end()
            unended = (one for one in self._ended if one.writing)
            self._ended, self._writer = (self._writer, *unended), None

    def close(self) -> None:
        """End all clips and wait for them, but not for long."""
        self.end()
        for one in self._ended:
            one.close()


def claim(path: Path) -> Path:
    """Make an empty file of this name, or with a number where there is one: nothing is replaced."""
    number = 1
    while True:
        claimed = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            claimed.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return claimed


def _leave_room(path: Path) -> None:
    if shutil.disk_usage(path.parent).free < ROOM_BYTES:
        wanted_mb = ROOM_BYTES // 1_000_000
        raise OSError(errno.ENOSPC, f"under {wanted_mb} MB are left, and results may need them")


def _tag(context: av.VideoCodecContext, colour: ColourCode) -> None:
    context.colorspace = MATRICES[colour.matrix]
    context.color_range = ColorRange.JPEG if colour.full_range else ColorRange.MPEG
    if colour.transfer in TRC_OF_TRANSFER:
        context.color_trc = TRC_OF_TRANSFER[colour.transfer]


def _said(path: Path, error: Exception) -> OutputError:
    if isinstance(error, OutputError):
        return error
    if isinstance(error, OSError | av.FFmpegError):
        return cannot_write(path, error)
    return OutputError(f"cannot write {path}: {unforeseen(error)}")


def _picture(frame: Frame, width: int, height: int) -> av.VideoFrame:
    """Turn upright, round to 8 bits and halve the chroma where that is not done yet."""
    luma, cb, cr = (
        np.ascontiguousarray(turned(_eight_bits(plane, frame.colour.bits), frame.orientation))
        for plane in (frame.luma, frame.cb, frame.cr)
    )
    size = (width // 2, height // 2)
    chroma = [
        cv2.resize(plane, size, interpolation=cv2.INTER_AREA).reshape(-1, width)
        for plane in (cb, cr)
    ]
    planes = np.ascontiguousarray(np.concatenate([luma[:height, :width], *chroma]), np.uint8)
    return av.VideoFrame.from_ndarray(planes, format="yuv420p")


def _eight_bits(plane: PlaneArray, bits: int) -> NDArray[np.uint8]:
    if bits == 8:
        return np.asarray(plane, np.uint8)
    return np.asarray(cv2.convertScaleAbs(np.asarray(plane), alpha=0.5 ** (bits - 8)), np.uint8)
