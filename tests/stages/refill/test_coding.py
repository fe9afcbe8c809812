"""A codec's lag grows with what it leaves out, and is nothing where nothing is left out."""

from __future__ import annotations

import pytest
from curves import RELEASE_S, Missing, exponential, traces

from perfusion_cam.stages.refill.coding import CodingLag, coding_lag
from perfusion_cam.stages.refill.noise import gather
from perfusion_cam.stages.refill.posterior import Posterior, find_posterior
from perfusion_cam.stages.refill.signal import blood_signal


def fitted(missing: Missing) -> Posterior:
    given = traces(missing, 1)
    curves = find_posterior(
        gather(blood_signal(given), given.used, given.baseline, RELEASE_S), 0.02
    )
    assert curves is not None
    return curves


def test_uncompressed_pictures_are_not_late() -> None:
    assert coding_lag(fitted(exponential(0.8)), 1.8, 0.17, None) == CodingLag(0.0, 0.0)


def test_where_it_was_measured_the_lag_is_as_stated() -> None:
    late_s, se_s = coding_lag(fitted(exponential(1.5)), 3.5, 0.17, 0.05)
    assert late_s == pytest.approx(0.05, rel=0.01)
    assert se_s == pytest.approx(0.06, rel=0.01)


def test_fewer_bits_and_fainter_blanches_are_later() -> None:
    curves = fitted(exponential(0.8))
    usual = coding_lag(curves, 1.8, 0.17, 0.2)
    assert coding_lag(curves, 1.8, 0.17, 0.1).late_s == pytest.approx(2 * usual.late_s)
    assert coding_lag(curves, 1.8, 0.17 / 4, 0.2).late_s == pytest.approx(2 * usual.late_s)


def test_what_passes_fast_is_less_late() -> None:
    curves = fitted(exponential(0.8))
    early, late = (coding_lag(curves, time_s, 0.17, 0.05).late_s for time_s in (0.5, 1.8))
    assert early < 0.6 * late


def test_no_time_is_taken_away_whole() -> None:
    late_s, se_s = coding_lag(fitted(exponential(0.1)), 0.23, 0.01, 0.001)
    assert late_s == se_s == pytest.approx(0.115)
