"""Which press belongs to which side, where one recording shows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.remarks import Mark, Remark
from perfusion_cam.settings import Region

Half = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Presses by side, and what could not be told."""

    affected: tuple[SidePress, ...] = ()
    unaffected: tuple[SidePress, ...] = ()
    remarks: tuple[Remark, ...] = ()


def by_site(presses: Sequence[SidePress], affected: Region, unaffected: Region) -> Assigned:
    """Give each press to the region that holds the middle of its site."""
    placed, remarks = _placed(presses)
    sides: list[list[SidePress]] = [[], []]
    for press in placed:
        inside = [region.contains(*_place(press)) for region in (affected, unaffected)]
        if all(inside):
            says = f"{_where(press)} lies in both sites given, so it belongs to no side."
            remarks.append(Remark(Mark.PLACE_UNKNOWN, _sentence(says)))
        elif any(inside):
            sides[inside.index(True)].append(press)
        else:
            says = f"{_where(press)} lies in neither of the two sites and is not used."
            remarks.append(Remark(Mark.PLACE_ELSEWHERE, _sentence(says)))
    return Assigned(tuple(sides[0]), tuple(sides[1]), tuple(remarks))


def within(
    presses: Sequence[SidePress], region: Region
) -> tuple[tuple[SidePress, ...], list[Remark]]:
    """Keep the presses whose site has its middle in a region, and say which others there are."""
    kept, remarks = [], []
    for press in presses:
        if press.place_px is None or region.contains(*press.place_px):
            kept.append(press)
        else:
            says = f"{_where(press)} lies outside the site given for it and is not used."
            remarks.append(Remark(Mark.PLACE_ELSEWHERE, _sentence(says)))
    return tuple(kept), remarks


def by_half(presses: Sequence[SidePress], affected_is: Half) -> Assigned:
    """Split each recording's presses at its widest gap from left to right.

    The sites must lie wholly apart. A recording in which left and right cannot be told gives no
    press to either side.
    """
    placed, remarks = _placed(presses)
    left, right = [], []
    for recording in dict.fromkeys(press.recording for press in presses):
        here = [press for press in placed if press.recording == recording]
        ordered = sorted(here, key=lambda press: _place(press)[0])
        gaps = [_gap_px(one, other) for one, other in pairwise(ordered)]
        if not gaps or max(gaps) <= 0:
            remarks.append(_cannot_tell(ordered))
            continue
        cut = int(np.argmax(gaps)) + 1
        left += ordered[:cut]
        right += ordered[cut:]
    sides = (left, right) if affected_is == "left" else (right, left)
    return Assigned(tuple(sides[0]), tuple(sides[1]), tuple(remarks))


def _cannot_tell(presses: Sequence[SidePress]) -> Remark:
    where = " ".join(map(_where, presses)) or "no press has a place,"
    return Remark(
        Mark.PLACE_UNKNOWN,
        f"Left and right cannot be told apart: {where} and no two presses lie clearly beside each "
        "other. Press both sides, or say where they are with --affected-site and "
        "--unaffected-site.",
    )


def _placed(presses: Sequence[SidePress]) -> tuple[list[SidePress], list[Remark]]:
    remarks = [
        Remark(
            Mark.PLACE_UNKNOWN,
            _sentence(f"{press.name}: its place was not found, so it belongs to no side."),
        )
        for press in presses
        if press.place_px is None
    ]
    return [press for press in presses if press.place_px is not None], remarks


def _gap_px(left: SidePress, right: SidePress) -> float:
    return _place(right)[0] - _radius(right) - _place(left)[0] - _radius(left)


def _place(press: SidePress) -> tuple[float, float]:
    assert press.place_px is not None
    return press.place_px


def _radius(press: SidePress) -> float:
    return press.radius_px or 0.0


def _where(press: SidePress) -> str:
    x_px, y_px = _place(press)
    return f"{press.name}, at {x_px:.0f},{y_px:.0f} px,"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
