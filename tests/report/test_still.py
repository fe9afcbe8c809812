from __future__ import annotations

import numpy as np
import pytest
import synthetic

from perfusion_cam.report.drawing import CONTROL, SITE, TOOL, outlines, text_width, trace, wrap
from perfusion_cam.report.still import _labels, still
from perfusion_cam.types import GridShape


def near(rgb: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return (np.abs(rgb.astype(int) - colour) < 12).all(axis=-1)


def test_still_draws_regions_and_leaves_the_skin_between_alone(examination):
    rgb = still(examination)
    height, width = synthetic.HEIGHT, synthetic.WIDTH
    assert rgb.shape[1] == width
    assert rgb.shape[0] > height  # the caption stands below
    skin = rgb[:height]
    for colour in (SITE, CONTROL, TOOL):
        assert near(skin, colour).sum() > 100
    rows, cols = np.nonzero(near(skin[:, :300], SITE))
    from_centre = np.hypot(cols - 200, rows - 180)
    assert np.median(from_centre) == pytest.approx(36, abs=4)
    np.testing.assert_array_equal(rgb[180, 200], synthetic.picture()[180, 200])
    np.testing.assert_array_equal(rgb[5, 5], synthetic.picture()[5, 5])


def test_caption_changes_with_the_verdict_only_below_the_picture(examination):
    without = still(synthetic.examination(presses=()))
    assert near(without[: synthetic.HEIGHT], synthetic.picture()[0, 0]).all()
    assert without.shape[0] < still(examination).shape[0]


@pytest.mark.parametrize("scale", [1, 3])
def test_words_grow_with_the_picture(scale):
    width, height = scale * synthetic.WIDTH, scale * synthetic.HEIGHT
    rgb = still(
        synthetic.examination(
            reference_rgb=synthetic.picture(width, height),
            grid=GridShape(synthetic.ROWS, synthetic.COLS, scale * synthetic.CELL_PX),
        )
    )
    assert rgb.shape[0] - height == pytest.approx(scale * 145, rel=0.15)


def test_tiny_pictures_are_enlarged():
    assert (
        still(synthetic.examination(presses=(), reference_rgb=synthetic.picture(16, 9))).shape[1]
        == 640
    )


def test_presses_of_one_place_share_a_label(examination):
    labels = _labels([result.site for result in examination.presses], 15)
    assert [label for label, _ in labels] == ["1, 2", "3"]


def test_outline_of_a_disc_has_its_radius():
    cells = synthetic.site().cells
    (line,) = trace(cells, synthetic.CELL_PX)
    radius = np.hypot(line[:, 0] - 200, line[:, 1] - 180)
    assert radius.mean() == pytest.approx(36, abs=3)
    assert np.ptp(radius) < synthetic.CELL_PX * 1.5


def test_no_site_no_outline(examination):
    import dataclasses

    lines = outlines(dataclasses.replace(examination.presses[0], site=None), examination.grid)
    assert lines.site == lines.control == []
    assert lines.tool


def test_wrapped_lines_fit():
    lines = wrap("one two three four five six seven eight nine ten", 20, 150)
    assert len(lines) > 1
    assert all(text_width(line, 20) <= 150 for line in lines)
