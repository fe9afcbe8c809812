"""Was it a press, and may its refill time be given?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.quality import Flag
from perfusion_cam.types import (
    REST_S,
    BoolArray,
    GridWindow,
    Press,
    PressResult,
    Refill,
    RefillCurve,
    Site,
    Status,
)

SHORT_HOLD_S = 3.0
LONG_HOLD_S = 9.0
"""A press of 5 s is the test (King 2020, J Clin Aesthet Dermatol 13:E53); 4 to 7 s serve, too."""
MIN_SILENT_HOLD_S = 2.0
CLEAR_SITE = 3.0
"""A site must stand out this well to make a press of a touch shorter than `MIN_SILENT_HOLD_S`, or
of something that hid no more of the skin's texture than a shadow does."""
CLEAR_UNSEEN = 2.0
"""The same for a site that was not seen before it was pressed, or not followed meanwhile."""
REFILL_WATCH_S = (2.5, 6.0)
REFILL_STEPS = (0.0, 0.08, 0.2, 0.42, 0.67, 1.0)
"""How long such a site must be and is watched, and the stretches of that in which it must fade."""
MIN_REFILL = 0.015
"""Pallor (natural log) that must fade: one grey level of mid-tone skin."""
MAX_RED_SHARE = 0.5
"""Of the change in green and blue that red may share: blood alone gives 0.3, light 1."""
BACKWARD_SHARE = 0.1
MIN_SILENT_CONTRAST = 0.15
MIN_SILENT_HIDES = 0.5
SHADOW_HIDES, TOOL_HIDES = 0.2, 0.4
"""Share of the skin's texture that a mere shadow takes out of sight at most (measured: 0.07, and
room), and from which on it was a tool."""
FINE_PALLOR = 0.03
"""Where less than this would have stood out, its absence means that nothing blanched."""
MOVED_S = (0.5, 2.0)
"""Stretch after the tool has left in which the site must lie where it lay before the press."""
MIN_LIKENESS, MOVED_LIKENESS = 0.5, 0.1
"""Correlation that shows skin to be the same, and by how much a shift of a cell or more must raise
it: measured 0.2 and more for skin that stays aside by 0.3 of the site's radius or more, else 0."""
MOVED_ERROR = 0.08
"""Relative standard error of a time whose site slid: such times were off by -2 to 13 %."""
MAX_LOST_SHARE = 0.3
MAX_UNUSED_S = 0.4
CLIPPED_SHARE = 0.05
QUICK_S = 0.35
"""Skin that is out of sight this long after release may be most of the way back when it is seen: a
time constant of 0.3 s leaves a third."""


def is_press(result: PressResult) -> bool:
    """Whether a departure was a press at all.

    Skin that paled is proof. Without it, something must have hidden the skin, unmistakably and
    long enough to have been meant as a press, and have gone; a passing hand, one that only moves, a
    shadow, a lamp or a camera that looked elsewhere is not reported.
    Where the skin was not seen before, only a site that was seen to refill is proof.
    """
    press, site, flags = result.press, result.site, result.refill.flags
    if not press.seen_bare:
        clear = site is not None and site.stands_out >= CLEAR_UNSEEN
        return clear and press.tool_hides >= MIN_SILENT_HIDES
    doubts = {Flag.DOES_NOT_BLANCH, Flag.LOW_SIGNAL, Flag.LOST, Flag.NOT_BLOOD}
    if site is not None and doubts.isdisjoint(flags):
        hides = (SHADOW_HIDES, TOOL_HIDES)
        least = float(np.interp(press.tool_hides, hides, (CLEAR_SITE, 1.0)))
        if press.hold_s < MIN_SILENT_HOLD_S:
            least = CLEAR_SITE
        elif not press.followed:
            least = max(least, CLEAR_UNSEEN)
        return site.stands_out >= least
    hidden = press.tool_hides >= MIN_SILENT_HIDES
    return press.followed and not press.drawn_back and hidden and covered_long(press)


def covered_long(press: Press) -> bool:
    """Whether something covered the skin so long and plainly that it may have been a press."""
    return press.hold_s >= MIN_SILENT_HOLD_S and press.tool_contrast >= MIN_SILENT_CONTRAST


def seen_reasons(flags: Iterable[Flag], press: Press) -> list[Flag]:
    """Say that skin did not blanch only where a quick refill could not have gone unseen."""
    hidden = press.uncovered_s - press.release_s > QUICK_S
    unseen = [Flag.LOW_SIGNAL, Flag.START_HIDDEN]
    reasons = []
    for flag in flags:
        reasons += unseen if hidden and flag is Flag.DOES_NOT_BLANCH else [flag]
    return reasons


def refills(press: Press, site: Site, window: GridWindow) -> bool:
    """Whether a site that was never seen before the press shows blood coming back.

    Against the skin beside it, it must be pale at first, by more than light would explain, and
    lose that pallor by and by over the next seconds.
    """
    since_s = window.t_s - press.uncovered_s
    watched_s = min(since_s[-1], REFILL_WATCH_S[1])
    if watched_s < REFILL_WATCH_S[0]:
        return False
    steps = []
    for begin, end in pairwise(REFILL_STEPS):
        part = (since_s >= begin * watched_s) & (since_s < end * watched_s) & window.registered
        if not part.any():
            return False
        light = window.mean_log_rgb(part)
        steps.append(light[site.cells].mean(axis=0) - light[site.control_cells].mean(axis=0))
    change = np.array(steps) - steps[-1]
    pallor = change[:, 1:].mean(axis=1)
    deep, red = float(pallor[0]), float(change[0, 0])
    fades = bool((np.diff(pallor) < BACKWARD_SHARE * deep).all())
    by_degrees = pallor[0] > pallor[1] > 0 and pallor[2] < (1 - BACKWARD_SHARE) * deep
    return deep >= MIN_REFILL and red < MAX_RED_SHARE * deep and fades and bool(by_degrees)


