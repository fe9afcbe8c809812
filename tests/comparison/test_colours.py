"""Both sides' colours: when they may be compared, what comes of it, and what rules are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sided
from hypothesis import given
from hypothesis import strategies as st

from perfusion_cam.comparison.colours import (
    CLIPPED,
    EXPOSURE,
    MAX_LIGHT_DIFFERENCE,
    MAX_SLOPE,
    MAX_TINT_DIFFERENCE,
    SIDE_LIGHT,
    WHITE_BALANCE,
    colour_readings,
    compare_colour,
    compare_colours,
)
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.sides import compare_sides
from perfusion_cam.thresholds import Subject, select_profiles
from perfusion_cam.types import ColourComparison, Lighting, Press, PressResult, Refill, SkinColour
from skin_colours import NAMES, RESTING, colour, light, patch


def press_showing(shown: SkinColour | None, crt_s: float = 2.0, **changes: object) -> SidePress:
    """A press whose site at rest showed this colour."""
    moment = Press(
        contact_s=3.0,
        contact_se_s=0.05,
        release_s=8.0,
        release_se_s=0.05,
        tool_cells=np.zeros((2, 2), bool),
        ended_s=20.0,
        ended_by="watched",
        tool_contrast=0.6,
        tool_hides=1.0,
        baseline_s=(0.0, 2.5),
        uncovered_s=8.2,
    )
    result = PressResult(moment, None, None, Refill("not_measurable", ()), shown)
    return sided.press(crt_s, result=result, **changes)


STRENGTHS = st.dictionaries(st.sampled_from(NAMES), st.floats(-5, 5))


def refused(changed: Lighting, one_light: bool = False) -> tuple[str, ...]:
    found = compare_colour(colour(light=changed), colour(), one_light=one_light)
    assert (found.delta_e is None) == bool(found.refused)
    return found.refused


def start(sentence: str) -> str:
    return sentence.partition("{share")[0].format(side="affected")


LIGHTS = [
    ("slope", MAX_SLOPE, 0.0, SIDE_LIGHT),
    ("log_light", MAX_LIGHT_DIFFERENCE, -1.2, EXPOSURE),
    ("log_red_green", MAX_TINT_DIFFERENCE, 0.6, WHITE_BALANCE),
    ("log_blue_green", -MAX_TINT_DIFFERENCE, -0.3, WHITE_BALANCE),
    ("clipped_share", 0.02, 0.0, CLIPPED),
]


@pytest.mark.parametrize(("name", "most", "same", "says"), LIGHTS)
def test_other_light_is_refused_with_its_sentence(
    name: str, most: float, same: float, says: str
) -> None:
    assert refused(light(**{name: same + 0.99 * most})) == ()
    (sentence,) = refused(light(**{name: same + 1.1 * most}))
    assert sentence.startswith(start(says))


def test_sides_in_one_recording_share_the_light() -> None:
    darker = light(log_light=-2.0, log_red_green=0.9)
    assert len(refused(darker)) == 2
    assert refused(darker, one_light=True) == ()
    assert refused(replace(darker, slope=1.0), one_light=True) != ()


def test_the_side_with_bad_light_is_named() -> None:
    lit, plain = colour(light=light(slope=0.5)), colour()
    assert "affected side" in compare_colour(lit, plain, one_light=False).refused[0]
    assert "unaffected side" in compare_colour(plain, lit, one_light=False).refused[0]


@given(STRENGTHS, STRENGTHS)
def test_swapping_sides_inverts_every_sign(one: dict[Any, float], other: dict[Any, float]) -> None:
    there, back = (
        compare_colour(colour(a), colour(b), one_light=False).signs
        for a, b in ((one, other), (other, one))
    )
    for first, second in zip(there, back, strict=True):
        assert first.strength.value == pytest.approx(-second.strength.value)
        assert first.change.value == pytest.approx(-second.change.value)
        assert first.strength.se == pytest.approx(second.strength.se)


@given(st.floats(0, 5), st.floats(-5, 0))
def test_less_mottling_than_none_on_one_side_is_no_mottling_of_the_other(
    here: float, there: float
) -> None:
    found, none = (
        compare_colour(colour({"mottling": here}), colour({"mottling": x}), one_light=False)
        for x in (there, 0.0)
    )
    assert found.signs == none.signs


def test_the_colour_difference_is_that_between_the_sites() -> None:
    same = compare_colour(colour(), colour(), one_light=False)
    assert same.delta_e is not None
    assert same.delta_e.value == 0
    paler = colour(site=patch(RESTING + np.array([0.1, 0.3, 0.3])))
    apart = compare_colour(paler, colour(), one_light=False)
    assert apart.delta_e is not None
    assert apart.delta_e.value > 3
    assert 0 < apart.delta_e.se < 1
    assert apart.delta_e_of_controls == 0


def test_a_sign_read_on_one_side_only_is_not_compared() -> None:
    unread = colour(signs=())
    assert compare_colour(colour(), unread, one_light=False).signs == ()


def test_a_side_shows_the_colour_of_its_first_rested_press() -> None:
    unread = colour(signs=(), reasons=("Too little untouched skin.",))
    shown = [
        press_showing(None, number=1),
        press_showing(unread, number=2),
        press_showing(colour({"pallor": 2.0}), number=3),
        press_showing(colour(), number=4),
    ]
    found = compare_colours(shown, shown[:2])
    assert found.affected is shown[2]
    assert found.unaffected is shown[1]
    assert compare_colours(shown, shown[:1]).between is None
    assert compare_colours((), ()).affected is None


def between(affected: SkinColour, unaffected: SkinColour, other: str) -> ColourComparison:
    one = press_showing(affected)
    found = compare_colours(
        [one], [press_showing(unaffected, recording=sided.recording(other))]
    ).between
    assert found is not None
    return found


def test_light_is_asked_about_only_between_recordings() -> None:
    dark = colour(light=light(log_light=-2.0))
    assert between(colour(), dark, "a.mp4").refused == ()
    assert between(colour(), dark, "b.mp4").refused != ()


def given_to_rules(affected: SkinColour, unaffected: SkinColour | None) -> dict[str, float | None]:
    sides = (
        [press_showing(affected)],
        [press_showing(unaffected, recording=sided.recording("b.mp4"))],
    )
    return {one.quantity: one.value for one in colour_readings(compare_colours(*sides))}


def test_rules_are_given_the_signs_against_the_other_side_else_against_the_skin_beside() -> None:
    dusky = colour({"duskiness": 2.0, "pallor": 3.0})
    against_side = given_to_rules(dusky, colour({"duskiness": 2.0}))
    assert against_side["duskiness"] == 0
    assert set(against_side) == {"colour_difference", "duskiness", "mottling", "fixed_stain"}
    for beside in (
        given_to_rules(dusky, None),
        given_to_rules(dusky, colour(light=light(slope=1.0))),
    ):
        assert beside == {"duskiness": 2.0, "mottling": 0.0, "fixed_stain": 0.0}
    assert given_to_rules(colour({"duskiness": -2.0}), None)["duskiness"] == 0


@pytest.mark.parametrize(
    ("strength", "crt_s", "verdict"),
    [
        (0.99, 2.0, "within"),
        (1.0, 2.0, "beyond"),
        (1.01, 2.0, "beyond"),
        (1.01, 6.0, "within"),
        (None, 2.0, "not_assessable"),
    ],
)
def test_fast_refill_with_blue_skin_is_judged_from_the_colour(
    strength: float | None, crt_s: float, verdict: str
) -> None:
    shown = None if strength is None else colour({"duskiness": strength})
    found = compare_sides(
        [press_showing(shown, crt_s)],
        [press_showing(None, 1.0, recording=sided.recording("b.mp4"))],
        subject=Subject(),
        profiles=select_profiles(("filler-occlusion",)),
    )
    rule = next(one for one in found.evaluation.findings if one.rule.endswith("/fast-blue"))
    assert rule.verdict == verdict
    assert not any("No interval of duskiness" in note for note in rule.notes)
