"""Pictures that somebody else films and sends: the browser's own camera."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from queue import Empty, Full, Queue

from perfusion_cam.errors import SourceError
from perfusion_cam.live.left_out import Cause, LeftOut
from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.sources.camera import now_s
from perfusion_cam.sources.jpeg import JpegDecoder
from perfusion_cam.types import Frame

DEPTH = 8
WAIT_S = 0.2
JUMP_S = 5.0
"""A stamp that is ahead by more than this and the silence before it, or that goes back, is believed
only when others follow on it."""
FOLLOWING = 5
"""So many in a row."""
LAST_S = 1e11
"""No clock shows more, in seconds since 1970: this is the year 5138."""


class Stamps:
    """Checks times that came with pictures, and lets them rise.

    A single wrong one is refused. Where another clock goes on with the pictures, as of another
    device or after it was set, it is followed; one that is behind counts on from `JUMP_S` after
    the last time, which begins a new placement, as nobody knows how long that took.
    """

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._came_s = 0.0
        self.shift_s = 0.0
        """What is added to stamps."""
        self._other_s = 0.0
        self._others = 0

    def take(self, stamp_s: float, came_s: float) -> float | None:
        """Give the time of a picture, later than all before; None where it is refused.

        Parameters
        ----------
        stamp_s : float
        came_s : float
            When the picture came, by this computer's clock.
        """
        if not 0.0 <= stamp_s <= LAST_S:
            return None
        t_s = stamp_s + self.shift_s
        most_s = JUMP_S + came_s - self._came_s
        if self._last_s is not None and not 0 < t_s - self._last_s <= most_s:
            if not self._follows(stamp_s):
                return None
            if t_s <= self._last_s:
                self.shift_s = self._last_s + JUMP_S - stamp_s
                t_s = self._last_s + JUMP_S
        self._others, self._last_s, self._came_s = 0, t_s, came_s
        return t_s

    def _follows(self, stamp_s: float) -> bool:
        """Whether enough stamps in a row came from another clock."""
        on = self._others > 0 and 0 < stamp_s - self._other_s <= JUMP_S
        self._others = self._others + 1 if on else 1
        self._other_s = stamp_s
        return self._others >= FOLLOWING


class StreamedCamera(LiveSource):
    """A source that frames are sent to; it waits while none come and never ends by itself."""

    facts = SourceFacts(
        "the browser's camera",
        pixel_format="jpeg",
        waits=True,
        remarks=(
            "The browser's camera: exposure, white balance and focus cannot be held and may "
            "change during a press.",
        ),
    )

    def __init__(self) -> None:
        self._sent: Queue[tuple[float, float, bytes]] = Queue(DEPTH)
        self._closed = threading.Event()
        self._stamps = Stamps()
        self._lost: deque[LeftOut] = deque()
        self._before_s = self._now_s = 0.0

    def send(self, t_s: float, jpeg: bytes) -> None:
        """Give one picture, in JPEG, with the time at which it was taken; never waits."""
        try:
            self._sent.put_nowait((t_s, now_s(), jpeg))
        except Full:
            self._lost.append(LeftOut(t_s, Cause.BUSY))

    def __iter__(self) -> Iterator[Frame]:
        self._closed.clear()  # it may have been closed by a fault, and is opened again
        decoder, index = JpegDecoder(), 0
        while not self._closed.is_set():
            try:
                stamp_s, came_s, jpeg = self._sent.get(timeout=WAIT_S)
            except Empty:
                continue
            t_s = self._stamps.take(stamp_s, came_s)
            if t_s is None:
                self._lost.append(LeftOut(stamp_s, Cause.MISTIMED))
                continue
            try:
                frame = decoder.frame(jpeg, t_s, index)
            except SourceError:
                self._lost.append(LeftOut(stamp_s, Cause.DAMAGED))
                continue
            self._before_s, self._now_s = self._now_s if index else t_s, t_s
            yield frame
            index += 1

    def take_lost(self) -> list[LeftOut]:
        lost = []
        while self._lost:
            stamp_s, cause = self._lost.popleft()
            t_s = max(self._before_s, stamp_s + self._stamps.shift_s)  # what is no number, too
            lost.append(LeftOut(min(self._now_s, t_s), cause))
        return lost

    def close(self) -> None:
        self._closed.set()
