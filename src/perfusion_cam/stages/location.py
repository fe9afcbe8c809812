"""Find where the skin blanched, and the unpressed skin beside it."""

from __future__ import annotations

from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour import same_skin
from perfusion_cam.quality import Flag
from perfusion_cam.types import BoolArray, FloatArray, GridWindow, Press, Site

NoSite = Literal[Flag.DOES_NOT_BLANCH, Flag.NO_SKIN_BESIDE, Flag.LOST]
"""Why there is no site: nothing paled, nothing to compare with, or the place left the picture."""

EARLY_S = (0.3, 1.2)
"""Two stretches after the tool has left over which pallor is averaged: fast and slow refill."""
STAYING_S = (0.3, 0.7)
STAYING_SHARE = 0.5
"""Pallor counts up to what is left of it in this stretch, over this share: skin's colour comes
back by degrees (a time constant of 0.2 s leaves a fifth), the last of a hand goes at once."""
BACK_S, BACK_SHARE = 6.0, 1 / 3
"""Skin never seen before counts as at rest in the last third of the 6 s after the tool has left, or
of as long as it was watched."""
SCALES_CELLS = (1.0, 2.5, 5.0)
"""Blurs under which a patch is looked for: a fingertip seen from far, and from near."""
MIN_SCORE = 5.0
"""Robust standard deviations of untouched skin that a pale patch must stand out by."""
EDGE_SHIFT_CELLS = 0.25
"""Registration error that the score allows for at strong edges."""
SAME_TINT = 0.22
SAME_LIGHT = 0.7
"""Natural-log differences in colour and in brightness up to which a cell is the same skin."""
PALLOR = np.array([0.0, 0.5, 0.5], np.float32)
"""Blood takes green and blue; the weights of a first look."""
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
MIN_RADIUS_CELLS = 1.6
MAX_RADIUS_SHARE = 0.15
SURROUND_CELLS = 10
CLEAR_SHARE = 0.5
"""The least blurred patch that stands out this well against the clearest is taken: its outline is
truest."""
RIVAL_FACTOR = 1.6
TRIES = 8
MIN_SEEN_SHARE = 0.5
"""Share of the place pressed that must be in the picture all the time."""


def pallor_map(
    window: GridWindow, press: Press, resting: FloatArray, from_s: float, to_s: float
) -> FloatArray:
    """Change of light from rest to after the tool has left, array (rows, cols, 3).

    Natural-log light, averaged from `from_s` to `to_s` after the tool has left, against `resting`
    (rows, cols, 3); the change that most cells share (exposure, white balance) is taken out.
    """
    since_s = window.t_s - press.uncovered_s
    after = (since_s >= from_s) & (since_s <= to_s)
    if not after.any():
        after = np.abs(since_s - from_s) == np.abs(since_s - from_s).min()
    change = window.mean_log_rgb(after) - resting
    return np.asarray(change - np.median(change.reshape(-1, 3), axis=0), np.float32)


