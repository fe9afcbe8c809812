"""Figures and their intervals against values known otherwise."""

import numpy as np
import pytest

from perfusion_cam.validation.statistics import median_of, percentile90_of, share_of


def test_wilson_interval_has_the_published_values() -> None:
    """Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I."""
    for hits, count, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
        share = share_of([True] * hits + [False] * (count - hits))
        assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)
    assert share_of([True] * 20).low == pytest.approx(0.8389, abs=1e-4)
    assert share_of([]).value is None


def test_bootstrap_of_a_median_covers_it() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(200):
        estimate = median_of(list(rng.exponential(1.0, 40)))
        assert estimate.low is not None
        assert estimate.high is not None
        held.append(estimate.low <= np.log(2) <= estimate.high)
    assert 0.89 < np.mean(held) < 0.99


def test_few_values_have_no_interval_and_none_no_figure() -> None:
    two = median_of([1.0, 3.0])
    assert (two.value, two.low, two.high, two.count) == (2.0, None, None, 2)
    assert percentile90_of([]).value is None
    assert percentile90_of(list(range(11))).value == 9.0
