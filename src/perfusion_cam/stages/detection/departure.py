"""Was a burst of change something leaving the skin after it had rested there?"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from perfusion_cam.stages.detection.activity import Burst
from perfusion_cam.stages.detection.cover import Past
from perfusion_cam.stages.detection.history import GridHistory
from perfusion_cam.stages.detection.light import (
    colour_weights,
    common_gain,
    largest,
    smooth,
    usual_difference,
)
from perfusion_cam.stages.detection.onset import find_onset
from perfusion_cam.types import BareSkin, BoolArray, FloatArray, GridWindow

TOOL_CHANGE = 0.1
"""Natural-log light by which a cell must differ with and without the tool."""
MIN_AREA = 0.0015
SMALL_AREA, SMALL_HIDES = 0.006, 0.7
"""What covers less of the picture must have hidden the skin beyond doubt, as a clear slide's edge
does (1.0); a piece of shadow, noise at an edge or skin that slid does not (0.51 at most)."""
MAX_AREA = 0.85
MIN_HOLD_S = 1.0
MAX_HOLD_S = 20.0
BEFORE_S = 0.5
AFTER_S = 0.35
ONSET_S = 1.0
"""How long before a burst what it removed may have begun to leave, unnoticed."""
MIN_REGISTERED = 0.6
EDGE_FACTOR = 1.1
"""Where the skin was not seen before, what left must have had an edge, and what it uncovered none.
Measured: 1.2 and more for what leaves, 0.9 and less for what arrives."""
FEW, PARTLY = 0.1, 0.9
"""Where as much of what changed had looked bare before, something may have been drawn back."""
FAR_LESS = 0.5
"""Of an edge: where something was drawn back, it left 0.8 of it and more (measured); where it came
to lie on the last one's place, there had been 0.2."""
MIN_TEXTURE = 0.3
TEXTURE_CELLS = 5
"""Texture is what a cell differs by from the mean of so many by so many."""
RIM_CELLS = 4
"""How far an edge reaches into that: half of it, smearing, and how far the edge trembles."""
ENOUGH_INSIDE = 25
SCRAP = 0.1
"""Of the largest piece: eyes that blink and clothes that move while a tool leaves are smaller, and
began to change when they pleased."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Something rested on the skin and left.

    Attributes
    ----------
    contact_s, release_s : float
        When it came to rest, and when it began to leave, each with a standard error. Where it was
        there from the start, contact is the recording's first picture and its error infinite.
    uncovered_s : float
        When it was gone.
    baseline_s : (float, float)
        When the skin was last seen untouched before; both ends are the contact where it never was.
    bare_until_s : float
        When the skin was last seen bare before, be it for a glimpse.
    tool_cells : array (rows, cols) bool
    tool_contrast : float
        Median natural-log difference between tool and skin.
    tool_hides : float
        Share of the skin's texture that the tool took out of sight, 0 to 1.
    followed : bool
        Whether the skin was followed while it was there, and not only before and after.
    drawn_back : bool
        Whether it came to lie on other cells that the burst changed.
    untouched : BareSkin or None
        The skin of the baseline.
    """

    contact_s: float
    contact_se_s: float
    release_s: float
    release_se_s: float
    uncovered_s: float
    baseline_s: tuple[float, float]
    bare_until_s: float
    tool_cells: BoolArray
    tool_contrast: float
    tool_hides: float
    followed: bool
    drawn_back: bool
    untouched: BareSkin | None


