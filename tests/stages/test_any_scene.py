"""Whatever comes over the skin, and whatever the camera makes of it, there is a verdict."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from stacks import SHAPE, Array, Visit, stack, times

from perfusion_cam.measurement import Sighting, measure_press, sight_press
from perfusion_cam.settings import Region
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.judging import is_press
from perfusion_cam.types import GridSample, PressResult

CASES = int(os.environ.get("PERFUSION_CAM_FUZZ_CASES", "500")) // 10
A_TEST = 5
EVERY = 37
"""Pictures after which a press is measured as far as it was watched."""


def visits(rng: np.random.Generator, duration_s: float) -> Iterator[Visit]:
    """Tools of any size that come from anywhere, press or do not, and go somewhere."""
    for _ in range(rng.choice([1, 1, 2, 3])):
        contact_s = rng.uniform(-0.5, 0.6 * duration_s)
        yield Visit(
            contact_s,
            contact_s + rng.uniform(0.8, 6.0),
            row=rng.uniform(-2, 56),
            col=rng.uniform(-2, 98),
            radius=rng.uniform(3, 22),
            travel_s=rng.uniform(0.1, 1.2),
            pallor=rng.choice([-0.2, 0.0, 0.02, 0.15, 0.3, 0.6]),
            tau_s=10 ** rng.uniform(-1, 1.5),
            comes_cells=rng.choice([np.inf, np.inf, 10.0]),
            stays_cells=rng.choice([np.inf, np.inf, 5.0, 15.0, 30.0]),
            shaft=rng.random() < 0.3,
            light=tuple(rng.uniform(0.2, 3) * np.array([-1.3, -2.1, -2.3])),
        )


def seen(rng: np.random.Generator, grids: Array) -> Array:
    """What a camera may make of it: too dark, next to no contrast, frozen, or shifted half way."""
    half = len(grids) // 2
    match rng.integers(0, 9):
        case 0:
            return np.minimum(grids, -5.0)
        case 1:
            mean = grids.mean(axis=(1, 2), keepdims=True)
            return np.asarray(mean + 1e-6 * (grids - mean))
        case 2:
            return np.clip(3 * grids, -7.0, 0.0)
        case 3:
            grids[half:] = grids[half]
        case 4:
            grids[half:] = np.roll(grids[half:], rng.integers(1, 6), axis=2)
    return grids


def pictures(rng: np.random.Generator, seed: int) -> Iterator[GridSample]:
    duration_s = rng.uniform(6, 22)
    t_s = times(duration_s, float(rng.choice([3, 8, 15])))
    step, from_s = rng.uniform(-0.2, 0.2) * (rng.random() < 0.4), rng.uniform(0, duration_s)
    grids = stack(
        t_s,
        list(visits(rng, duration_s)),
        seed=seed,
        noise=float(rng.choice([0.0, 0.0005, 0.002, 0.008, 0.05])),
        gain=lambda moment_s: step * (np.sin(moment_s) + (moment_s > from_s)),
    )
    loses, leaves, clips = rng.random(3) < (0.2, 0.4, 0.2)
    for moment_s, grid in zip(t_s, seen(rng, grids), strict=True):
        inside = np.ones(grid.shape[:2], bool)
        inside[:, : round(8 + 8 * np.sin(0.7 * moment_s)) * leaves] = False
        clipped = (grid > -0.75) & clips
        followed = not (loses and np.sin(1.3 * moment_s + seed) > 0.6)
        yield GridSample(float(moment_s), grid, inside, clipped, np.eye(2, 3), 1.0, followed)


def verdicts(rng: np.random.Generator, seed: int) -> Iterator[PressResult]:
    """As a session has them, also of presses that are still being watched."""
    detector, before = PressDetector(SHAPE), None
    x, y, radius = rng.uniform((20, 20, 4), (350, 190, 60))
    region = Region.circle(x, y, radius) if rng.random() < 0.3 else None

    def told(item: PressWindow, sighting: Sighting) -> PressResult:
        return measure_press(item, sighting, 0.1)

    for number, sample in enumerate(pictures(rng, seed)):
        for item in detector.push(sample):
            result = told(item, sight_press(item, region, before))
            before = None
            if not is_press(result):
                detector.dismiss(item.press)
            yield result
        if number % EVERY == EVERY - 1 and (watched := detector.watched()) is not None:
            before = sight_press(watched, region, before).read(watched)
            yield told(watched, before)
    yield from (told(item, sight_press(item, region)) for item in detector.flush())


@pytest.mark.parametrize("first", range(0, CASES, A_TEST))
def test_any_scene_has_a_verdict(first: int) -> None:
    for seed in range(first, first + A_TEST):
        for result in verdicts(np.random.default_rng(seed), seed):
            refill = result.refill
            if refill.status == "measured":
                assert refill.crt_s is not None
                assert refill.crt_ci95_s is not None
                low_s, high_s = refill.crt_ci95_s
                assert 0 < low_s <= refill.crt_s <= high_s < np.inf, seed
            else:
                assert refill.crt_s is None, seed
                assert refill.flags or refill.lower_bound_s is not None, seed
