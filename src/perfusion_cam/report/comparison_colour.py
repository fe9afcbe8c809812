"""Both sides' colours as plain values and words, for the JSON and the page of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from perfusion_cam.comparison.colours import SideColours
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.report.colour_document import (
    Document,
    colour_comparison_document,
    colour_document,
    words,
)

NOT_SEEN = "The {side} was not seen at rest before a press, so the sides' colours are not compared."
REFUSED = "The sides' colours are not compared. {because}"


def side_colours_document(colours: SideColours) -> Document | None:
    """Turn both sides' colours into plain values; None where neither side shows rested skin."""
    if colours.affected is None and colours.unaffected is None:
        return None
    between = colours.between
    rules = None
    if between is not None and not between.refused:
        rules = "other_side"
    elif colours.affected is not None:
        rules = "skin_beside"
    return {
        "affected": _side(colours.affected),
        "unaffected": _side(colours.unaffected),
        "between": None if between is None else colour_comparison_document(between),
        "rules_read_against": rules,
        "remarks": list(_remarks(colours)),
    }


def colour_lines(colour: Mapping[str, Any] | None) -> Iterator[str]:
    """Say a comparison document's colour, a sentence a line."""
    if colour is None:
        return
    between = colour["between"]
    if between is not None:
        yield from (REFUSED.format(because=reason) for reason in between["refused"])
        yield from between["says"]
        if between["signs"]:
            strengths = ", ".join(map(_strength, *zip(*between["signs"].items(), strict=True)))
            yield f"Against the other side, in multiples of what just stands out: {strengths}."
    yield from colour["remarks"]


def _strength(name: str, sign: Mapping[str, Any]) -> str:
    low, high = sign["strength"]["ci95"]
    return f"{name.replace('_', ' ')} {sign['strength']['value']:z.1f} ({low:z.1f} to {high:z.1f})"


def _side(press: SidePress | None) -> Document | None:
    if press is None or press.colour is None:
        return None
    where = {"file": press.recording.file, "sha256": press.recording.sha256, "press": press.number}
    return where | colour_document(press.colour)


def _remarks(colours: SideColours) -> Iterator[str]:
    for side, press in (
        ("affected side", colours.affected),
        ("unaffected side", colours.unaffected),
    ):
        if press is None or press.colour is None:
            yield NOT_SEEN.format(side=side)
            continue
        if colours.between is None or colours.between.refused:
            for sentence in words(press.colour.signs, "the skin beside it"):
                yield f"The {side}: {sentence}"
        for reason in press.colour.reasons:
            yield f"The {side}: {reason}"
