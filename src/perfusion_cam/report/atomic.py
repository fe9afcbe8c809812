"""Files that are either whole or not there."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from perfusion_cam.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside `path`, renamed to it if all went well and removed if not.

    Raises
    ------
    OutputError
        The folder is read-only, the disk is full, or the like.
    """
    path = Path(os.path.realpath(path))  # a link stays a link
    temporary = path.with_name(f".{path.name[:50]}.{_writer()}.part")
    try:
        try:
            yield temporary
            temporary.replace(path)
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def write(path: Path, content: bytes) -> None:
    """Write a whole file, or raise `OutputError` and leave what was there.

    A device or pipe, such as ``/dev/stdout``, is written to and not replaced.
    """
    if path.exists() and not path.is_file():
        try:
            path.write_bytes(content)
        except OSError as error:
            raise cannot_write(path, error) from error
        return
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_folder(path: Path) -> Path:
    """Make a folder, and make sure that files can be written to it.

    Raises
    ------
    OutputError
        The folder cannot be made or is read-only.
    """
    probe = path / f".{_writer()}.probe"
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


def _writer() -> str:
    """Name who writes: two threads may write the same file at once."""
    return f"{os.getpid()}.{threading.get_ident()}"


def cannot_write(path: Path, error: Exception) -> OutputError:
    """Say in one line which file could not be written, why, and what to do."""
    found = getattr(error, "strerror", None) or str(error)
    return OutputError(
        f"cannot write {path}: {found}. Choose another place with --out or --json, or make room."
    )
