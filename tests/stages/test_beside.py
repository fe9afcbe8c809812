"""What stays in the picture when the tool leaves, and what of the skin it leaves in sight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import (
    BLOOD,
    RESTING,
    SHAPE,
    Array,
    Visit,
    disc,
    press_of,
    samples,
    skin,
    soft_disc,
    stack,
    times,
    window,
)

from perfusion_cam.measurement import measure_press, sight_press
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.judging import is_press
from perfusion_cam.stages.location import lying_beside, resting_skin
from perfusion_cam.stages.location.shapes import reach_of
from perfusion_cam.types import BoolArray, Site

FINGER = Visit(4.0, 9.0, row=27, col=40, radius=6, travel_s=0.3, pallor=0.2, shaft=True)
T_S = times(18.0)
TONES = [(0.3, 0.4, 0.4), (0.15, 0.2, 0.2), (-0.1, -0.15, -0.15), (-0.3, -0.4, -0.4)]


def toned(visit: Visit, tone: tuple[float, float, float]) -> Visit:
    return replace(visit, light=tuple(RESTING + np.array(tone)))


def found(visit: Visit, grids: Array | None = None) -> PressWindow:
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []
    for sample in samples(T_S, stack(T_S, [visit]) if grids is None else grids):
        presses += detector.push(sample)
    (press,) = presses + detector.flush()
    return press


def beside(item: PressWindow) -> BoolArray:
    return lying_beside(item.window, item.press, resting_skin(item.window, item.press))


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("aside_cells", [0.0, 14.0], ids=["drawn back", "swerving"])
def test_a_finger_that_stays_is_told_from_the_skin_that_it_left(
    tone: tuple[float, float, float], aside_cells: float
) -> None:
    visit = toned(replace(FINGER, stays_cells=20.0, aside_cells=aside_cells), tone)
    item = found(visit)
    lies = visit.cover(17.0) > 0.5
    site = disc(visit.row, visit.col, 3)
    assert beside(item)[lies].mean() > 0.95
    assert not beside(item)[site].any()
    assert beside(item)[~lies].mean() < 0.15
    assert reach_of(item.press.tool_cells)[site].all()
    assert item.press.tool_cells[lies].mean() < 0.02


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("aside_cells", [0.0, 14.0], ids=["drawn back", "swerving"])
@pytest.mark.parametrize("tau_s", [0.8, 1.6])
def test_the_refill_beside_it_is_timed(
    tone: tuple[float, float, float], aside_cells: float, tau_s: float
) -> None:
    visit = replace(FINGER, stays_cells=20.0, aside_cells=aside_cells, tau_s=tau_s)
    item = found(toned(visit, tone))
    refill = measure_press(item, sight_press(item)).refill
    assert refill.status == "measured"
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= tau_s * np.log(10) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize("pallor", [0.0, 0.1, 0.4])
def test_nothing_lies_beside_a_tool_that_left_the_picture(pallor: float) -> None:
    visit = replace(FINGER, pallor=pallor, tau_s=20.0)
    item = PressWindow(press_of(visit, 18.0), window(T_S, stack(T_S, [visit])))
    assert not beside(item).any()


@pytest.mark.parametrize("slid_cells", [3, 6, 8])
def test_beside_a_table_that_slid_the_refill_is_timed(slid_cells: int) -> None:
    """What the table shows elsewhere lies beside; where the tool lay, no border of it is a site."""
    grids = stack(T_S, [FINGER])
    table = skin(9, texture=0.25) + np.array([-0.5, 0.2, 0.5])
    for moment_s, grid in zip(T_S, grids, strict=True):
        slid = slid_cells if moment_s > 6.0 else 0
        shown = FINGER.cover(float(moment_s)) < 0.5
        shown &= np.arange(SHAPE.cols) > 58 - slid
        grid[shown] = np.roll(table, -slid, axis=1)[shown]
    item = found(FINGER, grids)
    refill = measure_press(item, sight_press(item)).refill
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= 0.8 * np.log(10) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize("radius", [6.0, 16.0, 20.0])
def test_a_deep_blanch_under_a_pale_tool_is_its_site(radius: float) -> None:
    """The blanch looks as its tool did; only round it was skin uncovered that looks as before."""
    visit = toned(replace(FINGER, radius=radius, pallor=0.5, tau_s=1.2), (0.1, 0.2, 0.2))
    item = found(visit)
    assert not beside(item).any()
    refill = measure_press(item, sight_press(item)).refill
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= 1.2 * np.log(10) <= refill.crt_ci95_s[1]


def edge_of(visit: Visit) -> BoolArray:
    """Where the shadow of a finger's edge falls, on one side of it."""
    ring = disc(visit.row, visit.col, visit.radius) & ~disc(visit.row, visit.col, visit.radius - 2)
    return ring & (np.arange(SHAPE.cols) < visit.col - 2)


