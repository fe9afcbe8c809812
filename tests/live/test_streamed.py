"""Pictures sent by a browser become frames; what is no picture is refused and counted."""

from __future__ import annotations

import math
import threading

import cv2
import numpy as np
import pytest

from perfusion_cam.errors import SourceError
from perfusion_cam.live.examining import SILENT_S
from perfusion_cam.live.intake import Intake
from perfusion_cam.live.left_out import Cause
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.streamed import DEPTH, FOLLOWING, Stamps, StreamedCamera
from perfusion_cam.picture import upright_rgb
from perfusion_cam.sources.jpeg import JpegDecoder
from perfusion_cam.types import ColourCode, Frame

PATIENCE_S = 60.0
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
    assert source.take_lost() == [(1.0, Cause.MISTIMED), (1.1, Cause.DAMAGED)]
    assert source.take_lost() == []
    threading.Timer(0.1, source.close).start()
    assert list(frames) == []


def test_a_stream_never_waits_for_its_reader() -> None:
    source = StreamedCamera()
    for number in range(DEPTH + 3):
        source.send(float(number), jpeg())
    frames = iter(source)
    for _ in range(DEPTH):
        assert next(frames).t_s < DEPTH
    source.send(DEPTH + 3.0, jpeg())
    next(frames)
    assert [one.t_s for one in source.take_lost()] == [DEPTH, DEPTH + 1, DEPTH + 2]


def test_pictures_lost_on_their_way_are_told_like_others_left_out() -> None:
    source = StreamedCamera()
    intake = Intake(source)
    for t_s, data in ((1.0, jpeg()), (math.nan, jpeg()), (1.1, b"torn"), (1.2, jpeg())):
        source.send(t_s, data)
    intake.start()
    taken = [intake.get(PATIENCE_S), intake.get(PATIENCE_S)]
    assert [frame.t_s for frame in taken if frame is not None] == [1.0, 1.2]
    assert intake.dropped == [(1.0, Cause.MISTIMED), (1.1, Cause.DAMAGED)]
    intake.stop()


STEADY = [10_000.0 + step / 30 for step in range(30)]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, -1.0, 1e300, 1e9, 9_999.0])
@pytest.mark.parametrize("at", [0, 7])
def test_one_wrong_stamp_stops_nothing(wrong: float, at: int) -> None:
    given = [*STEADY[:at], wrong, *STEADY[at:]]
    stamps = Stamps()
    taken = [t_s for one in given if (t_s := stamps.take(one, 0.0)) is not None]
    assert np.diff(taken).min() > 0
    assert len(taken) >= len(STEADY) - FOLLOWING + 1
    if at:
        assert taken == STEADY


@pytest.mark.parametrize("shift_s", [3600.0, -3600.0])
def test_another_clock_is_followed_and_time_still_rises(shift_s: float) -> None:
    stamps = Stamps()
    taken = [stamps.take(t_s, t_s) for t_s in STEADY]
    assert taken == STEADY
    after = [stamps.take(t_s + shift_s + 1.0, t_s + 1.0) for t_s in STEADY]
    assert after[: FOLLOWING - 1] == [None] * (FOLLOWING - 1)
    later = [t_s for t_s in after if t_s is not None]
    assert len(later) == len(STEADY) - FOLLOWING + 1
    assert later[0] - STEADY[-1] > SILENT_S  # a new placement: nobody knows how long it took
    np.testing.assert_allclose(np.diff(later), 1 / 30, atol=1e-6)


@pytest.mark.parametrize("silent_s", [6.0, 3600.0])
def test_after_a_silence_no_picture_is_refused(silent_s: float) -> None:
    stamps = Stamps()
    for t_s in STEADY:
        stamps.take(t_s, t_s)
    after = [t_s + silent_s for t_s in STEADY]
    assert [stamps.take(t_s, t_s + 0.1) for t_s in after] == after


def test_a_stream_that_a_fault_has_closed_can_be_opened_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fault(*_: object) -> Frame:
        raise ZeroDivisionError("a fault")

    source = StreamedCamera()
    with monkeypatch.context() as broken:
        broken.setattr(JpegDecoder, "frame", fault)
        source.send(1.0, jpeg())
        intake = Intake(source)
        intake.start()
        intake._thread.join(PATIENCE_S)
        assert "ZeroDivisionError" in str(intake.error)
    source.send(2.0, jpeg())
    again = Intake(source)
    again.start()
    frame = again.get(PATIENCE_S)
    assert frame is not None
    assert frame.t_s == 2.0
    again.stop()


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
