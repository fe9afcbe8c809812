"""Whatever the site's light does, there is a verdict, and a time only within its interval."""

from __future__ import annotations

import os

import numpy as np
import pytest
from curves import Missing, Noise, traces

from perfusion_cam.stages.refill.measure import measure_refill

CASES = int(os.environ.get("PERFUSION_CAM_FUZZ_CASES", "500"))
A_TEST = 20


def steps_and_swings(rng: np.random.Generator) -> Missing:
    """Levels that change at once, up and down, and a swing on top."""
    levels = rng.choice([0.1, 1.0, 5.0]) * rng.standard_normal(rng.integers(2, 9))
    ends = np.sort(rng.uniform(0, 12, len(levels) - 1))
    hz, swing = rng.uniform(0.2, 3.0), rng.choice([0.0, 0.0, 0.3, 1.0])
    return lambda u_s: levels[np.searchsorted(ends, u_s)] + swing * np.sin(2 * np.pi * hz * u_s)


@pytest.mark.parametrize("first", range(0, CASES, A_TEST))
def test_any_signal_has_a_verdict(first: int) -> None:
    for seed in range(first, min(first + A_TEST, CASES)):
        rng = np.random.default_rng(seed)
        given = traces(
            steps_and_swings(rng),
            seed,
            depth=float(rng.choice([0.02, 0.15, 0.5])),
            noise=Noise(float(10 ** rng.uniform(-5, -1.5)), float(rng.choice([0, 0.003, 0.02]))),
            watched_s=float(rng.uniform(1, 20)),
            rate_hz=float(rng.choice([3, 15, 30])),
        )
        release_se_s = float(10 ** rng.uniform(-2.5, -0.5))
        _, refill = measure_refill(given, 8.0, release_se_s, float(rng.choice([0.02, 0.2])))
        told = (refill.crt_s, refill.crt_ci95_s, refill.lower_bound_s)
        match refill.status, *told:
            case "measured", float(crt_s), (float(low_s), float(high_s)), None:
                assert 0 < low_s <= crt_s <= high_s < np.inf, seed
            case "not_recovered", None, None, float(bound_s):
                assert bound_s > 0, seed
            case "not_measurable", None, None, None:
                assert refill.flags, seed
            case other:
                pytest.fail(f"seed {seed}: {other}")
