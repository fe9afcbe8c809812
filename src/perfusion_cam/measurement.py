"""From the grids of one press to its result: what shows at once, then how its colour returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from perfusion_cam.quality import Flag
from perfusion_cam.settings import Region
from perfusion_cam.stages.colouring import PRESSED_S, skin_colour
from perfusion_cam.stages.detection import PressWindow
from perfusion_cam.stages.judging import (
    CLEAR_SITE,
    MOVED_ERROR,
    MOVED_S,
    has_moved,
    judge,
    refills,
    seen_reasons,
)
from perfusion_cam.stages.location import (
    EARLY_S,
    Rest,
    before_earlier,
    lies_near,
    locate,
    lying_beside,
    pallor_map,
    resting_skin,
    rests_on,
    without_what_lay,
)
from perfusion_cam.stages.reading import read_light
from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.repeating import since_earlier, was_back, with_other_rest
from perfusion_cam.stages.sampling import sample_traces
from perfusion_cam.stencils import Stencils
from perfusion_cam.types import (
    BoolArray,
    FloatArray,
    Press,
    PressResult,
    Refill,
    RefillCurve,
    Site,
    SiteLight,
    SkinColour,
)

CLEARER = 2.0
"""How much better a site must stand out where parts of the picture are left out on suspicion:
measured, 6 times and more of sites that a hand in sight had masked, and less than once where light
had drifted, or a blanch stayed."""
FILLED = 0.1
"""Share of the pallor that a press left by which the site may have filled beneath the next one."""
SIGHTED_S = max(EARLY_S[-1], PRESSED_S, MOVED_S[-1])
"""How long after the tool has left the last picture was taken that a sighting rests on."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a press shows soon after its tool has left.

    Attributes
    ----------
    press : Press
    watched_s : float
        Until when it had been watched.
    beside : array (rows, cols) bool
        Cells on which something lay at rest, or once the tool had left the site.
    seen : array (rows, cols) bool
        Other cells that had been in the picture all the time.
    site : Site or Flag
        Or why there is none.
    stencils : Stencils or None
    colour : SkinColour or None
        None without a site, or where the skin was not seen before.
    moved : bool
        Whether the site soon lay elsewhere than before.
    light : SiteLight or None
        What was read of the site so far, if anything.
    """

    press: Press
    watched_s: float
    beside: BoolArray
    seen: BoolArray
    site: Site | Flag
    stencils: Stencils | None = None
    colour: SkinColour | None = None
    moved: bool = False
    light: SiteLight | None = None

    def read(self, item: PressWindow) -> Sighting:
        """Read the site in what was watched of a press since."""
        site, stencils, light = self.site, self.stencils, self.light
        if isinstance(site, Flag) or stencils is None:
            return self
        if light is not None and light.t_s is item.window.t_s:
            return self
        return replace(self, light=read_light(item.window, item.press, site, stencils, light))

    def holds_for(self, item: PressWindow) -> bool:
        """Whether the same would be seen in a press that was watched on."""
        return self._shows(item) and np.array_equal(self.seen, self.seen_in(item))

    def finds_for(self, item: PressWindow, within: BoolArray | None) -> bool:
        """Whether the same site would be found there, though skin elsewhere left the picture."""
        if isinstance(self.site, Flag) or not self._shows(item):
            return False
        seen = self.seen_in(item)
        left = self.seen & ~seen & rests_on(item.press, self.site, within)
        return bool((seen <= self.seen).all()) and not left.any()

    def seen_in(self, item: PressWindow) -> BoolArray:
        """Cells of `seen` as they are in a press that was watched on."""
        return item.window.always_valid & ~self.beside

    def _shows(self, item: PressWindow) -> bool:
        """Whether it is of that press, and rests on no picture that is not there."""
        one, other = self.press, item.press
        watched_s = min(self.watched_s, float(item.window.t_s[-1]))
        return (
            one.tool_cells is other.tool_cells
            and one.baseline_s == other.baseline_s
            and one.since_last_s == other.since_last_s
            and one.seen_bare
            and watched_s > one.uncovered_s + SIGHTED_S
        )


def sight_press(
    item: PressWindow, region: Region | None = None, before: Sighting | None = None
) -> Sighting:
    """Find a press's site, and read its colour at rest.

    Parameters
    ----------
    item : PressWindow
    region : Region, optional
        Where to look for the site; the whole picture otherwise.
    before : Sighting, optional
        The last one, with the same region: what must come out the same is not looked for again.

    Returns
    -------
    Sighting
    """
    if before is not None and before.holds_for(item):
        return before
    press, window = item.press, item.window
    within = None if region is None else region.cells(window.shape)
    watched_s = float(window.t_s[-1])
    if before is not None and isinstance(before.site, Site) and before.finds_for(item, within):
        seen = before.seen_in(item)
        stencils = Stencils.of(resting_skin(window, press).light, before.site, seen)
        return replace(before, watched_s=watched_s, seen=seen, stencils=stencils)
    resting, beside, site = _look(item, within)
    seen = window.always_valid & ~beside
    if isinstance(site, Flag) or not press.seen_bare:
        return Sighting(press, watched_s, beside, seen, site)
    stencils = Stencils.of(resting, site, seen)
    soon = window.t_s <= press.uncovered_s + SIGHTED_S
    seen_soon = window.valid_throughout(slice(int(soon.sum()))) & ~beside
    same = np.array_equal(seen_soon, seen)
    laid = stencils if same else Stencils.of(resting, site, seen_soon)
    colour = skin_colour(window, press, site, laid, seen_soon)
    moved = has_moved(press, site, window)
    light = None if before is None else before.light
    return Sighting(press, watched_s, beside, seen, site, stencils, colour, moved, light)


class _Look(NamedTuple):
    """Light of the skin at rest, on which cells something lies, and the site."""

    resting: FloatArray
    beside: BoolArray
    site: Site | Flag

    @property
    def stands_out(self) -> float:
        return self.site.stands_out if isinstance(self.site, Site) else 0.0

    @property
    def found(self) -> Site:
        assert isinstance(self.site, Site)
        return self.site


def _look(item: PressWindow, within: BoolArray | None) -> _Look:
    """Look for the site, and again with other rests, if it then is much clearer.

    That is without what may lie in sight: what came to lie there before the press and, where the
    tool was drawn back, what turned darker where it had been. And where the place was pressed
    before, and shows no clear site, against the skin before that, which it may have left pale.
    What then still hides the site is no thing that lies there if it fades as blood does: of a
    finger of the skin's own colour only an edge is seen, and what it pressed goes on beyond that.
    """
    window, press = item.window, item.press
    rest = resting_skin(window, press)
    clearest = _look_from(rest, item, within)
    bare = press.bare_before
    cleared = rest if bare is None else without_what_lay(rest, bare)
    others = []
    if press.drawn_back or cleared.lain.any():
        others.append((cleared, press.drawn_back))
    if bare is not None and press.rests_since_last and clearest.stands_out < CLEAR_SITE:
        others.append((before_earlier(rest, bare), False))
    for other, darker in others:
        again = _look_from(other, item, within, darker)
        clearer = again.stands_out >= max(1.0, CLEARER * clearest.stands_out)
        if clearer and (other is cleared or _was_pressed(again, rest, item)):
            clearest = again
    if clearest.stands_out < 1.0 and (clearest.beside & ~rest.lain).any():
        whole = _Look(rest.light, rest.lain, locate(window, press, rest.light, rest.lain, within))
        if whole.stands_out >= CLEAR_SITE and refills(press, whole.found, window):
            return whole
    return clearest


def _was_pressed(look: _Look, rest: Rest, item: PressWindow) -> bool:
    """Whether a site still pale from an earlier press is no less so than before this one.

    Beneath a mere touch, or a shadow, it goes on filling.
    """
    since_rest, since_first = (
        look.found.against_control(pallor_map(item.window, item.press, light, 0.0, EARLY_S[0]))
        for light in (rest.light, look.resting)
    )
    return since_rest > -FILLED * since_first


def _look_from(
    rest: Rest, item: PressWindow, within: BoolArray | None, darker: bool = False
) -> _Look:
    beside = lying_beside(item.window, item.press, rest, within, darker)
    return _Look(rest.light, beside, locate(item.window, item.press, rest.light, beside, within))


def measure_press(
    item: PressWindow, sighting: Sighting, bits_per_pixel: float | None = None
) -> PressResult:
    """Time the return of a press's colour: an ordinary function of its grids.

    Parameters
    ----------
    item : PressWindow
    sighting : Sighting
        Of this press; what it has not read is read.
    bits_per_pixel : float, optional
        How strongly the pictures were compressed; None if they were not.

    Returns
    -------
    PressResult
    """
    press, window, site = item.press, item.window, sighting.site
    if not press.seen_bare:
        seen = site if isinstance(site, Site) and refills(press, site, window) else None
        return PressResult(press, seen, None, Refill("not_measurable", (Flag.NO_BASELINE,)))
    if isinstance(site, Flag):
        reasons = tuple(seen_reasons([site], press))
        return PressResult(press, None, None, Refill("not_measurable", reasons))
    light = sighting.read(item).light
    assert sighting.colour is not None
    assert sighting.stencils is not None
    assert light is not None
    dusky_red, shadowed = sighting.colour.dusky_red, lies_near(site, sighting.beside)

    def timed(since: FloatArray | None) -> tuple[RefillCurve, Refill]:
        return measure_refill(
            sample_traces(window, press, site, light, since),
            press.release_s,
            press.release_se_s,
            bits_per_pixel,
            MOVED_ERROR if sighting.moved else 0.0,
            dusky_red,
            shadowed,
        )

    since = since_earlier(window, press, sighting.stencils)
    curve, refill = timed(since)
    back = press.rests_since_last and was_back(press, refill)
    if back and since is not None:
        own_curve, own = timed(None)
        if own.crt_s is not None:
            curve, refill = own_curve, with_other_rest(own, refill)
    elif press.rests_since_last and not back and since is None and refill.crt_s is not None:
        refill = replace(refill, flags=(Flag.NO_BASELINE, *refill.flags))
    verdict = judge(press, site, curve, refill, window, sighting.moved)
    return PressResult(press, site, curve, verdict, sighting.colour)
