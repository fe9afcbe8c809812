"""Results to standard output and to files: nothing heavy is imported here."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from perfusion_cam.apps.failing import emit
from perfusion_cam.errors import OutputError
from perfusion_cam.report.atomic import make_folder, write

WIDTH_WITHOUT_TERMINAL = 100


def check_json_target(target: Path) -> None:
    """Find out before the work, not after it, that a file cannot be written.

    Raises
    ------
    OutputError
    """
    if target.is_dir():
        raise OutputError(f"cannot write {target}: it is a folder. Give --json a file name or -.")
    if not target.exists():
        make_folder(target.parent)


def write_json(text: str, target: str) -> None:
    """Write JSON to a file, or to standard output for ``-``."""
    if target == "-":
        emit(text)
    else:
        write(Path(target), text.encode())


def terminal() -> tuple[int, bool]:
    """Width of standard output, and whether it understands colour."""
    if not sys.stdout.isatty():
        return WIDTH_WITHOUT_TERMINAL, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ
