import hashlib
import weakref
from fractions import Fraction

import numpy as np
import pytest
from recorded import KINDS, Kind, grey_at, mux_mjpeg, noisy_pictures, write_video

from perfusion_cam.errors import SourceError
from perfusion_cam.picture import Reducer, upright_rgb
from perfusion_cam.sources.video_file import VideoFile

MP4 = Kind(".mp4", "libx264")
MKV = Kind(".mkv", "libx264")


def read(path):
    video = VideoFile(path)
    return list(video), video.info()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_kind_gives_all_pictures_at_their_times(tmp_path, kind):
    frames, info = read(write_video(tmp_path / f"a{kind.suffix}", kind))
    assert [frame.index for frame in frames] == list(range(20))
    np.testing.assert_allclose([frame.t_s for frame in frames], np.arange(20) / 20, atol=2e-3)
    for moment, frame in enumerate(frames):  # kept arrays were not overwritten since
        picture = upright_rgb(frame)
        assert picture.shape == (48, 64, 3)
        assert np.abs(picture.astype(int) - grey_at(moment)).max() <= 4
        assert not frame.luma.flags.writeable
        assert Reducer(4).reduce(frame).luma.shape == (12, 16)
    assert frames[0].colour.bits == (10 if "10" in kind.pix_fmt else 8)
    assert (info.frames, info.width, info.height) == (20, 64, 48)
    assert info.pixel_format == kind.pix_fmt
    assert info.median_fps == pytest.approx(20, rel=0.01)
    assert info.duration_s == pytest.approx(0.95, abs=2e-3)
    assert not info.torn
    assert info.warnings == ()
    assert info.gaps == ()


def test_avi_times_follow_the_order_of_display(tmp_path):
    """Reordered pictures in AVI, which keeps no presentation times."""
    kind = Kind(".avi", "libx264", options={"bf": "5", "b_strategy": "0"})
    frames, info = read(write_video(tmp_path / "a.avi", kind, stamps=range(40)))
    assert len(frames) == 40
    np.testing.assert_allclose([frame.t_s for frame in frames], np.arange(40) / 20)
    greys = [upright_rgb(frame).mean() for frame in frames]
    np.testing.assert_allclose(greys, [grey_at(moment) for moment in range(40)], atol=4)
    assert info.warnings == ()


def test_info_names_and_hashes_the_file(tmp_path):
    path = write_video(tmp_path / "my film.mp4", MP4)
    _, info = read(path)
    assert info.file == "my film.mp4"
    assert info.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert info.codec == "h264"


def test_codec_is_named_by_its_standard(tmp_path):
    _, info = read(write_video(tmp_path / "a.mkv", Kind(".mkv", "libsvtav1")))
    assert info.codec == "av1"


def test_variable_rate_and_start_offset(tmp_path):
    stamps = [5000 + t for t in (0, 33, 67, 100, 150, 183, 383, 416, 450, 1000, 1033)]
    path = write_video(tmp_path / "a.mkv", MKV, stamps=stamps, time_base=Fraction(1, 1000))
    frames, info = read(path)
    np.testing.assert_allclose([f.t_s for f in frames], (np.array(stamps) - 5000) / 1000)
    np.testing.assert_allclose(info.gaps, [(0.183, 0.383), (0.450, 1.0)])
    assert info.median_fps == pytest.approx(1 / 0.0335, rel=0.03)
    assert info.duration_s == pytest.approx(1.033)


def test_time_stamps_out_of_order_are_left_out(tmp_path):
    stamps = [0, 40, 80, 60, 80, 120, 160, 90, 200]
    frames, info = read(mux_mjpeg(tmp_path / "a.mkv", stamps))
    np.testing.assert_allclose([f.t_s for f in frames], [0, 0.04, 0.08, 0.12, 0.16, 0.2])
    assert info.warnings == ("3 pictures with a time stamp out of order left out.",)


def test_a_wild_time_stamp_does_not_end_the_recording(tmp_path):
    frames, _ = read(mux_mjpeg(tmp_path / "a.mkv", [0, 40, 9_000_000, 120, 160]))
    np.testing.assert_allclose([f.t_s for f in frames], [0, 0.04, 0.12, 0.16])


