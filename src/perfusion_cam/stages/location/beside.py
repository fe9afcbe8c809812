"""What stayed in the picture when the tool left the site."""

from __future__ import annotations

from perfusion_cam.stages.location.lying import CHANGE, lying_on
from perfusion_cam.stages.location.pallor import PALLOR, pallor_map
from perfusion_cam.stages.location.resting import Rest
from perfusion_cam.stages.location.shapes import disc, grown, radius_of, reach_of
from perfusion_cam.types import BoolArray, GridWindow, Press, Site

LOOKED_AT_S = 0.7
"""How long after the tool has left."""
SHADOW_RADII = 3.0
"""Radii of the site beyond its control within which its shadow may fall there, weak as it is."""


def lying_beside(
    window: GridWindow,
    press: Press,
    rest: Rest,
    within: BoolArray | None = None,
    darker: bool = False,
) -> BoolArray:
    """Cells on which something lay at rest, or lies once the tool has left, array (rows, cols).

    Parameters
    ----------
    window : GridWindow
    press : Press
    rest : Rest
        Of that press.
    within : array (rows, cols) bool, optional
        Where the site may lie, too (a user's circle or box).
    darker : bool
        Whether what turned darker within the place lies there, too: skin that was pressed pales.
    """
    if not press.seen_bare:
        return rest.lain
    uncovered = press.tool_cells & ~rest.lain
    place = reach_of(uncovered)
    if within is not None:
        place |= within
    change = pallor_map(window, press, rest.light, 0.0, LOOKED_AT_S)
    if darker:
        place &= change @ PALLOR > -CHANGE
    return rest.lain | lying_on(change, uncovered, place)


def lies_near(site: Site, beside: BoolArray) -> bool:
    """Whether something lies so near that its shadow may fall on site or control."""
    size = round(SHADOW_RADII * radius_of(site.cells))
    return bool((grown(site.cells | site.control_cells, disc(size)) & beside).any())
