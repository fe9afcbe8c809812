"""Which saved press a press found again is: told by time, as a clip may hold only some of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

MATCH_S = 0.3
"""The same press is found again this close: a clip is compressed, and its skin followed from
another picture. Own choice."""

Numbers = tuple[int | None, ...]


class Spanned(Protocol):
    """A press, as far as its times go."""

    @property
    def contact_s(self) -> float: ...
    @property
    def release_s(self) -> float: ...


class _Laid(NamedTuple):
    """Presses by a guess of when the clip began: saved numbers, and how sure that is."""

    numbers: Numbers
    known: int
    at_an_end: bool


def match(found: Sequence[Spanned], saved: Sequence[Spanned]) -> Numbers:
    """Number the presses of the same recording as the saved ones, None where there is no such."""
    return _numbers(found, saved, 0.0)


def match_clip(
    found: Sequence[Spanned],
    saved: Sequence[Spanned],
    clip_duration_s: float,
    saved_duration_s: float,
) -> Numbers:
    """Number the presses of a clip that may have begun or ended in the middle of what was saved.

    Parameters
    ----------
    found : sequence of Spanned
        In the clip's time.
    saved : sequence of Spanned
    clip_duration_s, saved_duration_s : float

    Returns
    -------
    tuple of int or None
        For each found press its number among the saved ones, from 1. All None where the clip does
        not fit, or fits in more than one way: one press alone is known only in a clip that begins
        or ends with what was saved.
    """
    laid: list[_Laid] = []
    for offset_s in (0.0, *(one.release_s - other.release_s for one in saved for other in found)):
        numbers = _numbers(found, saved, offset_s)
        held = {
            number
            for number, one in enumerate(saved, start=1)
            if one.contact_s > offset_s + MATCH_S
            and one.release_s < offset_s + clip_duration_s - MATCH_S
        }
        known = set(numbers) - {None}
        if offset_s < -MATCH_S or not known or held - known:
            continue
        at_an_end = (
            abs(offset_s) <= MATCH_S
            or abs(offset_s + clip_duration_s - saved_duration_s) <= MATCH_S
        )
        if at_an_end or len(known) > 1:
            laid.append(_Laid(numbers, len(known), at_an_end))
    best = [one for one in laid if one.known == max(other.known for other in laid)]
    ended = [one for one in best if one.at_an_end]
    ways = {one.numbers for one in ended or best}
    return ways.pop() if len(ways) == 1 else (None,) * len(found)


def _numbers(found: Sequence[Spanned], saved: Sequence[Spanned], offset_s: float) -> Numbers:
    return tuple(
        next(
            (
                number
                for number, other in enumerate(saved, start=1)
                if abs(one.contact_s + offset_s - other.contact_s) <= MATCH_S
                and abs(one.release_s + offset_s - other.release_s) <= MATCH_S
            ),
            None,
        )
        for one in found
    )
