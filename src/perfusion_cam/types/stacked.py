"""Arrays that follow one another, read as one without copying them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types.arrays import BoolArray

Kind = TypeVar("Kind", bound=np.generic)


class Stacked(Generic[Kind]):
    """Read-only stack along the first axis; only what is asked for is copied.

    Parameters
    ----------
    parts : sequence of arrays (n_i, ...)
        At least one, alike in all but the first axis.
    """

    def __init__(self, parts: Sequence[NDArray[Kind]]) -> None:
        self._parts = tuple(parts)
        self._ends = np.cumsum([len(part) for part in parts])

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all parts together."""
        return (len(self), *self._parts[0].shape[1:])

    def __len__(self) -> int:
        return int(self._ends[-1])

    def __getitem__(self, index: slice | int | BoolArray) -> NDArray[Kind]:
        if isinstance(index, int | np.integer):
            at = range(len(self))[int(index)]
            part = int(np.searchsorted(self._ends, at, side="right"))
            found: NDArray[Kind] = self._parts[part][at - int(self._ends[part])].view()
            found.flags.writeable = False
            return found
        if isinstance(index, slice) and (index.step or 1) < 0:
            raise IndexError("a stack is read forwards only")
        wanted = np.zeros(len(self), bool)
        wanted[index] = True
        chosen = [
            part[where]
            for part, where in zip(
                self._parts, np.split(wanted, self._ends[:-1].tolist()), strict=True
            )
            if where.any()
        ]
        return np.concatenate(chosen or [self._parts[0][:0]])
