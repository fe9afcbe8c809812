"""What the camera's automatic exposure and white balance and the lights do to the picture."""

from __future__ import annotations

import numpy as np

from perfusion_cam.simulate.arrays import BT709_LUMA, Float32Array, FloatArray, linear_from_srgb
from perfusion_cam.simulate.scenario import Scenario

_STEP_S = 0.01
_HOLD_S = 0.45
_LOG_STEP = 0.06
_READOUT_S = 0.02
_METERED_SRGB = 140.0
"""Mean luma to which cameras expose: 141, 147 and 181 in real recordings (docs/accuracy.md)."""


def log_gain(scenario: Scenario, t_s: FloatArray) -> FloatArray:
    """Natural-log gain of the picture over time, all zero at the first picture.

    Parameters
    ----------
    scenario : Scenario
    t_s : array (n,)

    Returns
    -------
    array (n, 3)
        One column a colour.
    """
    clock = np.arange(0.0, scenario.duration_s + 1.0, _STEP_S)
    there = np.zeros_like(clock)
    for press in scenario.presses:
        there[
            (clock >= press.contact_s - 0.5 * press.approach_s)
            & (clock <= press.release_s + 0.7 * press.lift_s)
        ] = 1.0
    there -= there[0]  # the camera has long answered a tool that is there from the start
    target = scenario.exposure_ev * np.log(2.0) * there
    if scenario.exposure == "smooth":
        light = _lag(target, 0.35)
    elif scenario.exposure == "stepped":
        light = _steps(_lag(target, 0.25))
    else:
        light = np.zeros_like(clock)
    # White balance waits half a second, then moves at once.
    late = np.interp(clock - 0.5, clock, there)
    balance = scenario.white_balance * np.where(late > 0.5, 1.0, np.where(late < -0.5, -1.0, 0.0))
    gain = np.stack([light + 0.5 * balance, light, light - 0.5 * balance], axis=1)
    for event in scenario.events:
        if event.kind == "exposure-settling":
            after = np.maximum(clock - event.start_s, 0.0)
            gain += (event.strength * (1.0 - np.exp(-after / event.duration_s)))[:, None]
        elif event.kind == "lights-switch":
            on = np.clip((clock - event.start_s) / 0.06, 0.0, 1.0)
            gain += on[:, None] * event.strength * np.array([1.0, 0.93, 0.85])
    return np.stack([np.interp(t_s, clock, gain[:, c]) for c in range(3)], axis=1)


def metered_gain(metered_ev: float, light: Float32Array) -> float:
    """Gain by which the camera's meter sets the exposure for linear `light` (height, width, 3)."""
    aim = linear_from_srgb(_METERED_SRGB) * 2.0**metered_ev
    return float(aim / np.mean(light @ np.array(BT709_LUMA)))


def flicker_gain(scenario: Scenario, t_s: float) -> Float32Array:
    """Gain (height, 1, 1) by which lamps on mains light each row of a picture begun at `t_s`."""
    row_s = t_s + _READOUT_S * np.arange(scenario.height) / scenario.height
    swing = np.sin(2 * np.pi * 2 * scenario.mains_hz * row_s)
    return np.exp(0.5 * scenario.flicker * swing).astype(np.float32)[:, None, None]


def _lag(target: FloatArray, tau_s: float) -> FloatArray:
    out = np.zeros_like(target)
    share = 1.0 - np.exp(-_STEP_S / tau_s)
    for i in range(1, len(target)):
        out[i] = out[i - 1] + share * (target[i] - out[i - 1])
    return out


def _steps(wanted: FloatArray) -> FloatArray:
    """Follow in steps, each held for a while, as phones do."""
    out = np.zeros_like(wanted)
    wait = 0
    for i in range(1, len(wanted)):
        out[i] = out[i - 1]
        wait -= 1
        if wait <= 0 and abs(wanted[i] - out[i]) > _LOG_STEP / 2:
            out[i] = _LOG_STEP * np.rint(wanted[i] / _LOG_STEP)
            wait = round(_HOLD_S / _STEP_S)
    return out
