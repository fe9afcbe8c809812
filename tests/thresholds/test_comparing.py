from __future__ import annotations

import math

import pytest
from cases import RULES
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.thresholds import Reading
from perfusion_cam.thresholds.comparing import compare, probability_beyond
from perfusion_cam.thresholds.profile import Condition

OVER_THREE = RULES["filler-occlusion/over-three"]
DUSKY = RULES["filler-occlusion/fast-blue"]
UNDER_THREE = DUSKY.also[0]


def test_times_err_on_the_log_scale():
    # One standard deviation above the limit, by construction: 84.1 %.
    sd = 0.1
    value = 3.0 * math.exp(sd)
    ci95 = (value * math.exp(-1.959964 * sd), value * math.exp(1.959964 * sd))
    assert probability_beyond(OVER_THREE, value, ci95) == pytest.approx(0.841345, abs=1e-6)
    assert probability_beyond(UNDER_THREE, value, ci95) == pytest.approx(0.158655, abs=1e-6)


def test_colour_errs_on_its_own_scale():
    ci95 = (1.5 - 1.959964 * 0.5, 1.5 + 1.959964 * 0.5)
    assert probability_beyond(DUSKY, 1.5, ci95) == pytest.approx(0.841345, abs=1e-6)


def test_an_uneven_interval_keeps_its_ends():
    for limit, probability in ((2.0, 0.975), (6.0, 0.025), (3.4, 0.5)):
        condition = OVER_THREE.model_copy(update={"limit": limit})
        assert probability_beyond(condition, 3.4, (2.0, 6.0)) == pytest.approx(probability)


@pytest.mark.parametrize(
    ("value", "ci95", "probability"),
    [
        (3.0, (3.0, 3.0), 0.0),
        (3.1, (3.1, 3.1), 1.0),
        (2.9, (2.9, 2.9), 0.0),
        (2.9, (2.0, 2.9), 0.0),
        (3.1, (3.1, 4.0), 1.0),
        (3.0, (2.5, 3.0), 0.5),
    ],
)
def test_intervals_without_width(value, ci95, probability):
    assert probability_beyond(OVER_THREE, value, ci95) == probability


@pytest.mark.parametrize(
    ("comparison", "verdicts"),
    [
        (">", ("within", "within", "beyond")),
        (">=", ("within", "beyond", "beyond")),
        ("<", ("beyond", "within", "within")),
        ("<=", ("beyond", "beyond", "within")),
    ],
)
def test_every_comparison(comparison, verdicts):
    condition = Condition(
        quantity="colour_difference", comparison=comparison, limit=3.0, unit="ΔE00"
    )
    found = tuple(
        compare(condition, [Reading("colour_difference", value)], None).verdict
        for value in (2.9, 3.0, 3.1)
    )
    assert found == verdicts
    bound = compare(condition, [Reading("colour_difference", lower_bound=3.0)], None)
    assert bound.verdict == ("beyond" if comparison.startswith(">") else "within")


@given(st.floats(0.1, 30), st.floats(1, 4), st.floats(1, 4))
def test_probabilities_are_probabilities(value, below, above):
    ci95 = (value / below, value * above)
    over = probability_beyond(OVER_THREE, value, ci95)
    under = probability_beyond(UNDER_THREE, value, ci95)
    assert 0 <= over <= 1
    if below > 1 and above > 1:
        assert over + under == pytest.approx(1)
