"""Put the site against its control over time, and the same of skin that nobody pressed."""

from __future__ import annotations

import numpy as np
from scipy.stats import trim_mean

from perfusion_cam.stencils import rested
from perfusion_cam.types import (
    LIGHT_CODE,
    BoolArray,
    FloatArray,
    GridWindow,
    Press,
    Site,
    SiteLight,
    SiteTraces,
)

SETTLED_FACTOR = 2.0
"""The site counts as uncovered once its cells differ no more than this times their usual."""
SETTLED_SAMPLES = 3
STEEP = 1.25
"""How much more than the next few samples the first may differ: else the tool is still on its way,
though it be of the skin's colour and hardly differ from it."""
MAX_CLIPPED_SHARE = 0.05
TRIMMED_SHARE = 0.15
"""Baseline samples left out at either end: a hand that shows itself early must not count."""


def sample_traces(
    window: GridWindow,
    press: Press,
    site: Site,
    light: SiteLight,
    since: FloatArray | None = None,
) -> SiteTraces:
    """Average the site and its control, picture by picture.

    The light at the site is foretold from the control by a plane, so that a slope of light or
    shadow across the ring cancels. The same pair of shapes, laid over skin beside it, tells
    what noise, codec, shadow and drift do where nothing happened.

    Parameters
    ----------
    window : GridWindow
    press : Press
    site : Site
    light : SiteLight
    since : array (3, 1 + k), optional
        Natural-log light by which the site, and k places that nobody pressed, had changed from
        their rest to before the press.

    Returns
    -------
    SiteTraces
    """
    baseline = rested(window, press)
    rest = trim_mean(light.laid[baseline], TRIMMED_SHARE, axis=0)
    rgb = (light.laid - rest) / np.float32(LIGHT_CODE)
    resting_log_rgb = light.resting_log_rgb
    if since is not None:
        rgb += np.asarray(since, np.float32)
        resting_log_rgb = resting_log_rgb - since[:, 0]
    return SiteTraces(
        t_s=window.t_s,
        rgb=np.asarray(rgb[:, :, 0], float),
        placebo_rgb=np.asarray(rgb[:, :, 1:].transpose(2, 0, 1), float),
        used=_used(window, press, site, light.red_spread),
        baseline=baseline,
        clipped=_clipped(window, press, site),
        resting_log_rgb=resting_log_rgb,
    )


def _clipped(window: GridWindow, press: Press, site: Site) -> BoolArray:
    seen = (window.t_s <= press.baseline_s[1]) | (window.t_s >= press.uncovered_s)
    return np.asarray(window.clipped(seen, site.cells).mean(axis=(0, 1)) > MAX_CLIPPED_SHARE)


def _used(window: GridWindow, press: Press, site: Site, red_spread: FloatArray) -> BoolArray:
    """Samples after release with site and control in plain sight.

    Red sees every tool and shadow, and of blood what green and blue tell: the scatter over the
    cells of what else changed in it, against its usual scatter once all is quiet, tells when
    something is in the way.
    """
    after = window.t_s > press.release_s
    spread = red_spread[after]
    quiet = spread[window.t_s[after] > press.uncovered_s + 0.5]
    usual = float(np.percentile(quiet, 40)) if len(quiet) else float(spread.min(initial=np.inf))
    plain = (spread < SETTLED_FACTOR * usual + 0.01) & window.registered[after]
    plain &= window.valid_of(site.cells, after).all(axis=1)
    for start in range(len(plain) - SETTLED_SAMPLES + 1):
        next_few = spread[start + 1 : start + 1 + SETTLED_SAMPLES]
        steep = spread[start] > STEEP * np.median(next_few)
        if plain[start : start + SETTLED_SAMPLES].all() and not steep:
            plain[:start] = False
            break
    else:
        plain[:] = False
    used = np.zeros(len(window.t_s), bool)
    used[after] = plain
    return used
