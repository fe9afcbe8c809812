"""A recording played in real time, as if a camera saw it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from perfusion_cam.live.source import SourceFacts
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import Frame


class PlayedFile:
    """Hands out each picture of a file when as much time has passed as its time stamp says.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceError
        The file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._video = VideoFile(path)
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
            yield frame

    def close(self) -> None:
        self._video.close()
