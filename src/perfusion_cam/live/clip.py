"""The raw clip of a placement, if it is wanted: what a crash leaves of it can be read."""

from __future__ import annotations

import errno
import shutil
import threading
from contextlib import suppress
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
PATIENCE_S = 10.0
"""So long the end of a clip is waited for, and so long again for its last pictures."""
CLIP = "clip.mp4"
ROOM_BYTES = 100_000_000
"""A clip ends before the disk is full: results matter more."""
TRC_OF_TRANSFER = {transfer: trc for trc, transfer in TRANSFER_OF_TRC.items()}
MATRICES = {"bt601": Colorspace.ITU601, "bt709": Colorspace.ITU709, "bt2020": Colorspace.BT2020}
END = None


class ClipWriter:
    """Writes frames as they come, in a thread of its own; never waits.

    Parameters
    ----------
    path : Path
        An ``.mp4`` file, readable at any moment but for its last second.

    Attributes
    ----------
    missing : int
        Frames that were left out because others still waited.
    error : PerfusionCamError or None
        Why nothing more is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missing = 0
        self.error: PerfusionCamError | None = None
        self._frames: Queue[Frame | None] = Queue(DEPTH)
        self._thread = threading.Thread(target=self._run, name="clip", daemon=True)
        self._thread.start()

    def offer(self, frame: Frame) -> None:
        """Give the next frame."""
        try:
            self._frames.put_nowait(frame)
        except Full:
            self.missing += 1

    def close(self) -> None:
        """Write what waits and end the file, but do not wait long for a disk that hangs."""
        try:
            self._frames.put(END, timeout=PATIENCE_S)
        except Full:
            self._forget()
            self._frames.put_nowait(END)
        self._thread.join(PATIENCE_S)
        if self._thread.is_alive():
            self.error = cannot_write(self.path, TimeoutError("the disk does not answer"))

    def _forget(self) -> None:
        with suppress(Empty):
            while True:
                self._frames.get_nowait()
                self.missing += 1

    def _run(self) -> None:
        try:
            self._write()
        except Exception as error:  # a clip that fails must not stop what measures
            self.error = _said(self.path, error)
            while self._frames.get() is not END:
                self.missing += 1

    def _write(self) -> None:
        first = self._frames.get()
        if first is END:
            return
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
                frame = self._frames.get()
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
        self._failed: str | None = None

    @property
    def words(self) -> str | None:
        """What to say of them; None where none is wanted."""
        if not self.wanted:
            return None
        if self._writer is None:
            return self._failed or "The clip of the next placement is kept."
        missing = f", {self._writer.missing} pictures missing" if self._writer.missing else ""
        kept = self._writer.path.relative_to(self._folder)
        if self._writer.error is not None:
            return str(self._writer.error)
        return f"The clip is kept as {kept}{missing}."

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
            try:
                folder = make_folder(self._folder / placement.name)
            except PerfusionCamError as error:
                self._failed = str(error)
                return
            self._failed = None
            self._writer = ClipWriter(unused(folder))
        self._writer.offer(frame)

    def end(self) -> None:
        """End the clip being written."""
        if self._writer is not None:
            self._writer.close()
            self._failed = None if self._writer.error is None else str(self._writer.error)
            self._writer = None


def unused(folder: Path) -> Path:
    """Name a clip that is not there yet: a placement's second one must not replace its first."""
    number = 1
    while (path := folder / (CLIP if number == 1 else f"clip-{number}.mp4")).exists():
        number += 1
    return path


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
