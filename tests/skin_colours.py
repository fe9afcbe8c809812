"""Colours of sites made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from perfusion_cam.types import (
    Estimate,
    Lighting,
    PatchColour,
    SignName,
    SignReading,
    SkinColour,
)

RESTING = np.array([-0.7, -1.3, -1.6])
NAMES: tuple[SignName, ...] = ("pallor", "redness", "duskiness", "mottling", "fixed_stain")


def patch(log_rgb: Any = RESTING) -> PatchColour:
    one = Estimate(50.0, 0.5)
    return PatchColour(np.asarray(log_rgb, float), 1e-5 * np.eye(3), (one, one, one), one, one, one)


def sign(name: SignName, strength: float, detectable: float = 0.1) -> SignReading:
    return SignReading(
        name,
        Estimate(strength, 0.4),
        Estimate(strength * detectable, 0.4 * detectable),
        detectable,
    )


def light(**changes: float) -> Lighting:
    facts = {
        "log_light": -1.2,
        "log_red_green": 0.6,
        "log_blue_green": -0.3,
        "slope": 0.05,
        "clipped_share": 0.0,
    }
    return Lighting(**(facts | changes))


def colour(strengths: dict[SignName, float] | None = None, **changes: Any) -> SkinColour:
    """A site whose signs have these strengths, the others 0."""
    told = dict.fromkeys(NAMES, 0.0) | (strengths or {})
    facts: dict[str, Any] = {
        "rested_s": (0.0, 2.0),
        "site": patch(),
        "control": patch(),
        "delta_e": Estimate(1.0, 0.4),
        "delta_e_by_chance": 2.0,
        "signs": tuple(sign(name, strength) for name, strength in told.items()),
        "light": light(),
        "placebos": 20,
        "reasons": (),
    }
    return SkinColour(**(facts | changes))
