"""Pictures that somebody else films and sends: the browser's own camera."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, Full, Queue

from perfusion_cam.errors import SourceError
from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.sources.jpeg import JpegDecoder
from perfusion_cam.types import Frame

DEPTH = 8
WAIT_S = 0.2


class StreamedCamera(LiveSource):
    """A source that frames are sent to; it waits while none come and never ends by itself."""

    facts = SourceFacts(
        "the browser's camera",
        pixel_format="jpeg",
        remarks=(
            "The browser's camera: exposure, white balance and focus cannot be held and may "
            "change during a press.",
        ),
    )

    def __init__(self) -> None:
        self._sent: Queue[tuple[float, bytes]] = Queue(DEPTH)
        self._closed = threading.Event()
        self.refused = 0
        """Pictures that were damaged, out of order, or came while others waited."""

    def send(self, t_s: float, jpeg: bytes) -> None:
        """Give one picture, in JPEG, with the time at which it was taken; never waits."""
        try:
            self._sent.put_nowait((t_s, jpeg))
        except Full:
            self.refused += 1

    def __iter__(self) -> Iterator[Frame]:
        decoder, index, last_s = JpegDecoder(), 0, None
        while not self._closed.is_set():
            try:
                t_s, jpeg = self._sent.get(timeout=WAIT_S)
            except Empty:
                continue
            if last_s is not None and t_s <= last_s:
                self.refused += 1
                continue
            try:
                frame = decoder.frame(jpeg, t_s, index)
            except SourceError:
                self.refused += 1
                continue
            yield frame
            index, last_s = index + 1, t_s

    def close(self) -> None:
        self._closed.set()
