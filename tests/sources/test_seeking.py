"""Single pictures by their time, in recordings with gaps and of many kinds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest
from recorded import Kind, noisy_pictures, write_video

from perfusion_cam.sources.seeking import PictureSeeker
from perfusion_cam.sources.video_file import VideoFile

STAMPS = [*range(30), *range(35, 65)]
"""Five pictures are missing after the 30th, which is 1.45 s after the first."""
KINDS = [
    *(Kind(suffix, "libx264") for suffix in (".mp4", ".mkv", ".ts", ".flv")),
    Kind(".mp4", "libx265"),
    Kind(".mov", "mjpeg", "yuvj422p"),
    Kind(".webm", "libvpx"),
]


def recording(folder: Path, kind: Kind, stamps: Sequence[int] = STAMPS) -> tuple[Path, list[float]]:
    """Write a recording with gaps and several key pictures; when its pictures are."""
    path = write_video(
        folder / f"video{kind.suffix}",
        kind,
        stamps=stamps,
        time_base=Fraction(1, 20),
        pictures=noisy_pictures(len(stamps)),
        options={"g": "12"},
    )
    with VideoFile(path) as video:
        return path, [frame.t_s for frame in video]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_picture_is_found_by_its_time_and_from_the_next_one(
    tmp_path: Path, kind: Kind
) -> None:
    path, times_s = recording(tmp_path, kind)
    assert len(times_s) == len(STAMPS)
    with closing(PictureSeeker(path)) as seeker:
        assert [seeker.at(t_s).t_s for t_s in times_s] == pytest.approx(times_s, abs=1e-6)
        backwards_s = [seeker.at(t_s, before=True).t_s for t_s in reversed(times_s[1:])]
    assert backwards_s == pytest.approx(times_s[-2::-1], abs=1e-6)


def test_between_pictures_and_beyond_them_the_nearest_on_that_side_is_found(tmp_path: Path) -> None:
    path, times_s = recording(tmp_path, Kind(".mp4", "libx264"))
    before_gap_s, after_gap_s = times_s[29:31]
    assert after_gap_s - before_gap_s == pytest.approx(0.3)
    inside_s = before_gap_s + 0.17
    with closing(PictureSeeker(path)) as seeker:
        assert seeker.at(inside_s).t_s == pytest.approx(after_gap_s)
        assert seeker.at(inside_s, before=True).t_s == pytest.approx(before_gap_s)
        assert seeker.at(0.0, before=True).t_s == 0.0
        assert seeker.at(99.0).t_s == pytest.approx(times_s[-1])
        assert seeker.at(99.0, before=True).t_s == pytest.approx(times_s[-1])
