"""Was a burst of change something leaving the skin after it had rested there?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from perfusion_cam.stages.detection.activity import Burst
from perfusion_cam.stages.detection.history import GridHistory
from perfusion_cam.stages.detection.light import (
    colour_weights,
    common_gain,
    largest,
    smooth,
    usual_difference,
)
from perfusion_cam.types import BoolArray, FloatArray, GridWindow

TOOL_CHANGE = 0.1
"""Natural-log light by which a cell must differ with and without the tool."""
MIN_AREA = 0.0015
MAX_AREA = 0.85
MIN_HOLD_S = 1.0
MAX_HOLD_S = 20.0
MIN_BASELINE_S = 0.25
UNTOUCHED_SHARE = 0.97
"""Of the cells that usually look bare before the tool comes: less, and it has begun to come."""
LOOK_BACK_S = 30.0
STEP_S = 0.07
BEFORE_S = 0.5
AFTER_S = 0.35
BASELINE_S = 3.0
MIN_REGISTERED = 0.6
MIN_TEXTURE = 0.3
TEXTURE_CELLS = 5
"""Texture is what a cell differs by from the mean of so many by so many."""
RIM_CELLS = 4
"""How far an edge reaches into that: half of it, smearing, and how far the edge trembles."""
ENOUGH_INSIDE = 25


@dataclass(frozen=True, slots=True)
class Departure:
    """Something rested on the skin and left.

    Attributes
    ----------
    contact_s, release_s : float
        When it came to rest, and when it began to leave, each with a standard error.
    uncovered_s : float
        When it was gone.
    baseline_s : (float, float)
        When the skin was last seen untouched before.
    tool_cells : array (rows, cols) bool
    tool_contrast : float
        Median natural-log difference between tool and skin.
    tool_hides : float
        Share of the skin's texture that the tool took out of sight, 0 to 1.
    """

    contact_s: float
    contact_se_s: float
    release_s: float
    release_se_s: float
    uncovered_s: float
    baseline_s: tuple[float, float]
    tool_cells: BoolArray
    tool_contrast: float
    tool_hides: float


def find_departure(history: GridHistory, burst: Burst) -> Departure | None:
    """Judge one burst.

    The cells that the burst changed are compared with how they looked over the last half minute:
    something left them if they looked as they do now before, and otherwise in between.

    Returns
    -------
    Departure or None
        None where nothing had rested there for a second or more.
    """
    around = history.window(burst.start_s - BEFORE_S, burst.end_s + AFTER_S)
    if len(around.t_s) == 0 or around.registered.mean() < MIN_REGISTERED:
        return None
    held = _mean_before(history, burst.start_s)
    bare = _mean_after(history, burst.end_s)
    if held is None or bare is None:
        return None
    gain = common_gain(bare - held)
    weights = _weights(history, burst.start_s)
    change = largest(np.abs(bare - held - gain) * weights)
    tool = change > TOOL_CHANGE
    if not MIN_AREA < tool.mean() < MAX_AREA:
        return None
    past = _Past(history, burst.start_s, tool, held + gain, bare, weights)
    covered = past.find_cover()
    if covered is None:
        return None
    first, baseline_s = covered
    contact_s, contact_se_s = past.contact(first)
    release_s, release_se_s = _onset(history, burst, tool, weights)
    if not MIN_HOLD_S < release_s - contact_s < MAX_HOLD_S:
        return None
    watched = history.window(baseline_s[0], burst.end_s)
    if watched.registered.mean() < MIN_REGISTERED:
        return None
    return Departure(
        contact_s,
        contact_se_s,
        release_s,
        release_se_s,
        burst.end_s,
        baseline_s,
        tool,
        float(np.median(change[tool])),
        _hidden_texture(_mean(history.window(*baseline_s)), held, bare, tool),
    )


def _mean_before(history: GridHistory, start_s: float) -> FloatArray | None:
    window = history.window(start_s - BEFORE_S, start_s)
    return _mean(window)


def _mean_after(history: GridHistory, end_s: float) -> FloatArray | None:
    window = history.window(end_s, end_s + AFTER_S)
    return _mean(window)


def _weights(history: GridHistory, start_s: float) -> FloatArray:
    """Trust in each colour, from how neighbouring pictures differ while nothing moves."""
    window = history.window(start_s - BEFORE_S, start_s)
    if len(window.t_s) < 2:
        return np.ones(3, np.float32)
    calm = smooth(window.log_rgb(-1)) - smooth(window.log_rgb(-2))
    return colour_weights(usual_difference(calm))


def _mean(window: GridWindow) -> FloatArray | None:
    if len(window.t_s) == 0:
        return None
    return smooth(window.log_rgb(slice(None)).mean(axis=0))


class _Past:
    """How far the changed cells looked covered or bare, going back from a burst."""

    def __init__(
        self,
        history: GridHistory,
        start_s: float,
        tool: BoolArray,
        held: FloatArray,
        bare: FloatArray,
        weights: FloatArray,
    ) -> None:
        window = history.window(start_s - LOOK_BACK_S, start_s)
        interval_s = float(np.median(np.diff(window.t_s))) if len(window.t_s) > 1 else STEP_S
        step = max(1, round(STEP_S / max(interval_s, 1e-3)))
        picks = np.arange(len(window.t_s) - 1, -1, -step)
        contrast = np.linalg.norm((bare - held)[tool] * weights, axis=-1)
        self.t_s = window.t_s[picks].copy()
        self._interval_s = step * interval_s
        bare_share, held_share = [], []
        for pick in picks:
            grid = smooth(window.log_rgb(int(pick)))
            difference = grid - bare
            cells = grid[tool] - common_gain(difference, ~tool)
            to_bare = np.linalg.norm((cells - bare[tool]) * weights, axis=-1)
            to_held = np.linalg.norm((cells - held[tool]) * weights, axis=-1)
            bare_share.append((to_bare < to_held).mean())
            held_share.append((to_held < 0.5 * contrast).mean())
        self._bare = np.array(bare_share)
        self._held = np.array(held_share)

    def find_cover(self) -> tuple[int, tuple[float, float]] | None:
        """Index of the oldest covered sample, and when the skin was seen bare before it."""
        bare = np.flatnonzero(self._bare >= 0.5)
        if len(bare) == 0 or bare[0] == 0:
            return None
        first_bare = int(bare[0])
        usual = float(np.median(self._bare[first_bare:][self._bare[first_bare:] >= 0.5]))
        settled = np.flatnonzero(self._bare[first_bare:] >= max(0.75, UNTOUCHED_SHARE * usual))
        if len(settled) == 0:
            return None
        end = min(first_bare + int(settled[0]) + 1, len(self._bare) - 1)
        after = np.flatnonzero(self._bare[end:] < 0.5)
        oldest = end + int(after[0]) - 1 if len(after) else len(self._bare) - 1
        end_s = float(self.t_s[end])
        start_s = max(float(self.t_s[oldest]), end_s - BASELINE_S)
        if end_s - start_s < MIN_BASELINE_S:
            return None
        return first_bare - 1, (start_s, end_s)

    def contact(self, first: int) -> tuple[float, float]:
        """When the tool came to rest: covered, and looking as it did when it left."""
        usual = float(np.median(self._held[: first + 1]))
        held = np.flatnonzero(self._held[: first + 1] >= 0.9 * usual)
        rest = int(held[-1]) if len(held) else first
        moving_s = float(self.t_s[rest] - self.t_s[first])
        return float(self.t_s[rest]), float(np.hypot(self._interval_s, moving_s / 3))


def _hidden_texture(
    baseline: FloatArray | None, held: FloatArray, bare: FloatArray, tool: BoolArray
) -> float:
    """1 where nothing of the skin's texture was left under the tool, 0 where all of it was.

    A change of light or a shadow leaves texture as it is; the edge of either is no texture, so
    only what lies well inside is asked. Where the skin is too smooth to show any texture, nothing
    speaks against a tool.
    """
    if baseline is None:
        return 1.0
    inside = _inside(tool)
    before, during, after = (_texture(grid)[inside] for grid in (baseline, held, bare))
    seen = float(np.corrcoef(before, after)[0, 1])
    if not seen > MIN_TEXTURE:
        return 1.0
    left = float(np.corrcoef(during, after)[0, 1])
    return float(np.clip(1 - left / seen, 0, 1))


def _inside(tool: BoolArray) -> BoolArray:
    """The tool's cells without its rim, or all of them where it is all rim."""
    kernel = np.ones((2 * RIM_CELLS + 1, 2 * RIM_CELLS + 1))
    inside = cv2.erode(tool.astype(np.uint8), kernel, borderValue=1) > 0
    return np.asarray(inside) if inside.sum() >= ENOUGH_INSIDE else tool


