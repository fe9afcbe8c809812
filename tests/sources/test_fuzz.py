"""Damaged files of every sort give frames or one clear line, soon, and nothing else."""

import os
import time

import pytest
from damage import mutated
from recorded import KINDS, noisy_pictures, write_video

from perfusion_cam.errors import SourceError
from perfusion_cam.picture import Reducer
from perfusion_cam.sources.video_file import VideoFile

CASES = int(os.environ.get("PERFUSION_CAM_FUZZ_CASES", "500"))
resource = pytest.importorskip("resource", reason="memory is watched by POSIX means")

LONGEST_S = 10.0
MOST_GROWTH_KIB = 500_000


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("originals")
    pictures = noisy_pictures(20)
    return [
        write_video(folder / f"{number}{kind.suffix}", kind, pictures=pictures)
        for number, kind in enumerate(KINDS)
    ]


@pytest.mark.parametrize("part", range(10))
def test_damaged_files(originals, tmp_path, part):
    read, refusals = 0, []
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(part, CASES, 10):
        original = originals[seed // 10 % len(originals)]
        path = tmp_path / f"damaged{original.suffix}"
        path.write_bytes(mutated(original.read_bytes(), seed))
        started_s = time.monotonic()
        try:
            with VideoFile(path) as video:
                last_s = -1.0
                for frame in video:
                    assert frame.t_s > last_s, seed
                    last_s = frame.t_s
                    Reducer(4).reduce(frame)
                assert video.info().frames >= 1, seed
            read += 1
        except SourceError as error:
            refusals.append(str(error))
        assert time.monotonic() - started_s < LONGEST_S, seed
    assert read + len(refusals) == len(range(part, CASES, 10))
    assert read > len(refusals) / 4
    assert not any("\n" in line for line in refusals)
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_kib
    assert grown_kib < MOST_GROWTH_KIB
