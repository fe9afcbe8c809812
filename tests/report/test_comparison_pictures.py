from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import synthetic
from synthetic_comparison import compared

from perfusion_cam.comparison import Question, answer
from perfusion_cam.report.comparison_pictures import curves_png, jpeg, shrunk, side_pictures


def test_one_still_a_side():
    one, other = side_pictures(compared("slow", "fast faster"))
    assert (one.caption, other.caption) == ("Affected side: slow.mp4", "Unaffected side: fast.mp4")
    assert one.alt == (
        "First picture of slow.mp4 with the pressed sites drawn: affected, press 1 at 200, 180 px "
        "(radius 36)."
    )
    assert one.rgb.shape == (360, 640, 3)


def test_one_still_where_both_sides_are_in_one_picture():
    def analyze(path):
        one, two, _ = synthetic.examination().presses
        apart = replace(two, site=synthetic.site(460.0, 150.0))
        return synthetic.examination(path.name, presses=(one, apart))

    found = answer(Question(both=(Path("both.mp4"),), affected_is="right"), analyze)
    (picture,) = side_pictures(found)
    assert picture.caption == "Both sides: both.mp4"
    assert "unaffected, press 1 at 200" in picture.alt
    assert "affected, press 2 at 460" in picture.alt


def test_a_side_without_a_press_is_shown_as_it_is():
    _, other = side_pictures(compared("slow", "none"))
    assert other.alt.endswith("drawn: no press found.")


def test_large_pictures_are_made_small():
    large = np.zeros((3000, 1500, 3), np.uint8)
    assert shrunk(large).shape == (1000, 500, 3)
    assert cv2.imdecode(np.frombuffer(jpeg(large), np.uint8), 1).shape == (1000, 500, 3)
    small = np.zeros((36, 64, 3), np.uint8)
    assert shrunk(small) is small


def test_curves_are_a_png():
    assert curves_png(compared("never", "fast").comparison).startswith(b"\x89PNG")