@pytest.mark.parametrize("pallor", [0.25, 0.4])
def test_what_a_finger_pressed_of_which_only_an_edge_is_seen_is_no_thing_that_lies_there(
    pallor: float,
) -> None:
    visit = toned(replace(FINGER, radius=9, pallor=pallor, tau_s=1.2, shaft=False), (0, 0.02, 0.02))
    grids = stack(T_S, [visit])
    there = (visit.contact_s < T_S) & (visit.release_s + 0.05 > T_S)
    grids[there] -= 0.3 * edge_of(visit)[..., None].astype(np.float32)
    item = found(visit, grids)
    refill = measure_press(item, sight_press(item)).refill
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= 1.2 * np.log(10) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize("slope", [-0.2, 0.2])
def test_light_that_slopes_across_the_picture_lies_nowhere(slope: float) -> None:
    grids = stack(T_S, [FINGER])
    ramp = slope * np.linspace(-0.5, 0.5, SHAPE.cols)[None, :, None]
    grids[T_S > 6.0] += ramp.astype(np.float32)
    assert not beside(PressWindow(press_of(FINGER, 18.0), window(T_S, grids))).any()


def test_a_hand_that_only_moves_is_no_press() -> None:
    visit = Visit(3.0, 8.0, row=27, col=36, radius=9, pallor=0.0, stays_cells=25.0)
    item = found(visit)
    assert item.press.drawn_back
    assert not is_press(measure_press(item, sight_press(item)))


def test_a_finger_there_from_the_start_is_not_drawn_back_where_another_moved() -> None:
    """All of it is bare for the first time; only where the other one was had skin been seen."""
    first = Visit(-5.0, 9.0, row=18, col=40, radius=6, travel_s=0.3, shaft=True)
    second = Visit(5.0, 9.0, row=36, col=44, radius=3, travel_s=0.3, pallor=0.0, shaft=True)
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []
    for sample in samples(T_S, stack(T_S, [first, second])):
        presses += detector.push(sample)
    presses += detector.flush()
    last = max(presses, key=lambda item: item.press.release_s).press
    assert not last.drawn_back
    assert last.tool_cells[disc(18, 40, 5)].mean() > 0.9


@pytest.mark.parametrize("radius", [3.0, 8.0, 12.0])
def test_a_blanch_seen_through_a_clear_tool_is_nothing_beside_it(radius: float) -> None:
    """Of a clear slide only the edges are seen to leave, and the skin may pale beyond them."""
    grids = stack(T_S)
    grids[T_S > 4.0] += (0.3 * soft_disc(27, 40, radius)[..., None] * BLOOD).astype(np.float32)
    edge = disc(27, 40, 7) & ~disc(27, 40, 5)
    item = PressWindow(press_of(FINGER, 18.0, tool_cells=edge), window(T_S, grids))
    assert not beside(item)[disc(27, 40, 3)].any()


def test_a_blanch_between_the_edges_of_a_clear_tool_is_nothing_beside_it() -> None:
    """Drawn back in part, it still hides its own far end: what left is an outline open there."""
    grids = stack(T_S)
    grids[T_S > 4.0] += (0.3 * soft_disc(27, 40, 4)[..., None] * BLOOD).astype(np.float32)
    edge = np.zeros((SHAPE.rows, SHAPE.cols), bool)
    edge[12:43, 25:62] = True
    edge[14:41, 27:62] = False
    item = PressWindow(press_of(FINGER, 18.0, tool_cells=edge), window(T_S, grids))
    assert not beside(item).any()
    assert reach_of(edge)[disc(27, 40, 6)].all()
    assert not reach_of(edge)[disc(27, 80, 6)].any()


