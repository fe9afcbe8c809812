from __future__ import annotations

import dataclasses

import av
import numpy as np
import pytest
import synthetic

from perfusion_cam.errors import OutputError
from perfusion_cam.report.drawing import SITE
from perfusion_cam.report.overlay import Annotator, write_overlay
from perfusion_cam.types import Track

TIMES = [0.0, 0.04, 0.05, 0.21, 0.25, 0.25, 0.4]  # uneven, one of them twice


def test_overlay_keeps_the_times_and_shows_the_site(tmp_path, examination):
    path = tmp_path / "overlay.mp4"
    seen: list[float] = []
    pictures = ((t, synthetic.picture()) for t in TIMES)
    write_overlay(examination, pictures, path, on_progress=seen.append)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.pix_fmt == "yuv420p"
        frames = list(container.decode(stream))
    times = [float(frame.time) for frame in frames]
    assert times == pytest.approx(sorted(set(TIMES)), abs=1e-4)
    assert seen == sorted(set(TIMES))
    rgb = frames[0].to_ndarray(format="rgb24")
    assert rgb.shape[0] % 2 == rgb.shape[1] % 2 == 0
    skin = rgb[5:50, 5:50].reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(skin, (166, 125, 102), atol=4)
    assert [path.name for path in tmp_path.iterdir()] == ["overlay.mp4"]


def test_odd_and_large_pictures_become_even_and_smaller():
    source = synthetic.source(width=2001, height=1111)
    annotator = Annotator(synthetic.examination(source=source))
    height, width, _ = annotator.annotate(0.0, synthetic.picture(2001, 1111)).shape
    assert width == 1280
    assert height % 2 == 0


def test_outlines_move_with_the_skin(examination):
    def rows_of_site(down_px: float) -> float:
        track = examination.track
        to_frame = track.to_frame + np.array([[0, 0, 0.0], [0, 0, down_px]])
        moved = dataclasses.replace(
            examination, track=Track(track.t_s, track.hold, to_frame, track.registered)
        )
        rgb = Annotator(moved).annotate(10.0, synthetic.picture())[: synthetic.HEIGHT]
        return float(np.nonzero((np.abs(rgb.astype(int) - SITE) < 12).all(axis=-1))[0].mean())

    assert rows_of_site(30.0) - rows_of_site(0.0) == pytest.approx(30.0, abs=1.0)


def test_lost_skin_gets_no_outlines(examination):
    lost = dataclasses.replace(
        examination.track, registered=np.zeros(examination.track.t_s.size, bool)
    )
    rgb = Annotator(dataclasses.replace(examination, track=lost)).annotate(
        10.0, synthetic.picture()
    )
    np.testing.assert_array_equal(rgb[: synthetic.HEIGHT], synthetic.picture())


def test_the_curve_is_revealed_as_time_goes_by(examination):
    annotator = Annotator(examination)

    def ink(t_s: float) -> int:
        strip = annotator.annotate(t_s, synthetic.picture())[synthetic.HEIGHT :]
        return int((np.abs(strip.astype(int) - SITE) < 30).all(axis=-1).sum())

    assert ink(4.0) < ink(9.0) < ink(14.0)


def test_a_recording_without_a_press_can_be_drawn(tmp_path):
    empty = Track(np.zeros(0), np.zeros(0), np.zeros((0, 2, 3)), np.zeros(0, bool))
    examination = synthetic.examination(presses=(), track=empty)
    write_overlay(examination, [(0.0, synthetic.picture())], tmp_path / "o.mp4")


def test_a_failing_source_leaves_no_file(tmp_path, examination):
    def pictures():
        yield 0.0, synthetic.picture()
        raise RuntimeError("torn")

    with pytest.raises(RuntimeError):
        write_overlay(examination, pictures(), tmp_path / "o.mp4")
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_said_in_one_line(tmp_path, examination):
    with pytest.raises(OutputError, match="cannot write"):
        write_overlay(examination, [(0.0, synthetic.picture())], tmp_path / "no" / "o.mp4")
