"""How far skin that is pressed again was back from the press before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfusion_cam.stencils import Stencils, rested
from perfusion_cam.types import FloatArray, GridWindow, Press, Refill

BACK = 3.0
"""Refill times after which a site was back: a thousandth of an exponential's blanch is left then,
half a hundredth of slower endings."""


def since_earlier(window: GridWindow, press: Press, stencils: Stencils) -> FloatArray | None:
    """See how site and untouched skin changed from before an earlier press to before this one.

    Pressure empties skin down to a level of its own, so that of a site not yet back the next press
    moves only a part; against that part alone it would be back far too soon.

    Parameters
    ----------
    window : GridWindow
    press : Press
    stencils : Stencils

    Returns
    -------
    array (3, 1 + k) or None
        Natural-log light of the site against its control, then the same of k places that nobody
        pressed; None where the site was not pressed soon before, or not seen before that.
    """
    if not press.rests_since_last or press.bare_before is None:
        return None
    change = press.bare_before.change_to(window.mean_log_rgb(rested(window, press)))
    laid = [stencil.laid_on(change) for stencil in (stencils.site, *stencils.placebos)]
    return np.asarray(np.stack(laid, axis=1), float)


def was_back(press: Press, refill: Refill) -> bool:
    """Whether a refill is so quick that the one before must have been over before the press.

    What else had changed there since, such as light, a slide or redness, may be no blood then that
    this press had to bring back.
    """
    assert press.since_last_s is not None
    return refill.crt_s is not None and press.since_last_s > BACK * refill.crt_s


def with_other_rest(refill: Refill, other: Refill) -> Refill:
    """Widen a time's interval to hold that against another rest, which may be the right one."""
    if refill.crt_ci95_s is None or other.crt_ci95_s is None:
        return refill
    (low_s, high_s), (other_low_s, other_high_s) = refill.crt_ci95_s, other.crt_ci95_s
    return replace(refill, crt_ci95_s=(min(low_s, other_low_s), max(high_s, other_high_s)))
