"""How the picture moves: a hand-held camera, and a limb that gives way."""

from __future__ import annotations

import numpy as np

from perfusion_cam.simulate.arrays import FloatArray
from perfusion_cam.simulate.scenario import PressTruth, Scenario

_BACK_S = 0.25
"""Time constant with which a limb comes back over a ground that is not drawn."""


class Shake:
    """Drift of a hand-held camera with tremor on top; no motion at time 0.

    Drift is a sum of slow sines (0.07 to 0.7 Hz), tremor of fast ones (5 to 9 Hz, about a
    fifteenth of the drift), scaled so that the largest excursion over the clip is what was asked.
    """

    def __init__(self, scenario: Scenario) -> None:
        rng = np.random.default_rng([scenario.seed, 11])
        slow, fast = rng.uniform(0.07, 0.7, (3, 5)), rng.uniform(5.0, 9.0, (3, 3))
        self._hz = np.concatenate([slow, fast], axis=1)
        self._phase = rng.uniform(0, 2 * np.pi, self._hz.shape)
        self._size = np.concatenate([1 / (0.3 + slow), np.full(fast.shape, 0.06)], axis=1)
        self._middle = (scenario.width / 2, scenario.height / 2)
        t_s = np.arange(0.0, scenario.duration_s + 0.02, 0.02)
        raw = np.stack([self._raw(t) for t in t_s])
        still = any(event.kind == "still" for event in scenario.events)
        reach = float(np.hypot(raw[:, 0], raw[:, 1]).max()) or 1.0
        turn = float(np.abs(raw[:, 2]).max()) or 1.0
        self._px = 0.0 if still else scenario.shake_px / reach
        self._deg = 0.0 if still else scenario.shake_deg / turn

    def _raw(self, t_s: float) -> FloatArray:
        swing = 2 * np.pi * self._hz
        wave = np.sin(swing * t_s + self._phase) - np.sin(self._phase)
        return np.asarray((self._size * wave).sum(axis=1))

    def to_frame(self, t_s: float) -> FloatArray:
        """Matrix (3, 3) from pixels of the first picture to pixels of the picture at `t_s`."""
        x, y, turn = self._raw(t_s)
        a = np.deg2rad(self._deg * turn)
        cx, cy = self._middle
        rotation = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        return np.asarray(shift(cx + self._px * x, cy + self._px * y) @ rotation @ shift(-cx, -cy))


def shift(x_px: float, y_px: float) -> FloatArray:
    """Matrix (3, 3) of a translation."""
    return np.array([[1.0, 0.0, x_px], [0.0, 1.0, y_px], [0.0, 0.0, 1.0]])


def pressed(press: PressTruth, t_s: float, in_s: float = 0.12, out_s: float = 0.2) -> float:
    """How far soft tissue has given way to a press, 0 to 1: in with the press, back after it."""
    if t_s <= press.contact_s:
        return 0.0
    into = 1.0 - np.exp(-((min(t_s, press.release_s) - press.contact_s) / in_s))
    return float(into * np.exp(-max(0.0, t_s - press.release_s) / out_s))


def limb_shift(scenario: Scenario, t_s: float) -> FloatArray:
    """Matrix (3, 3) by which the limb has given way at `t_s`, away from the tool.

    How it comes back after release is up to what it lies on.
    """
    ground = scenario.lies_on
    back_s, stays = (_BACK_S, 0.0) if ground is None else (ground.back_s, ground.stays)
    x = y = 0.0
    for press in scenario.presses:
        there = pressed(press, min(t_s, press.release_s), in_s=0.2)
        left = np.exp(-max(0.0, t_s - press.release_s) / back_s)
        give = press.limb_px * (there * (stays + (1.0 - stays) * left))
        x -= give * np.cos(np.deg2rad(press.angle_deg))
        y -= give * np.sin(np.deg2rad(press.angle_deg))
    return shift(x, y)
