"""Find the press in a colour trace, where only the mean colour of a place is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from perfusion_cam.types import WATCH_S, BoolArray, FloatArray, SiteTraces

BASELINE_S = 3.0
MIN_HOLD_S = 1.0
MARGIN_S = 0.15
MIN_CHANGE = 0.15
"""Natural-log light by which a tool must differ from skin to be told from it."""
MOVING_FACTOR = 6.0


@dataclass(frozen=True, slots=True)
class TracePress:
    """One press in a trace.

    Attributes
    ----------
    contact_s, release_s, release_se_s : float
    traces : SiteTraces
        Without placebos: a trace has no skin beside it but its own control.
    """

    contact_s: float
    release_s: float
    release_se_s: float
    traces: SiteTraces


def find_trace_press(
    t_s: FloatArray, site_log_rgb: FloatArray, control_log_rgb: FloatArray | None
) -> TracePress | None:
    """Find the first press that lasts a second or more.

    Parameters
    ----------
    t_s : array (n,)
    site_log_rgb, control_log_rgb : arrays (n, 3)
        Natural-log linear light.

    Returns
    -------
    TracePress or None
        None where nothing covers the place after it was seen bare.
    """
    start = t_s <= t_s[0] + min(1.0, 0.1 * float(t_s[-1] - t_s[0]))
    away = np.abs(site_log_rgb - np.median(site_log_rgb[start], axis=0)).max(axis=1)
    if away.max() < MIN_CHANGE:
        return None
    covered = away > 0.5 * _lasting(t_s, away)
    run = _covered_run(t_s, covered)
    if run is None:
        return None
    first, last = run
    contact_s = float(t_s[first])
    release_s, release_se_s = _onset(t_s, away, first, last)
    baseline = (t_s < contact_s - MARGIN_S) & (t_s > contact_s - MARGIN_S - BASELINE_S)
    if not baseline.any():
        return None
    rgb = site_log_rgb if control_log_rgb is None else site_log_rgb - control_log_rgb
    resting = site_log_rgb[baseline].mean(axis=0)
    traces = SiteTraces(
        t_s=t_s,
        rgb=rgb - rgb[baseline].mean(axis=0),
        placebo_rgb=np.empty((0, len(t_s), 3)),
        used=_settled(t_s, site_log_rgb, last) & _watched(t_s, covered, last),
        baseline=baseline,
        clipped=np.zeros(3, bool),
        resting_log_rgb=resting,
    )
    return TracePress(contact_s, release_s, release_se_s, traces)


def _lasting(t_s: FloatArray, away: FloatArray) -> float:
    """The largest change that lasts as long as a press."""
    samples = max(1, round(MIN_HOLD_S / float(np.median(np.diff(t_s)))))
    return float(minimum_filter1d(away, samples).max())


def _watched(t_s: FloatArray, covered: BoolArray, last: int) -> BoolArray:
    """Samples until something covers the place again, or nobody would watch any longer."""
    again = np.flatnonzero(covered & (t_s > t_s[last] + 2 * MARGIN_S))
    until_s = float(t_s[again[0]]) - MARGIN_S if len(again) else float(t_s[-1])
    return np.asarray(t_s <= min(until_s, float(t_s[last]) + WATCH_S))


def _covered_run(t_s: FloatArray, covered: BoolArray) -> tuple[int, int] | None:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], covered, [False]]).astype(int)))
    for first, end in edges.reshape(-1, 2):
        if first > 0 and end < len(t_s) and t_s[end - 1] - t_s[first] >= MIN_HOLD_S:
            return int(first), int(end - 1)
    return None


def _onset(t_s: FloatArray, away: FloatArray, first: int, last: int) -> tuple[float, float]:
    """Back from the end of the cover to where it still looked as during the hold."""
    hold = (t_s > t_s[first] + 0.4) & (t_s < t_s[last] - 0.4)
    inside = away[hold] if hold.sum() > 3 else away[first : last + 1]
    level = float(np.median(inside))
    scatter = 1.4826 * float(np.median(np.abs(inside - level)))
    bar = max(0.04 * level, 4 * scatter)
    like_hold = np.flatnonzero(np.abs(away[first : last + 1] - level) < bar)
    before = first + (int(like_hold[-1]) if len(like_hold) else last - first)
    after = min(before + 1, len(t_s) - 1)
    step_s = float(t_s[after] - t_s[before])
    rise_s = float(t_s[last] - t_s[before])
    middle_s = float(t_s[before] + t_s[after]) / 2
    return middle_s, float(np.sqrt(step_s**2 / 12 + (0.15 * rise_s) ** 2 + 0.01**2))


def _settled(t_s: FloatArray, log_rgb: FloatArray, last: int) -> BoolArray:
    """Samples from when the place is bare: the colour no longer moves as a tool moves it."""
    ahead = np.minimum(np.searchsorted(t_s, t_s + MARGIN_S), len(t_s) - 1)
    moving = np.abs(log_rgb[ahead] - log_rgb).max(axis=1)
    later = t_s > t_s[last] + 1.0
    usual = float(np.median(moving[later])) if later.any() else float(np.median(moving))
    calm = np.flatnonzero((np.arange(len(t_s)) > last) & (moving < MOVING_FACTOR * usual + 0.01))
    used = np.zeros(len(t_s), bool)
    if len(calm):
        used[calm[0] :] = True
    return used
