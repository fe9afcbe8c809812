"""How much blood is missing where and when, and the refill times that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, FloatArray, smooth_noise
from perfusion_cam.simulate.curve import LONGEST_WATCH_S, first_time_below
from perfusion_cam.simulate.scenario import PressTruth

BLANCH_FORMS_S = 0.05
"""Time constant with which a press empties the skin: over in about 0.15 s."""

_COARSE_STEPS, _FINE_STEPS = 300, 50
"""Of the longest watch, and of such a step: refill times are looked for where the coarse show them,
which no law passes by, as colour never fades again before it is back."""

_EDGE = 0.14
"""Scale of the soft, logistic edge of the disc, as a share of its radius."""


@dataclass(frozen=True, slots=True)
class Blanch:
    """The blood that one press moves, on the patch of skin around it.

    Attributes
    ----------
    press : PressTruth
    x0_px, y0_px : int
        Upper left corner of the patch in pixels of the first picture, perhaps negative.
    depth : array (n, n) float32
        Share of a full blanch reached under pressure.
    pace : array (n, n) float32
        Local time constant over that of the curve; its logarithm averages to 0 over the core.
    """

    press: PressTruth
    x0_px: int
    y0_px: int
    depth: Float32Array
    pace: Float32Array

    @property
    def core(self) -> FloatArray:
        """Boolean (n, n): at least half as deep as the deepest."""
        return np.asarray(self.depth >= 0.5 * self.depth.max())

    def missing(self, t_s: float) -> Float32Array:
        """Share of a full blanch, (n, n), that is missing at `t_s` seconds into the clip."""
        press = self.press
        reached = self.depth * self._formed(t_s)
        if t_s > press.release_s:
            reached = reached * press.curve.missing(np.float32(t_s - press.release_s) / self.pace)
        return np.asarray(reached, dtype=np.float32)

    def upon(
        self, left: Float32Array, missing: Float32Array, part: tuple[slice, slice], t_s: float
    ) -> Float32Array:
        """Share that is missing where earlier presses have left some missing, in a part of it.

        Pressure empties skin down to a level of its own, whatever was missing before; and what an
        earlier refill brought beyond rest it presses out.

        Parameters
        ----------
        left, missing : arrays (m, n)
            Share that the earlier presses and this one leave missing in that part.
        part : (slice, slice)
            Of the patch.
        t_s : float
            Seconds into the clip.
        """
        stays = 1 - self._formed(t_s) * self.depth[part]
        emptied = np.maximum(np.maximum(left, missing), 0)
        return np.asarray(emptied + np.minimum(missing, 0) + stays * np.minimum(left, 0))

    def _formed(self, t_s: float) -> np.float32:
        """How far the press has emptied the skin under it, 0 to 1."""
        held_s = max(0.0, min(t_s, self.press.release_s) - self.press.contact_s)
        return np.float32(1.0 - np.exp(-held_s / BLANCH_FORMS_S))


def make_blanch(press: PressTruth, rng: np.random.Generator) -> Blanch:
    """Draw the blanched disc of a press: soft-edged, a little irregular, unevenly fast."""
    half = int(np.ceil(3.0 * press.radius_px))
    x0, y0 = round(press.x_px) - half, round(press.y_px) - half
    size = 2 * half + 1
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float64)
    distance = np.hypot(xs + x0 - press.x_px, ys + y0 - press.y_px) / press.radius_px
    ragged = distance * (1.0 + 0.04 * smooth_noise(rng, size, size, 1.2 * press.radius_px))
    depth = press.depth / (1.0 + np.exp((ragged - 1.0) / _EDGE))
    depth[distance > 2.5] = 0.0
    noise = smooth_noise(rng, size, size, 1.0 * press.radius_px)
    core = depth >= 0.5 * depth.max()
    noise = (noise - noise[core].mean()) / (noise[core].std() + 1e-6)
    inward = np.clip(1.0 - distance, 0.0, 1.0)
    inward -= inward[core].mean()
    pace = np.exp(press.uneven * np.clip(noise, -2.5, 2.5) + press.inward * inward)
    return Blanch(press, x0, y0, depth.astype(np.float32), pace.astype(np.float32))


def refill_times_s(
    blanch: Blanch, levels: tuple[float, ...] = (0.5, 0.9, 0.95)
) -> tuple[float | None, ...]:
    """First times after release at which shares of the pressed-out colour are back.

    The skin's log light is linear in the missing blood, so the mean missing blood of the core *is*
    its noise-free log-colour change against its rest, up to a constant per channel.

    Parameters
    ----------
    blanch : Blanch
    levels : tuple of float
        Shares that must be back, 0 to 1.

    Returns
    -------
    tuple of (float or None)
        Seconds after release; None where the colour is not so far back within `LONGEST_WATCH_S`.
    """
    depth, pace = blanch.depth[blanch.core], blanch.pace[blanch.core]
    step = max(1, depth.size // 400)
    depth, pace = depth[::step].astype(np.float64), pace[::step].astype(np.float64)
    if depth.sum() <= 0:
        return tuple(None for _ in levels)
    weights = depth / depth.sum()

    def mean_missing(u_s: FloatArray) -> FloatArray:
        return np.asarray(weights @ blanch.press.curve.missing(u_s / pace[:, None]))

    coarse_s = np.linspace(0.0, LONGEST_WATCH_S, _COARSE_STEPS + 1)
    coarse = mean_missing(coarse_s)

    def first_time_s(left: float) -> float | None:
        below = np.flatnonzero(coarse <= left)
        if below.size == 0:
            return None
        i = max(int(below[0]), 1)
        u_s = np.linspace(coarse_s[i - 1], coarse_s[i], _FINE_STEPS + 1)
        return first_time_below(u_s, mean_missing(u_s), left)

    return tuple(first_time_s(1.0 - level) for level in levels)
