"""A circle or box that the user gives: which cells it names, and when it is refused."""

from __future__ import annotations

import numpy as np
import pytest

from perfusion_cam.errors import RegionError
from perfusion_cam.settings import Region
from perfusion_cam.types import GridShape

WIDTH, HEIGHT = 640, 360
SHAPE = GridShape(36, 64, 10.0)


@pytest.mark.parametrize(
    "region",
    [
        Region.circle(0, 0, 5),
        Region.circle(WIDTH - 1, HEIGHT - 1, 500),
        Region.circle(320.5, 180.2, 12.5),
        Region.box(0, 0, WIDTH, HEIGHT),
        Region.box(600, 300, 40, 60),
    ],
)
def test_a_region_in_the_picture_is_accepted(region: Region) -> None:
    region.check_inside(WIDTH, HEIGHT)
    assert region.cells(SHAPE).any() or region.numbers[-1] < SHAPE.cell_px


@pytest.mark.parametrize(
    ("region", "given"),
    [
        (Region.circle(WIDTH, 10, 5), "circle 640,10,5"),
        (Region.circle(10, HEIGHT, 5), "circle 10,360,5"),
        (Region.circle(-1, 10, 5), "circle -1,10,5"),
        (Region.circle(10, -0.5, 5), "circle 10,-0.5,5"),
        (Region.box(-1, 0, 10, 10), "box -1,0,10,10"),
        (Region.box(0, -1, 10, 10), "box 0,-1,10,10"),
        (Region.box(631, 0, 10, 10), "box 631,0,10,10"),
        (Region.box(0, 351, 10, 10), "box 0,351,10,10"),
    ],
)
def test_a_region_outside_is_refused_with_the_size(region: Region, given: str) -> None:
    with pytest.raises(RegionError, match=rf"The {given} lies outside .* 640 x 360 px"):
        region.check_inside(WIDTH, HEIGHT)


@pytest.mark.parametrize("radius", [0.0, -3.0])
def test_a_circle_needs_a_radius(radius: float) -> None:
    with pytest.raises(RegionError, match="radius must be above 0"):
        Region.circle(10, 10, radius)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-5, 5), (5, -5)])
def test_a_box_needs_a_size(size: tuple[float, float]) -> None:
    with pytest.raises(RegionError, match="width and height above 0"):
        Region.box(10, 10, *size)


def test_a_box_names_the_cells_whose_middle_it_holds() -> None:
    cells = Region.box(100, 50, 40, 30).cells(SHAPE)
    expected = np.zeros((36, 64), bool)
    expected[5:8, 10:14] = True
    np.testing.assert_array_equal(cells, expected)


def test_a_box_that_cuts_cells_takes_those_with_their_middle_inside() -> None:
    cells = Region.box(104, 56, 32, 10).cells(SHAPE)  # middles 105..135 and 65
    assert np.argwhere(cells).tolist() == [[6, 10], [6, 11], [6, 12], [6, 13]]


def test_a_circle_names_the_cells_whose_middle_it_holds() -> None:
    cells = Region.circle(205, 105, 45).cells(SHAPE)
    assert cells.sum() == pytest.approx(np.pi * 4.5**2, rel=0.1)
    rows, cols = np.nonzero(cells)
    assert (rows.mean(), cols.mean()) == (10.0, 20.0)
    assert cells[10, 20]
    assert cells[10, 24]
    assert not cells[10, 25]


@pytest.mark.parametrize(
    ("region", "inside", "outside"),
    [
        (Region.circle(100, 50, 10), (107, 57), (108, 58)),
        (Region.box(100, 50, 40, 30), (100, 79.9), (140, 60)),
    ],
)
def test_a_region_knows_which_points_it_contains(region, inside, outside) -> None:
    assert region.contains(*inside)
    assert not region.contains(*outside)


def test_the_whole_picture_is_every_cell() -> None:
    assert Region.box(0, 0, WIDTH, HEIGHT).cells(SHAPE).all()


def test_a_region_is_a_region_error_of_the_command_line() -> None:
    assert RegionError.exit_code == 5
