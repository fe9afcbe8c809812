"""Traces of known refill: the time is right, the interval honest, and nothing is made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from curves import (
    CONTACT_S,
    DEPTH,
    HIDDEN_S,
    RELEASE_S,
    SILENT,
    Missing,
    Noise,
    delayed,
    exponential,
    overshoot,
    stuck,
    t90_of,
    traces,
    two_rate,
)

from perfusion_cam.quality import Flag
from perfusion_cam.stages.refill import noise
from perfusion_cam.stages.refill.measure import MIN_DEPTH, measure_refill
from perfusion_cam.types import Refill, SiteTraces

RELEASE_SE_S = 0.03
TAU_S = 0.9
TIMES = ("crt_s", "crt_ci95_s", "t50_s", "t90_s", "t95_s", "tau_s", "visual_s")

CURVES: dict[str, Missing] = {
    "fast": exponential(0.35),
    "exponential": exponential(0.8),
    "slow": exponential(2.5),
    "two rates": two_rate(0.5, 2.5, 0.6),
    "delayed": delayed(1.2, 0.25),
    "overshoot": overshoot(0.7, 0.3, 4.0),
}


def measured(given: SiteTraces, release_s: float = RELEASE_S, **more: float) -> Refill:
    return measure_refill(given, release_s, RELEASE_SE_S, **more)[1]


@pytest.mark.parametrize("name", CURVES)
def test_a_known_refill_is_measured(name: str) -> None:
    truth = t90_of(CURVES[name])
    refill = measured(traces(CURVES[name], 1, noise=Noise(0.004, 0.0015)))
    assert refill.status == "measured"
    assert refill.crt_s == pytest.approx(truth, rel=0.2)
    assert refill.crt_ci95_s is not None
    low, high = refill.crt_ci95_s
    assert low <= truth <= high
    assert low < refill.crt_s < high
    assert refill.t90_s == refill.crt_s


@pytest.mark.parametrize("tau_s", [0.4, 0.8, 2.0])
def test_without_noise_every_time_is_exact(tau_s: float) -> None:
    refill = measured(traces(exponential(tau_s), noise=SILENT))
    expected = {"t50_s": np.log(2), "tau_s": 1.0, "t90_s": np.log(10), "t95_s": np.log(20)}
    for name, times_tau in expected.items():
        assert getattr(refill, name) == pytest.approx(tau_s * times_tau, rel=0.03), name
    assert refill.blanch_depth == pytest.approx(0.975 * DEPTH, rel=0.05)
    assert refill.recovered_fraction == pytest.approx(1.0, abs=0.02)
    assert refill.flags == ()


REPEATS = 60


@pytest.mark.parametrize("missing", [exponential(0.8), two_rate(0.5, 2.5, 0.6)], ids=["exp", "two"])
def test_the_interval_holds_the_truth_as_often_as_it_says(missing: Missing) -> None:
    truth, held, ratios = t90_of(missing), [], []
    for seed in range(REPEATS):
        given = traces(missing, 100 + seed)
        error_s = RELEASE_SE_S * np.random.default_rng(seed).standard_normal()
        refill = measured(given, RELEASE_S + error_s)
        if refill.status != "measured":
            assert refill.crt_s is None
            continue
        assert refill.crt_s is not None
        assert refill.crt_ci95_s is not None
        held.append(refill.crt_ci95_s[0] <= truth <= refill.crt_ci95_s[1])
        ratios.append(refill.crt_s / truth)
    assert len(held) > 0.9 * REPEATS
    assert 0.88 <= np.mean(held) <= 1.0
    assert np.median(ratios) == pytest.approx(1.0, abs=0.12)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rest", [0.25, 0.5])
def test_what_did_not_come_back_is_never_measured(seed: int, rest: float) -> None:
    refill = measured(traces(stuck(1.0, rest), seed))
    assert refill.status == "not_recovered"
    assert {name: getattr(refill, name) for name in TIMES} == dict.fromkeys(TIMES)
    assert refill.lower_bound_s is not None
    assert 0.8 <= refill.lower_bound_s <= 12.0
    assert refill.recovered_fraction == pytest.approx(1 - rest, abs=0.15)


@pytest.mark.parametrize("seed", range(6))
def test_a_short_recording_gives_no_time_beyond_its_end(seed: int) -> None:
    watched_s, slow = 3.0, exponential(3.0)
    refill = measured(traces(slow, seed, watched_s=watched_s))
    assert refill.status != "measured"
    if refill.status == "not_recovered":
        assert refill.lower_bound_s is not None
        assert refill.lower_bound_s <= min(watched_s, t90_of(slow))
        assert Flag.ENDS_EARLY in refill.flags


def test_a_recovery_seen_for_a_moment_is_not_measurable() -> None:
    refill = measured(traces(exponential(0.8), watched_s=0.8))
    assert refill.status == "not_measurable"
    assert set(refill.flags) == {Flag.ENDS_EARLY, Flag.LOW_SIGNAL}


def test_a_recovery_never_seen_is_lost() -> None:
    given = traces(exponential(0.8))
    refill = measured(replace(given, used=np.zeros(len(given.t_s), bool)))
    assert refill.status == "not_measurable"
    assert set(refill.flags) == {Flag.LOST, Flag.LOW_SIGNAL}


@pytest.mark.parametrize("seed", range(8))
def test_skin_that_did_not_blanch_has_no_time(seed: int) -> None:
    refill = measured(traces(exponential(0.8), seed, depth=0.0))
    assert refill.status == "not_measurable"
    assert refill.crt_s is None
    assert {Flag.DOES_NOT_BLANCH, Flag.LOW_SIGNAL} & set(refill.flags)


def test_shallow_pallor_is_told_from_none() -> None:
    quiet = Noise(0.0004, 0.0)
    none = measured(traces(exponential(0.8), depth=0.6 * MIN_DEPTH, noise=quiet))
    faint = measured(traces(exponential(0.8), depth=0.03, noise=quiet))
    full = measured(traces(exponential(0.8), depth=DEPTH, noise=quiet))
    assert Flag.DOES_NOT_BLANCH in none.flags
    assert none.status == "not_measurable"
    assert faint.status == "measured"
    assert Flag.INCOMPLETE_BLANCH in faint.flags
    assert full.flags == ()


def test_noise_deeper_than_the_pallor_is_refused() -> None:
    refill = measured(traces(exponential(0.8), 3, depth=0.03, noise=Noise(0.1, 0.05)))
    assert refill.status == "not_measurable"


def test_overshoot_is_told() -> None:
    refill = measured(traces(overshoot(0.6, 0.35, 4.0), noise=Noise(0.003, 0.0)))
    u_s = np.linspace(0, 12, 1000)
    drawn = -overshoot(0.6, 0.35, 4.0)(u_s).min()
    assert Flag.OVERSHOOT in refill.flags
    assert refill.overshoot == pytest.approx(drawn, abs=0.08)


def test_a_start_hidden_for_long_is_told() -> None:
    given = traces(exponential(1.5))
    late = replace(given, used=given.t_s > RELEASE_S + 0.8)
    assert Flag.START_HIDDEN in measured(late).flags
    assert Flag.START_HIDDEN not in measured(given).flags
    assert given.t_s[given.used][0] - RELEASE_S == pytest.approx(HIDDEN_S, abs=0.07)


@pytest.mark.parametrize("seed", range(4))
def test_the_last_of_a_tool_in_the_first_samples_is_no_fast_start(seed: int) -> None:
    missing = exponential(1.35)
    given = traces(missing, seed, noise=Noise(0.0008, 0.0))
    left_s = given.t_s - given.t_s[given.used][0]
    given.rgb[left_s >= 0] += 0.003 * np.exp(-left_s[left_s >= 0, None] / 0.06)
    refill = measured(given)
    assert refill.crt_s == pytest.approx(t90_of(missing), rel=0.05)
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] < t90_of(missing) < refill.crt_ci95_s[1]


@pytest.mark.parametrize("spoil", [lambda t_s: 0 * t_s + 0.7, np.sin], ids=["flat", "moving"])
def test_a_clipped_red_changes_nothing_much(
    spoil: Callable[[np.ndarray], np.ndarray],
) -> None:
    given = traces(exponential(0.8), 2)
    garbage = given.rgb.copy()
    garbage[:, 0] = spoil(given.t_s)
    clipped = replace(given, rgb=garbage, clipped=np.array([True, False, False]))
    clean, without_red = measured(given), measured(clipped)
    assert without_red.status == "measured"
    assert without_red.crt_s == pytest.approx(clean.crt_s, rel=0.1)
    assert without_red.crt_ci95_s is not None
    assert without_red.crt_ci95_s[0] < t90_of(exponential(0.8)) < without_red.crt_ci95_s[1]


def test_a_departure_seen_late_is_timed_from_before_it_was_seen() -> None:
    """What leaves slowly is seen to move some time after pressure has ended."""
    given = traces(delayed(1.2, 0.25), 8, noise=Noise(0.003, 0.0))
    seen_s, se_s = 0.08, 0.1
    refill = measure_refill(given, RELEASE_S + seen_s, se_s)[1]
    assert refill.crt_s == pytest.approx(t90_of(delayed(1.2, 0.25)), abs=0.04)


def test_a_later_clock_changes_nothing() -> None:
    given = traces(exponential(0.8), 4)
    now = measured(given)
    later = measured(replace(given, t_s=given.t_s + 1000.0), RELEASE_S + 1000.0)
    assert later.crt_s == pytest.approx(now.crt_s, rel=1e-6)
    assert later.crt_ci95_s == pytest.approx(now.crt_ci95_s, rel=1e-6)
    assert later.flags == now.flags


def test_depth_and_errors_scaled_alike_give_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one = measured(traces(exponential(0.8), 5, depth=0.1, noise=Noise(0.004, 0.002)))
    monkeypatch.setattr(noise, "LEAVING", 2 * noise.LEAVING)
    other = measured(traces(exponential(0.8), 5, depth=0.2, noise=Noise(0.008, 0.004)))
    assert other.crt_s == pytest.approx(one.crt_s, rel=0.02)
    assert other.blanch_depth == pytest.approx(2 * (one.blanch_depth or 0), rel=0.02)


def test_compression_makes_a_time_late_and_its_interval_wide() -> None:
    given = traces(exponential(0.8), 6)
    bits = (None, 0.5, 0.1, 0.02)
    found = [measured(given, bits_per_pixel=one) for one in bits]
    times_s, widths = [], []
    for refill in found:
        assert refill.crt_s is not None
        assert refill.crt_ci95_s is not None
        times_s.append(refill.crt_s)
        widths.append(np.log(refill.crt_ci95_s[1] / refill.crt_ci95_s[0]))
    assert sorted(widths) == widths
    late_s = times_s[0] - np.array(times_s)
    assert late_s[1:] == pytest.approx(late_s[1] * np.array([1, 5, 25]), rel=0.01)
    assert 0 < late_s[1] < 0.01


def test_the_error_of_the_press_widens_the_interval_and_keeps_the_time() -> None:
    given = traces(exponential(0.8), 6)
    plain, doubtful = measured(given), measured(given, press_error=0.15)
    assert doubtful.crt_s == plain.crt_s
    assert plain.crt_ci95_s is not None
    assert doubtful.crt_ci95_s is not None
    assert doubtful.crt_s is not None
    for before, after in zip(plain.crt_ci95_s, doubtful.crt_ci95_s, strict=True):
        expected = np.hypot(np.log(before / doubtful.crt_s), 1.96 * 0.15)
        assert abs(np.log(after / doubtful.crt_s)) == pytest.approx(expected)


def test_an_eye_sees_the_return_before_the_last_tenth() -> None:
    deep = measured(traces(exponential(0.8), noise=Noise(0.002, 0.0)))
    assert deep.visual_s is not None
    assert 0.5 < deep.visual_s < 5.0
    faint = measured(traces(exponential(0.8), depth=0.02, noise=Noise(0.0004, 0.0)))
    assert faint.visual_s is None
    unknown = replace(traces(exponential(0.8)), resting_log_rgb=None)
    assert measured(unknown).visual_s is None


def test_the_curve_and_its_band_hold_what_was_drawn() -> None:
    given = traces(exponential(0.8), 7, noise=Noise(0.004, 0.001))
    curve, refill = measure_refill(given, RELEASE_S, RELEASE_SE_S)
    np.testing.assert_array_equal(curve.t_s, given.t_s)
    assert not curve.used[given.t_s <= RELEASE_S].any()
    assert refill.fit_t_s is not None
    assert refill.fit_t_s[0] >= RELEASE_S > CONTACT_S
    drawn = 0.975 * DEPTH * np.exp(-(refill.fit_t_s - RELEASE_S) / 0.8)
    assert refill.fit_lo is not None
    assert refill.fit_hi is not None
    inside = (refill.fit_lo - 0.003 <= drawn) & (drawn <= refill.fit_hi + 0.003)
    assert inside.mean() > 0.9
    assert refill.signal_to_noise == pytest.approx(
        (refill.blanch_depth or 0) / np.median(curve.signal_se), rel=0.2
    )


def dusky(extra_red: float) -> SiteTraces:
    """Refill whose pressed-out blood had darkened red as well."""
    missing = exponential(TAU_S)
    made = traces(missing, depth=0.15)
    u_s = np.maximum(made.t_s - RELEASE_S, 0.0)
    pallor = np.where(made.t_s < CONTACT_S, 0.0, missing(u_s))
    return replace(made, rgb=made.rgb + extra_red * pallor[:, None] * [1.0, 0.0, 0.0])


def test_red_beyond_blood_is_taken_for_light() -> None:
    _, refill = measure_refill(dusky(0.06), RELEASE_S, RELEASE_SE_S)
    assert Flag.LIGHT_CHANGED in refill.flags


def test_red_that_dusky_skin_lacked_at_rest_is_not() -> None:
    _, refill = measure_refill(dusky(0.06), RELEASE_S, RELEASE_SE_S, dusky_red=0.06)
    assert refill.status == "measured"
    assert Flag.LIGHT_CHANGED not in refill.flags
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] < TAU_S * np.log(10) < refill.crt_ci95_s[1]


def test_duskiness_excuses_no_more_light_than_itself() -> None:
    _, refill = measure_refill(dusky(0.12), RELEASE_S, RELEASE_SE_S, dusky_red=0.04)
    assert Flag.LIGHT_CHANGED in refill.flags


@pytest.mark.parametrize("seed", range(8))
def test_a_slow_return_seen_late_in_noise_is_no_stain(seed: int) -> None:
    """A curve that was over before the skin came in sight explains nothing and gains nothing."""
    given = traces(exponential(3.0), seed, depth=0.06, noise=Noise(0.006, 0.0))
    late = replace(given, used=given.t_s > RELEASE_S + 1.0)
    refill = measured(late)
    assert Flag.DOES_NOT_BLANCH not in refill.flags
    if refill.status == "measured":
        assert refill.crt_ci95_s is not None
        assert refill.crt_ci95_s[0] <= t90_of(exponential(3.0)) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize("seed", range(12))
def test_without_untouched_skin_what_stays_pale_is_no_number(seed: int) -> None:
    given = traces(stuck(1.0, 0.25), seed, noise=Noise(0.004, 0.005), placebos=0)
    assert measured(given).status != "measured"


@pytest.mark.parametrize("seed", range(8))
def test_what_may_never_come_back_is_not_thrown_away(seed: int) -> None:
    """88 % back and staying there: the curves are of two minds, and a bound is known."""
    refill = measured(traces(stuck(1.0, 0.15), seed))
    assert refill.status in ("not_recovered", "not_measurable")
    if refill.status == "not_recovered":
        assert refill.lower_bound_s is not None
        assert refill.lower_bound_s > 0.8


def test_no_time_lies_beyond_the_watch() -> None:
    watched_s = 8.0
    refill = measured(traces(exponential(3.0), 3, watched_s=watched_s, noise=Noise(0.004, 0.0)))
    assert refill.status == "measured"
    assert refill.t50_s is not None
    assert refill.t95_s is None


def test_a_picture_without_any_noise_is_no_trouble() -> None:
    refill = measured(traces(exponential(0.8), noise=Noise(0.0, 0.0)))
    assert refill.crt_s == pytest.approx(0.8 * np.log(10), rel=0.03)
