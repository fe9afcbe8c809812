"""Examinations that were saved: what their folders tell, and where the recording is, if it is."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from perfusion_cam.apps.live_words import shares
from perfusion_cam.apps.matching import Numbers, match, match_clip
from perfusion_cam.apps.saved_document import SavedDocument, SavedSource
from perfusion_cam.errors import OutputError, SourceError
from perfusion_cam.live.clip import CLIP
from perfusion_cam.report.atomic import write
from perfusion_cam.report.document import to_json
from perfusion_cam.report.folder import CURVE, RESULT, STILL
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, seconds
from perfusion_cam.sources.video_file import sha256_of
from perfusion_cam.types import BoolArray, Examination, FloatArray

MANUAL = "manual.json"
DEPTH = 2
"""A live examination's folder holds one for each placement, and stands in one with all others."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved examination.

    Attributes
    ----------
    name : str
        Its folder, as seen from where it was looked for.
    folder : Path
    written_s : float
        When its result was written, in seconds since 1970.
    document : SavedDocument
    recording : Path or None
        Where the same recording, or a raw clip of a live examination, is found.
    clip : bool
        It is a clip, which may hold only some of the presses.
    """

    name: str
    folder: Path
    written_s: float
    document: SavedDocument
    recording: Path | None
    clip: bool = False

    def presses(self) -> list[dict[str, Any]]:
        """What was found, with curves, as plain values."""
        curves = read_curves(self.folder / CURVE)
        return [
            {
                "status": press.status,
                "words": press.words(),
                "held": seconds(press.hold_s),
                "reasons": press.reasons,
                "curve": shares(*curves[number], press.blanch_depth) if number in curves else None,
                "contact_s": press.contact_s,
                "release_s": press.release_s,
                "ended_s": press.ended_s,
            }
            for number, press in enumerate(self.document.presses, start=1)
        ]

    def numbers(self, examination: Examination) -> Numbers:
        """Number the presses found again in the recording as the saved ones; None is unknown."""
        found = [result.press for result in examination.presses]
        if not self.clip:
            return match(found, self.document.presses)
        clip_s, saved_s = examination.source.duration_s, self.document.source.duration_s
        return match_clip(found, self.document.presses, clip_s, saved_s)

    def pictures(self) -> list[str]:
        """Names of the pictures in its folder, the still first."""
        wanted = [STILL] + [f"press-{1 + n}.png" for n in range(len(self.document.presses))]
        return [name for name in wanted if (self.folder / name).is_file()]


class Damaged(NamedTuple):
    """A folder whose result cannot be read, by the name it would have."""

    name: str
    folder: Path


class DamagedError(SourceError):
    """A result is damaged, or none of this program."""


def find_saved(
    path: Path, base: Path, near: Path | None = None
) -> tuple[list[Saved], list[Damaged]]:
    """Find the examinations in a folder and in folders in it, and those that cannot be read.

    Parameters
    ----------
    path : Path
    base : Path
        From where their names are told.
    near : Path, optional
        Another folder in which recordings are looked for.
    """
    found: list[Saved] = []
    damaged: list[Damaged] = []
    for folder in _folders(path, DEPTH):
        try:
            found += read_saved(folder, base, near)
        except DamagedError:
            damaged.append(Damaged(_name(folder, base), folder))
    return found, damaged


def read_saved(folder: Path, base: Path, near: Path | None = None) -> list[Saved]:
    """Read the examination that a folder holds, if any, once for each of its clips.

    Raises
    ------
    DamagedError
    """
    try:
        content = (folder / RESULT).read_text(encoding="utf-8")
        written_s = (folder / RESULT).stat().st_mtime
        document = SavedDocument.model_validate_json(content)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, ValidationError) as error:
        raise DamagedError(f"{folder / RESULT} is damaged, or none of this program") from error
    name = _name(folder, base)
    recording = _recording(folder, document.source, near)
    clips = [] if recording else _clips(folder)
    if not clips:
        return [Saved(name, folder, written_s, document, recording)]
    names = [name] + [f"{name}, {clip.name}" for clip in clips[1:]]
    return [
        Saved(named, folder, written_s, document, clip, clip=True)
        for named, clip in zip(names, clips, strict=True)
    ]


def read_curves(path: Path) -> dict[int, tuple[FloatArray, FloatArray, BoolArray]]:
    """Read the curves of presses by number: time from release, signal and whether it was used."""
    rows: dict[int, list[tuple[float, float, float]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["signal"]:
                    told = float(row["t_from_release_s"]), float(row["signal"]), float(row["used"])
                    rows.setdefault(int(row["press"]), []).append(told)
    except (OSError, ValueError, LookupError, TypeError, csv.Error):
        return {}  # curves are for the eye; the numbers stand in the document
    return {
        number: (table[:, 0], table[:, 1], table[:, 2] > 0)
        for number, table in ((number, np.array(told)) for number, told in rows.items())
    }


def read_manual(folder: Path) -> dict[int, dict[str, Any]]:
    """Read what a person changed before, by number of the press.

    Raises
    ------
    OutputError
        It is there but damaged, and would be lost by writing it again.
    """
    path = folder / MANUAL
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {int(one["press"]): dict(one) for one in content["changed"]}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise OutputError(f"{path} is damaged; move it away, then try again") from error


def write_manual(folder: Path, changed: dict[str, Any]) -> None:
    """Add a change to what was changed before; of one press the newest is kept.

    Raises
    ------
    OutputError
    """
    kept = read_manual(folder) | {changed["press"]: changed}
    listed = [kept[number] for number in sorted(kept)]
    content = {"schema": 1, "notice": RESEARCH_USE_ONLY, "changed": listed}
    write(folder / MANUAL, to_json(content).encode())


def _name(folder: Path, base: Path) -> str:
    return folder.name if folder == base else str(folder.relative_to(base))


def _folders(path: Path, depth: int) -> Iterator[Path]:
    yield path
    if depth:
        with suppress(OSError):  # a folder that may not be read holds nothing to show
            for inner in sorted(one for one in path.iterdir() if one.is_dir()):
                yield from _folders(inner, depth - 1)


def _recording(folder: Path, source: SavedSource, near: Path | None) -> Path | None:
    """Find the very recording near its result."""
    name = Path(source.file).name
    for place in (folder, folder.parent, folder.parent.parent, Path.cwd(), near or folder):
        path = place / name
        with suppress(SourceError, OSError):
            if path.is_file() and _sha256(path, path.stat().st_mtime_ns) == source.sha256:
                return path
    return None


@cache
def _sha256(path: Path, _changed_ns: int) -> str:
    """Digest a file once, as long as it is not changed: it may be large, and is asked for often."""
    return sha256_of(path)


def _clips(folder: Path) -> list[Path]:
    """Find the clips that were kept with a result, in the order in which they were filmed."""
    first = folder / CLIP
    numbered = {
        int(told[1]): path
        for path in folder.glob(f"{first.stem}-*{first.suffix}")
        if (told := re.fullmatch(r".*-(\d+)", path.stem))
    }
    return [path for path in (first, *(numbered[n] for n in sorted(numbered))) if path.is_file()]
