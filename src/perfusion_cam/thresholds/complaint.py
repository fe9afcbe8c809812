"""The mistakes of a profile, said in one line with the path of the key."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


def complaint(error: ValidationError, model: type[BaseModel]) -> str:
    """Say the first mistake, and how many more there are.

    Returns
    -------
    str
        Such as ``rules[2].limit: must be greater than 0, found -3.0``.
    """
    details = error.errors(include_url=False)
    # A misspelt key is both unknown and missing: the line about the unknown one leads to the cure.
    first = next((item for item in details if item["type"] == "extra_forbidden"), details[0])
    more = len(details) - 1
    end = f" ({more} more after this)" if more else ""
    return f"{_path(first)}: {_problem(first, model)}{end}"


def _path(item: ErrorDetails) -> str:
    path = ""
    for part in item["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") + str(item.get("ctx", {}).get("path", ""))


def _problem(item: ErrorDetails, model: type[BaseModel]) -> str:
    match item["type"]:
        case "missing":
            return "missing; add it"
        case "located":
            return item["msg"]
        case "extra_forbidden":
            return _unknown_key(str(item["loc"][-1]), _keys_at(model, item["loc"][:-1]))
        case "value_error":
            return str(item["ctx"]["error"])
    says = item["msg"].removeprefix("Input ").removeprefix("String ")
    return f"{says}, found {_short(item['input'])}"


def _unknown_key(key: str, known: Sequence[str]) -> str:
    close = get_close_matches(key, known, n=1)
    cure = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
    return f"unknown key; {cure}"


def _short(found: object) -> str:
    text = repr(found)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    for part in loc:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Model that a key's type is, or holds: ``Rule`` of ``tuple[Rule, ...]``."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)
