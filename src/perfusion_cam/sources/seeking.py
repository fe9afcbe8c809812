"""Single pictures of a recording, by their time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from perfusion_cam.errors import SourceError
from perfusion_cam.sources.decoded import display_matrix, orientation_of, picture_of
from perfusion_cam.sources.opening import opened_video
from perfusion_cam.types import Frame

EARLIER_S = (0.0, 2.0, 20.0)
"""Some containers are entered after the place that was asked for; then it is tried so much earlier,
and at last from the start."""
STAMPED_SPARSELY = {"mpeg"}
"""Containers with stamps on some pictures only: entered midway, the times of others are guessed."""


class PictureSeeker:
    """Finds pictures of a recording; for the eye, not for measuring.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SourceError
        The file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._container, self._stream = opened_video(path)
        self._origin: int | None = None

    def at(self, t_s: float) -> Frame:
        """Find the first picture at or after a time, or the last there is.

        Parameters
        ----------
        t_s : float
            Seconds from the first picture.

        Raises
        ------
        SourceError
            No picture can be decoded there.
        """
        if self._origin is None:
            self._origin = self._first_stamp()
        base = self._stream.time_base
        assert base is not None
        try:
            found = self._first_from(self._origin + round(t_s / base), base)
            if found is None or found.pts is None:
                raise SourceError(f"{self._name}: no picture at {t_s:.2f} s")
            (luma, cb, cr), colour = picture_of(found)
        except (av.FFmpegError, ValueError) as error:
            raise SourceError(f"{self._name}: the picture at {t_s:.2f} s is damaged") from error
        orientation, _ = orientation_of(display_matrix(found))
        at_s = float((found.pts - self._origin) * base)
        return Frame(at_s, 0, luma, cb, cr, colour, orientation)

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def _first_from(self, wanted: int, base: Fraction) -> av.VideoFrame | None:
        """Find the first picture at or after a stamp, or the last."""
        assert self._origin is not None
        lowest = min(self._origin, 0)
        earlier_s = () if self._container.format.name in STAMPED_SPARSELY else EARLIER_S
        starts = [max(lowest, wanted - 1 - round(one_s / base)) for one_s in earlier_s]
        for start in (*starts, lowest):
            last = None
            self._container.seek(start, stream=self._stream)
            for picture in self._container.decode(self._stream):
                if picture.pts is None:
                    continue
                if picture.pts >= wanted:
                    if last or start == lowest:
                        return picture
                    break
                last = picture
            else:
                if last or start == lowest:
                    return last
        return None

    def _first_stamp(self) -> int:
        for picture in self._container.decode(self._stream):
            if picture.pts is not None:
                return int(picture.pts)
        raise SourceError(f"{self._name}: no picture could be decoded")
