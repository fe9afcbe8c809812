"""What can be reviewed: recordings, each analysed when it is opened, and what was saved without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfusion_cam.apps.saved import Saved
from perfusion_cam.live.reviewing import Review


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to review.

    Attributes
    ----------
    name : str
    folder : Path
        Where changes are written.
    recording : Path or None
    saved : Saved or None
        What is there without a recording.
    """

    name: str
    folder: Path
    recording: Path | None
    saved: Saved | None = None


class Shelf:
    """Items of which one is open at a time: its grids take memory.

    Parameters
    ----------
    items : list of Item
    opened : Review, optional
        Of the first item.
    """

    def __init__(self, items: list[Item], opened: Review | None = None) -> None:
        self.items = items
        self._review, self._number = opened, 0
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def opened(self, number: int) -> Iterator[tuple[Item, Review | None]]:
        """Open an item for one thread at a time; without a review where its recording is gone.

        Raises
        ------
        IndexError
            There is no such item.
        SourceError
            The recording cannot be read.
        """
        with self._one_at_a_time:
            item = self.items[number]
            if item.recording is None:
                yield item, None
                return
            if self._review is None or self._number != number:
                self._close()
                region = None if item.saved is None else item.saved.document.region()
                self._review, self._number = Review(item.recording, region=region), number
            yield item, self._review

    def close(self) -> None:
        """Let go of what is open."""
        with self._one_at_a_time:
            self._close()

    def _close(self) -> None:
        if self._review is not None:
            self._review.close()
        self._review = None