def _texture(grid: FloatArray) -> FloatArray:
    green = np.ascontiguousarray(grid[..., 1])
    return np.asarray(green - cv2.blur(green, (TEXTURE_CELLS, TEXTURE_CELLS)))


ONSET_SHARE = 0.04
"""Departure counts as begun when this share of the tool-to-skin change has happened."""


def _onset(
    history: GridHistory, burst: Burst, tool: BoolArray, weights: FloatArray
) -> tuple[float, float]:
    """When the tool began to leave, and the standard error of that.

    The change from held to bare, averaged over the tool's cells, is followed back from half way
    to where it rises out of its own scatter during the hold.
    """
    window = history.window(burst.start_s - 1.0, burst.end_s + AFTER_S)
    grids = window.log_rgb(slice(None)) * weights
    before = window.t_s <= burst.start_s
    after = window.t_s >= burst.end_s
    held, bare = grids[before].mean(axis=0), grids[after].mean(axis=0)
    rise = (bare - held)[tool]
    power = float((rise**2).sum())
    gains = np.array([common_gain(grid - bare, ~tool) for grid in grids])
    cells = grids[:, tool] - gains[:, None, :]
    held_cells = cells[before].mean(axis=0)
    share = ((cells - held_cells) * (bare[tool] - held_cells)).sum(axis=(1, 2)) / power
    scatter = float(np.std(share[before])) if before.sum() > 2 else 0.01
    level = max(ONSET_SHARE, 3 * scatter)
    half = int(np.argmax(share >= 0.5)) if (share >= 0.5).any() else len(share) - 1
    below = np.flatnonzero(share[: half + 1] < level)
    last = int(below[-1]) if len(below) else 0
    following = min(last + 1, len(share) - 1)
    t0, t1 = float(window.t_s[last]), float(window.t_s[following])
    s0, s1 = float(share[last]), float(share[following])
    crossing = t0 + (t1 - t0) * np.clip((level - s0) / max(s1 - s0, 1e-6), 0, 1)
    rise_s = float(window.t_s[half]) - crossing
    se_s = np.sqrt((t1 - t0) ** 2 / 12 + (0.25 * rise_s) ** 2 + 0.01**2)
    return float(crossing), float(se_s)
