"""What lay on the skin before a press, and the skin that it hid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import (
    RESTING,
    SHAPE,
    Array,
    Visit,
    disc,
    samples,
    skin,
    stack,
    times,
)

from perfusion_cam.measurement import measure_press, sight_press
from perfusion_cam.stages.detection import PressDetector, PressWindow
from perfusion_cam.stages.location import Rest, resting_skin, without_what_lay
from perfusion_cam.types import Site

T90_S = 0.8 * np.log(10)
DURATION_S, AGAIN_S = 34.0, 17.0
T_S = times(DURATION_S)
FIRST = Visit(
    4.0,
    9.0,
    radius=6,
    travel_s=1.2,
    pallor=0.25,
    stays_cells=18.0,
    shaft=True,
    seen_s=(-np.inf, AGAIN_S),
)
TONES = [(0.3, 0.4, 0.4), (-0.3, -0.4, -0.4)]


def again(first: Visit, lies_cells: float) -> Visit:
    """The same tool again, from where it lay; it comes to lie elsewhere."""
    return replace(
        first,
        contact_s=AGAIN_S + 1.0,
        release_s=AGAIN_S + 6.0,
        comes_cells=first.stays_cells,
        stays_cells=lies_cells,
        seen_s=(AGAIN_S, np.inf),
    )


def found(grids: Array) -> list[PressWindow]:
    detector = PressDetector(SHAPE)
    presses: list[PressWindow] = []
    for sample in samples(T_S, grids):
        presses += detector.push(sample)
    return presses + detector.flush()


def pressed_twice(tone: tuple[float, float, float], lies_cells: float) -> PressWindow:
    first = replace(FIRST, light=tuple(RESTING + np.array(tone)))
    presses = found(stack(T_S, [first, again(first, lies_cells)]))
    (second,) = [item for item in presses if item.press.release_s > AGAIN_S]
    return second


def cleared(item: PressWindow) -> Rest:
    assert item.press.bare_before is not None
    return without_what_lay(resting_skin(item.window, item.press), item.press.bare_before)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("lies_cells", [13.0, 18.0, 23.0])
def test_a_finger_that_lay_there_since_the_last_press_is_no_skin(
    tone: tuple[float, float, float], lies_cells: float
) -> None:
    item = pressed_twice(tone, lies_cells)
    rest = cleared(item)
    lay = FIRST.cover(AGAIN_S - 1.0) > 0.5
    assert rest.lain[lay].mean() > 0.95
    assert rest.lain[~lay].mean() < 0.15
    assert not rest.lain[disc(FIRST.row, FIRST.col, 5)].any()
    np.testing.assert_allclose(rest.light[lay].mean(axis=0), skin()[lay].mean(axis=0), atol=0.03)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("lies_cells", [13.0, 18.0, 23.0, np.inf])
def test_a_second_press_beside_it_is_timed(
    tone: tuple[float, float, float], lies_cells: float
) -> None:
    item = pressed_twice(tone, lies_cells)
    sighting = sight_press(item)
    assert isinstance(sighting.site, Site)
    assert not (sighting.site.control_cells & sighting.beside).any()
    refill = measure_press(item, sighting).refill
    assert refill.status == "measured"
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= T90_S <= refill.crt_ci95_s[1]


def test_a_tool_that_left_the_picture_lies_nowhere() -> None:
    first = replace(FIRST, stays_cells=np.inf)
    presses = found(stack(T_S, [first, again(first, np.inf)]))
    assert [item.press.bare_before is None for item in presses] == [True, False]
    assert not cleared(presses[1]).lain.any()


def test_a_finger_that_lay_there_and_left_before_the_next_press_hides_nothing() -> None:
    first = replace(FIRST, seen_s=(-np.inf, 13.0))
    second = replace(again(first, np.inf), comes_cells=np.inf)
    item = found(stack(T_S, [first, second]))[-1]
    assert not cleared(item).lain.any()


@pytest.mark.parametrize("tau_s", [8.0, 200.0])
def test_a_blanch_of_another_place_that_stays_is_nothing_that_lies(tau_s: float) -> None:
    """Pressed again, that place is still pale from before: it must not be left out."""
    first = Visit(2.0, 7.0, row=18, col=25, radius=6, travel_s=0.4, shaft=True)
    slow = Visit(10.0, 15.0, row=32, col=58, radius=6, travel_s=0.4, pallor=0.5, tau_s=tau_s)
    again = replace(slow, contact_s=21.0, release_s=26.0)
    last = found(stack(T_S, [first, slow, again]))[-1]
    assert last.press.bare_before is not None
    refill = measure_press(last, sight_press(last)).refill
    (alone,) = found(stack(T_S, [again]))
    assert refill.status == "not_recovered"
    depth_alone = measure_press(alone, sight_press(alone)).refill.blanch_depth
    assert refill.blanch_depth == pytest.approx(depth_alone, rel=0.05)


def test_a_limb_in_light_that_changed_is_nothing_that_lies() -> None:
    """It covers less than half of the picture, before a table too dark to show the change."""
    first = Visit(4.0, 9.0, radius=6, travel_s=0.4, pallor=0.25)
    grids = stack(T_S, [first, replace(first, contact_s=18.0, release_s=23.0)])
    limb = np.abs(np.arange(SHAPE.rows) - 27) < 13
    grids[:, ~limb] = -5.0
    grids[np.ix_(T_S > 14.0, limb)] -= np.float32(0.15)
    last = found(grids)[-1]
    assert cleared(last).lain.any()
    refill = measure_press(last, sight_press(last)).refill
    assert refill.crt_ci95_s is not None
    assert refill.crt_ci95_s[0] <= T90_S <= refill.crt_ci95_s[1]
