"""Presses on skin that shows a sign: every kind, strength and skin type."""

from __future__ import annotations

import numpy as np

from perfusion_cam.simulate.blemishes import Blemish, BlemishKind
from perfusion_cam.simulate.curve import Curve
from perfusion_cam.simulate.encode import Encoding
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.scenario import PressTruth, Scenario
from perfusion_cam.simulate.signs import MODERATE, Sign, SignKind

PX_PER_MM = 3.0
"""A fingertip's blanch of 7 to 9 mm radius, filmed so that the picture is some 20 cm wide."""
_TERRITORY = {"mottling": 3.0, "hair": 3.0, "freckles": 3.0}
"""Radius of a sign over that of the press; other signs cover the site and a little more."""


def sign_scenario(
    kind: SignKind | BlemishKind | None,
    strength: float = MODERATE,
    fitzpatrick: int = 2,
    seed: int = 0,
) -> Scenario:
    """Draw a press on skin with one sign, with a blemish that is none, or with neither.

    The clip begins up to a third of a stop too bright or dark, warm or cold; light falls from the
    side in two of three; exposure steps or glides by up to a third of a stop while the tool is
    there and white balance moves by up to 4 %; blanch depth is anything from a forearm's to a
    face's. Hair, freckles and light differ with the seed, which also decides the skin: with the
    same seed and type, only the sign differs.

    Parameters
    ----------
    kind : str or None
        As in `Sign` or `Blemish`; None for untouched skin.
    strength : float
        Of a sign: 1 is moderate.
    fitzpatrick : int
        Skin type, 1 to 6.
    seed : int
    """
    rng = np.random.default_rng([seed, fitzpatrick, 83])
    width, height = 640, 360
    radius_px = PX_PER_MM * float(rng.uniform(7, 9))
    press = PressTruth(
        contact_s=2.0,
        release_s=5.5,
        x_px=width * float(rng.uniform(0.42, 0.58)),
        y_px=height * float(rng.uniform(0.42, 0.58)),
        radius_px=radius_px,
        curve=Curve(tau_s=float(rng.uniform(0.6, 1.6))),
        depth=float(rng.uniform(0.25, 0.85)),
        angle_deg=float(rng.uniform(0, 360)),
    )
    x_px = press.x_px + radius_px * float(rng.uniform(-0.25, 0.25))
    y_px = press.y_px + radius_px * float(rng.uniform(-0.25, 0.25))
    extent = float(rng.uniform(1.25, 1.6))
    mesh_px = PX_PER_MM * float(rng.uniform(5, 8))
    extent_px = radius_px * _TERRITORY.get(kind or "", extent)
    signs: tuple[Sign, ...] = ()
    blemishes: tuple[Blemish, ...] = ()
    if kind == "hair" or kind == "freckles" or kind == "shadow":
        blemishes = (Blemish(kind, x_px, y_px, extent_px),)
    elif kind is not None:
        signs = (Sign(kind, x_px, y_px, extent_px, strength, mesh_px),)
    lamp = Event("lights-switch", 0.0, strength=float(rng.uniform(-0.3, 0.15)))
    return Scenario(
        name=f"{kind or 'no-sign'}-{strength:g}-type{fitzpatrick}-{seed}",
        seed=1000 * fitzpatrick + seed,
        width=width,
        height=height,
        duration_s=11.0,
        fitzpatrick=fitzpatrick,
        presses=(press,),
        events=(lamp,),
        signs=signs,
        blemishes=blemishes,
        side_light=(0.0, 0.5, -0.9)[(seed + fitzpatrick) % 3],
        exposure=("locked", "smooth", "stepped")[seed % 3],
        exposure_ev=float(rng.uniform(0, 0.35)),
        white_balance=float(rng.choice([0.0, 0.04, -0.04])),
        pulse=float(rng.uniform(0, 0.015)),
        encoding=Encoding(bit_rate=2_500_000),
    )
