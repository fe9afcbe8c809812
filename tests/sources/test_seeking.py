"""Single pictures by their time, in recordings with gaps and of many kinds."""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from recorded import Kind, noisy_pictures, write_video

from perfusion_cam.sources.seeking import PictureSeeker
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import Frame

STAMPS = [*range(30), *range(35, 65)]
"""Five pictures are missing after the 30th, which is 1.16 s after the first."""
GAPLESS = [*range(65)]
KINDS = [
    *(Kind(suffix, "libx264") for suffix in (".mp4", ".mkv", ".ts", ".flv")),
    Kind(".mp4", "libx265"),
    Kind(".mov", "mjpeg", "yuvj422p"),
    Kind(".webm", "libvpx"),
    Kind(".mpg", "mpeg1video"),
    Kind(".mpg", "mpeg2video"),
]


def recording(folder: Path, kind: Kind) -> tuple[Path, list[Frame]]:
    """Write a recording with several key pictures, and a gap where it can have one."""
    stamps = GAPLESS if kind.suffix == ".mpg" else STAMPS
    path = write_video(
        folder / f"video{kind.suffix}",
        kind,
        stamps=stamps,
        time_base=Fraction(1, 25),
        pictures=noisy_pictures(len(stamps)),
        options={"g": "12"},
    )
    with VideoFile(path) as video:
        frames = list(video)
    assert len(frames) == len(stamps)
    return path, frames


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_every_picture_is_found_by_its_time_in_any_order(tmp_path: Path, kind: Kind) -> None:
    path, frames = recording(tmp_path, kind)
    with closing(PictureSeeker(path)) as seeker:
        for frame in (*frames, *frames[::-7]):
            found = seeker.at(frame.t_s)
            assert found.t_s == pytest.approx(frame.t_s, abs=1e-6)
            np.testing.assert_array_equal(found.luma, frame.luma)


def test_between_pictures_and_beyond_them_the_next_or_last_is_found(tmp_path: Path) -> None:
    path, frames = recording(tmp_path, Kind(".mp4", "libx264"))
    before_gap_s, after_gap_s = (frame.t_s for frame in frames[29:31])
    assert after_gap_s - before_gap_s == pytest.approx(0.24)
    with closing(PictureSeeker(path)) as seeker:
        assert seeker.at(before_gap_s + 0.1).t_s == pytest.approx(after_gap_s)
        assert seeker.at(99.0).t_s == pytest.approx(frames[-1].t_s)
