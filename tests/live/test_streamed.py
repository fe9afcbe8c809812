"""Pictures sent by a browser become frames; what is no picture is refused and counted."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from perfusion_cam.errors import SourceError
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.streamed import DEPTH, StreamedCamera
from perfusion_cam.picture import upright_rgb
from perfusion_cam.sources.jpeg import JpegDecoder
from perfusion_cam.types import ColourCode, Frame

RGB = (178, 143, 130)


def jpeg(rgb: tuple[int, int, int] = RGB, size: tuple[int, int] = (48, 64)) -> bytes:
    picture = np.full((*size, 3), rgb[::-1], np.uint8)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def test_colour_and_time_survive() -> None:
    frame = JpegDecoder().frame(jpeg(), 12.5, 3)
    assert (frame.t_s, frame.index, frame.size_px) == (12.5, 3, (64, 48))
    np.testing.assert_allclose(upright_rgb(frame)[20, 30], RGB, atol=2)


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg()[:40], jpeg(size=(8, 8))])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="browser"):
        JpegDecoder().frame(data, 0.0, 0)


def test_a_stream_passes_over_what_it_cannot_use() -> None:
    source = StreamedCamera()
    for t_s, data in ((1.0, jpeg()), (1.0, jpeg()), (1.1, b"torn"), (1.2, jpeg())):
        source.send(t_s, data)
    frames = iter(source)
    assert [(frame.t_s, frame.index) for frame in (next(frames), next(frames))] == [
        (1.0, 0),
        (1.2, 1),
    ]
    assert source.refused == 2
    threading.Timer(0.1, source.close).start()
    assert list(frames) == []


def test_a_stream_never_waits_for_its_reader() -> None:
    source = StreamedCamera()
    for number in range(DEPTH + 3):
        source.send(float(number), jpeg())
    assert source.refused == 3


@pytest.mark.parametrize(
    "colour",
    [ColourCode("bt709"), ColourCode("bt601", full_range=True), ColourCode("bt709", bits=10)],
)
def test_a_small_picture_shows_the_frames_colour(colour: ColourCode) -> None:
    dtype, scale = (np.uint8, 1) if colour.bits == 8 else (np.uint16, 4)
    planes = [
        np.full(shape, value * scale, dtype)
        for shape, value in (((1080, 1920), 130), ((540, 960), 110), ((540, 960), 150))
    ]
    frame = Frame(0.0, 0, *planes, colour)
    shown = cv2.imdecode(np.frombuffer(jpeg_of(frame), np.uint8), cv2.IMREAD_COLOR)
    assert shown.shape == (540, 960, 3)
    np.testing.assert_allclose(shown[40, 80, ::-1], upright_rgb(frame)[40, 80], atol=3)
