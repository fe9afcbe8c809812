"""What to know about the presses of a side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

import numpy as np

from perfusion_cam.comparison.contrasting import Contrast
from perfusion_cam.comparison.readings import SideReading, scatter_chance, soon_repeated
from perfusion_cam.comparison.remarks import Mark, Remark
from perfusion_cam.types import REST_S

DISAGREE_PROBABILITY = 0.01
"""Own choice: one site in a hundred without anything amiss is said to disagree with itself."""


def about(side: SideReading, name: str) -> Iterator[Remark]:
    """Say what to know about one side.

    Parameters
    ----------
    side : SideReading
    name : str
        What to call it, such as ``affected side``.
    """
    yield from _measured(side, name)
    yield from _left_out(side, name)
    apart = (
        pair for pair in combinations(side.used_presses, 2) if pair[0].lies_apart_from(pair[1])
    )
    for one, other in islice(apart, 1):
        yield Remark(
            Mark.SEVERAL_PLACES,
            f"On the {name}, {one.name} and {other.name} lie at different places and are combined "
            "all the same; repeats are meant to be of one place.",
        )
    for earlier, later, rest_s in soon_repeated(side.presses):
        yield Remark(
            Mark.REPEATED_SOON,
            f"On the {name}, {later.name} follows press {earlier.number} after {rest_s:.0f} s; "
            f"repeats less than {REST_S / 60:.0f} min apart may change one another.",
        )
    if len({press.recording for press in side.presses}) > 1:
        yield Remark(
            Mark.REST_UNKNOWN,
            f"How long the {name} rested between its recordings is not known; leave "
            f"{REST_S / 60:.0f} min.",
        )


def about_rejected(found: Contrast) -> Iterator[Remark]:
    """Say what the ratio were with the presses that were left out."""
    if found.with_rejected is not None:
        ratio, (low, high) = found.with_rejected
        hidden = found.ratio_ci95 is not None and found.ratio_ci95[0] <= 1 < low
        yield Remark(
            Mark.LEFT_OUT,
            f"With the presses left out the ratio would be {ratio:.2f} ({low:.2f} to {high:.2f})"
            + (", more than chance: press again before relying on it." if hidden else "."),
        )


def _measured(side: SideReading, name: str) -> Iterator[Remark]:
    if not side.presses:
        yield Remark(Mark.NOTHING_MEASURED, f"There is no press of the {name}.")
        return
    unusable = [press for press in side.presses if press.status == "not_measurable"]
    if not side.used:
        yield Remark(Mark.NOTHING_MEASURED, f"None of the presses of the {name} could be measured.")
    elif unusable:
        which = ", ".join(press.name for press in unusable)
        yield Remark(Mark.NOT_USABLE, f"Not measurable on the {name} and not used: {which}.")
    if side.status == "measured" and scatter_chance(side) < DISAGREE_PROBABILITY:
        yield Remark(
            Mark.PRESSES_DISAGREE,
            f"The presses of the {name} differ more than presses of one site do; press again.",
        )
    if side.status != "not_recovered":
        return
    yield Remark(
        Mark.NOT_RECOVERED,
        f"The colour of the {name} was not back while it was watched; its time is known from "
        "below only.",
    )
    back = [press for press in side.used_presses if press.at_least_s is None]
    if back:
        which = ", ".join(press.name for press in back)
        yield Remark(
            Mark.PRESSES_DISAGREE,
            f"On the {name} the presses disagree: after some the colour came back ({which}), "
            "after others it did not. Press again.",
        )


def _left_out(side: SideReading, name: str) -> Iterator[Remark]:
    others = [press.crt_s for press in side.used_presses if press.crt_s is not None]
    for index in side.rejected:
        press = side.presses[index]
        assert press.crt_s is not None
        yield Remark(
            Mark.LEFT_OUT,
            f"Left out on the {name}: {press.name}, {press.crt_s:.2f} s where the others are "
            f"{np.min(others):.2f} to {np.max(others):.2f} s.",
        )
