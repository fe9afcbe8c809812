"""Pictures that were not measured, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple


class Cause(Enum):
    """Why a picture was left out, as its sentence ends."""

    BUSY = "this computer could not keep up"
    LATE = "the recording could not be read in time"
    DAMAGED = "the browser's camera sent {them} damaged"
    MISTIMED = "the browser's camera sent {them} with a time that cannot be"


class LeftOut(NamedTuple):
    """One picture."""

    t_s: float
    cause: Cause


def told(pictures: Iterable[LeftOut]) -> Iterator[str]:
    """Say how many were left out, a sentence for each cause."""
    counts = Counter(one.cause for one in pictures)
    for cause in Cause:
        if count := counts[cause]:
            were, them = ("picture was", "it") if count == 1 else ("pictures were", "them")
            yield f"{count} {were} left out because {cause.value.format(them=them)}."
