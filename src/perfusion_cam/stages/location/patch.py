"""The patch that paled most as skin does when blood is pressed out."""

from __future__ import annotations

from typing import NamedTuple, Self

import cv2
import numpy as np

from perfusion_cam.colour import same_skin
from perfusion_cam.stages.location.movement import Slide, find_slide
from perfusion_cam.stages.location.pallor import PALLOR, PallorNoise, local_pallor
from perfusion_cam.stages.location.shapes import connected, disc, grown, radius_of
from perfusion_cam.types import BoolArray, FloatArray

STAYING_SHARE = 0.5
"""Pallor counts up to what is left of it in this stretch, over this share: skin's colour comes
back by degrees (a time constant of 0.2 s leaves a fifth), the last of a hand goes at once."""
MIN_SCORE = 5.0
"""Robust standard deviations of untouched skin that a pale patch must stand out by."""
MAX_LIGHT_LIKENESS = 0.92
"""Red change over green-blue change: 1 is light alone, 0 to 0.4 is blood (evidence: S, A)."""
MAX_RISE = 0.3
"""Of a patch's pallor, by which the skin beside it may become paler once the tool has left: blood
only comes back, a glint wanders."""
RISE_NOISE = 5.0
"""Standard deviations of that which are noise."""
FULL_PALLOR = 0.8
"""Natural-log light of green and blue beyond which a change is no blanch: skin without any blood
is paler by 0.53 (type I) to 0.68 (type VI)."""
WANDER_BLUR_CELLS = 1.0
SAME_TINT = 0.22
SAME_LIGHT = 0.7
"""Natural-log differences in colour and in brightness up to which a cell is the same skin."""
MAX_SLIDE, MAX_SLIDE_ROUND = 0.5, 0.25
"""Share of a patch's contrast, and of all that changed in and round it, that a slide may explain.
A blanch on blotchy skin reaches 0.5 of the one with 0.1 of the other, a border that slid 0.6 and
0.3."""
MAX_RIVAL_SLIDE = 0.3
"""The share of its contrast beyond which what turned darker is no rival."""
MIN_RADIUS_CELLS = 1.6
MAX_RADIUS_SHARE = 0.15
RIVAL_FACTOR = 1.6
TRIES = 8
PEAK_QUANTILE = 0.9
NEAR_SHARE = 0.5
"""Of a patch's radius: over so much, pallor differs little by its pace and wholly by its edge."""
LEFT_OF_PALEST, LEFT_OF_ALL = 0.45, 0.25
"""Shares of the palest near a cell, and of the whole patch's pallor, that it must have: half, the
palest of some being paler by noise than most, and little, for fast parts."""
MIN_OF_NOISE = 3.0
"""Standard deviations that it must have."""
MIN_IN_SIGHT = 0.6
"""Share of a patch that must be clear of noise, or else its outline is noise's."""
MAX_BORDER = 0.25
"""Share of a patch's outline along which something may lie."""
OUTLINE = np.ones((3, 3), np.uint8)
TOUCHING = np.ones((5, 5), np.uint8)
BESIDE = np.ones((7, 7), np.uint8)


class Patch(NamedTuple):
    """Cells that paled, and how far they stand out.

    Attributes
    ----------
    cells : array (rows, cols) bool
    alike : array (rows, cols) bool
        Cells of the same skin.
    pale : array (rows, cols)
        Pallor of all cells as it was looked at.
    stands_out : float
        Over the bar set by noise and rivals; below 1 it may be chance.
    detectable : float
        Pallor that would just have stood out there.
    ends_in_noise : bool
        Whether noise outlines it, well before its pallor ends: it is the slowest part of a site.
    """

    cells: BoolArray
    alike: BoolArray
    pale: FloatArray
    stands_out: float
    detectable: float
    ends_in_noise: bool


class EarlyChange(NamedTuple):
    """How light changed from rest to a stretch just after the tool has left.

    Attributes
    ----------
    baseline : array (rows, cols, 3)
        Natural-log light at rest.
    change : array (rows, cols, 3)
        In that stretch.
    staying : array (rows, cols, 3)
        A little later, when the last of a hand is gone.
    noise : PallorNoise
    beside : array (rows, cols) bool
        Cells on which something lies then.
    first, rise : array (rows, cols)
        Pallor in that stretch, and by how much more than noise it rose until later.
    """

    baseline: FloatArray
    change: FloatArray
    staying: FloatArray
    noise: PallorNoise
    beside: BoolArray
    first: FloatArray
    rise: FloatArray

    @classmethod
    def of(
        cls,
        baseline: FloatArray,
        change: FloatArray,
        staying: FloatArray,
        noise: PallorNoise,
        beside: BoolArray,
    ) -> Self:
        """Take two maps of change, and find what rose between them.

        What lies beside the place counts as unchanged, so that it is neither site nor rival.
        """
        change, staying = (np.where(beside[..., None], 0, each) for each in (change, staying))
        first = local_pallor(change, WANDER_BLUR_CELLS)
        later = local_pallor(staying, WANDER_BLUR_CELLS)
        rise = np.maximum(later, 0) - np.maximum(first, 0)
        rise -= RISE_NOISE * noise.of(first)
        return cls(baseline, change, staying, noise, beside, first, rise)


