"""The JSON Schema of the results, shipped with the package."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def result_schema() -> dict[str, Any]:
    """Read the JSON Schema (draft 2020-12) that every result document obeys."""
    return _schema("result")


def comparison_schema() -> dict[str, Any]:
    """Read the JSON Schema (draft 2020-12) that every comparison of sides obeys."""
    return _schema("comparison")


def _schema(name: str) -> dict[str, Any]:
    text = files(__name__).joinpath(f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
