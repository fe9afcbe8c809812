"""Presses of a result that was written before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from perfusion_cam.comparison.pressed import Recording, SidePress, press_of_entry
from perfusion_cam.errors import ComparisonError

SCHEMA = 1


def read_presses(path: Path) -> tuple[SidePress, ...]:
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
    try:
        return tuple(_presses(content))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _no_result(path, f"{type(error).__name__} at {error}") from error


def _presses(content: Mapping[str, Any]) -> Iterator[SidePress]:
    if "affected" in content:
        known = {one["sha256"]: _recording(one) for one in content["recordings"]}
        for entry in content["affected"]["presses"]:
            yield press_of_entry(known[entry["sha256"]], entry["press"], entry)
        return
    for document in content.get("recordings", [content]):
        recording = _recording(document["source"])
        for number, entry in enumerate(document["presses"], start=1):
            yield press_of_entry(recording, number, entry)


def _recording(facts: Mapping[str, Any]) -> Recording:
    return Recording(**{name: facts[name] for name in Recording.__dataclass_fields__})


def _no_result(path: Path, because: str) -> ComparisonError:
    return ComparisonError(
        f"{path.name} is no result of perfusion-cam analyze or compare: {because}; give a "
        "result.json or comparison.json"
    )
