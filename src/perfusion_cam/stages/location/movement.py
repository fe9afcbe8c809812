"""Tell skin that slid from skin that paled."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perfusion_cam.stages.location.pallor import PALLOR
from perfusion_cam.stages.location.shapes import disc, grown, radius_of
from perfusion_cam.types import BoolArray, FloatArray

MAX_SLID_CELLS = 5
PER_CELL = 2
"""Placements tried per cell and direction."""
MIN_ROOM_CELLS = 5
"""Room round a patch that must be explained along with it."""
MIN_CONTRAST = 0.5
"""Contrast to what lies beside, over the patch's own change: a border that slid has far more."""


class Slide(NamedTuple):
    """What laying the resting picture where it fits best explains of a change.

    Attributes
    ----------
    of_patch : float
        Share of the patch's contrast to what lies beside it: about 0 for skin that paled, where
        blotches of skin do not fit by chance, about 1 for the border of a limb that slid.
    of_all : float
        Share of the squared change of light in and round the patch.
    """

    of_patch: float
    of_all: float


def find_slide(baseline: FloatArray, change: FloatArray, cells: BoolArray) -> Slide:
    """See whether a patch changed because the skin slid.

    Parameters
    ----------
    baseline, change : array (rows, cols, 3)
        Natural-log light at rest, and its change since.
    cells : array (rows, cols) bool
        The patch.
    """
    around = _box(cells, max(MIN_ROOM_CELLS, round(radius_of(cells))))
    inside = cells[around]
    beside = grown(inside, disc(2)) & ~inside
    rows, cols = around
    reach = MAX_SLID_CELLS
    wider = np.pad(baseline, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    resting = _finer(wider[rows.start : rows.stop + 2 * reach, cols.start : cols.stop + 2 * reach])
    shown = _finer((baseline + change)[around])
    misfits = cv2.matchTemplate(resting, shown, cv2.TM_SQDIFF)
    top, left = np.unravel_index(int(misfits.argmin()), misfits.shape)
    laid = resting[top : top + shown.shape[0], left : left + shown.shape[1]]
    misfit = _unslid(shown - laid, laid)
    changed = _finer(change[around])
    still = _contrast(changed, inside, beside)
    if abs(still) <= MIN_CONTRAST * abs(float((change[cells] @ PALLOR).mean())):
        return Slide(0.0, 0.0)
    of_patch = 1 - _contrast(misfit, inside, beside) / still
    return Slide(of_patch, 1 - float((misfit**2).sum() / (changed**2).sum()))


def _box(cells: BoolArray, room: int) -> tuple[slice, slice]:
    rows, cols = np.nonzero(cells)
    height, width = cells.shape
    return (
        slice(max(int(rows.min()) - room, 0), min(int(rows.max()) + room + 1, height)),
        slice(max(int(cols.min()) - room, 0), min(int(cols.max()) + room + 1, width)),
    )


def _unslid(misfit: FloatArray, laid: FloatArray) -> FloatArray:
    """What is left of a misfit once a slide of a part of a step is taken out (least squares)."""
    slopes = np.stack([np.gradient(laid, axis=1), np.gradient(laid, axis=0)], axis=-1)
    flat = slopes.reshape(-1, 2)
    step = np.linalg.lstsq(flat, misfit.reshape(-1), rcond=None)[0]
    return np.asarray(misfit - slopes @ step)


def _finer(light: FloatArray) -> FloatArray:
    return np.asarray(
        cv2.resize(light.astype(np.float32), None, fx=PER_CELL, fy=PER_CELL), np.float32
    )


def _contrast(change: FloatArray, inside: BoolArray, beside: BoolArray) -> float:
    """Pallor inside against beside, of a change PER_CELL times as fine."""
    pale = change @ PALLOR
    per_cell = np.ones((PER_CELL, PER_CELL), bool)
    return float(pale[np.kron(inside, per_cell)].mean() - pale[np.kron(beside, per_cell)].mean())
