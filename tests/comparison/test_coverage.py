"""Intervals against simulated presses whose true ratio is known."""

from __future__ import annotations

import numpy as np
import pytest
from sided import contrast_of

from perfusion_cam.comparison.variation import smallest_detectable_ratio
from perfusion_cam.simulate.readings import (
    MEASUREMENT_SD,
    OUTLIER_SHARE,
    Person,
    press_site,
    somebody,
)

PRESSES = [(1, 1), (3, 3), (5, 5), (1, 3), (5, 1)]


def compared(rng, ratio, presses, person):
    unaffected_s = float(rng.uniform(0.8, 2.5))
    affected = press_site(rng, ratio * unaffected_s, presses[0], person)
    unaffected = press_site(rng, unaffected_s, presses[1], person)
    return unaffected_s, contrast_of(affected, unaffected)


def tried(seed, presses, make_person, tries=350):
    """Share of ratio and difference intervals that hold the truth, true ratios 0.7 to 3."""
    rng = np.random.default_rng(seed)
    ratios, differences = [], []
    for ratio in np.exp(rng.uniform(np.log(0.7), np.log(3), tries)):
        unaffected_s, found = compared(rng, ratio, presses, make_person(rng))
        low, high = found.ratio_ci95
        ratios.append(low <= ratio <= high)
        low, high = found.difference_ci95_s
        differences.append(low <= (ratio - 1) * unaffected_s <= high)
    return np.mean(ratios), np.mean(differences)


@pytest.mark.parametrize("presses", PRESSES)
def test_intervals_hold_the_truth_of_persons_who_differ(presses):
    ratios, differences = tried(1, presses, somebody, tries=600)
    assert 0.93 <= ratios <= 0.97
    assert 0.93 <= differences <= 0.97


@pytest.mark.parametrize("spread", [0.16, 0.18])
@pytest.mark.parametrize("presses", [(1, 1), (5, 5)])
def test_intervals_hold_the_truth_at_both_ends_of_the_published_spread(presses, spread):
    ratios, _ = tried(2, presses, lambda _: Person(within_site_sd=spread))
    assert 0.92 <= ratios <= 0.98


@pytest.mark.parametrize("presses", [(1, 1), (5, 5)])
def test_occasional_outliers_cost_little(presses):
    ratios, _ = tried(3, presses, lambda rng: somebody(rng, outlier_share=OUTLIER_SHARE))
    assert 0.92 <= ratios <= 0.97


@pytest.mark.parametrize("presses", PRESSES)
def test_equal_sides_are_rarely_called_slower(presses):
    rng = np.random.default_rng(4)
    slower = [compared(rng, 1.0, presses, somebody(rng))[1].ratio_ci95[0] > 1 for _ in range(300)]
    assert np.mean(slower) <= 0.05


@pytest.mark.parametrize("presses", PRESSES)
def test_half_of_those_at_the_smallest_detectable_ratio_are_found(presses):
    rng = np.random.default_rng(5)
    stated = smallest_detectable_ratio(*presses, measurement_sd=MEASUREMENT_SD)
    power = {
        ratio: np.mean(
            [compared(rng, ratio, presses, somebody(rng))[1].ratio_ci95[0] > 1 for _ in range(120)]
        )
        for ratio in (stated / 1.1, stated * 1.1)
    }
    below, above = power.values()
    assert below < 0.5 < above


def test_a_lower_bound_is_below_the_true_ratio():
    rng = np.random.default_rng(6)
    held = []
    while len(held) < 250:
        person = somebody(rng, watched_s=6.0)
        ratio = float(rng.uniform(2.0, 6.0))
        _, found = compared(rng, ratio, (2, 2), person)
        if found.ratio_lower_bound is not None:
            held.append(found.ratio_lower_bound <= ratio)
    assert np.mean(held) >= 0.965
