"""A recording that the page sends: bounded, under a harmless name, and whole or not there."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from perfusion_cam.errors import ServerError
from perfusion_cam.live.clip import ROOM_BYTES
from perfusion_cam.report.atomic import make_folder, replacing

MOST_BYTES = 4_000_000_000
"""About ten minutes of 4K from a phone. Own choice."""
GIGA = 1e9
NAME_LENGTH = 40
RESULT_SUFFIXES = {".json", ".csv", ".png", ".html", ".pdf"}


class TooLargeError(ServerError):
    """A recording does not fit."""


def harmless_name(given: str) -> str:
    """Make of any name one of a file: no folder, nothing hidden, none that a result has."""
    bare = re.sub(r"[^\w.-]+", "_", re.split(r"[/\\]", given)[-1]).lstrip(".")
    path = Path(bare or "recording")
    name = f"{path.stem[:NAME_LENGTH]}{path.suffix[:8]}"
    return f"{name}.video" if path.suffix.lower() in RESULT_SUFFIXES else name


def check_room(name: str, size: int, folder: Path) -> None:
    """Make sure that a recording may be sent and fits on the disk.

    Raises
    ------
    TooLargeError
    """
    if size > MOST_BYTES:
        raise TooLargeError(
            f"{name} has {size / GIGA:.1f} GB, and the page takes {MOST_BYTES / GIGA:.0f} GB at "
            "most; open it with perfusion-cam live --review, or send a part of it."
        )
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    free = shutil.disk_usage(there).free
    if size > free - ROOM_BYTES:
        raise TooLargeError(
            f"{name} has {size / GIGA:.1f} GB, and the disk has {free / GIGA:.1f} GB left, of "
            f"which {ROOM_BYTES / GIGA:.1f} GB are for results; make room, then open it again."
        )


async def receive(
    parts: AsyncIterator[bytes], path: Path, size: int, on_progress: Callable[[float], None]
) -> None:
    """Write what comes to `path`, in a new folder, which is removed again where that fails.

    Parameters
    ----------
    parts : async iterator of bytes
    path : Path
    size : int
        What was announced, in bytes.
    on_progress : callable (share)
        Told how much has come; what it raises ends the receiving.

    Raises
    ------
    TooLargeError
        More comes than was announced.
    OutputError
    """
    try:
        make_folder(path.parent)
        with replacing(path) as temporary, temporary.open("wb") as file:
            taken = 0
            async for part in parts:
                taken += len(part)
                if taken > size:
                    raise TooLargeError(f"{path.name} is longer than was announced; open it again.")
                await run_in_threadpool(file.write, part)
                on_progress(taken / max(1, size))
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