def test_a_clock_that_stays_far_ahead_is_believed(tmp_path):
    stamps = [0, *range(9_000_000, 9_000_400, 40)]
    frames, info = read(mux_mjpeg(tmp_path / "a.mkv", stamps))
    assert [f.t_s for f in frames] == pytest.approx([0, 9000.2, 9000.24, 9000.28, 9000.32, 9000.36])
    assert info.gaps == ((0.0, 9000.2),)


def test_pictures_of_another_size_are_left_out(tmp_path):
    sizes = [(64, 48)] * 4 + [(32, 32)] * 2 + [(64, 48)] * 4
    frames, info = read(mux_mjpeg(tmp_path / "a.mkv", range(0, 400, 40), sizes))
    assert {frame.size_px for frame in frames} == {(64, 48)}
    assert len(frames) == 8
    assert info.warnings == ("2 pictures of another size than the first left out.",)


def test_one_picture_is_enough(tmp_path):
    frames, info = read(write_video(tmp_path / "a.mp4", MP4, stamps=[0]))
    assert len(frames) == 1
    assert info.duration_s == 0
    assert info.median_fps is None
    assert not info.torn


def test_a_still_picture_gives_one_frame(tmp_path):
    kind = Kind(".png", "png", "rgb24")
    frames, info = read(write_video(tmp_path / "a.png", kind, stamps=[0]))
    assert len(frames) == 1
    assert np.abs(upright_rgb(frames[0]).astype(int) - grey_at(0)).max() <= 2
    assert info.pixel_format == "rgb24"


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".avi", ".ts"])
def test_a_cut_off_file_is_read_as_far_as_it_goes(tmp_path, suffix):
    path = write_video(
        tmp_path / f"a{suffix}",
        Kind(suffix, "libx264", options={"bf": "0"}),
        stamps=range(60),
        pictures=noisy_pictures(60),
        container_options={"movflags": "faststart"} if suffix == ".mp4" else {},
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    frames, info = read(path)
    assert 20 <= len(frames) <= 45
    np.testing.assert_allclose(np.diff([f.t_s for f in frames]), 0.05, atol=2e-3)
    if suffix != ".ts":  # a transport stream announces no end
        assert info.torn
        assert info.warnings


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_damage_in_the_middle_is_left_out_up_to_the_next_key_picture(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    kind = Kind(suffix, "libx264", options={"g": "10", "bf": "0"})
    write_video(path, kind, stamps=range(60), pictures=noisy_pictures(60))
    whole, _ = read(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60] = np.random.default_rng(3).bytes(60)
    path.write_bytes(data)
    frames, info = read(path)
    assert 40 <= len(frames) < 60
    assert info.torn
    assert any("could not be decoded" in warning for warning in info.warnings)
    by_time = {round(frame.t_s, 3): frame for frame in whole}
    for frame in frames:
        np.testing.assert_array_equal(frame.luma, by_time[round(frame.t_s, 3)].luma)
    assert frames[-1].t_s == whole[-1].t_s


def test_info_before_the_end_does_not_call_the_file_torn(tmp_path):
    video = VideoFile(write_video(tmp_path / "a.mp4", MP4, stamps=range(60)))
    next(iter(video))
    assert not video.info().torn
    video.close()
    assert list(video) == []


def test_a_file_that_vanished_is_said(tmp_path):
    path = write_video(tmp_path / "a.mp4", MP4)
    with VideoFile(path) as video:
        list(video)
        path.unlink()
        with pytest.raises(SourceError, match=r"a\.mp4: cannot be read any more"):
            video.info()


def test_memory_does_not_grow_with_length(tmp_path):
    path = write_video(tmp_path / "a.mp4", MP4, stamps=range(400))
    alive = [weak for weak in _weak_frames(VideoFile(path)) if weak() is not None]
    assert len(alive) <= 1


def _weak_frames(video):
    return [weakref.ref(frame.luma) for frame in video]
