"""Mistakes in a profile are said in one line with the exact path of the key."""

from __future__ import annotations

import pytest

from perfusion_cam.thresholds import ProfileError
from perfusion_cam.thresholds.loading import parse_profile

GOOD = """
id = "mine"
version = "1.2.0"
title = "Mine"
about = "Limits of our own."

[[rules]]
id = "slow"
quantity = "crt"
endpoint = "visual"
comparison = ">"
limit = 3
unit = "s"
population = { sex = "f", age_from_years = 18, age_below_years = 65, sites = ["lip"] }
severity = "notice"
says = "Slower than ours."
look_again_s = 600
citation = { authors = "We", where = "our records" }
evidence = "expert text"
read_in = "full text"

[[rules.also]]
quantity = "mottling"
comparison = ">="
limit = 1.0
unit = "x detectable"

[[rules]]
id = "sides"
quantity = "crt_ratio"
comparison = ">"
limit = 1.5
unit = "ratio"
population = { presses_from = 1, presses_below = 4 }
severity = "notice"
says = "Slower than the other side."
gives_way_to = "slow"
citation = { authors = "We", year = 2024, doi = "10.1000/xyz" }
evidence = "observational"
read_in = "full text"
"""


def complaint(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(ProfileError) as caught:
        parse_profile(text.encode(), "mine.toml", "mine.toml")
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_a_profile_is_read():
    profile = parse_profile(GOOD.encode(), "mine.toml", "folder/mine.toml")
    assert (profile.id, profile.version, profile.origin) == ("mine", "1.2.0", "folder/mine.toml")
    slow, sides = profile.rules
    assert (slow.limit, slow.look_again_s, slow.also[0].quantity) == (3.0, 600, "mottling")
    assert slow.population.sites == ("lip",)
    assert sides.citation.text() == "We 2024, doi:10.1000/xyz"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("limit = 3\n", "limt = 3\n"), "rules[0].limt: unknown key; did you mean 'limit'?"),
        (("endpoint =", "zzz ="), "rules[0].zzz: unknown key; known keys: quantity, endpoint,"),
        (("[[rules.also]]\nquantity", "[[rules.also]]\nquantty"), "rules[0].also[0].quantty: unkn"),
        (("sites =", "site ="), "rules[0].population.site: unknown key; did you mean 'sites'?"),
        (("title =", "titel ="), "titel: unknown key; did you mean 'title'?"),
        (("limit = 1.5", "limit = -1.5"), "rules[1].limit: should be greater than 0, found -1.5"),
        (("limit = 1.5", "limit = nan"), "rules[1].limit: should be a finite number, found nan"),
        (("limit = 1.5", "limit = '1.5'"), "rules[1].limit: should be a valid number, found '1.5'"),
        (("limit = 1.5", "limit = true"), "rules[1].limit: should be a valid number, found True"),
        (("limit = 1.5\n", ""), "rules[1].limit: missing; add it"),
        (('sex = "f"', 'sex = "w"'), "rules[0].population.sex: should be 'f' or 'm', found 'w'"),
        (('["lip"]', '["lips"]'), "rules[0].population.sites[0]: should be 'finger', "),
        (('unit = "s"', 'unit = "ms"'), "rules[0].unit: crt is in 's', found 'ms'"),
        (('endpoint = "visual"\n', ""), "rules[0].endpoint: crt needs the source's endpoint: t90"),
        (
            ('"crt_ratio"', '"crt_ratio"\nendpoint = "t90"'),
            "rules[1].endpoint: crt_ratio has no endpoint; take it out",
        ),
        (('comparison = ">"', 'comparison = "=>"'), "rules[0].comparison: should be '>', '>=',"),
        (
            ("age_below_years = 65", "age_below_years = 18"),
            "rules[0].population.age_below_years: must be above age_from_years, 18, found 18",
        ),
        (
            ("presses_below = 4", "presses_below = 1"),
            "rules[1].population.presses_below: must be above presses_from, 1, found 1",
        ),
        (("18, age", "-18, age"), "rules[0].population.age_from_years: should be greater than or"),
        (("1.2.0", "1.2"), "version: found '1.2'; give three numbers such as 1.0.0"),
        (('id = "slow"', 'id = "So slow"'), "rules[0].id: found 'So slow'; give lower-case words"),
        (('id = "sides"', 'id = "slow"'), "rules[1].id: 'slow' is the id of an earlier rule"),
        (('to = "slow"', 'to = "fast"'), "rules[1].gives_way_to: 'fast' is no other rule of this"),
        (('to = "slow"', 'to = "sides"'), "rules[1].gives_way_to: 'sides' is no other rule"),
        (("10.1000/xyz", "doi.org/1"), "rules[1].citation.doi: found 'doi.org/1'; give a DOI"),
        ((', where = "our records"', ""), "rules[0].citation.where: give at least one of doi, se"),
        (("year = 2024", "year = '2024'"), "rules[1].citation.year: should be a valid integer"),
        (('severity = "notice"', 'severity = "bad"'), "rules[0].severity: should be 'notice', "),
        (("than ours.", "than ours: 300mg."), "rules[0].says: names a dose, '300mg'"),
        (("of our own", "for 1,500 units"), "about: names a dose, '1,500 units'"),
        (("Slower than ours", "Not normal"), "rules[0].says: says 'normal'; a limit never clears"),
        (('"Slower than ours."', '"  "'), "rules[0].says: should have at least 1 character"),
        (("look_again_s = 600", "look_again_s = 0"), "rules[0].look_again_s: should be greater"),
        (('id = "mine"', 'id = "mine'), "not valid TOML: Illegal character '\\n' (at line 2"),
    ],
)
def test_the_path_what_was_found_and_what_to_do(change, said):
    assert complaint(change).startswith(f"mine.toml: {said}")


def test_further_mistakes_are_counted():
    said = complaint(("limit = 1.5", "limit = -1.5"), ('sex = "f"', 'sex = "w"'))
    assert said.endswith("found 'w' (1 more after this)")


def test_a_profile_without_rules():
    head = GOOD.partition("[[rules]]")[0]
    with pytest.raises(ProfileError, match=r"^mine\.toml: rules: missing; add it"):
        parse_profile(head.encode(), "mine.toml", "mine.toml")
    with pytest.raises(ProfileError, match=r"^mine\.toml: rules: holds no rule; add one$"):
        parse_profile(f"{head}\nrules = []".encode(), "mine.toml", "mine.toml")


def test_not_utf8():
    with pytest.raises(ProfileError, match=r"mine\.toml: byte 3 is not UTF-8"):
        parse_profile(b"id \xff", "mine.toml", "mine.toml")
