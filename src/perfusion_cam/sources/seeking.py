"""Single pictures of a recording, by their time."""

from __future__ import annotations

from pathlib import Path

import av

from perfusion_cam.errors import SourceError
from perfusion_cam.sources.decoded import display_matrix, orientation_of, picture_of
from perfusion_cam.sources.opening import opened_video
from perfusion_cam.types import Frame


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
        """Find the first picture at `t_s` seconds from the first one, or the last there is.

        Raises
        ------
        SourceError
            No picture can be decoded there.
        """
        if self._origin is None:
            self._origin = self._first_stamp()
        base = self._stream.time_base
        assert base is not None
        wanted = self._origin + round(t_s / base)
        found: av.VideoFrame | None = None
        try:
            self._container.seek(wanted, stream=self._stream)
            for picture in self._container.decode(self._stream):
                if picture.pts is None:
                    continue
                found = picture
                if picture.pts >= wanted:
                    break
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

    def _first_stamp(self) -> int:
        for picture in self._container.decode(self._stream):
            if picture.pts is not None:
                return int(picture.pts)
        raise SourceError(f"{self._name}: no picture could be decoded")
