"""Run a source in a thread of its own, so that decoding overlaps with analysis."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from queue import Empty, Queue
from typing import TypeVar

T = TypeVar("T")


class _End:
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(frames: Iterable[T], depth: int = 16) -> Generator[T, None, None]:
    """Iterate over `frames` with a thread that stays up to `depth` items ahead.

    The thread starts with the first item asked for. It ends, and has been waited for, when the
    items are used up, when `frames` raises (the exception is passed on) and when the consumer
    stops early and closes or drops the generator.

    Parameters
    ----------
    frames : iterable
        Any iterable; it is advanced in the thread only.
    depth : int
        Items that wait at most, 1 or more.

    Raises
    ------
    ValueError
        For a depth below 1.
    """
    if depth < 1:
        raise ValueError(f"depth must be 1 or more, not {depth}")
    return _consume(frames, depth)


def _consume(frames: Iterable[T], depth: int) -> Generator[T, None, None]:
    waiting: Queue[T | _End] = Queue(depth)
    stopped = threading.Event()

    def produce() -> None:
        end = _End()
        try:
            for item in frames:
                waiting.put(item)
                if stopped.is_set():
                    return
        except BaseException as error:
            end = _End(error)
        waiting.put(end)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stopped.set()
        # The producer puts at most twice more, once for an item and once for the end.
        while thread.is_alive():
            try:
                waiting.get(timeout=0.01)
            except Empty:
                continue
        thread.join()