def best_patch(early: EarlyChange, allowed: BoolArray, scale_cells: float) -> Patch | None:
    """Find the patch that stands out most among those that changed as blood does.

    It is found by the pallor that lasts, and outlined by the first that is seen: what lasts of a
    site that refills unevenly, or too much, is its slowest part.

    Its rival is the patch that turned *darker* most: nothing in a press makes skin beside the
    tool darker than before, so that is what chance, shadow and movement are capable of here.

    Parameters
    ----------
    early : EarlyChange
    allowed : array (rows, cols) bool
        Where to look.
    scale_cells : float
        Size of the blur under which to look.
    """
    now = local_pallor(early.change, scale_cells)
    pale = _lasting(now, local_pallor(early.staying, scale_cells))
    noise = early.noise.of(pale)
    score = np.where(allowed, pale / noise, 0.0).astype(np.float32)
    darker = np.maximum(-score, 0)
    for _ in range(TRIES):
        row, col = np.unravel_index(int(score.argmax()), score.shape)
        top = float(score[row, col])
        if top <= 0:
            return None
        near = _with_rim(_core(pale, allowed, int(row), int(col)))
        cells = _core(now, allowed & near, int(row), int(col))
        if _borders_on(early.beside, cells) or _is_no_blanch(early, cells, near):
            score[near] = 0
        elif _has_size(cells) and _blood_like(early.change, cells):
            alike = same_skin(early.baseline, cells, SAME_TINT, SAME_LIGHT)
            bar = max(MIN_SCORE, RIVAL_FACTOR * _rival(early, darker, alike))
            whole, in_sight = _whole(early, allowed & alike, cells)
            detectable = bar * float(noise[row, col])
            return Patch(whole, alike, pale, top / bar, detectable, in_sight < MIN_IN_SIGHT)
        else:
            score[grown(cells, TOUCHING)] = 0
    return None


def _lasting(now: FloatArray, later: FloatArray) -> FloatArray:
    least = np.sign(now) * np.minimum(abs(now), abs(later) / STAYING_SHARE)
    return np.asarray(np.where(now * later > 0, least, 0.0), np.float32)


def _borders_on(beside: BoolArray, cells: BoolArray) -> bool:
    """Whether a patch is a piece left over of what lies beside the place."""
    outline = grown(cells, OUTLINE) & ~cells
    return bool((outline & beside).sum() > MAX_BORDER * outline.sum())


def _is_no_blanch(early: EarlyChange, cells: BoolArray, near: BoolArray) -> bool:
    """Whether it does what no blanch does: wander, pale beyond having no blood, or slide."""
    peak = early.first[cells].max()
    if peak <= 0:
        return True
    wanders = (early.rise[near] > MAX_RISE * peak).any()
    too_pale = np.quantile(early.change[cells] @ PALLOR, 0.9) > FULL_PALLOR
    if wanders or too_pale:
        return True
    slide = _slide(early, cells, early.first)
    return slide.of_patch > MAX_SLIDE and slide.of_all > MAX_SLIDE_ROUND


def _rival(early: EarlyChange, darker: FloatArray, alike: BoolArray) -> float:
    """How far the patch of the same skin stands out that turned darkest, and did not just slide."""
    left = np.where(alike, darker, 0.0)
    for _ in range(TRIES):
        row, col = np.unravel_index(int(left.argmax()), left.shape)
        if RIVAL_FACTOR * left[row, col] <= MIN_SCORE:
            break
        cells = _core(darker, darker > 0, int(row), int(col))
        if _slide(early, cells, -early.first).of_patch <= MAX_RIVAL_SLIDE:
            break
        left[_with_rim(cells)] = 0
    return float(left.max())


def _slide(early: EarlyChange, cells: BoolArray, changed: FloatArray) -> Slide:
    """What a slide explains of a patch's change, by the half of it that `changed` most."""
    peak = changed[cells].max()
    if peak <= 0:
        return Slide(0.0, 0.0)
    return find_slide(early.baseline, early.change, cells & (changed >= 0.5 * peak))


def _with_rim(cells: BoolArray) -> BoolArray:
    return grown(cells, disc(max(2, round(0.7 * radius_of(cells)))))


def _has_size(cells: BoolArray) -> bool:
    return bool(MIN_RADIUS_CELLS <= radius_of(cells) <= MAX_RADIUS_SHARE * max(cells.shape))


def _core(pale: FloatArray, allowed: BoolArray, row: int, col: int) -> BoolArray:
    """The site's core: connected cells at least half as pale as the palest."""
    labels = connected((pale >= 0.5 * pale[row, col]) & allowed)
    return np.asarray(labels == labels[row, col])


def _whole(early: EarlyChange, allowed: BoolArray, cells: BoolArray) -> tuple[BoolArray, float]:
    """All of a patch, also what had come back by more than half before it was seen.

    Each cell that hangs together with it and is about half as pale as the palest near it. The
    second is the share of those that are clear of noise.
    """
    first = early.first
    palest_near = cv2.dilate(first, disc(max(2, round(NEAR_SHARE * radius_of(cells)))))
    palest = np.quantile(first[cells], PEAK_QUANTILE)
    pale = (first >= LEFT_OF_PALEST * palest_near) & (first >= LEFT_OF_ALL * palest)
    clear = first >= MIN_OF_NOISE * early.noise.of(first)
    whole = _joined(cells, pale & clear & allowed)
    in_sight = float(whole.sum() / _joined(cells, pale & allowed).sum())
    if not _has_size(whole) or _borders_on(early.beside, whole):
        return cells, in_sight
    return whole if _blood_like(early.change, whole) else cells, in_sight


def _joined(cells: BoolArray, others: BoolArray) -> BoolArray:
    """Cells, and others that hang together with them."""
    labels = connected(cells | others)
    return np.asarray(np.isin(labels, labels[cells]))


def _blood_like(change: FloatArray, patch: BoolArray) -> bool:
    """Whether a patch changed as blood does, not as light does."""
    beside = grown(patch, BESIDE) & ~patch
    red, green, blue = change[patch].mean(axis=0) - change[beside].mean(axis=0)
    pale = (green + blue) / 2
    return bool(pale > 0 and red < MAX_LIGHT_LIKENESS * pale)
