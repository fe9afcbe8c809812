"""The press in a colour trace, whatever comes after it."""

from __future__ import annotations

import numpy as np
import pytest

from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.tracing import find_trace_press

RATE_HZ = 30.0
RESTING, TOOL = np.array([-0.7, -1.3, -1.6]), np.array([-1.3, -2.1, -2.3])
BLOOD = np.array([0.3, 1.0, 0.95])
T90_S = float(np.log(10.0))


def trace(*presses: tuple[float, float], duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Light (n, 3) of skin with a time constant of 1 s, covered while each press lasts."""
    t_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    pallor, cover = np.zeros_like(t_s), np.zeros_like(t_s)
    for contact_s, release_s in presses:
        later = t_s >= contact_s
        pallor[later] = 0.2 * np.exp(-np.maximum(t_s[later] - release_s, 0))
        coming, leaving = (t_s - contact_s + 0.3) / 0.3, (release_s + 0.25 - t_s) / 0.25
        cover = np.maximum(cover, np.clip(np.minimum(coming, leaving), 0, 1))
    light = RESTING + pallor[:, None] * BLOOD
    light += cover[:, None] * (TOOL - light)
    return t_s, light + 0.004 * np.random.default_rng(0).standard_normal(light.shape)


@pytest.mark.parametrize(
    ("presses", "duration_s"),
    [
        ([(4, 9)], 20.0),
        ([(4, 9), (24, 29)], 40.0),
        ([(4, 9), (24, 29), (44, 49)], 60.0),
        ([(4, 9), (18, 21)], 20.0),
        ([(4, 9)], 1200.0),
    ],
    ids=["one", "two", "three", "back at the end", "long"],
)
def test_the_first_press_is_timed(presses: list[tuple[float, float]], duration_s: float) -> None:
    found = find_trace_press(*trace(*presses, duration_s=duration_s), None)
    assert found is not None
    assert found.release_s == pytest.approx(9.0, abs=0.1)
    _, refill = measure_refill(found.traces, found.release_s, found.release_se_s)
    assert refill.crt_s == pytest.approx(T90_S, rel=0.08)
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] < T90_S < refill.crt_ci95_s[1]
