from __future__ import annotations

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from perfusion_cam.report.paper import (
    BODY,
    HEIGHT_PT,
    MARGIN_PT,
    ROOM_PT,
    WIDTH_PT,
    Paper,
    Style,
    wrapped,
)


def width_of(text, style):
    font = FontProperties(size=style.size_pt, weight=style.weight)
    return text_to_path.get_text_width_height_descent(text, font, False)[0]


def texts(sheet):
    return [text.get_text() for text in sheet.texts]


@pytest.mark.parametrize("style", [BODY, Style(12, bold=True)])
def test_lines_fit_and_lose_nothing(style):
    text = "Ratio 2.68 (95 %: 1.60 to 4.47) of " + 60 * "x" + ".mp4"
    lines = wrapped(text, style, 120)
    assert all(width_of(line, style) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_no_line_begins_with_a_percent_sign():
    for width_pt in range(40, 90):
        assert not any(line.startswith("%") for line in wrapped("by 95 %: so", BODY, width_pt))


def test_nothing_is_written_beyond_the_margins():
    paper = Paper("foot")
    for number in range(12):
        paper.heading(f"heading {number}")
        paper.words("word " * 60)
        paper.points(["point " * 30])
        paper.table(["a", "b"], [["cell", "long " * 30]], [1, 2])
        paper.boxed("box " * 40, BODY)
    sheets = paper.finish()
    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, start=1):
        assert texts(sheet)[-2:] == ["foot", f"{number} of {len(sheets)}"]
        for text in sheet.texts:
            x_pt, y_pt = np.multiply(text.get_position(), (WIDTH_PT, HEIGHT_PT))
            style = Style(text.get_fontsize(), text.get_fontweight() == "bold")
            right_pt = x_pt + width_of(text.get_text(), style)
            assert MARGIN_PT <= x_pt < right_pt <= WIDTH_PT - MARGIN_PT
            assert MARGIN_PT <= y_pt < y_pt + style.size_pt <= HEIGHT_PT - MARGIN_PT + 0.01


def test_a_table_that_goes_on_repeats_its_head():
    paper = Paper("foot")
    paper.table(["name of column"], [[f"row {number}"] for number in range(90)], [1])
    sheets = paper.finish()
    assert len(sheets) == 2
    assert all(texts(sheet)[0] == "name of column" for sheet in sheets)


def test_pictures_keep_their_shape_and_stand_side_by_side():
    paper = Paper("foot")
    tall, wide = np.zeros((160, 90, 3), np.uint8), np.zeros((90, 160, 3), np.uint8)
    paper.pictures([(tall, "tall"), (wide, "wide")], highest_pt=120)
    (sheet,) = paper.finish()
    boxes = [axes.get_position() for axes in sheet.axes]
    sizes = [(box.width * WIDTH_PT, box.height * HEIGHT_PT) for box in boxes]
    assert sizes[0] == pytest.approx((67.5, 120))
    assert sizes[1] == pytest.approx((120 * 16 / 9, 120))
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[1].x1 * WIDTH_PT <= MARGIN_PT + ROOM_PT
    paper.pictures([], highest_pt=120)
