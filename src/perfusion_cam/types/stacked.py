"""Arrays that follow one another, read as one without copying them together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types.arrays import BoolArray

Kind = TypeVar("Kind", bound=np.generic)


class Stacked(Generic[Kind]):
    """Read-only stack along the first axis; what lies in one part is not copied.

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
        chosen = self.parts_of(index)
        if len(chosen) > 1:
            return np.concatenate(chosen)
        only = chosen[0].view()
        only.flags.writeable = False
        return only

    def parts_of(self, index: slice | BoolArray) -> list[NDArray[Kind]]:
        """Some of the stack, part by part; at least one, which may be empty."""
        chosen = self._slices(index) if isinstance(index, slice) else self._samples(index)
        return [part for part in chosen if len(part)] or [self._parts[0][:0]]

    def _slices(self, index: slice) -> list[NDArray[Kind]]:
        start, stop, step = index.indices(len(self))
        if step < 0:
            raise IndexError("a stack is read forwards only")
        chosen = []
        for part, end in zip(self._parts, self._ends.tolist(), strict=True):
            begin = end - len(part)
            first = max(start - begin, (start - begin) % step)
            chosen.append(part[first : max(stop - begin, 0) : step])
        return chosen

    def _samples(self, index: BoolArray) -> list[NDArray[Kind]]:
        wanted = np.zeros(len(self), bool)
        wanted[index] = True
        masks = np.split(wanted, self._ends[:-1].tolist())
        return [
            part if mask.all() else part[mask]
            for part, mask in zip(self._parts, masks, strict=True)
        ]


def cells_of(
    stack: NDArray[Kind] | Stacked[Kind], index: slice | BoolArray, cells: BoolArray
) -> NDArray[Kind]:
    """Read some cells of some grids (n, rows, cols) in a stack, array (samples, cells)."""
    parts = stack.parts_of(index) if isinstance(stack, Stacked) else [stack[index]]
    places = np.flatnonzero(cells)
    return np.concatenate(
        [part.reshape(len(part), cells.size).take(places, axis=1) for part in parts]
    )
