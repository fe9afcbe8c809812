from __future__ import annotations

import math

import pytest

from perfusion_cam.thresholds import Reading, Subject


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"quantity": "crtt", "value": 1.0}, "unknown quantity 'crtt': give crt, crt_ratio"),
        ({"quantity": "crt", "value": 1.0}, "crt needs its endpoint, t90 or visual, not None"),
        ({"quantity": "crt_ratio", "value": 1.0, "endpoint": "t90"}, "crt_ratio has no endpoint"),
        ({"quantity": "crt", "endpoint": "t90"}, "crt needs a value or a lower bound"),
        (
            {"quantity": "crt", "value": 1.0, "lower_bound": 1.0, "endpoint": "t90"},
            "crt needs a value or a lower bound, one of the two",
        ),
        ({"quantity": "crt_ratio", "value": 0.0}, "crt_ratio must be above 0, not 0"),
        ({"quantity": "crt_ratio", "value": math.nan}, "crt_ratio must be above 0, not nan"),
        ({"quantity": "crt_ratio", "value": math.inf}, "crt_ratio must be above 0, not inf"),
        ({"quantity": "duskiness", "value": -0.1}, "duskiness must be 0 or more, not -0.1"),
        ({"quantity": "crt_ratio", "lower_bound": -1.0}, "crt_ratio must be above 0, not -1"),
        ({"quantity": "crt_ratio", "value": 1.0, "ci95": (0.0, 2.0)}, "must be above 0, not 0"),
        (
            {"quantity": "crt_ratio", "value": 1.0, "ci95": (1.1, 2.0)},
            "interval of crt_ratio, 1.1 to 2, must hold its value, 1",
        ),
        ({"quantity": "crt_ratio", "value": 1.0, "ci95": (2.0, 0.5)}, "must hold its value"),
        (
            {"quantity": "crt_ratio", "lower_bound": 1.0, "ci95": (0.5, 2.0)},
            "crt_ratio with a lower bound has no interval",
        ),
    ],
)
def test_readings_that_cannot_be(arguments, said):
    with pytest.raises(ValueError, match=said):
        Reading(**arguments)


def test_no_sign_at_all_is_a_reading():
    assert Reading("duskiness", 0.0, (0.0, 0.5)).value == 0.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sex": "x"}, "unknown sex 'x': give f or m, or leave it out if not known"),
        ({"sex": "F"}, "unknown sex 'F'"),
        ({"age_years": -1}, "age must be 0 to 130 years, not -1"),
        ({"age_years": 131}, "age must be 0 to 130 years, not 131"),
        ({"age_years": math.nan}, "age must be 0 to 130 years, not nan"),
        ({"site": "fingr"}, "unknown site 'fingr': give finger, "),
        ({"press": "hard"}, "unknown press 'hard': give moderate_5s or glass_slide_10s"),
        ({"presses_a_side": 0}, "presses a side must be 1 or more, not 0"),
    ],
)
def test_subjects_that_cannot_be(arguments, said):
    with pytest.raises(ValueError, match=said):
        Subject(**arguments)
