"""The skin at rest, and where something else lay then."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perfusion_cam.stages.location.lying import lying_on
from perfusion_cam.stages.location.shapes import reach_of
from perfusion_cam.stencils import rested
from perfusion_cam.types import BareSkin, BoolArray, FloatArray, GridWindow, Press

BACK_S, BACK_SHARE = 6.0, 1 / 3
"""Skin never seen before counts as at rest in the last third of the 6 s after the tool has left, or
of as long as it was watched."""


class Rest(NamedTuple):
    """The skin at rest.

    Attributes
    ----------
    light : array (rows, cols, 3)
        Natural-log light; where something lay on the skin, that of before, each cell averaged with
        its neighbours.
    lain : array (rows, cols) bool
        Where something lay, as far as it was looked for.
    """

    light: FloatArray
    lain: BoolArray


def resting_skin(window: GridWindow, press: Press) -> Rest:
    """See the skin at rest before a press.

    Where it was not seen bare before, what it looked like at the end stands for its rest.

    Parameters
    ----------
    window : GridWindow
        From the press's baseline on.
    press : Press

    Returns
    -------
    Rest
    """
    before = rested(window, press) if press.seen_bare else _at_the_end(window, press)
    return Rest(window.mean_log_rgb(before), np.zeros_like(press.tool_cells))


def without_what_lay(rest: Rest, earlier: BareSkin) -> Rest:
    """Tell what has come to lie there, by how it changed, and put back the skin that it hides.

    Light that moved, and a blanch of another press, change the skin, too: trust it only where it
    makes the site much clearer.

    Parameters
    ----------
    rest : Rest
    earlier : BareSkin
        Of an earlier press.
    """
    change = cv2.blur(earlier.change_to(rest.light), (3, 3))
    shared = np.median(change.reshape(-1, 3), axis=0)
    lain = lying_on(change - shared, earlier.tool_cells, reach_of(earlier.tool_cells))
    if not lain.any() or lain.all():
        return rest
    gain = np.median(change[~lain], axis=0)
    bare = np.where((lain & earlier.seen)[..., None], earlier.light + gain, rest.light)
    return Rest(np.asarray(bare, np.float32), lain)


def before_earlier(rest: Rest, earlier: BareSkin) -> Rest:
    """Take the skin as it was before an earlier press for its rest, in the light of now.

    Parameters
    ----------
    rest : Rest
    earlier : BareSkin
    """
    change = earlier.change_to(rest.light)
    gain = np.median(change.reshape(-1, 3), axis=0)
    return Rest(np.asarray(rest.light - change + gain, np.float32), rest.lain)


def _at_the_end(window: GridWindow, press: Press) -> BoolArray:
    since_s = window.t_s - press.uncovered_s
    end_s = min(since_s[-1], BACK_S)
    return np.asarray((since_s >= (1 - BACK_SHARE) * end_s) & (since_s <= end_s))
