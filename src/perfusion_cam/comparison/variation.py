"""What is known beforehand of how presses of one site differ, and what follows for detection."""

from __future__ import annotations

import numpy as np
from scipy import stats

SINGLE_PRESS_SD = 0.17
"""Standard deviation of the natural log of refill times of one site, from press to press.

16 to 18 %, implied by Bachour 2023 (10.1002/jbio.202300063): 22 people, about 80 % of times within
20 % of the person's own mean. It contains that device's own error; ours is added all the same.
"""
SINGLE_PRESS_DF = 30
"""How firmly `SINGLE_PRESS_SD` is believed of a new person, as degrees of freedom.

Own choice: with 30, persons' values spread by 13 % about it (95 %: 14 to 23 %). The one interval
published for a least significant change, 25 % [18 to 30] (Jacquet-Lagrèze 2019,
s13054-019-2560-0), would be worth about 35.
"""
ODD_SHARE, ODD_SD, ODD_DF = 0.01, 0.5, 4
"""Own choice: in one site of a hundred something is amiss (a press in another way, a wrong time)
and presses differ by about half. Without it, presses that plainly contradict the published spread
would still be taken for repeats of it."""
TYPICAL_MEASUREMENT_SD = 0.045
"""Standard error of one measured log time in a good recording (docs/accuracy.md: 4 to 5.5 %)."""

LEVEL = 0.95


def smallest_detectable_ratio(
    presses: int, other_presses: int, measurement_sd: float = TYPICAL_MEASUREMENT_SD
) -> float:
    """Foretell the smallest ratio that so many presses tell from 1.

    A measured ratio beyond it has a 95 % interval that leaves 1 out; a true ratio of just this
    size is found in half of all comparisons. It is the exponential of the minimal detectable
    change, MDC95 = t · SD · sqrt(1/n1 + 1/n2), with Student's t for `SINGLE_PRESS_DF` and the
    presses' own degrees of freedom in place of 1.96.

    Parameters
    ----------
    presses, other_presses : int
        Measured presses of the two sites, 1 or more each.
    measurement_sd : float
        Standard error of one measured log time.
    """
    df = SINGLE_PRESS_DF + presses + other_presses - 2
    sd = np.hypot(SINGLE_PRESS_SD, measurement_sd) * np.sqrt(1 / presses + 1 / other_presses)
    return float(np.exp(stats.t.ppf((1 + LEVEL) / 2, df) * sd))
