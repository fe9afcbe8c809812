"""The skin's colour at rest, from the grids of one press."""

from __future__ import annotations

import numpy as np

from perfusion_cam.colour import same_skin
from perfusion_cam.stages.colouring.contrast import (
    CHANCE,
    MIN_PLACEBOS,
    Reader,
    detectable_times,
    reader,
)
from perfusion_cam.stages.colouring.net import net_contrast
from perfusion_cam.stages.colouring.patches import difference, patch_colour
from perfusion_cam.stages.colouring.staying import fixed_stain, reading
from perfusion_cam.stencils import SAME_LIGHT, SAME_TINT, Stencils, rested
from perfusion_cam.types import (
    BoolArray,
    Estimate,
    FloatArray,
    GridWindow,
    Lighting,
    Press,
    SignReading,
    Site,
    SkinColour,
)

PRESSED_S = 0.4
"""How long after the tool has left the skin counts as still pressed out."""
MAX_CLIPPED_SHARE = 0.02
RESTED_S = 15.0
"""A press leaves its own pallor, and redness that fades over 10 to 15 s (one subject)."""

CLIPPED = "The skin is too bright or too dark for the camera: a colour is at the end of its range."
NO_SKIN = "Too little untouched skin was seen to know what chance does to colour here."
NO_SKIN_FOR_NET = "Too little skin was seen round the site and elsewhere to look for a net."
NOT_RESTED = (
    "The site was pressed {since_s:.0f} s before; its colour may be that of the earlier press."
)
NOT_SEEN_PRESSED = "The skin was not seen soon enough after the press to look for a fixed stain."


def skin_colour(
    window: GridWindow, press: Press, site: Site, stencils: Stencils, seen: BoolArray
) -> SkinColour:
    """Measure the colour of a press's site at rest, and the signs that it shows.

    Rested skin is that before the press: for a later press of a recording, that between presses,
    and not too soon after the one before. Signs are read from the site against the skin beside it,
    in which exposure and white balance cancel; a sign that covers both alike does not show.

    Parameters
    ----------
    window : GridWindow
        From the press's baseline on, as `stages.location.locate` took it.
    press : Press
    site : Site
    stencils : Stencils
        Of that site.
    seen : array (rows, cols) bool
        Cells that were in the picture until soon after the press.

    Returns
    -------
    SkinColour
    """
    before = rested(window, press)
    light = window.mean_log_rgb(before).astype(float)
    contrast = stencils.site.laid_on(light)
    placebos = np.array([one.laid_on(light) for one in stencils.placebos]).reshape(-1, 3)
    lighting = _lighting(window, before, light, site)
    reasons: list[str] = []
    signs: list[SignReading] = []
    if lighting.clipped_share > MAX_CLIPPED_SHARE:
        reasons.append(CLIPPED)
    elif press.since_last_s is not None and press.since_last_s < RESTED_S:
        reasons.append(NOT_RESTED.format(since_s=press.since_last_s))
    elif len(placebos) < MIN_PLACEBOS:
        reasons.append(NO_SKIN)
    else:
        read = reader(placebos)
        signs += _blood_signs(read, contrast)
        net = net_contrast(light, site, window.shape, seen & _same(light, site))
        if net is None:
            reasons.append(NO_SKIN_FOR_NET)
        else:
            signs.append(reading("mottling", *net))
        pressed = _pressed(window, press)
        if pressed.any():
            after = stencils.site.laid_on(window.mean_log_rgb(pressed))
            signs.append(fixed_stain(read, contrast, after))
        else:
            reasons.append(NOT_SEEN_PRESSED)
    shown = patch_colour(light, site.cells)
    foretold = shown.log_rgb - contrast
    delta_e, by_chance = _difference(foretold, contrast, placebos, shown.log_rgb_covariance)
    return SkinColour(
        rested_s=(float(window.t_s[before][0]), float(window.t_s[before][-1])),
        site=shown,
        control=patch_colour(light, site.control_cells),
        delta_e=delta_e,
        delta_e_by_chance=by_chance,
        signs=tuple(signs),
        light=lighting,
        placebos=len(placebos),
        reasons=tuple(reasons),
    )


def _same(light: FloatArray, site: Site) -> BoolArray:
    return same_skin(light, site.cells | site.control_cells, SAME_TINT, SAME_LIGHT)


def _blood_signs(read: Reader, contrast: FloatArray) -> list[SignReading]:
    blood, less_oxygen = (float(value) for value in read.read(contrast))
    blood_se, oxygen_se = (float(se) for se in read.se)
    most = read.against_light(contrast)
    return [
        reading("pallor", Estimate(-blood, blood_se), read.times, most),
        reading("redness", Estimate(blood, blood_se), read.times, most),
        reading("duskiness", Estimate(less_oxygen, oxygen_se), read.times, most),
    ]


def _pressed(window: GridWindow, press: Press) -> BoolArray:
    since_s = window.t_s - press.uncovered_s
    return np.asarray((since_s > 0) & (since_s <= PRESSED_S) & window.registered)


def _difference(
    foretold: FloatArray, contrast: FloatArray, placebos: FloatArray, covariance: FloatArray
) -> tuple[Estimate, float | None]:
    """Colour difference to the control, its standard error, and what chance makes of it."""
    value = float(difference(foretold, contrast))
    if len(placebos) < MIN_PLACEBOS:
        rng = np.random.default_rng(0)
        drawn = rng.multivariate_normal(np.zeros(3), covariance, 200)
        return Estimate(value, float(difference(foretold, contrast + drawn).std())), None
    spread = float(difference(foretold, contrast + placebos).std())
    squares = difference(foretold, placebos) ** 2
    chance = detectable_times(len(placebos)) * float(np.sqrt(squares.mean() / 2))
    return Estimate(value, spread), max(chance, float(np.quantile(np.sqrt(squares), CHANCE)))


def _lighting(window: GridWindow, before: BoolArray, light: FloatArray, site: Site) -> Lighting:
    beside = light[site.control_cells]
    red, green, blue = (float(value) for value in beside.mean(axis=0))
    rows, cols = np.nonzero(site.control_cells)
    design = np.stack([np.ones(len(rows)), rows - rows.mean(), cols - cols.mean()], axis=1)
    _, down, across = np.linalg.lstsq(design, beside.mean(axis=1), rcond=None)[0]
    extent = max(np.ptp(rows), np.ptp(cols)) + 1
    clipped = window.clipped(before, site.cells | site.control_cells)
    return Lighting(
        log_light=(red + green + blue) / 3,
        log_red_green=red - green,
        log_blue_green=blue - green,
        slope=float(np.hypot(down, across) * extent),
        clipped_share=float(clipped.mean(axis=(0, 1)).max()),
    )
