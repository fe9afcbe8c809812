"""The limit that pixels set: a reader that is told all but the refill time.

It knows the site, the control, the camera's movement, the release, when the tool has gone and the
family of the curve, and reads the same decoded pictures. What it misses, nobody can hope to find.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import least_squares

from perfusion_cam.picture import upright_rgb
from perfusion_cam.simulate import Curve, Scenario
from perfusion_cam.simulate.arrays import FloatArray, linear_from_srgb
from perfusion_cam.simulate.blanch import Blanch
from perfusion_cam.simulate.camera import Shake, limb_shift, shift
from perfusion_cam.simulate.curve import LONGEST_WATCH_S, first_time_below
from perfusion_cam.simulate.skin import blood_axis
from perfusion_cam.simulate.truth import blanches_of
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import BoolArray

_RING = (1.9, 2.6)
"""Control, in radii of the site: beyond its soft edge."""
_CODEC_SD = 0.002
"""What a codec holds back in each colour by itself, natural log: still skin does not show it."""
_LEAST_SAMPLES = 8
_TAU_S = (0.05, 30.0)
_STARTS_S = (0.2, 0.8, 3.0)

FREE: dict[str, dict[str, tuple[float, float, float]]] = {
    "exp": {},
    "linear": {},
    "two-rate": {"slow_tau_s": (0.05, 60.0, 2.0), "fast_share": (0.0, 1.0, 0.5)},
    "sigmoid": {"delay_s": (0.0, 6.0, 0.8)},
    "overshoot": {"overshoot": (0.0, 0.5, 0.1), "fade_s": (0.5, 30.0, 4.0)},
    "stretched": {"beta": (0.3, 1.5, 0.8)},
}
"""Parameters of each family besides its time constant: least, most, start."""


def oracle_t90_s(path: Path, scenario: Scenario) -> list[float | None]:
    """Read t90 of every press of a clip, seconds after release.

    Returns
    -------
    list of (float or None)
        None for a press whose family has no t90, that does not blanch, or that cannot be fitted.
    """
    blanches = blanches_of(scenario)
    t_s, traces = _site_traces(path, scenario, blanches)
    ends_s = [press.contact_s - press.approach_s for press in scenario.presses[1:]]
    ends_s.append(np.inf)
    begins_s = [
        -np.inf,
        *(_gone_s(press.release_s, scenario, i) for i, press in enumerate(scenario.presses)),
    ]
    found: list[float | None] = []
    for index, press in enumerate(scenario.presses):
        family = FREE.get(press.curve.kind)
        first = _first_there(scenario, index)
        rests_s = scenario.presses[first].contact_s - scenario.presses[first].approach_s
        before = (t_s > begins_s[first]) & (t_s < rests_s)
        after = (t_s > begins_s[index + 1]) & (t_s < ends_s[index])
        enough = min(before.sum(), after.sum()) >= _LEAST_SAMPLES
        if family is None or press.depth == 0 or not enough:
            found.append(None)
            continue
        missing = _missing(traces[:, index], before, blood_axis(scenario.fitzpatrick))
        found.append(_fitted_t90_s(press.curve.kind, t_s[after] - press.release_s, missing[after]))
    return found


def _first_there(scenario: Scenario, index: int) -> int:
    """Which press was the first at a place, before which it was at rest."""
    here = scenario.presses[index]
    return next(
        earlier
        for earlier, press in enumerate(scenario.presses)
        if math.hypot(press.x_px - here.x_px, press.y_px - here.y_px) < here.radius_px
    )


def _gone_s(release_s: float, scenario: Scenario, index: int) -> float:
    """When tool and shadow are out of the way."""
    press = scenario.presses[index]
    return release_s + press.lift_s * (1.8 if press.tool == "hand" else 1.15)


def _site_traces(
    path: Path, scenario: Scenario, blanches: tuple[Blanch, ...]
) -> tuple[FloatArray, FloatArray]:
    """Natural-log light of each site against its control, (pictures, sites, 3), and times."""
    shake = Shake(scenario)
    light_of_code = linear_from_srgb(np.arange(256)).astype(np.float32)
    masks = [_masks(blanch) for blanch in blanches]
    times, rows = [], []
    with VideoFile(path) as video:
        for frame in video:
            rgb = upright_rgb(frame)
            to_frame = shake.to_frame(frame.t_s) @ limb_shift(scenario, frame.t_s)
            row = []
            for blanch, (site, ring) in zip(blanches, masks, strict=True):
                to_patch = to_frame @ shift(blanch.x0_px, blanch.y0_px)
                patch = cv2.warpAffine(
                    rgb,
                    to_patch[:2],
                    site.shape[::-1],
                    flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                    borderMode=cv2.BORDER_REPLICATE,
                )
                inside, beside = (light_of_code[patch[mask]].mean(axis=0) for mask in (site, ring))
                row.append(np.log(np.maximum(inside, 1e-5) / np.maximum(beside, 1e-5)))
            times.append(frame.t_s)
            rows.append(row)
    return np.array(times), np.array(rows)


def _masks(blanch: Blanch) -> tuple[BoolArray, BoolArray]:
    ys, xs = np.indices(blanch.depth.shape)
    middle = (len(blanch.depth) - 1) / 2
    distance = np.hypot(xs - middle, ys - middle) / blanch.press.radius_px
    ring = (distance > _RING[0]) & (distance < _RING[1])
    return np.asarray(blanch.core, dtype=bool), np.asarray(ring)


def _missing(trace: FloatArray, before: BoolArray, blood: FloatArray) -> FloatArray:
    """Missing share of blood, with the weights that let least noise through."""
    rest = trace[before]
    noise = np.cov(rest.T) + _CODEC_SD**2 * np.eye(3)
    weights = np.linalg.solve(noise, blood)
    return np.asarray((trace - rest.mean(axis=0)) @ weights / (blood @ weights))


def _fitted_t90_s(kind: str, u_s: FloatArray, missing: FloatArray) -> float | None:
    """Least squares over the family's parameters; t90 of the best fit."""
    free = FREE[kind]
    names = ("tau_s", *free)
    lows = [-0.05, _TAU_S[0], *(low for low, _, _ in free.values())]
    highs = [1.5, _TAU_S[1], *(high for _, high, _ in free.values())]

    def law(given: FloatArray) -> Curve:
        named = dict(zip(names, map(float, given[1:]), strict=True))
        return Curve(kind, **named)  # type: ignore[arg-type]  # Curve checks kind

    def misfit(given: FloatArray) -> FloatArray:
        return np.asarray(given[0] * law(given).missing(u_s) - missing)

    fits = [
        least_squares(
            misfit, [0.6, start_s, *(start for *_, start in free.values())], bounds=(lows, highs)
        )
        for start_s in _STARTS_S
    ]
    best = min(fits, key=lambda fit: fit.cost)
    watch_s = np.arange(0.0, LONGEST_WATCH_S, 0.004)
    return first_time_below(watch_s, law(best.x).missing(watch_s), 0.1)
