"""When something began to leave the skin."""

from __future__ import annotations

import numpy as np

from perfusion_cam.stages.detection.activity import Burst
from perfusion_cam.stages.detection.light import common_gain
from perfusion_cam.types import BoolArray, FloatArray, GridWindow

ONSET_SHARE = 0.04
"""Departure counts as begun when this share of the tool has left."""


def find_onset(
    window: GridWindow, burst: Burst, tool: BoolArray, weights: FloatArray
) -> tuple[float, float]:
    """When the tool began to leave, and the standard error of that.

    Two shares are followed back from half way to where they rise out of their own scatter during
    the hold: that of the change from held to bare, which the soft edge of a shadow begins, and
    that of the cells that look more bare than held. By how far they change, a finger that is drawn
    back over a dark table would seem to be leaving only there. The earlier counts.

    Parameters
    ----------
    window : GridWindow
        From the hold to after the burst.
    burst : Burst
    tool : array (rows, cols) bool
    weights : array (3,)
        Trust in each colour.

    Returns
    -------
    float, float
        Seconds.
    """
    before, after = window.t_s <= burst.start_s, window.t_s >= burst.end_s
    bare = window.mean_log_rgb(after)
    pictures = range(len(window.t_s))
    gains = [common_gain((window.log_rgb(i) - bare) * weights, ~tool) for i in pictures]
    by_colour = weights[:, None]
    cells = window.log_rgb_of(tool, slice(None)) * by_colour - np.array(gains)[:, :, None]
    held = cells[before].mean(axis=0)
    rise = bare[tool].T * by_colour - held
    gone, whole = ((cells - held) * rise).sum(axis=1), (rise**2).sum(axis=0)
    shares = [gone.sum(axis=1) / whole.sum(), (gone > whole / 2).mean(axis=1)]
    return min(_crossing(window.t_s, share, before, after) for share in shares)


def _crossing(
    t_s: FloatArray, share: FloatArray, before: BoolArray, after: BoolArray
) -> tuple[float, float]:
    """When a share rose out of its scatter, and the standard error of that."""
    held, bare = share[before].mean(), share[after].mean()
    share = (share - held) / max(bare - held, 1e-3)
    scatter = float(np.std(share[before])) if before.sum() > 2 else 0.01
    level = max(ONSET_SHARE, 3 * scatter)
    half = int(np.argmax(share >= 0.5)) if (share >= 0.5).any() else len(share) - 1
    below = np.flatnonzero(share[: half + 1] < level)
    last = int(below[-1]) if len(below) else 0
    following = min(last + 1, len(share) - 1)
    t0, t1 = float(t_s[last]), float(t_s[following])
    s0, s1 = float(share[last]), float(share[following])
    crossing = t0 + (t1 - t0) * np.clip((level - s0) / max(s1 - s0, 1e-6), 0, 1)
    # Of what began and was half done between two pictures, nothing tells when: the middle is best.
    resolved = min((float(t_s[half]) - t1) / (2 * (t1 - t0)), 1.0) if t1 > t0 else 1.0
    begun_s = resolved * crossing + (1 - resolved) * (t0 + t1) / 2
    rise_s = resolved * (float(t_s[half]) - crossing)
    se_s = np.sqrt((t1 - t0) ** 2 / 12 + (0.25 * rise_s) ** 2 + 0.01**2)
    return float(begun_s), float(se_s)
