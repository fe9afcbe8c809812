from __future__ import annotations

import platform
from pathlib import Path

import numpy as np
import pytest

from perfusion_cam.live.memory import give_back

PIECES, PIECE = 2000, 12_800
"""2000 pieces of 100 kB: small enough for the C library to keep them once they are freed."""


def held_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries do so by themselves")
def test_freed_pieces_go_back_though_a_later_one_is_held() -> None:
    pieces = [np.ones(PIECE) for _ in range(PIECES)]
    last = pieces[-1]
    pieces.clear()
    before_mb = held_mb()
    give_back()
    assert held_mb() < before_mb - 100
    assert last.sum() == PIECE
