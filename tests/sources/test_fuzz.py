"""Damaged files of every sort give frames or one clear line, soon, and nothing else."""

import os
import random
import time

import pytest
from recorded import KINDS, noisy_pictures, write_video

from perfusion_cam.errors import SourceError
from perfusion_cam.picture import Reducer
from perfusion_cam.sources.video_file import VideoFile

CASES = int(os.environ.get("PERFUSION_CAM_FUZZ_CASES", "500"))
resource = pytest.importorskip("resource", reason="memory is watched by POSIX means")

LONGEST_S = 10.0
MOST_GROWTH_KIB = 500_000
LENGTHS = (1, 4, 16, 100, 1000)
WORDS = (b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0", bytes(4), b"\x12\x34\x56\x78")


def flip_bits(data, rng):
    for _ in range(rng.choice((1, 10, 100))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def truncate(data, rng):
    del data[rng.randrange(1, len(data) + 1) :]


def swap_blocks(data, rng):
    first, second = sorted(rng.randrange(len(data)) for _ in range(2))
    length = min(rng.choice(LENGTHS), second - first, len(data) - second)
    one, other = data[first : first + length], data[second : second + length]
    data[first : first + length], data[second : second + length] = other, one


def zero(data, rng):
    start = rng.randrange(len(data))
    length = min(rng.choice(LENGTHS), len(data) - start)
    data[start : start + length] = bytes(length)


def repeat(data, rng):
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.choice(LENGTHS)]


def edit_header(data, rng):
    """Headers and indices are at the very beginning or end."""
    at = rng.randrange(min(len(data), 800))
    data[at if rng.random() < 0.5 else -at - 1] = rng.randrange(256)


def write_extreme(data, rng):
    at = rng.randrange(len(data))
    data[at : at + 4] = rng.choice(WORDS)


MUTATIONS = (flip_bits, truncate, swap_blocks, zero, repeat, edit_header, write_extreme)


def mutated(data: bytes, seed: int) -> bytes:
    rng = random.Random(seed)
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        rng.choice(MUTATIONS)(result, rng)
    return bytes(result)


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
