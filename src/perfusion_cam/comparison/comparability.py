"""Whether two sites were pressed and filmed alike enough to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.remarks import Mark, Remark

HOLD_DIFFERENCE_S = 2.0
"""Holds of 4 to 7 s serve alike (evidence of the protocol of 5 s, King 2020); own choice within."""
DEPTH_FACTOR = 2.0
"""Own choice. Strong blanching shortens apparent times to 0.80, weak to 0.85-0.91 of the blood
volume's (own simulation), so half the depth moves a time by some 5 %; and a site that blanches
much less than the other may not blanch for another reason."""
DISTANCE_FACTOR = 1.5
"""Own choice, of the pressed spot's radius as a share of the picture's diagonal."""
BRIGHTNESS_FACTOR, TINT_FACTOR = 2.0, 1.35
"""Own choices, of linear light on the unpressed skin, and of its red over its blue."""
RATE_FACTOR = 1.1


def differences(
    one: Sequence[SidePress],
    other: Sequence[SidePress],
    names: tuple[str, str],
) -> Iterator[Remark]:
    """Say in what two sites' presses differ besides their refill.

    Parameters
    ----------
    one, other : sequence of SidePress
        The presses that were used.
    names : (str, str)
        What to call the two, such as ``affected side``.
    """
    for find, mark in MARKS.items():
        says = find(one, other, names)
        if says is not None:
            yield Remark(mark, says)


def _hold(
    one: Sequence[SidePress], other: Sequence[SidePress], names: tuple[str, str]
) -> str | None:
    holds = [_median(presses, lambda press: press.hold_s) for presses in (one, other)]
    if holds[0] is None or holds[1] is None or abs(holds[0] - holds[1]) <= HOLD_DIFFERENCE_S:
        return None
    return (
        f"Pressed for {holds[0]:.1f} s on the {names[0]} and {holds[1]:.1f} s on the {names[1]}; "
        "press both for 5 s."
    )


def _depth(
    one: Sequence[SidePress], other: Sequence[SidePress], names: tuple[str, str]
) -> str | None:
    depths = [_median(presses, lambda press: press.blanch_depth) for presses in (one, other)]
    if depths[0] is None or depths[1] is None or min(depths[0], depths[1]) <= 0:
        return None
    if not _apart(depths[0], depths[1], DEPTH_FACTOR):
        return None
    less = 0 if depths[0] < depths[1] else 1
    share = min(depths[0], depths[1]) / max(depths[0], depths[1])
    return (
        f"The {names[less]} paled only {100 * share:.0f} % as much as the {names[1 - less]}: not "
        "pressed as hard, or a bruise or fixed ischaemia, which a camera cannot tell apart. The "
        "times are then hardly comparable."
    )


def _distance(
    one: Sequence[SidePress], other: Sequence[SidePress], names: tuple[str, str]
) -> str | None:
    sizes = [_median(presses, lambda press: press.radius_share) for presses in (one, other)]
    if sizes[0] is None or sizes[1] is None or not _apart(sizes[0], sizes[1], DISTANCE_FACTOR):
        return None
    larger = 0 if sizes[0] > sizes[1] else 1
    times = max(sizes[0], sizes[1]) / min(sizes[0], sizes[1])
    return (
        f"The pressed spot is {times:.1f} times as wide in the picture on the {names[larger]} as "
        f"on the {names[1 - larger]}: another distance or another finger. Film and press both "
        "alike."
    )


def _light(
    one: Sequence[SidePress], other: Sequence[SidePress], names: tuple[str, str]
) -> str | None:
    first, second = (
        [press.light_log_rgb for press in presses if press.light_log_rgb is not None]
        for presses in (one, other)
    )
    if not first or not second:
        return None
    change = np.median(first, axis=0) - np.median(second, axis=0)
    brightness, tint = float(change.mean()), float(change[0] - change[2])
    if abs(brightness) > np.log(BRIGHTNESS_FACTOR):
        brighter = names[0] if brightness > 0 else names[1]
        return (
            f"The skin beside the site is {np.exp(abs(brightness)):.1f} times as bright on the "
            f"{brighter}; film both in the same light."
        )
    if abs(tint) > np.log(TINT_FACTOR):
        warmer = names[0] if tint > 0 else names[1]
        return f"The light on the {warmer} is warmer; film both in the same light."
    return None


def _kinds(presses: Sequence[SidePress]) -> set[str]:
    return {
        f"{one.width} x {one.height} {one.codec} {one.pixel_format}"
        for one in (press.recording for press in presses)
    }


def _camera(
    one: Sequence[SidePress], other: Sequence[SidePress], names: tuple[str, str]
) -> str | None:
    kinds = [_kinds(presses) for presses in (one, other)]
    if not all(kinds):
        return None
    rates = [_median(presses, lambda press: press.recording.median_fps) for presses in (one, other)]
    told = [" or ".join(sorted(kind)) for kind in kinds]
    if kinds[0] == kinds[1]:
        if rates[0] is None or rates[1] is None or not _apart(rates[0], rates[1], RATE_FACTOR):
            return None
        told = [f"{rate:.3g} pictures a second" for rate in rates]
    return (
        f"The {names[0]} and the {names[1]} were filmed differently ({told[0]} against "
        f"{told[1]}): another camera or another setting. Film both with the same."
    )


MARKS = {
    _hold: Mark.HOLD_DIFFERS,
    _depth: Mark.DEPTH_DIFFERS,
    _distance: Mark.DISTANCE_DIFFERS,
    _light: Mark.LIGHT_DIFFERS,
    _camera: Mark.CAMERA_DIFFERS,
}


def _median(presses: Sequence[SidePress], of: Callable[[SidePress], float | None]) -> float | None:
    known = [value for value in map(of, presses) if value is not None]
    return float(np.median(known)) if known else None


def _apart(one: float, other: float, factor: float) -> bool:
    return max(one, other) > factor * min(one, other)
