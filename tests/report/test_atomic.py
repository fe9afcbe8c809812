"""Files that are whole or not there, whoever else writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from perfusion_cam.report.atomic import make_folder, write

ROUNDS = 100


def test_two_threads_may_write_the_same_file_at_once(tmp_path: Path) -> None:
    together = Barrier(2)

    def write_often(content: bytes) -> None:
        for turn in range(ROUNDS):
            together.wait(timeout=10)
            write(make_folder(tmp_path / str(turn)) / "result.json", content)

    contents = [b"a" * 50_000, b"b" * 50_000]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write_often, contents))
    for turn in range(ROUNDS):
        (only,) = (tmp_path / str(turn)).iterdir()
        assert only.read_bytes() in contents
