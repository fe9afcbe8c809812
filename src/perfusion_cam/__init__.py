"""Capillary refill time from ordinary video. Research use only; not a medical device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfusion_cam.analysis import analyze as analyze
    from perfusion_cam.comparison.recorded import compare as compare
    from perfusion_cam.types import Examination as Examination

__all__ = ["Examination", "analyze", "compare"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that the command line starts at once."""
    if name == "analyze":
        from perfusion_cam.analysis import analyze

        return analyze
    if name == "compare":
        from perfusion_cam.comparison.recorded import compare

        return compare
    if name == "Examination":
        from perfusion_cam.types import Examination

        return Examination
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
