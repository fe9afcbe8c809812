from __future__ import annotations

import pytest

from perfusion_cam.thresholds import shipped_profiles
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose


@pytest.mark.parametrize(
    "text",
    [
        "300mg",
        "a stat dose of 300 mg",
        "1,500 units",
        "1500 IU",
        "0.5 ml",
        "10-mL",
        "75 µg",
        "2 g",
        "500 I.U. of it",
        "500 USP units",
        "500 hyaluronidase units",
        "five hundred units",
        "two vials",
        "1 vial of it",
    ],
)
def test_doses_are_found(text):
    with pytest.raises(ValueError, match="names a dose"):
        without_dose(text)


@pytest.mark.parametrize(
    "text",
    ["under 3 s", "10.1136/archdischild-2014-307079", "seed 000_064f4dfd4bd124d1", "the high-dose"],
)
def test_other_numbers_are_none(text):
    assert without_dose(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Normal.",
        "It is safe",
        "no vascular occlusion",
        "harmless",
        "Perfusion is intact",
        "a reassuring time",
        "rules out an occlusion",
        "excludes occlusion",
    ],
)
def test_words_that_clear_a_patient_are_found(text):
    with pytest.raises(ValueError, match="never clears a patient"):
        without_all_clear(text)


@pytest.mark.parametrize("text", ["abnormal, unsafe", "does not rule out", "in healthy people"])
def test_words_that_clear_nobody_are_allowed(text):
    assert without_all_clear(text) == text


def test_nothing_shipped_names_a_dose():
    for profile in shipped_profiles():
        text = profile.model_dump_json()
        assert without_dose(text) == text
