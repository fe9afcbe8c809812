"""A recording played in real time, as if a camera saw it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import Frame

LATE_S = 1.5
"""A picture that is read so late is left out, as a camera would lose it; the next ones may be in
time again."""


class PlayedFile(LiveSource):
    """Hands out each picture of a file when as much time has passed as its time stamp says.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceError
        The file cannot be read.

    Attributes
    ----------
    late : bool
        As in `LiveSource`.
    """

    def __init__(self, path: Path) -> None:
        self._video = VideoFile(path)
        self.late = False
        self.facts = SourceFacts(
            name=path.name,
            codec=self._video.codec,
            bits_per_pixel=self._video.bits_per_pixel,
            ends=True,
        )

    def __iter__(self) -> Iterator[Frame]:
        started_s = time.monotonic()
        for frame in self._video:
            wait_s = started_s + frame.t_s - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            self.late = wait_s < -LATE_S
            yield frame

    def close(self) -> None:
        self._video.close()