def beside_a_dark_tip(pallor: float, *, drawn_back: bool) -> PressWindow:
    """A bare finger hardly differs from skin: what was uncovered and what it hides look alike."""
    visit = replace(FINGER, pallor=pallor)
    grids = stack(T_S, [visit])
    grids[np.ix_(T_S > 9.2, *map(np.unique, np.nonzero(disc(27, 56, 3))))] -= np.float32(0.3)
    seen_bare = (disc(27, 40, 8) | disc(27, 48, 8) | disc(27, 56, 8)) & ~disc(27, 56, 4)
    press = press_of(visit, 18.0, tool_cells=seen_bare, drawn_back=drawn_back)
    return PressWindow(press, window(T_S, grids))


def test_what_turned_darker_where_the_tool_had_lain_is_a_tool_that_stayed() -> None:
    item = beside_a_dark_tip(0.2, drawn_back=True)
    sighting = sight_press(item)
    assert sighting.beside[disc(27, 56, 3)].all()
    assert not sighting.beside[disc(27, 40, 5)].any()
    refill = measure_press(item, sighting).refill
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= 0.8 * np.log(10) <= refill.crt_ci95_s[1]


@pytest.mark.parametrize(("pallor", "drawn_back"), [(0.2, False), (0.0, True)])
def test_where_nothing_stayed_or_paled_it_speaks_against_a_press(
    pallor: float, drawn_back: bool
) -> None:
    item = beside_a_dark_tip(pallor, drawn_back=drawn_back)
    assert measure_press(item, sight_press(item)).refill.status == "not_measurable"


def test_a_nail_and_a_shadow_belong_to_the_hand() -> None:
    visit = replace(FINGER, stays_cells=20.0)
    grids = stack(T_S, [visit])
    after = T_S > 9.2
    nail, shadow = disc(27, 62, 3), disc(14, 66, 9) & ~disc(27, 62, 6.5)
    grids[np.ix_(after, *map(np.unique, np.nonzero(nail)))] = RESTING
    dark = np.zeros((SHAPE.rows, SHAPE.cols))
    dark[shadow] = -0.05
    grids[after] += dark[..., None].astype(np.float32)
    lies = beside(found(visit, grids))
    assert lies[nail].all()
    assert lies[shadow].mean() > 0.8


@pytest.mark.parametrize("apart_cells", [4.0, 8.0, 12.0])
def test_skin_does_not_leave_where_a_hand_comes_to_lie_on_the_last_ones_place(
    apart_cells: float,
) -> None:
    """Where the two overlap, skin lay between one hand and the next, and is covered now."""
    first = Visit(1.5, 2.5, row=27, col=40, radius=12)
    second = Visit(7.0, 60.0, row=27, col=40 + apart_cells, radius=12)
    detector = PressDetector(SHAPE)
    for sample in samples(T_S, stack(T_S, [first, second])):
        assert detector.push(sample) == []
    assert all(item.press.release_s < 4.0 for item in detector.flush())


def test_skin_never_seen_before_cannot_tell_what_lies_there() -> None:
    unseen = press_of(FINGER, 18.0, baseline_s=(4.0, 4.0))
    shown = window(T_S, stack(T_S, [replace(FINGER, stays_cells=20.0)]))
    assert not beside(PressWindow(unseen, shown)).any()


def test_untouched_skin_is_read_where_nothing_lies() -> None:
    item = found(replace(FINGER, stays_cells=20.0))
    sighting = sight_press(item)
    assert isinstance(sighting.site, Site)
    assert sighting.stencils is not None
    assert sighting.stencils.placebos
    flat = sighting.beside.ravel()
    assert not any(flat[one.cells].any() for one in sighting.stencils.placebos)
    assert not (sighting.site.control_cells & sighting.beside).any()
