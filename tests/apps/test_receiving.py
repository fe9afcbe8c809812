"""What is sent gets a harmless name, fits, and is whole or not there."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from perfusion_cam.apps.receiving import (
    MOST_BYTES,
    TooLargeError,
    check_room,
    harmless_name,
    receive,
)
from perfusion_cam.errors import OutputError


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("press.mp4", "press.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\my press (2).MOV", "my_press_2_.MOV"),
        ("..", "recording"),
        ("", "recording"),
        (".hidden.mp4", "hidden.mp4"),
        ("films/", "recording"),
        ("result.json", "result.json.video"),
        ("still.PNG", "still.PNG.video"),
        ("a\x00b\n.mp4", "a_b_.mp4"),
        ("Übung.mp4", "Übung.mp4"),
        ("x" * 500 + "." + "y" * 500, "x" * 40 + ".yyyyyyy"),
    ],
)
def test_a_name_is_that_of_one_file(given: str, name: str) -> None:
    assert harmless_name(given) == name


class Usage(NamedTuple):
    free: int


def test_what_does_not_fit_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "not" / "there"
    check_room("press.mp4", 1000, folder)
    with pytest.raises(TooLargeError, match=r"press.mp4 has 4.0 GB.*takes 4 GB at most"):
        check_room("press.mp4", MOST_BYTES + 1, folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1_100_000_000))
    check_room("press.mp4", 1_000_000_000, folder)
    with pytest.raises(TooLargeError, match=r"the disk has 1.1 GB left.*make room"):
        check_room("press.mp4", 1_000_000_001, folder)


async def parts(*given: bytes | Exception) -> AsyncIterator[bytes]:
    for one in given:
        if isinstance(one, Exception):
            raise one
        yield one


def test_what_is_whole_is_written(tmp_path: Path) -> None:
    path = tmp_path / "recording-1" / "press.mp4"
    shares: list[float] = []
    asyncio.run(receive(parts(b"ab", b"cd"), path, 4, shares.append))
    assert path.read_bytes() == b"abcd"
    assert list(path.parent.iterdir()) == [path]
    assert shares == [0.5, 1.0]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ((b"ab", ConnectionError("torn")), OutputError),
        ((b"ab", RuntimeError("torn")), RuntimeError),
        ((b"ab", b"cde"), TooLargeError),
    ],
)
def test_what_is_not_whole_is_not_there(
    tmp_path: Path, given: tuple[bytes | Exception, ...], error: type[Exception]
) -> None:
    path = tmp_path / "recording-1" / "press.mp4"
    with pytest.raises(error):
        asyncio.run(receive(parts(*given), path, 4, lambda _: None))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match="cannot write"):
        asyncio.run(receive(parts(b"a"), tmp_path / "file" / "x" / "press.mp4", 1, lambda _: None))
