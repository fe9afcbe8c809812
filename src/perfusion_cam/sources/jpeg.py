"""Single JPEG pictures, as a web browser makes them of its own camera, as frames."""

from __future__ import annotations

import av
from av.video.codeccontext import VideoCodecContext

from perfusion_cam.errors import SourceError
from perfusion_cam.sources.decoded import picture_of
from perfusion_cam.sources.opening import MAX_PIXELS, MIN_SIDE_PX
from perfusion_cam.types import Frame


class JpegDecoder:
    """Decodes JPEG pictures to frames, keeping their stored luma and chroma."""

    def __init__(self) -> None:
        self._codec = VideoCodecContext.create("mjpeg", "r")
        self._codec.options = {"max_pixels": str(MAX_PIXELS)}

    def frame(self, jpeg: bytes, t_s: float, index: int) -> Frame:
        """Decode one picture.

        Parameters
        ----------
        jpeg : bytes
        t_s : float
            Its capture time.
        index : int
            Its number.

        Raises
        ------
        SourceError
            It is no JPEG picture, damaged, or too small to measure.
        """
        try:
            (picture,) = self._codec.decode(av.Packet(jpeg))
            (luma, cb, cr), colour = picture_of(picture)
        except (av.FFmpegError, ValueError, EOFError) as error:
            raise SourceError("a picture from the browser cannot be decoded as JPEG") from error
        if picture.is_corrupt or min(luma.shape) < MIN_SIDE_PX:
            raise SourceError("a picture from the browser is damaged or too small")
        return Frame(t_s, index, luma, cb, cr, colour)
