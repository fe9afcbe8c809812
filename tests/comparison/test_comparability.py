from __future__ import annotations

import math
from dataclasses import replace

import pytest
from sided import press, recording

from perfusion_cam.comparison.comparability import differences
from perfusion_cam.comparison.remarks import Mark

GREY = (-2.0, -2.0, -2.0)
NAMES = ("affected side", "unaffected side")


def marks(one, other):
    return [remark.mark for remark in differences([one], [other], NAMES)]


def said(one, other):
    (remark,) = differences([one], [other], NAMES)
    return remark.says


def test_alike_sides_are_comparable():
    assert marks(press(3.0, light_log_rgb=GREY), press(1.5, light_log_rgb=GREY)) == []


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"contact_s": 5.5}, Mark.HOLD_DIFFERS),
        ({"blanch_depth": 0.05}, Mark.DEPTH_DIFFERS),
        ({"blanch_depth": 0.3}, Mark.DEPTH_DIFFERS),
        ({"radius_px": 40.0}, Mark.DISTANCE_DIFFERS),
        ({"light_log_rgb": (-1.0, -1.0, -1.0)}, Mark.LIGHT_DIFFERS),
        ({"light_log_rgb": (-1.8, -2.0, -2.2)}, Mark.LIGHT_DIFFERS),
        ({"recording": recording(width=1920, height=1080, file="b.mp4")}, None),
        ({"recording": recording(codec="hevc")}, Mark.CAMERA_DIFFERS),
        ({"recording": recording(median_fps=60.0)}, Mark.CAMERA_DIFFERS),
        ({"recording": recording(median_fps=29.5)}, None),
    ],
)
def test_every_difference_is_told(changes, mark):
    one = press(3.0, light_log_rgb=GREY)
    other = replace(one, **changes)
    wanted = [] if mark is None else [mark]
    if changes.get("recording", recording()).width == 1920:
        # The same share of a larger picture is the same distance.
        other = replace(other, radius_px=72.0)
        wanted = [Mark.CAMERA_DIFFERS]
    assert marks(one, other) == wanted
    assert marks(other, one) == wanted


def test_a_site_that_hardly_blanches_may_not_blanch_for_another_reason():
    words = said(press(3.0, blanch_depth=0.03), press(1.5, blanch_depth=0.12))
    assert words.startswith("The affected side paled only 25 % as much as the unaffected side")
    assert "bruise or fixed ischaemia, which a camera cannot tell apart" in words


def test_the_words_name_the_right_side():
    near, far = press(1.5, radius_px=60.0), press(1.5, radius_px=30.0)
    assert "2.0 times as wide in the picture on the unaffected side" in said(far, near)
    bright, dark = press(1.5, light_log_rgb=(0.0, 0.0, 0.0)), press(1.5, light_log_rgb=GREY)
    assert f"{math.exp(2):.1f} times as bright on the affected side" in said(bright, dark)


def test_what_is_not_known_is_not_compared():
    unknown = replace(press(1.5), contact_s=None, blanch_depth=None, radius_px=None)
    assert marks(unknown, press(1.5, light_log_rgb=GREY)) == []
    assert list(differences([], [press(1.5)], NAMES)) == []
