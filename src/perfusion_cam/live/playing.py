"""A recording played in real time, as if a camera saw it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import Frame

LATE_S = 1.5
"""A picture that is read so late is left out, as a camera would lose it; the next ones may be in
time again."""
GIVES_WAY_S = 1.0
"""A recording of which pictures come late for so long cannot be read in real time."""
SLOWER = "This computer reads the recording too slowly: it plays slower than it was filmed."


class PlayedFile(LiveSource):
    """Hands out each picture of a file when as much time has passed as its time stamp says.

    One that cannot be read as fast as it was filmed is played as fast as it can be read.

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
        self.late = self._slower = False
        self.facts = SourceFacts(
            name=path.name,
            codec=self._video.codec,
            bits_per_pixel=self._video.bits_per_pixel,
            ends=True,
        )

    def __iter__(self) -> Iterator[Frame]:
        started_s = time.monotonic()
        late_from_s: float | None = None
        for frame in self._video:
            now_s = time.monotonic()
            wait_s = started_s + frame.t_s - now_s
            if self._slower and wait_s < 0:
                started_s, wait_s = now_s - frame.t_s, 0.0
            time.sleep(max(wait_s, 0.0))
            self.late = wait_s < -LATE_S
            late_from_s = (late_from_s or now_s) if self.late else None
            if late_from_s is not None and now_s - late_from_s > GIVES_WAY_S:
                self._slower = True
                self.facts = replace(self.facts, remarks=(SLOWER,))
            yield frame

    def close(self) -> None:
        self._video.close()
