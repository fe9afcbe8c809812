"""Read a site picture by picture, with its control and with skin that nobody pressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from perfusion_cam.blood import BLOOD_AXIS
from perfusion_cam.stencils import Places, Stencil, Stencils, rested
from perfusion_cam.types import LIGHT_CODE, FloatArray, GridWindow, Press, Site, SiteLight

CHUNK = 16
"""Samples read together."""


def read_light(
    window: GridWindow,
    press: Press,
    site: Site,
    stencils: Stencils,
    before: SiteLight | None = None,
) -> SiteLight:
    """Read a site picture by picture.

    Parameters
    ----------
    window : GridWindow
    press : Press
    site : Site
    stencils : Stencils
    before : SiteLight, optional
        What was read of a window as long as it was shorter: places that still lie as they did, at a
        site that rested as it did, are not read again.

    Returns
    -------
    SiteLight
    """
    laid = (stencils.site, *stencils.placebos)
    resting = window.mean_log_rgb(rested(window, press))
    resting_light = resting.reshape(-1, 3)[stencils.site.cells]
    resting_code = np.asarray(np.rint(LIGHT_CODE * resting_light), np.int16)
    names = (_name(stencils.site) + resting_code.tobytes(), *map(_name, stencils.placebos))
    known, kept = _known(before, window, names)
    moved = [place for place in range(len(laid)) if place not in kept]
    count = len(window.t_s)
    light = SiteLight(
        window.t_s,
        names,
        resting[site.cells].mean(axis=0),
        np.empty((count, 3, len(laid)), np.float32),
        np.empty(count, np.float32),
    )
    if before is not None and known:
        light.laid[:known, :, list(kept)] = before.laid[:known, :, list(kept.values())]
        light.red_spread[:known] = before.red_spread[:known]
        if moved:
            light.laid[:known, :, moved] = _laid(window, range(known), [laid[i] for i in moved])
    if known < count:
        later = range(known, count)
        light.laid[known:] = _laid(window, later, laid)
        light.red_spread[known:] = _red_spread(window, later, stencils.site.cells, resting_code)
    return light


def _name(stencil: Stencil) -> bytes:
    return stencil.cells.tobytes() + stencil.weights.tobytes()


def _known(
    before: SiteLight | None, window: GridWindow, names: tuple[bytes, ...]
) -> tuple[int, dict[int, int]]:
    """How many samples of a window were read before, and which of its places as which."""
    if before is None or before.names[0] != names[0]:
        return 0, {}
    count = min(len(before.t_s), len(window.t_s))
    if not np.array_equal(before.t_s[:count], window.t_s[:count]):
        return 0, {}
    old = {name: place for place, name in enumerate(before.names)}
    return count, {place: old[name] for place, name in enumerate(names) if name in old}


def _laid(window: GridWindow, samples: range, stencils: Sequence[Stencil]) -> NDArray[np.float32]:
    """Lay stencils over some samples, array (samples, 3, stencils)."""
    cells, column = np.unique(np.concatenate([one.cells for one in stencils]), return_inverse=True)
    weights = csr_array(
        (
            np.concatenate([one.weights for one in stencils]).astype(np.float32),
            column,
            np.cumsum([0, *(len(one.cells) for one in stencils)]),
        ),
        shape=(len(stencils), len(cells)),
    )
    read = [
        (weights @ _by_cell(code).astype(np.float32)).reshape(len(stencils), 3, -1)
        for code in codes_of(window, samples, cells)
    ]
    return np.concatenate(read, axis=2).transpose(2, 1, 0)


def _red_spread(
    window: GridWindow, samples: range, cells: Places, resting_code: NDArray[np.int16]
) -> FloatArray:
    """Scatter over cells of the change of red that is not blood's, for each of some samples.

    Natural log. What blood takes of red goes with what it takes of green and blue: a deep blanch
    inside skin that keeps its colour would otherwise count as something in the way.
    """
    not_blood = np.array([1.0, -BLOOD_AXIS[0] / 2, -BLOOD_AXIS[0] / 2], np.float32)
    spread = []
    for code in codes_of(window, samples, cells):
        change = (code - resting_code) @ not_blood
        middle = np.median(change, axis=1, keepdims=True)
        spread.append(np.sqrt(((change - middle) ** 2).mean(axis=1)) / np.float32(LIGHT_CODE))
    return np.concatenate(spread)


def codes_of(window: GridWindow, samples: range, cells: Places) -> Iterator[NDArray[np.int16]]:
    """Read light of some cells in some samples as it is coded, arrays (n, cells, 3)."""
    for first in samples[::CHUNK]:
        code = window.light_code[first : min(first + CHUNK, samples.stop)]
        yield code.reshape(len(code), -1, 3).take(cells, axis=1)


def _by_cell(code: NDArray[np.int16]) -> NDArray[np.int16]:
    """Samples of each cell and colour side by side, array (cells, 3 * n)."""
    flipped = np.asarray(cv2.transpose(code.reshape(len(code), -1)), np.int16)
    return flipped.reshape(code.shape[1], -1)
