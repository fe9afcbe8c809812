"""Presses, their sites, and the colours read there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.types.arrays import BoolArray, FloatArray

WATCH_S = 30.0
"""How long the recovery is watched; slower skin is *not recovered* after this time."""
REST_S = 120.0
"""Repeats this far apart do not affect one another (10.1002/jbio.202400098)."""


class BareSkin(NamedTuple):
    """The skin as it was before an earlier press, whose tool may lie in sight since then.

    Attributes
    ----------
    light : array (rows, cols, 3)
        Natural-log light.
    seen : array (rows, cols) bool
        Cells that were in the picture.
    tool_cells : array (rows, cols) bool
        Where that press's tool was.
    """

    light: FloatArray
    seen: BoolArray
    tool_cells: BoolArray

    def change_to(self, light: FloatArray) -> FloatArray:
        """How light (rows, cols, 3) differs from it; those not seen then as the median."""
        change = light - self.light
        change[~self.seen] = np.median(change[self.seen], axis=0)
        return change


@dataclass(frozen=True, slots=True)
class Press:
    """One press: when something touched the skin and when it let go.

    Attributes
    ----------
    contact_s, contact_se_s : float
        When the tool came to rest on the skin, and its standard error. Where the recording begins
        with the tool on the skin, the time of its first picture, and infinite.
    release_s, release_se_s : float
        When the tool was first seen to leave, and its standard error.
    tool_cells : array (rows, cols) bool
        Where the tool (and its deep shadow) was while it pressed.
    ended_s : float
        End of the watched recovery.
    ended_by : "recording", "touch" or "watched"
        Why the watch ended.
    tool_contrast : float
        Median natural-log difference between tool and skin.
    tool_hides : float
        How far the tool took the skin's texture out of sight: 0 for a mere change of light.
    baseline_s : (float, float)
        When the skin was last seen untouched before the press; both ends are the contact where it
        never was.
    uncovered_s : float
        When the tool had left the picture or come to rest beside the site.
    since_last_s : float or None
        From the last release at the same place to this contact; None for a first press.
    followed : bool
        Whether the skin was followed while the tool was there; otherwise the camera may have looked
        elsewhere meanwhile.
    drawn_back : bool
        Whether it came to lie beside the place, rather than to leave the picture.
    bare_before : BareSkin or None
        How the skin looked before the place was pressed in the last `REST_S`, or anything covered
        it in the last minute; None where nothing did.
    """

    contact_s: float
    contact_se_s: float
    release_s: float
    release_se_s: float
    tool_cells: BoolArray
    ended_s: float
    ended_by: Literal["recording", "touch", "watched"]
    tool_contrast: float
    tool_hides: float
    baseline_s: tuple[float, float]
    uncovered_s: float
    since_last_s: float | None = None
    followed: bool = True
    drawn_back: bool = False
    bare_before: BareSkin | None = None

    @property
    def hold_s(self) -> float:
        """How long the press lasted; at least so long where the skin was not seen bare before."""
        return self.release_s - self.contact_s

    @property
    def rests_since_last(self) -> bool:
        """Whether the skin was seen untouched between the last press there and this one."""
        last = self.since_last_s
        return last is not None and self.baseline_s[1] > self.contact_s - last

    @property
    def seen_bare(self) -> bool:
        """Whether the skin was seen untouched before the press."""
        return self.baseline_s[1] > self.baseline_s[0]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the skin blanched, and the unpressed skin beside it.

    Attributes
    ----------
    x_px, y_px, radius_px : float
        Centre and equivalent radius in pixels of the upright first picture.
    cells, control_cells : arrays (rows, cols) bool
    stands_out : float
        Pallor of the site over what chance, shading or movement give elsewhere in the picture;
        above 1 it is the site of a press.
    detectable : float
        Least pallor (natural log) that would have stood out.
    """

    x_px: float
    y_px: float
    radius_px: float
    cells: BoolArray
    control_cells: BoolArray
    stands_out: float = np.inf
    detectable: float = 0.0

    def against_control(self, change: FloatArray) -> float:
        """Change of light (rows, cols, 3) in green and blue, against that of its control."""
        site, control = (change[cells, 1:].mean() for cells in (self.cells, self.control_cells))
        return float(site - control)


class SiteLight(NamedTuple):
    """What the pictures of a window hold of a site.

    Attributes
    ----------
    t_s : array (n,)
    names : tuple of bytes
        Tells each place from others, the site and how it rested first.
    resting_log_rgb : array (3,)
        Natural-log light of the site before the press.
    laid : array (n, 3, 1 + k)
        Natural-log light times `LIGHT_CODE` of the site against its control, then the same of k
        places that nobody pressed.
    red_spread : array (n,)
        How unlike each other the cells of site and control changed in red, beyond what blood takes
        of it; natural log.
    """

    t_s: FloatArray
    names: tuple[bytes, ...]
    resting_log_rgb: FloatArray
    laid: NDArray[np.float32]
    red_spread: FloatArray


@dataclass(frozen=True, slots=True)
class SiteTraces:
    """Log light of the site against its control, and the same of skin that nobody pressed.

    Attributes
    ----------
    t_s : array (n,)
    rgb : array (n, 3)
        Site minus control, natural log, minus its own pre-press mean.
    placebo_rgb : array (k, n, 3)
        The same shape of site and control laid over untouched skin: what noise, codec, shadow and
        drift do where nothing happened.
    used : array (n,) bool
        False while the tool or its shadow is on the site or its control, the skin is lost, or the
        site is clipped.
    baseline : array (n,) bool
        True for samples before the press.
    clipped : array (3,) bool
        Colours at the end of the camera's range on the site: they tell nothing.
    resting_log_rgb : array (3,) or None
        Natural-log light of the site before the press.
    """

    t_s: FloatArray
    rgb: FloatArray
    placebo_rgb: FloatArray
    used: BoolArray
    baseline: BoolArray
    clipped: BoolArray
    resting_log_rgb: FloatArray | None = None
