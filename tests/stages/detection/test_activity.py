"""Bursts of change begin and end where something moves."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import Visit, samples, stack, times

from perfusion_cam.stages.detection.activity import LAG_S, LONGEST_S, Burst, BurstFinder
from perfusion_cam.types import GridSample

EDGE_S = LAG_S + 0.15


def bursts(given: list[GridSample]) -> list[Burst]:
    finder = BurstFinder()
    found = [burst for sample in given for burst in finder.push(sample)]
    return found + finder.flush()


def bursts_of(duration_s: float, *visits: Visit, **light: object) -> list[Burst]:
    t_s = times(duration_s)
    return bursts(samples(t_s, stack(t_s, visits, **light)))  # type: ignore[arg-type]


def test_nothing_moves_in_noise() -> None:
    assert bursts_of(8.0, noise=0.02) == []


@pytest.mark.parametrize(
    "gain",
    [
        lambda t_s: 0.3 * (t_s > 3),
        lambda t_s: -0.5 * (t_s > 3) + 0.2 * (t_s > 5),
        lambda t_s: 0.08 * np.sin(2 * np.pi * 3.3 * t_s),
        lambda t_s: 0.05 * t_s,
    ],
    ids=["step", "steps", "flicker", "drift"],
)
def test_light_that_changes_everywhere_is_no_movement(gain: object) -> None:
    assert bursts_of(8.0, gain=gain) == []


def test_coming_and_leaving_are_two_bursts() -> None:
    visit = Visit(2.0, 5.0, pallor=0.0)
    coming, leaving = bursts_of(9.0, visit)
    assert coming.start_s <= visit.contact_s - 0.2
    assert coming.end_s == pytest.approx(visit.contact_s, abs=EDGE_S)
    assert leaving.start_s == pytest.approx(visit.release_s, abs=EDGE_S)
    assert visit.release_s < leaving.end_s < visit.release_s + visit.travel_s + EDGE_S


def test_a_colour_that_is_mostly_noise_neither_moves_nor_hides_movement() -> None:
    """As blue on dark skin."""
    dark = np.array([0.01, 0.015, 0.2])
    assert bursts_of(8.0, noise=dark) == []
    coming, leaving = bursts_of(9.0, Visit(2.0, 5.0, pallor=0.0), noise=dark)
    assert coming.end_s == pytest.approx(2.0, abs=EDGE_S)
    assert leaving.start_s == pytest.approx(5.0, abs=EDGE_S)


def test_noise_of_a_resting_tool_that_is_nearly_black_is_no_movement() -> None:
    """A few grey levels are much in the logarithm of what is nearly black."""
    t_s, visit = times(9.0), Visit(2.0, 5.0, pallor=0.0)
    grids = stack(t_s, (visit,), noise=0.0)
    covered = grids[..., 1:2] < -2.0
    tool = np.where(covered, np.array([-2.2, -3.5, -6.0]) - grids, 0.0)
    rng = np.random.default_rng(5)
    grey_levels = 0.035 * rng.standard_normal(grids.shape)
    grids = grids + tool
    noisy = grids + grey_levels * np.exp(-np.minimum(grids + 2.3, 0.0) / 2.2)
    coming, leaving = bursts(samples(t_s, noisy.astype(np.float32)))
    assert coming.end_s == pytest.approx(visit.contact_s, abs=EDGE_S)
    assert leaving.start_s == pytest.approx(visit.release_s, abs=EDGE_S)


def test_what_is_moving_at_the_end_is_closed_by_a_flush() -> None:
    given = samples(times(5.2), stack(times(5.2), [Visit(2.0, 5.0, pallor=0.0, travel_s=1.0)]))
    finder = BurstFinder()
    closed = [burst for sample in given for burst in finder.push(sample)]
    assert len(closed) == 1
    (last,) = finder.flush()
    assert last.start_s == pytest.approx(5.0, abs=EDGE_S)
    assert finder.flush() == []


def test_change_without_end_is_looked_through_piece_by_piece() -> None:
    t_s = times(3 * LONGEST_S)
    grids = stack(t_s, [])
    for i, moment_s in enumerate(t_s):
        if moment_s > 9:  # a stripe that runs over the skin for ever
            grids[i, :, int(40 * moment_s) % 90 : int(40 * moment_s) % 90 + 6] -= 0.8
    finder = BurstFinder()
    closed = [burst for sample in samples(t_s, grids) for burst in finder.push(sample)]
    assert closed
    assert all(burst.end_s - burst.start_s <= LONGEST_S + EDGE_S for burst in closed)


@pytest.mark.parametrize("tremor", [0.25, 0.5])
def test_a_tool_that_trembles_as_it_presses_comes_and_leaves_in_two_bursts(tremor: float) -> None:
    t_s, visit = times(9.0), Visit(2.0, 5.0, radius=14.0, pallor=0.0)
    grids = stack(t_s, [visit])
    pressing = (t_s > visit.contact_s) & (t_s < visit.release_s)
    sign = np.where(np.arange(pressing.sum()) // 3 % 2, 1.0, -1.0)
    grids[pressing, 18:32, 34:48] += tremor * sign[:, None, None, None]
    coming, leaving = bursts(samples(t_s, grids))
    assert coming.end_s == pytest.approx(visit.contact_s, abs=EDGE_S)
    assert leaving.start_s == pytest.approx(visit.release_s, abs=EDGE_S)


def test_times_of_bursts_are_times_of_samples() -> None:
    t_s = times(9.0)
    found = bursts(samples(t_s, stack(t_s, [Visit(2.0, 5.0)])))
    assert {edge for burst in found for edge in burst} <= set(t_s.tolist())
