import os

import pytest
from recorded import Kind, write_tone, write_video

from perfusion_cam.errors import SourceError
from perfusion_cam.sources.video_file import VideoFile


def message_for(path) -> str:
    with pytest.raises(SourceError) as caught:
        VideoFile(path)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    return message


def test_missing(tmp_path):
    assert "no such file" in message_for(tmp_path / "missing.mp4")


def test_folder(tmp_path):
    assert "is a folder" in message_for(tmp_path)


def test_empty(tmp_path):
    path = tmp_path / "empty.mp4"
    path.touch()
    assert "0 bytes" in message_for(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_named_pipe(tmp_path):
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    assert "not an ordinary file" in message_for(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_forbidden(tmp_path):
    path = tmp_path / "mine.mp4"
    path.write_bytes(b"x")
    path.chmod(0)
    assert "cannot be read" in message_for(path)


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4", "notes.avi", "notes"])
def test_text(tmp_path, name):
    path = tmp_path / name
    path.write_text("Capillary refill, seen on Monday\n" * 200)
    assert "not a video" in message_for(path)


def test_playlist_opens_no_other_file(tmp_path):
    write_video(tmp_path / "part.ts", Kind(".ts", "libx264"))
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\npart.ts\n#EXT-X-ENDLIST\n")
    assert "not a video" in message_for(path)


def test_raw_stream_has_no_times(tmp_path):
    path = write_video(tmp_path / "raw.h264", Kind(".h264", "libx264"))
    assert "raw streams" in message_for(path)


def test_sound_only(tmp_path):
    assert "holds no video (only audio)" in message_for(write_tone(tmp_path / "tone.m4a"))


def test_cut_off_before_its_index(tmp_path):
    path = write_video(tmp_path / "a.mp4", Kind(".mp4", "libx264"))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "index is missing" in message_for(path)


def test_no_picture_can_be_decoded(tmp_path):
    path = write_video(tmp_path / "a.mp4", Kind(".mp4", "libx264"))
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path.write_bytes(data)
    assert "no picture could be decoded from its h264 video" in message_for(path)


def test_huge_pictures_are_refused_before_they_are_decoded(tmp_path):
    path = tmp_path / "huge.y4m"
    path.write_bytes(b"YUV4MPEG2 W12000 H9000 F25:1 C420jpeg\nFRAME\n" + bytes(1000))
    assert "12000 x 9000 px are too large" in message_for(path)


def test_tiny_pictures_are_refused(tmp_path):
    path = write_video(tmp_path / "tiny.mkv", Kind(".mkv", "ffv1"), size_px=(8, 8))
    assert "8 x 8 px are too small" in message_for(path)


def test_8k_is_read(tmp_path):
    kind = Kind(".mp4", "libx264", options={"preset": "ultrafast"})
    path = write_video(tmp_path / "8k.mp4", kind, stamps=[0, 1], size_px=(7680, 4320))
    assert [frame.size_px for frame in VideoFile(path)] == [(7680, 4320)] * 2


def test_odd_names_are_taken_literally(tmp_path):
    for name in ("a:b.mp4", "100%d.mp4", "http: x.mp4", "ä ö.mp4", "-y.mp4"):
        path = write_video(tmp_path / "plain.mp4", Kind(".mp4", "libx264"), stamps=[0])
        assert len(list(VideoFile(path.rename(tmp_path / name)))) == 1