def locate(window: GridWindow, press: Press, within: BoolArray | None = None) -> Site | NoSite:
    """Find the site of a press.

    Where the skin was not seen bare before, what it looked like at the end stands for its rest.

    Parameters
    ----------
    window : GridWindow
        From the press's baseline on.
    press : Press
    within : array (rows, cols) bool, optional
        Cells in which to look (a user's circle or box).

    Returns
    -------
    Site or Flag
        The reason where there is no site. A site that stands out less than its rivals
        (`stands_out` below 1) is only the best guess.
    """
    baseline = window.mean_log_rgb(_at_rest(window, press))
    reach = _reach(press.tool_cells)
    allowed = reach if within is None else within
    seen = np.asarray(window.valid().all(axis=0))
    if (allowed & seen).sum() < MIN_SEEN_SHARE * allowed.sum():
        return Flag.LOST
    staying = pallor_map(window, press, baseline, *STAYING_S)
    changes = [pallor_map(window, press, baseline, 0.0, over_s) for over_s in EARLY_S]
    wandering = [_wandering(change, staying, baseline, reach) for change in changes]
    found = []
    for scale in SCALES_CELLS:
        for change, moved in zip(changes, wandering, strict=True):
            patch = _best_patch(change, staying, moved, baseline, allowed & seen, reach, scale)
            found += [] if patch is None else [patch]
    if not found:
        return Flag.DOES_NOT_BLANCH
    clearest = max(patch.stands_out for patch in found)
    best = next(patch for patch in found if patch.stands_out >= CLEAR_SHARE * clearest)
    cells = best.cells
    control = _control(cells, best.pale, baseline, seen)
    if control.sum() < cells.sum() / 2:
        return Flag.NO_SKIN_BESIDE
    rows, cols = np.nonzero(cells)
    cell_px = window.shape.cell_px
    return Site(
        x_px=float((cols.mean() + 0.5) * cell_px),
        y_px=float((rows.mean() + 0.5) * cell_px),
        radius_px=float(np.sqrt(cells.sum() / np.pi) * cell_px),
        cells=cells,
        control_cells=control,
        stands_out=best.stands_out,
        detectable=best.detectable,
    )


def _at_rest(window: GridWindow, press: Press) -> BoolArray:
    """Samples that show the skin at rest."""
    if press.seen_bare:
        return np.asarray(window.t_s <= press.baseline_s[1])
    since_s = window.t_s - press.uncovered_s
    end_s = min(since_s[-1], BACK_S)
    return np.asarray((since_s >= (1 - BACK_SHARE) * end_s) & (since_s <= end_s))


class _Patch(NamedTuple):
    cells: BoolArray
    pale: FloatArray
    stands_out: float
    detectable: float


class _Wandering(NamedTuple):
    """Pallor at first, and by how much more than noise it rose since, unblurred (rows, cols)."""

    pale: FloatArray
    rise: FloatArray


def _wandering(
    change: FloatArray, staying: FloatArray, baseline: FloatArray, reach: BoolArray
) -> _Wandering:
    first, later = _pale(change, SCALES_CELLS[0]), _pale(staying, SCALES_CELLS[0])
    rise = np.maximum(later, 0) - np.maximum(first, 0)
    return _Wandering(first, rise - RISE_NOISE * _noise(first, baseline, reach))


