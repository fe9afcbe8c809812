"""Decode a video stream from front to back, stepping over what is damaged."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

MAX_ERRORS_IN_A_ROW = 200
"""After so many failures without a picture between them the rest of a file is given up."""

MOST_SUSPECT = 300
"""After damage pictures are left out until a key picture comes, but not more than this many: what
is built on a damaged picture shows its smears, and wrong colours are worse than none."""
MOST_REORDERED = 16
"""Pictures that may be decoded ahead of one shown before them (H.264's and HEVC's limit)."""


class Decoding:
    """The pictures of a stream, with a count of what went wrong on the way.

    Attributes
    ----------
    errors : int
        Packets that could not be read or decoded, and pictures the decoder marked as damaged.
    suspects : int
        Pictures left out because they were built on a damaged one.
    gave_up : bool
        True where errors did not end.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container = container
        self._stream = stream
        self._errors_in_a_row = 0
        self._suspects_in_a_row = 0
        self._trusted = True
        self.errors = 0
        self.suspects = 0

    @property
    def gave_up(self) -> bool:
        return self._errors_in_a_row > MAX_ERRORS_IN_A_ROW

    def stamped(self) -> Iterator[tuple[av.VideoFrame, int | None]]:
        """Pictures in order of display, each with its time stamp in units of its time base.

        AVI counts pictures in order of decoding only. Those of its counts that were decoded are
        handed out in rising order, which is right however far the codec reordered pictures.
        """
        if self._container.format.name != "avi":
            for picture in self:
                yield picture, picture.dts if picture.pts is None else picture.pts
            return
        waiting: deque[av.VideoFrame] = deque()
        stamps: list[int] = []
        for picture in self:
            stamp = picture.dts if picture.pts is None else picture.pts
            if stamp is None:
                continue
            waiting.append(picture)
            heapq.heappush(stamps, stamp)
            if len(waiting) > MOST_REORDERED:
                yield waiting.popleft(), heapq.heappop(stamps)
        while waiting:
            yield waiting.popleft(), heapq.heappop(stamps)

    def __iter__(self) -> Iterator[av.VideoFrame]:
        for packet in self._packets():
            if packet.is_corrupt:
                self._count_error()
            try:
                decoded = packet.decode()
            except EOFError:
                return
            except (av.FFmpegError, ValueError, RuntimeError, MemoryError):
                self._count_error()
                continue
            for picture in decoded:
                if picture.is_corrupt:
                    self._count_error()
                    continue
                self._errors_in_a_row = 0
                if self._is_trusted(picture):
                    yield picture
            if self.gave_up:
                return

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        """Packets in file order; the last one is empty and makes the decoder give all it has."""
        packets = self._container.demux(self._stream)
        while not self.gave_up:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except EOFError:
                break
            except (av.FFmpegError, ValueError, RuntimeError, MemoryError):
                self._count_error()
                packets = self._container.demux(self._stream)
                continue
            yield packet

    def _is_trusted(self, picture: av.VideoFrame) -> bool:
        if picture.key_frame or self._suspects_in_a_row >= MOST_SUSPECT:
            self._trusted = True
        if self._trusted:
            self._suspects_in_a_row = 0
        else:
            self._suspects_in_a_row += 1
            self.suspects += 1
        return self._trusted

    def _count_error(self) -> None:
        self._trusted = False
        self.errors += 1
        self._errors_in_a_row += 1
