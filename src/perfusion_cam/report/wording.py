"""The words every output shares, so that no two of them say a result differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfusion_cam.types import Press, PressResult, Refill, Site

RESEARCH_USE_ONLY = (
    "Research use only. Not a medical device; not cleared or approved. A normal or missing "
    "result does not exclude vascular occlusion. Do not delay treatment because of it."
)


def seconds(value: float) -> str:
    """Write a time with the digits it deserves: hundredths below 10 s, tenths above."""
    return f"{value:.2f} s" if abs(value) < 10 else f"{value:.1f} s"


def verdict(refill: Refill) -> str:
    """Say in one short line what was found.

    Returns
    -------
    str
        Such as ``1.73 s (95 %: 1.58 to 1.90 s)``, ``not back after 12.3 s (63 % recovered)`` or
        ``not measurable``.
    """
    if refill.status == "measured" and refill.crt_s is not None:
        return f"{seconds(refill.crt_s)}{_interval(refill)}"
    if refill.status == "not_recovered" and refill.lower_bound_s is not None:
        return f"not back after {seconds(refill.lower_bound_s)}{_recovered(refill)}"
    return "not measurable"


def headline(refill: Refill) -> str:
    """Say the verdict as a phrase that stands alone, such as ``refill time 1.73 s (...)``."""
    words = verdict(refill)
    return f"refill time {words}" if refill.status == "measured" else words


def place(site: Site | None) -> str:
    """Say where the site is, in pixels of the upright first picture."""
    if site is None:
        return "not found"
    return f"{site.x_px:.0f}, {site.y_px:.0f} px (radius {site.radius_px:.0f})"


def held(press: Press) -> str:
    """Say how long a press lasted, or that it lasted longer than the recording shows."""
    return seconds(press.hold_s) if press.seen_bare else f"over {seconds(press.hold_s)}"


def phase(result: PressResult, t_s: float) -> str:
    """Say what goes on at a moment of the recording, seen from one press."""
    press = result.press
    if t_s < press.contact_s:
        return "before the press"
    if t_s < press.release_s:
        return f"pressing {t_s - press.contact_s:.1f} s"
    if t_s <= press.ended_s:
        return f"recovering {t_s - press.release_s:.1f} s"
    return "end"


def _interval(refill: Refill) -> str:
    if refill.crt_ci95_s is None:
        return ""
    low, high = refill.crt_ci95_s
    return f" (95 %: {seconds(low).removesuffix(' s')} to {seconds(high)})"


def _recovered(refill: Refill) -> str:
    if refill.recovered_fraction is None:
        return ""
    return f" ({refill.recovered_fraction:.0%} recovered)".replace("%", " %")