def _best_patch(
    change: FloatArray,
    staying: FloatArray,
    wandering: _Wandering,
    baseline: FloatArray,
    allowed: BoolArray,
    reach: BoolArray,
    scale_cells: float,
) -> _Patch | None:
    """The patch that stands out most among those that changed as blood does.

    Its rival is the patch that turned *darker* most: nothing in a press makes skin beside the
    tool darker than before, so that is what chance, shadow and movement are capable of here.
    """
    now, later = _pale(change, scale_cells), _pale(staying, scale_cells) / STAYING_SHARE
    pale = np.where(now * later > 0, np.sign(now) * np.minimum(abs(now), abs(later)), 0.0)
    pale = pale.astype(np.float32)
    noise = _noise(pale, baseline, reach)
    score = np.where(allowed, pale / noise, 0.0).astype(np.float32)
    darker = np.maximum(-score, 0)
    for _ in range(TRIES):
        row, col = np.unravel_index(int(score.argmax()), score.shape)
        top = float(score[row, col])
        if top <= 0:
            return None
        cells = _patch(pale, allowed, int(row), int(col))
        radius = np.sqrt(cells.sum() / np.pi)
        near = cv2.dilate(cells.astype(np.uint8), _disc(max(2, round(0.7 * radius)))) > 0
        wanders = (wandering.rise[near] > MAX_RISE * wandering.pale[cells].max()).any()
        if wanders or np.quantile(change[cells] @ PALLOR, 0.9) > FULL_PALLOR:
            score[near] = 0
            continue
        if MIN_RADIUS_CELLS <= radius <= MAX_RADIUS_SHARE * max(score.shape) and _blood_like(
            change, cells
        ):
            alike = same_skin(baseline, cells, SAME_TINT, SAME_LIGHT)
            rival = float(darker[alike].max(initial=0.0))
            bar = max(MIN_SCORE, RIVAL_FACTOR * rival)
            return _Patch(cells, pale, top / bar, bar * float(noise[row, col]))
        score[cv2.dilate(cells.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
    return None


def _pale(change: FloatArray, scale_cells: float) -> FloatArray:
    blurred = np.asarray(cv2.GaussianBlur(change @ PALLOR, (0, 0), scale_cells), np.float32)
    return np.asarray(blurred - _surround(blurred))


def _patch(pale: FloatArray, allowed: BoolArray, row: int, col: int) -> BoolArray:
    """The site's core: connected cells at least half as pale as the palest."""
    core = ((pale >= 0.5 * pale[row, col]) & allowed).astype(np.uint8)
    _, labels = cv2.connectedComponents(core)
    return np.asarray(labels == labels[row, col])


def _surround(pale: FloatArray) -> FloatArray:
    """Slow shading of the map: the median of a wide neighbourhood."""
    height, width = pale.shape
    coarse = (max(5, round(width / SURROUND_CELLS)), max(5, round(height / SURROUND_CELLS)))
    median = cv2.medianBlur(cv2.resize(pale, coarse, interpolation=cv2.INTER_AREA), 5)
    return np.asarray(cv2.resize(median, (width, height), interpolation=cv2.INTER_LINEAR))


def _noise(pale: FloatArray, baseline: FloatArray, reach: BoolArray) -> FloatArray:
    """Standard deviation expected per cell: scatter of untouched cells, plus edges times shift."""
    green = cv2.GaussianBlur(baseline[..., 1], (0, 0), 1.0)
    slope = np.hypot(
        cv2.Sobel(green, -1, 1, 0, scale=0.125), cv2.Sobel(green, -1, 0, 1, scale=0.125)
    )
    flat = slope <= np.median(slope)
    calm = flat & ~reach if (flat & ~reach).sum() > 100 else flat
    scatter = 1.4826 * float(np.median(np.abs(pale[calm] - np.median(pale[calm]))))
    return np.asarray(np.hypot(max(scatter, 1e-4), EDGE_SHIFT_CELLS * slope), np.float32)


def _blood_like(change: FloatArray, patch: BoolArray) -> bool:
    """Whether a patch changed as blood does, not as light does."""
    ring = cv2.dilate(patch.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    beside = ring & ~patch
    red, green, blue = change[patch].mean(axis=0) - change[beside].mean(axis=0)
    pale = (green + blue) / 2
    return bool(pale > 0 and red < MAX_LIGHT_LIKENESS * pale)


def _control(
    cells: BoolArray, pale: FloatArray, baseline: FloatArray, seen: BoolArray
) -> BoolArray:
    """A ring of the same skin round the site that did not blanch."""
    radius = float(np.sqrt(cells.sum() / np.pi))
    distance = cv2.distanceTransform((~cells).astype(np.uint8), cv2.DIST_L2, 5)
    ring = (distance > max(2.0, 0.9 * radius)) & (distance < max(6.0, 2.4 * radius))
    peak = float(pale[cells].max())
    alike = same_skin(baseline, cells, SAME_TINT, SAME_LIGHT)
    return np.asarray(ring & alike & seen & (np.abs(pale) < 0.25 * peak))


def _reach(tool: BoolArray) -> BoolArray:
    """The tool's cells, holes filled (a clear slide is seen by its edges), and a margin."""
    size = max(tool.shape)
    gap = _disc(max(2, size // 14))
    margin = _disc(max(1, size // 40))
    padded = cv2.copyMakeBorder(
        tool.astype(np.uint8), size // 10, size // 10, size // 10, size // 10, cv2.BORDER_CONSTANT
    )
    filled = cv2.dilate(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, gap), margin)
    inner = filled[size // 10 : -(size // 10), size // 10 : -(size // 10)]
    return np.asarray(inner > 0)


def _disc(radius: int) -> NDArray[np.uint8]:
    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
