from __future__ import annotations

import pytest
from sided import times

from perfusion_cam.comparison.contrasting import contrast
from perfusion_cam.comparison.variation import smallest_detectable_ratio


@pytest.mark.parametrize(("presses", "published"), [(1, 1.60), (3, 1.31), (5, 1.23)])
def test_the_smallest_detectable_ratio_agrees_with_the_known_one(presses, published):
    assert smallest_detectable_ratio(presses, presses) == pytest.approx(published, rel=0.05)


def test_more_presses_on_either_side_detect_less():
    assert smallest_detectable_ratio(1, 3) == smallest_detectable_ratio(3, 1)
    assert 1 < smallest_detectable_ratio(3, 3) < smallest_detectable_ratio(1, 3)
    assert smallest_detectable_ratio(1, 3) < smallest_detectable_ratio(1, 1)


@pytest.mark.parametrize("presses", [1, 2, 3, 5])
def test_the_foretold_one_is_that_of_presses_with_the_published_spread(presses):
    # Repeats at plus and minus the published 17 % scatter just so.
    step = [0.0, 0.12, 0.17, 0.17, 0.16, 0.152][presses]
    signs = [0.0] if presses == 1 else [2 * i / (presses - 1) - 1 for i in range(presses)]
    spread = [1.5 * (1 + step) ** (1.4 * sign) for sign in signs]
    found = contrast(times(*spread), times(*spread)).smallest_detectable_ratio
    assert found == pytest.approx(smallest_detectable_ratio(presses, presses), rel=0.1)
