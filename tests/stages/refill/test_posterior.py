"""All curves together: times as a distribution whose middle and width are right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import (
    DEPTH,
    RELEASE_S,
    Missing,
    Noise,
    delayed,
    exponential,
    late_line,
    linear,
    overshoot,
    stuck,
    t90_of,
    traces,
    two_rate,
    unevenly,
)

from perfusion_cam.stages.refill.noise import Bins, gather
from perfusion_cam.stages.refill.posterior import Posterior, find_posterior
from perfusion_cam.stages.refill.signal import blood_signal

QUIET = Noise(0.004, 0.0)


def posterior_of(
    missing: Missing,
    noise: Noise = QUIET,
    seed: int = 0,
    release_se_s: float = 0.01,
    seen_after_s: float = 0.0,
    off_s: float = 0.0,
) -> Posterior:
    given = traces(missing, seed, noise=noise)
    given = replace(given, used=given.used & (given.t_s > RELEASE_S + seen_after_s))
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S + off_s)
    found = find_posterior(bins, release_se_s)
    assert found is not None
    return found


def interval(curves: Posterior, left: float = 0.1) -> tuple[float, float]:
    low, high = np.quantile(curves.times_s(left), [0.025, 0.975], method="nearest")
    return float(low), float(high)


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        (exponential(0.8), "exponential"),
        (exponential(2.5), "exponential"),
        (two_rate(0.4, 2.0, 0.6), "two_rate"),
        (delayed(1.5, 0.2), "delayed"),
        (overshoot(0.6, 0.3, 4.0), "overshoot"),
        (linear(2.5), "ending"),
    ],
    ids=["exp", "slow", "two", "delayed", "overshoot", "linear"],
)
def test_every_family_is_known_by_its_curve(missing: Missing, name: str) -> None:
    found = posterior_of(missing)
    assert found.model == name
    low, high = interval(found)
    assert low < t90_of(missing) < high
    assert np.median(found.times_s(0.1)) == pytest.approx(t90_of(missing), rel=0.15)
    assert np.median(found.depth) == pytest.approx(0.975 * DEPTH, rel=0.2)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.25])
@pytest.mark.parametrize("whole_s", [2.0, 3.5])
def test_parts_that_are_back_one_after_the_other_are_timed_as_a_whole(
    whole_s: float, spread: float
) -> None:
    missing = unevenly(linear(whole_s), spread)
    found = posterior_of(missing, Noise(0.001, 0.0))
    low, high = interval(found)
    assert low < t90_of(missing) < high < 1.1 * low
    assert np.median(found.times_s(0.1)) == pytest.approx(t90_of(missing), rel=0.025)


@pytest.mark.parametrize("missing", [exponential(0.8), unevenly(linear(3.5), 0.25)], ids=["e", "u"])
@pytest.mark.parametrize("white", [0.0002, 0.001])
def test_even_next_to_no_noise_leaves_many_curves(missing: Missing, white: float) -> None:
    times_s = posterior_of(missing, Noise(white, 0.0)).times_s(0.1)
    assert len(np.unique(times_s.round(6))) > 30
    assert np.unique(times_s.round(6), return_counts=True)[1].max() < 0.25 * len(times_s)


@pytest.mark.parametrize("missing", [exponential(0.8), delayed(1.2, 0.25)], ids=["exp", "delayed"])
def test_the_spread_is_that_of_repeated_noise(missing: Missing) -> None:
    noise = Noise(0.008, 0.0)
    middles, spreads = [], []
    for seed in range(40):
        times = np.log(posterior_of(missing, noise, seed, 0.001).times_s(0.1))
        middles.append(np.median(times))
        spreads.append(np.diff(np.quantile(times, [0.16, 0.84]))[0] / 2)
    assert np.median(spreads) == pytest.approx(np.std(middles), rel=0.5)


def test_what_never_comes_back_has_no_time() -> None:
    found = posterior_of(stuck(0.7, 0.4))
    assert np.median(found.times_s(0.1)) == np.inf
    assert np.median(found.left_at(12.0)) == pytest.approx(0.4, abs=0.05)


def test_more_noise_makes_a_wider_interval() -> None:
    widths = []
    for white in (0.002, 0.008, 0.03):
        low, high = interval(posterior_of(exponential(0.8), Noise(white, 0.0)))
        widths.append(np.log(high / low))
    assert widths[0] < widths[1] < widths[2]


def test_an_uncertain_release_makes_a_delayed_return_uncertain() -> None:
    sharp, vague = (
        interval(posterior_of(delayed(1.2, 0.25), release_se_s=se_s)) for se_s in (0.001, 0.1)
    )
    assert np.diff(vague) > 2 * np.diff(sharp)


def test_a_fast_start_that_nobody_saw_is_within_the_interval() -> None:
    """What is seen of it is one exponential; the first part was over before."""
    missing = two_rate(0.12, 0.6, 0.6)
    hidden, seen = (posterior_of(missing, seen_after_s=after_s) for after_s in (0.5, 0.0))
    assert interval(hidden)[0] < t90_of(missing) < interval(hidden)[1]
    low, high = interval(seen)
    assert low < t90_of(missing) < high
    assert high / low < interval(hidden)[1] / interval(hidden)[0]


def test_the_band_holds_the_curve_and_narrows_with_less_noise() -> None:
    u_s = np.linspace(0.4, 8.0, 60)
    widths = []
    for white in (0.002, 0.02):
        mean, low, high = posterior_of(exponential(0.8), Noise(white, 0.0)).pallor(u_s)
        drawn = 0.975 * DEPTH * np.exp(-u_s / 0.8)
        assert ((low <= drawn) & (drawn <= high)).mean() > 0.8
        assert ((low <= mean) & (mean <= high)).all()
        widths.append(float((high - low).mean()))
    assert widths[0] < widths[1]


def test_families_that_disagree_each_give_a_time() -> None:
    found = posterior_of(exponential(0.8), Noise(0.03, 0.0))
    times_s = found.family_times_s(0.1, 0.05)
    assert 1 <= len(times_s) <= len(found.families)
    everything = found.times_s(0.1)
    assert everything.min() <= min(times_s) <= max(times_s) <= everything.max()


def test_of_curves_that_explain_alike_the_simplest_is_named() -> None:
    names = [posterior_of(exponential(0.8), Noise(0.01, 0.0), seed).model for seed in range(10)]
    assert names.count("exponential") >= 8


def test_the_same_bins_give_the_same_curves() -> None:
    one, other = (posterior_of(exponential(0.8)).times_s(0.1) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_too_few_bins_are_no_posterior() -> None:
    few = Bins(np.arange(4.0), np.exp(-np.arange(4.0)), np.eye(4), np.zeros((0, 4)), 0.01, 0.1)
    assert find_posterior(few, 0.02) is None


def test_skin_that_darkened_is_not_drawn_paler() -> None:
    given = traces(exponential(0.8), 0, noise=QUIET)
    bins = gather(blood_signal(given), given.used, given.baseline, RELEASE_S)
    darker = replace(bins, value=-bins.value)
    found = find_posterior(darker, 0.02)
    assert found is None or found.pallor(bins.u_s[:1])[0][0] < 0


@pytest.mark.parametrize("noise", [0.001, 0.005, 0.02])
@pytest.mark.parametrize("swing", [0.0, 0.05])
def test_what_no_curve_of_pallor_explains_has_no_clear_depth(noise: float, swing: float) -> None:
    """Darker at first, then for a moment paler: something moved. Once, that was an error."""
    u_s = np.linspace(0.1, 6.8, 76)
    late = -0.06 - swing * np.sin(3 * u_s)
    value = np.where(u_s < 0.4, -0.12, np.where(u_s < 1.3, 0.025, late))
    bins = Bins(u_s, value, np.eye(76) / noise, np.zeros((0, 76)), 0.003, noise)
    found = find_posterior(bins, 0.05)
    assert found is None or (np.isfinite(found.depth).all() and found.pallor(u_s[:1])[1][0] < 0)


@pytest.mark.parametrize("spread", [0.1, 0.2])
def test_a_return_that_no_family_follows_does_not_move_the_release(spread: float) -> None:
    """A steep return, uneven within its site; the tool was seen to leave to 0.02 s."""
    missing, release_se_s = unevenly(late_line(0.7, 1.0), spread), 0.02
    apart, held = [], 0
    for seed in range(24):
        off_s = release_se_s * float(np.random.default_rng(seed).standard_normal())
        found = posterior_of(missing, Noise(0.001, 0.0), seed, release_se_s, off_s=off_s)
        shift_s = np.concatenate([family.shift_s for family in found.families])
        assert abs(np.median(shift_s)) < release_se_s
        assert np.std(shift_s) == pytest.approx(release_se_s, rel=0.35)
        low, high = interval(found)
        held += low < t90_of(missing) < high
        apart.append(np.median(found.times_s(0.1)) / t90_of(missing) - 1)
    assert abs(np.mean(apart)) < 0.025
    assert held >= 19