def find_departure(history: GridHistory, burst: Burst) -> Departure | None:
    """Judge one burst.

    The cells that the burst changed are compared with how they looked over the last half minute:
    something left them if they looked as they do now before, and otherwise in between; or if they
    looked otherwise, and always the same, since the recording began. Cells that never looked as
    they do now, beside others that did, are where what left has come to lie.

    Returns
    -------
    Departure or None
        None where nothing had rested there for a second or more, or the skin was not followed.
    """
    round_it = history.window(burst.start_s - BEFORE_S, burst.end_s + AFTER_S)
    if not (_followed(round_it) or _followed(history.window(burst.end_s, burst.end_s + AFTER_S))):
        return None
    held = _mean(history.window(burst.start_s - BEFORE_S, burst.start_s))
    bare = _mean(history.window(burst.end_s, burst.end_s + AFTER_S))
    if held is None or bare is None:
        return None
    gain = common_gain(bare - held)
    weights = _weights(history, burst.start_s)
    change = largest(np.abs(bare - held - gain) * weights)
    changed = change > TOOL_CHANGE
    if not MIN_AREA < changed.mean() < MAX_AREA:
        return None
    past = Past(history, burst.start_s, changed, held + gain, bare, weights)
    drawn_back = _is_drawn_back(changed, past.seen_bare, held, bare)
    tool = past.seen_bare if drawn_back else changed
    if drawn_back and _edge(held, tool) < FAR_LESS * _edge(bare, tool):
        return None
    cover = past.find_cover(tool)
    if cover is None and _edge(held, tool) > EDGE_FACTOR * _edge(bare, tool):
        cover = past.cover_since(history.start_s, tool)
    if cover is None:
        return None
    leaving = history.window(burst.start_s - ONSET_S, burst.end_s + AFTER_S)
    release_s, release_se_s = find_onset(leaving, burst, _without_scraps(tool), weights)
    if not MIN_HOLD_S < release_s - cover.contact_s < MAX_HOLD_S:
        return None
    # A burst in plain sight says nothing of what was there before if most of that was not, unless
    # the skin was seen before: what is there now may have hidden what it is followed by.
    followed = _followed(history.window(cover.baseline_s[0], burst.end_s))
    if not followed and not (cover.seen_bare and _followed(history.window(*cover.baseline_s))):
        return None
    rest = history.window(*cover.baseline_s)
    hides = _hidden_texture(_mean(rest) if cover.seen_bare else bare, held, bare, tool)
    if tool.mean() < SMALL_AREA and hides < SMALL_HIDES:
        return None
    return Departure(
        cover.contact_s,
        cover.contact_se_s,
        release_s,
        release_se_s,
        burst.end_s,
        cover.baseline_s,
        cover.bare_until_s,
        tool,
        float(np.median(change[tool])),
        hides,
        followed,
        drawn_back,
        _untouched(rest, tool) if cover.seen_bare else None,
    )


def _untouched(rest: GridWindow, tool: BoolArray) -> BareSkin | None:
    """The skin in the pictures of a baseline in which it was followed, if there are any."""
    followed = rest.registered
    if not followed.any():
        return None
    seen = rest.always_valid
    return BareSkin(rest.mean_log_rgb(followed), seen, tool) if seen.any() else None


def _is_drawn_back(
    changed: BoolArray, seen_bare: BoolArray, held: FloatArray, bare: FloatArray
) -> bool:
    """Whether something has come to lie on cells that never looked as they do now.

    Else all that changed was uncovered, though some of it may never have been seen bare.
    """
    if not FEW <= seen_bare.sum() / changed.sum() < PARTLY:
        return False
    other = changed & ~seen_bare
    return _edge(bare, other) >= FAR_LESS * _edge(held, other)


def _without_scraps(tool: BoolArray) -> BoolArray:
    """Take away pieces that are small beside the largest."""
    count, pieces = cv2.connectedComponents(tool.astype(np.uint8))
    sizes = np.bincount(pieces[tool], minlength=count)
    return np.asarray(tool & (sizes[pieces] >= SCRAP * sizes.max()))


def _followed(window: GridWindow) -> bool:
    """Whether the skin was followed in most pictures, if there are any."""
    return len(window.t_s) > 0 and bool(window.registered.mean() >= MIN_REGISTERED)


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
    return smooth(window.mean_log_rgb(slice(None)))


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
    seen = _correlation(before, after)
    if seen <= MIN_TEXTURE:
        return 1.0
    left = _correlation(during, after)
    return float(np.clip(1 - left / seen, 0, 1))


def _correlation(one: FloatArray, other: FloatArray) -> float:
    """Pearson's; 0 where either is all alike, as under a tool that is clipped white or black."""
    if min(np.ptp(one), np.ptp(other)) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _edge(grid: FloatArray, tool: BoolArray) -> float:
    """How steeply light changes along the tool's outline, summed over colours.

    What lies on the skin ends there; skin goes on.
    """
    kernel, one = np.ones((3, 3)), tool.astype(np.uint8)
    outline = cv2.dilate(one, kernel) > cv2.erode(one, kernel, borderValue=1)
    slope = [
        np.hypot(cv2.Sobel(plane, -1, 1, 0), cv2.Sobel(plane, -1, 0, 1))
        for plane in cv2.split(np.asarray(grid))
    ]
    return float(np.sum(slope, axis=0)[outline].mean())


def _inside(tool: BoolArray) -> BoolArray:
    """The tool's cells without its rim, or all of them where it is all rim."""
    kernel = np.ones((2 * RIM_CELLS + 1, 2 * RIM_CELLS + 1))
    inside = cv2.erode(tool.astype(np.uint8), kernel, borderValue=1) > 0
    return np.asarray(inside) if inside.sum() >= ENOUGH_INSIDE else tool


def _texture(grid: FloatArray) -> FloatArray:
    green = np.ascontiguousarray(grid[..., 1])
    return np.asarray(green - cv2.blur(green, (TEXTURE_CELLS, TEXTURE_CELLS)))
