"""Presses of a result that was written before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfusion_cam.comparison.pressed import Recording, SidePress, press_of_entry
from perfusion_cam.errors import ComparisonError

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """The recordings of a result, and the presses that count.

    Attributes
    ----------
    recordings : tuple of Recording
    presses : tuple of SidePress
    """

    recordings: tuple[Recording, ...]
    presses: tuple[SidePress, ...]


def read_result(path: Path) -> EarlierResult:
    """Read the presses of a result of ``analyze``, or of the affected side of one of ``compare``.

    Raises
    ------
    ComparisonError
        The file cannot be read, or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ComparisonError(
            f"cannot read the earlier result {path}: {error.strerror}; give a result.json"
        ) from error
    except ValueError as error:
        raise _no_result(path, "it is not JSON") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise _no_result(path, f"it has no schema number {SCHEMA}")
    if "provisional" in content and not content.get("presses"):
        raise ComparisonError(
            f"{path.name} holds a provisional time only: its examination broke off while the press "
            "was watched; give a result.json of a press that was watched to its end"
        )
    try:
        return _result(content)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _no_result(path, f"{type(error).__name__} at {error}") from error


def _result(content: Mapping[str, Any]) -> EarlierResult:
    if "affected" in content:
        known = {
            one["sha256"]: _recording(one)
            for one in content["recordings"]
            if one["role"] in ("affected", "both")
        }
        presses = [
            press_of_entry(known[entry["sha256"]], entry["press"], entry)
            for entry in content["affected"]["presses"]
        ]
        return EarlierResult(tuple(known.values()), tuple(presses))
    documents = content.get("recordings", [content])
    recordings = [_recording(document["source"]) for document in documents]
    presses = [
        press_of_entry(recording, number, entry)
        for recording, document in zip(recordings, documents, strict=True)
        for number, entry in enumerate(document["presses"], start=1)
    ]
    return EarlierResult(tuple(recordings), tuple(presses))


def _recording(facts: Mapping[str, Any]) -> Recording:
    return Recording(**{name: facts[name] for name in Recording.__dataclass_fields__})


def _no_result(path: Path, because: str) -> ComparisonError:
    return ComparisonError(
        f"{path.name} is no result of perfusion-cam analyze or compare: {because}; give a "
        "result.json or comparison.json"
    )
