from __future__ import annotations

import pytest

from perfusion_cam.thresholds import Subject
from perfusion_cam.thresholds.population import described, fit
from perfusion_cam.thresholds.profile import Population

MEN = Population(sex="m", age_from_years=18, age_below_years=65, sites=["finger", "earlobe"])
GLASS = Population(press="glass_slide_10s")


@pytest.mark.parametrize(
    ("subject", "missing", "is_excluded"),
    [
        (Subject("m", 40, "finger"), (), False),
        (Subject("m", 18, "earlobe"), (), False),
        (Subject("m", 65, "finger"), (), True),
        (Subject("m", 17.9, "finger"), (), True),
        (Subject("f", 40, "finger"), (), True),
        (Subject("m", 40, "lip"), (), True),
        (Subject(None, 40, "finger"), ("sex",), False),
        (Subject(), ("sex", "age", "site"), False),
        (Subject("f"), ("age", "site"), True),
        (Subject("m", 40, "finger", "moderate_5s"), (), False),
        (Subject("m", 40, "finger", "glass_slide_10s"), (), True),
    ],
)
def test_who_is_meant(subject, missing, is_excluded):
    found = fit(MEN, subject)
    assert found.missing == missing
    assert (found.excluded is not None) == is_excluded


def test_a_press_of_its_own_must_be_said():
    assert fit(GLASS, Subject()).missing == ("press",)
    assert fit(GLASS, Subject(press="moderate_5s")).excluded is not None
    assert fit(GLASS, Subject(press="glass_slide_10s")) == ((), None)


def test_description():
    assert described(MEN) == "men, 18 to under 65 years, finger or earlobe"
    assert described(Population()) == "anyone"
    assert described(Population(age_from_years=65)) == "65 years or more"
    assert described(Population(age_below_years=18)) == "under 18 years"
    assert described(GLASS) == "a press of 10 s with a glass slide on the finger pulp"
    assert described(Population(presses_from=3, presses_below=5)) == "3 to under 5 presses a side"
