"""Read the site against its control over time, and the same of skin that nobody pressed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import trim_mean

from perfusion_cam.stencils import Stencils, rested
from perfusion_cam.types import (
    LIGHT_CODE,
    BoolArray,
    GridWindow,
    Press,
    Site,
    SiteTraces,
)

CHUNK = 16
SETTLED_FACTOR = 2.0
"""The site counts as uncovered once its cells differ no more than this times their usual."""
SETTLED_SAMPLES = 3
MAX_CLIPPED_SHARE = 0.05
TRIMMED_SHARE = 0.15
"""Baseline samples left out at either end: a hand that shows itself early must not count."""


def sample_traces(window: GridWindow, press: Press, site: Site, stencils: Stencils) -> SiteTraces:
    """Average the site and its control, picture by picture.

    The light at the site is foretold from the control by a plane, so that a slope of light or
    shadow across the ring cancels. The same pair of shapes, laid over skin beside it, tells
    what noise, codec, shadow and drift do where nothing happened.

    Returns
    -------
    SiteTraces
    """
    baseline = window.t_s <= press.baseline_s[1]
    reference = window.mean_log_rgb(rested(window, press))
    laid = (stencils.site, *stencils.placebos)
    weights = csr_array(
        (
            np.concatenate([one.weights for one in laid]).astype(np.float32),
            np.concatenate([one.cells for one in laid]),
            np.cumsum([0, *(len(one.cells) for one in laid)]),
        ),
        shape=(len(laid), site.cells.size),
    )
    watched = stencils.site.cells
    traces = np.empty((len(window.t_s), 3, len(laid)), np.float32)
    red_code = np.empty((len(window.t_s), len(watched)), np.int16)
    for lo in range(0, len(window.t_s), CHUNK):
        part = slice(lo, lo + CHUNK)
        code = _code_by_cell(window, part)
        read = weights @ code.reshape(len(code), -1).astype(np.float32)
        traces[part] = read.reshape(len(laid), 3, -1).transpose(2, 1, 0)
        red_code[part] = code[watched, 0].T
    rgb = (traces - trim_mean(traces[baseline], TRIMMED_SHARE, axis=0)) / np.float32(LIGHT_CODE)
    resting_code = np.rint(LIGHT_CODE * reference.reshape(-1, 3)[watched, 0]).astype(np.int16)
    return SiteTraces(
        t_s=window.t_s,
        rgb=np.asarray(rgb[:, :, 0], float),
        placebo_rgb=np.asarray(rgb[:, :, 1:].transpose(2, 0, 1), float),
        used=_used(window, press, site, red_code - resting_code),
        baseline=baseline,
        clipped=_clipped(window, press, site),
        resting_log_rgb=reference[site.cells].mean(axis=0),
    )


def _code_by_cell(window: GridWindow, part: slice) -> NDArray[np.int16]:
    """Light of some samples as it is coded, array (cells, 3, samples)."""
    code = window.light_code[part]
    by_cell = np.asarray(cv2.transpose(code.reshape(len(code), -1)), np.int16)
    return by_cell.reshape(-1, 3, len(code))


def _clipped(window: GridWindow, press: Press, site: Site) -> BoolArray:
    seen = (window.t_s <= press.baseline_s[1]) | (window.t_s >= press.uncovered_s)
    return np.asarray(window.clipped(seen, site.cells).mean(axis=(0, 1)) > MAX_CLIPPED_SHARE)


def _used(window: GridWindow, press: Press, site: Site, red_change: NDArray[np.int16]) -> BoolArray:
    """Samples after release with site and control in plain sight.

    Red hardly sees blood but sees every tool and shadow: the scatter of its change over the
    cells, against its usual scatter once all is quiet, tells when something is in the way.
    """
    after = window.t_s > press.release_s
    red_change = red_change[after]
    middle = np.median(red_change, axis=1, keepdims=True).astype(np.float32)
    spread = np.sqrt(((red_change - middle) ** 2).mean(axis=1)) / np.float32(LIGHT_CODE)
    quiet = spread[window.t_s[after] > press.uncovered_s + 0.5]
    usual = float(np.percentile(quiet, 40)) if len(quiet) else float(spread.min(initial=np.inf))
    plain = (spread < SETTLED_FACTOR * usual + 0.01) & window.registered[after]
    plain &= window.valid_of(site.cells, after).all(axis=1)
    for start in range(len(plain) - SETTLED_SAMPLES + 1):
        if plain[start : start + SETTLED_SAMPLES].all():
            plain[:start] = False
            break
    else:
        plain[:] = False
    used = np.zeros(len(window.t_s), bool)
    used[after] = plain
    return used
