from __future__ import annotations

import pytest
from sided import press, recording

from perfusion_cam.comparison.assigning import by_half, by_site, within
from perfusion_cam.comparison.remarks import Mark
from perfusion_cam.settings import Region

LEFT = press(1.5, place_px=(187.0, 180.0))
RIGHT = press(4.4, number=2, place_px=(456.0, 179.0))
LEFT_AGAIN = press(1.6, number=3, place_px=(195.0, 185.0))
NOWHERE = press(number=4, place_px=None, radius_px=None)


def test_left_and_right_are_of_the_picture():
    found = by_half([RIGHT, LEFT, LEFT_AGAIN], "left")
    assert found.affected == (LEFT, LEFT_AGAIN)
    assert found.unaffected == (RIGHT,)
    assert found.remarks == ()
    swapped = by_half([LEFT, RIGHT, LEFT_AGAIN], "right")
    assert (swapped.affected, swapped.unaffected) == (found.unaffected, found.affected)


def test_every_recording_has_a_left_and_right_of_its_own():
    shifted = [
        press(1.5, recording=recording("b.mp4"), place_px=(480.0, 180.0)),
        press(4.4, recording=recording("b.mp4"), place_px=(620.0, 180.0), number=2),
    ]
    found = by_half([LEFT, RIGHT, *shifted], "left")
    assert found.affected == (LEFT, shifted[0])
    assert found.unaffected == (RIGHT, shifted[1])


@pytest.mark.parametrize("presses", [[LEFT], [LEFT, LEFT_AGAIN], [NOWHERE]])
def test_one_place_is_no_left_and_right(presses):
    found = by_half(presses, "left")
    assert (found.affected, found.unaffected) == ((), ())
    remark = found.remarks[-1]
    assert remark.mark is Mark.PLACE_UNKNOWN
    assert "Left and right cannot be told apart" in remark.says
    assert all(f"press {one.number} of a.mp4" in remark.says for one in presses if one.place_px)


def test_one_above_the_other_is_no_left_and_right():
    below = press(1.5, number=2, place_px=(190.0, 320.0))
    assert by_half([LEFT, below], "left").affected == ()


def test_sites_take_the_presses_whose_middle_they_hold():
    found = by_site(
        [LEFT, RIGHT, LEFT_AGAIN], Region.circle(456, 180, 20), Region.circle(187, 180, 5)
    )
    assert found.affected == (RIGHT,)
    assert found.unaffected == (LEFT,)
    (remark,) = found.remarks
    assert remark.mark is Mark.PLACE_ELSEWHERE
    assert remark.says == (
        "Press 3 of a.mp4, at 195,185 px, lies in neither of the two sites and is not used."
    )


def test_a_press_in_both_sites_belongs_to_neither():
    found = by_site([LEFT], Region.circle(187, 180, 20), Region.circle(190, 180, 20))
    assert (found.affected, found.unaffected) == ((), ())
    assert "in both sites" in found.remarks[0].says


@pytest.mark.parametrize(
    "assign",
    [
        lambda presses: by_half(presses, "left"),
        lambda presses: by_site(presses, Region.circle(187, 180, 9), Region.circle(456, 180, 9)),
    ],
)
def test_a_press_without_a_place_belongs_to_no_side_and_is_named(assign):
    found = assign([LEFT, RIGHT, NOWHERE])
    assert NOWHERE not in (*found.affected, *found.unaffected)
    assert "Press 4 of a.mp4: its place was not found" in found.remarks[0].says


def test_a_site_narrows_a_recording_of_one_side():
    kept, remarks = within([LEFT, RIGHT, NOWHERE], Region.circle(187, 180, 9))
    assert kept == (LEFT, NOWHERE)
    assert [remark.mark for remark in remarks] == [Mark.PLACE_ELSEWHERE]