def judge(
    press: Press,
    site: Site,
    curve: RefillCurve,
    refill: Refill,
    window: GridWindow,
    moved: bool,
) -> Refill:
    """Add what the whole press says of a refill, and withdraw what may not stand.

    Parameters
    ----------
    press, site, curve, refill, window
        Of one press.
    moved : bool
        As `has_moved` tells it.
    """
    flags = list(refill.flags)
    if press.hold_s < SHORT_HOLD_S:
        flags.append(Flag.HOLD_SHORT)
    if press.hold_s > LONG_HOLD_S:
        flags.append(Flag.HOLD_LONG)
    if _is_repeat(press):
        flags.append(Flag.REPEATED_SOON)
    if site.stands_out < 1:
        fine = site.detectable < FINE_PALLOR
        flags += [Flag.DOES_NOT_BLANCH] if fine else [Flag.LOW_SIGNAL, Flag.LIGHT_CHANGED]
    after = window.t_s > press.uncovered_s
    if after.any():
        if (~window.registered[after]).mean() > MAX_LOST_SHARE:
            flags.append(Flag.LOST)
        clipped = window.clipped(after, site.cells).mean(axis=(0, 1)) > CLIPPED_SHARE
        if clipped.any():
            flags.append(Flag.SATURATED)
        if clipped[1:].all():
            flags.append(Flag.LOW_SIGNAL)
    unused_s, lost = _gap(curve, window)
    if unused_s > MAX_UNUSED_S and not lost:
        flags.append(Flag.TOUCHED_AGAIN)
    if moved or (unused_s > MAX_UNUSED_S and lost):
        flags.append(Flag.MOVED)
    if press.ended_by == "touch" and refill.status == "not_recovered":
        flags.append(Flag.TOUCHED_AGAIN)
    unique = tuple(dict.fromkeys(seen_reasons(flags, press)))
    fatal = any(flag.meaning.fatal for flag in unique)
    if not fatal:
        return replace(refill, flags=unique)
    status: Status = "not_measurable"
    return replace(
        refill,
        status=status,
        flags=unique,
        crt_s=None,
        crt_ci95_s=None,
        lower_bound_s=None,
        t50_s=None,
        t90_s=None,
        t95_s=None,
        tau_s=None,
        visual_s=None,
        overshoot=None,
        recovered_fraction=None,
    )


def _is_repeat(press: Press) -> bool:
    return press.since_last_s is not None and press.since_last_s < REST_S


def has_moved(press: Press, site: Site, window: GridWindow) -> bool:
    """Whether the skin at the site soon looks more as it did before once it is shifted."""
    since_s = window.t_s - press.uncovered_s
    later = (since_s >= MOVED_S[0]) & (since_s <= MOVED_S[1]) & window.registered
    if not later.any():
        return False
    before, after = (_texture(window, part) for part in (window.t_s <= press.baseline_s[1], later))
    radius = np.sqrt(site.cells.sum() / np.pi)
    near, far = math.ceil(1.3 * radius), max(2, math.ceil(0.8 * radius))
    row, col = (round(float(axis.mean())) for axis in np.nonzero(site.cells))
    top, left = max(row - near, 0), max(col - near, 0)
    patch = before[top : row + near + 1, left : col + near + 1]
    bottom, right = top + patch.shape[0], left + patch.shape[1]
    padded = cv2.copyMakeBorder(after, far, far, far, far, cv2.BORDER_REFLECT)
    likeness = cv2.matchTemplate(
        padded[top : bottom + 2 * far, left : right + 2 * far], patch, cv2.TM_CCOEFF_NORMED
    )
    best = float(likeness.max())
    return best >= MIN_LIKENESS and best - float(likeness[far, far]) >= MOVED_LIKENESS


def _texture(window: GridWindow, part: BoolArray) -> NDArray[np.float32]:
    """Fine structure of red and green light, averaged over some samples, array (rows, cols)."""
    light = window.mean_log_rgb(part)[..., :2].mean(axis=-1)
    return np.asarray(light - cv2.blur(light, (7, 7)), np.float32)


def _gap(curve: RefillCurve, window: GridWindow) -> tuple[float, bool]:
    """Longest stretch of pictures in the recovery that could not be used, s; was the skin lost?

    Where no picture was taken nothing can be said of the skin; that is told elsewhere.
    """
    used_t_s = curve.t_s[curve.used]
    seen_by = np.searchsorted(window.t_s, used_t_s)
    unused_s = np.where(np.diff(seen_by) > 1, np.diff(used_t_s), 0.0)
    if not unused_s.any():
        return 0.0, False
    longest = int(unused_s.argmax())
    inside = slice(int(seen_by[longest]) + 1, int(seen_by[longest + 1]))
    return float(unused_s[longest]), bool((~window.registered[inside]).mean() > 0.5)
