"""Presses in a stream of grids: all that are there, and none that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from stacks import BLOOD, SHAPE, TOOL, Array, Visit, disc, samples, stack, times

from perfusion_cam.stages.detection.detector import PressDetector, PressWindow
from perfusion_cam.types import WATCH_S

FRAME_S = 1 / 15
KEPT_S = 60.0
ONE = Visit(2.5, 6.0, row=25, col=45)
ONE_LATER = Visit(8.0, 12.0, row=25, col=45)


def detected(t_s: Array, grids: Array) -> list[PressWindow]:
    detector = PressDetector(SHAPE)
    found = [item for sample in samples(t_s, grids) for item in detector.push(sample)]
    return found + detector.flush()


def presses_in(duration_s: float, *visits: Visit, **light: object) -> list[PressWindow]:
    t_s = times(duration_s)
    return detected(t_s, stack(t_s, visits, **light))  # type: ignore[arg-type]


def assert_is(found: PressWindow, truth: Visit) -> None:
    press = found.press
    assert abs(press.contact_s - truth.contact_s) < 3 * FRAME_S
    assert abs(press.release_s - truth.release_s) < 2 * FRAME_S
    assert press.hold_s == pytest.approx(truth.release_s - truth.contact_s, abs=4 * FRAME_S)
    tool = disc(truth.row, truth.col, truth.radius)
    assert (press.tool_cells & tool).sum() > 0.7 * tool.sum()


@pytest.fixture(scope="module")
def one_press() -> tuple[Array, Array, PressWindow]:
    t_s = times(12.0)
    grids = stack(t_s, [ONE])
    (found,) = detected(t_s, grids)
    return t_s, grids, found


def test_a_press_is_found(one_press: tuple[Array, Array, PressWindow]) -> None:
    t_s, _, found = one_press
    assert_is(found, ONE)
    assert found.press.ended_by == "recording"
    assert found.press.ended_s == pytest.approx(t_s[-1])


ROOM, SWAY_CELLS = slice(87, 96), 8
BROAD = replace(ONE, radius=14.0)
BESIDE = [
    (slice(row, row + 4), slice(col, col + 6)) for row in (2, 46) for col in (4, 14, 24, 64, 74)
]


def sway(t_s: Array, grids: Array) -> Array:
    """Let a room move behind a head for ever: a tenth of the picture."""
    room = np.repeat(np.random.default_rng(3).standard_normal((54, 40)), 3, axis=1) - 1.0
    for grid, moment_s in zip(grids, t_s, strict=True):
        left = round(SWAY_CELLS * (1 + np.sin(2 * np.pi * 0.7 * moment_s)))
        grid[:, ROOM] = room[:, left : left + 9, None]
    return grids


def darken(grids: Array, place: tuple[slice, slice], pictures: Array) -> None:
    """Let a small place be dark, as an eye that is closed, in some pictures."""
    grids[pictures, *place] -= 0.6


@pytest.mark.parametrize("radius", [10.0, 11.0])
def test_a_room_that_moves_behind_the_head_hides_no_press(radius: float) -> None:
    t_s = times(12.0)
    visit = replace(ONE, radius=radius)
    (found,) = detected(t_s, sway(t_s, stack(t_s, [visit])))
    assert_is(found, visit)


def test_eyes_that_open_as_the_tool_comes_and_close_as_it_goes_take_no_press_away() -> None:
    t_s = times(12.0)
    grids = stack(t_s, [BROAD])
    closed = (t_s > BROAD.contact_s - 1.4) & (t_s < BROAD.contact_s - 0.1)
    for place in BESIDE[:3]:
        darken(grids, place, closed | (t_s > BROAD.release_s + 0.1))
    assert_is(detected(t_s, grids)[-1], BROAD)


def test_eyes_and_clothes_that_move_before_the_tool_leaves_are_not_its_release() -> None:
    t_s = times(12.0)
    grids = stack(t_s, [BROAD])
    (still,) = detected(t_s, grids)
    for place, early_s in zip(BESIDE, np.linspace(0.4, 0.1, len(BESIDE)), strict=True):
        darken(grids, place, (t_s < 1.0) | (t_s > BROAD.release_s - early_s))
    found = detected(t_s, grids)[-1]
    assert found.press.release_s == pytest.approx(still.press.release_s, abs=0.02)


def test_a_press_comes_with_its_grids(one_press: tuple[Array, Array, PressWindow]) -> None:
    t_s, grids, found = one_press
    inside = (t_s >= found.press.baseline_s[0]) & (t_s <= found.press.ended_s)
    np.testing.assert_array_equal(found.window.t_s, t_s[inside])
    np.testing.assert_allclose(found.window.log_rgb(slice(None)), grids[inside], atol=2e-4)


@pytest.mark.parametrize("gone_s", [0.2, 0.4, 0.7, 0.95])
def test_a_tool_that_was_off_for_a_glimpse_pressed_rested_skin_before_that(gone_s: float) -> None:
    first = replace(ONE, pallor=0.3)
    again = replace(first, contact_s=first.release_s + gone_s, release_s=first.release_s + 5.0)
    last = presses_in(18.0, first, again)[-1]
    assert_is(last, again)
    assert last.press.baseline_s[1] == pytest.approx(ONE.contact_s, abs=0.5)
    assert last.press.baseline_s[1] < ONE.contact_s


def test_skin_first_seen_for_a_glimpse_rests_then() -> None:
    there = replace(ONE, contact_s=-5.0, release_s=2.0)
    last = presses_in(14.0, there, replace(ONE, contact_s=3.0, release_s=7.0))[-1]
    assert last.press.contact_s == pytest.approx(3.0, abs=0.2)
    assert 2.0 < last.press.baseline_s[0] < last.press.baseline_s[1] < 3.0


def test_a_later_clock_shifts_every_time_and_nothing_else(
    one_press: tuple[Array, Array, PressWindow],
) -> None:
    t_s, grids, found = one_press
    (later,) = detected(t_s + 1000.0, grids)
    for name in ("contact_s", "release_s", "ended_s", "uncovered_s"):
        expected = getattr(found.press, name) + 1000.0
        assert getattr(later.press, name) == pytest.approx(expected, abs=1e-6), name
    for name in ("contact_se_s", "release_se_s", "tool_contrast", "tool_hides"):
        expected = getattr(found.press, name)
        assert getattr(later.press, name) == pytest.approx(expected, abs=1e-6), name
    np.testing.assert_array_equal(later.press.tool_cells, found.press.tool_cells)


def test_a_spot_too_small_to_tell_what_it_hid_is_no_tool() -> None:
    t_s = times(12.0)
    grids = stack(t_s)
    spot, rests = disc(25, 45, 2), (t_s > 3.0) & (t_s < 7.0)
    grids[rests] = np.where(spot[..., None], TOOL, grids[rests])
    assert detected(t_s, grids) == []


def test_colour_that_comes_back_in_one_go_is_no_second_tool() -> None:
    """A blanch seen through a clear tool: there from contact on, and gone as if something left."""
    t_s, clear = times(14.0), Visit(2.5, 6.0, row=25, col=45, radius=14, pallor=0.0)
    grids, bare = stack(t_s, [clear]), stack(t_s)
    rests = (t_s > clear.contact_s) & (t_s < clear.release_s)
    through = disc(clear.row, clear.col, 11)
    grids[rests] = np.where(through[..., None], bare[rests], grids[rests])
    blanch, empty = disc(clear.row, clear.col, 5), np.array([-0.55, -0.8, -1.1])
    fading = (t_s > clear.contact_s) & (t_s < 8.0)
    grids[fading] = np.where(blanch[..., None], empty, grids[fading])
    (found,) = detected(t_s, grids)
    assert found.press.release_s == pytest.approx(clear.release_s, abs=2 * FRAME_S)


@pytest.mark.parametrize("delay_s", [1.6, 2.0])
@pytest.mark.parametrize("within_s", [0.1, 0.2])
def test_colour_that_comes_back_late_and_at_once_is_watched(
    delay_s: float, within_s: float
) -> None:
    """The pale skin looks like something that came as the tool left, and leaves now."""
    t_s, pressed = times(14.0), replace(ONE, pallor=0.0, shaft=True)
    late = (t_s - pressed.release_s - delay_s) / within_s
    pallor = np.where(t_s < pressed.contact_s, 0.0, 0.4 / (1 + np.exp(np.minimum(late, 40))))
    pale = pallor[:, None, None] * disc(25, 45, 4)
    bare = 1 - np.array([pressed.cover(moment_s) for moment_s in t_s])
    grids = stack(t_s, [pressed]) + (pale * bare)[..., None] * BLOOD
    (found,) = detected(t_s, grids.astype(np.float32))
    assert_is(found, pressed)
    assert found.press.ended_by == "recording"


def test_a_mirrored_picture_gives_a_mirrored_tool(
    one_press: tuple[Array, Array, PressWindow],
) -> None:
    t_s, grids, found = one_press
    (mirrored,) = detected(t_s, grids[:, :, ::-1])
    np.testing.assert_array_equal(mirrored.press.tool_cells[:, ::-1], found.press.tool_cells)
    assert mirrored.press.contact_s == pytest.approx(found.press.contact_s, abs=1e-3)
    assert mirrored.press.release_s == pytest.approx(found.press.release_s, abs=1e-3)


def test_a_gain_of_all_light_changes_nothing(
    one_press: tuple[Array, Array, PressWindow],
) -> None:
    t_s, grids, found = one_press
    (brighter,) = detected(t_s, grids + np.float32(0.4))
    np.testing.assert_array_equal(brighter.press.tool_cells, found.press.tool_cells)
    assert brighter.press.release_s == pytest.approx(found.press.release_s, abs=1e-3)


@pytest.mark.parametrize("rate_hz", [8.0, 30.0])
def test_the_rate_of_pictures_does_not_matter(rate_hz: float) -> None:
    t_s = times(10.0, rate_hz)
    (found,) = detected(t_s, stack(t_s, [ONE]))
    assert abs(found.press.contact_s - ONE.contact_s) < 0.25
    assert abs(found.press.release_s - ONE.release_s) < 1.5 / rate_hz + 0.05


QUIET: dict[str, Callable[[float], float]] = {
    "still": lambda t_s: 0.0,
    "steps": lambda t_s: 0.3 * (t_s > 3) - 0.5 * (t_s > 6),
    "flicker": lambda t_s: 0.1 * np.sin(2 * np.pi * 2.7 * t_s),
    "on and off": lambda t_s: 0.6 * (3 < t_s < 6),
}


@pytest.mark.parametrize("name", QUIET)
def test_light_alone_is_no_press(name: str) -> None:
    assert presses_in(10.0, gain=QUIET[name]) == []


@pytest.mark.parametrize("noise", [0.03, 0.1])
def test_noise_alone_is_no_press(noise: float) -> None:
    assert presses_in(10.0, noise=noise) == []


@pytest.mark.parametrize(
    "visit",
    [
        Visit(4.0, 4.0, travel_s=0.8, pallor=0.0),
        Visit(4.0, 4.6, pallor=0.0),
        Visit(4.0, 99.0, pallor=0.0),
        Visit(-9.0, 0.8),
    ],
    ids=["passes", "rests under a second", "never leaves", "leaves as the recording begins"],
)
def test_what_does_not_rest_and_leave_is_no_press(visit: Visit) -> None:
    assert presses_in(10.0, visit) == []


def test_what_lay_there_from_the_start_comes_without_a_baseline() -> None:
    t_s = times(12.0)
    (found,) = detected(t_s + 7.0, stack(t_s, [Visit(-9.0, 5.0, row=25, col=45)]))
    assert found.press.contact_s == 7.0
    assert not found.press.seen_bare
    assert found.press.release_s == pytest.approx(12.0, abs=2 * FRAME_S)
    assert found.press.ended_s == pytest.approx(7.0 + t_s[-1])
    assert found.window.t_s[0] == pytest.approx(7.0)


def test_a_press_elsewhere_later_is_no_repeat() -> None:
    first, second = presses_in(16.0, Visit(-9.0, 3.0, row=28, col=18, radius=7), ONE_LATER)
    assert not first.press.seen_bare
    assert second.press.seen_bare
    assert second.press.since_last_s is None


def test_what_turned_out_to_be_no_press_makes_the_next_one_no_repeat() -> None:
    t_s = times(16.0)
    grids = stack(t_s, [Visit(-9.0, 3.0, row=25, col=45), ONE_LATER])
    detector = PressDetector(SHAPE)
    kept, dismissed = detector, PressDetector(SHAPE)
    found = {}
    for detector in (kept, dismissed):
        given = []
        for sample in samples(t_s, grids):
            for item in detector.push(sample):
                given.append(item.press)
                if detector is dismissed:
                    detector.dismiss(item.press)
        found[detector] = [*given, *(item.press for item in detector.flush())]
    assert found[kept][1].since_last_s == pytest.approx(ONE_LATER.contact_s - 3.0, abs=0.3)
    assert found[dismissed][1].since_last_s is None
    assert found[dismissed][1].baseline_s[0] < found[kept][1].baseline_s[0]


def test_two_presses_at_two_places() -> None:
    other = Visit(9.0, 12.0, row=28, col=18, radius=7)
    first, second = presses_in(16.0, ONE, other)
    assert_is(first, ONE)
    assert_is(second, other)
    assert first.press.ended_by == second.press.ended_by == "recording"


def test_a_press_is_given_once_it_was_watched() -> None:
    t_s = times(ONE.release_s + WATCH_S + 3, 8.0)
    detector = PressDetector(SHAPE)
    given = {}
    for sample in samples(t_s, stack(t_s, [ONE])):
        for item in detector.push(sample):
            given[sample.t_s] = item.press
    ((given_s, press),) = given.items()
    assert given_s == pytest.approx(ONE.release_s + WATCH_S, abs=0.5)
    assert press.ended_by == "watched"
    assert press.ended_s == pytest.approx(press.release_s + WATCH_S, abs=0.2)
    assert detector.flush() == []


def test_memory_does_not_grow_with_a_recording() -> None:
    rate_hz = 4.0
    t_s = times(2.5 * KEPT_S, rate_hz)
    detector = PressDetector(SHAPE)
    for sample in samples(t_s, stack(t_s, [])):
        detector.push(sample)
    assert len(detector._history) <= KEPT_S * rate_hz + 65


def test_skin_that_is_lost_most_of_the_time_gives_no_press() -> None:
    t_s = times(12.0)
    detector = PressDetector(SHAPE)
    found = []
    for i, sample in enumerate(samples(t_s, stack(t_s, [ONE]))):
        lost = type(sample)(
            sample.t_s,
            sample.log_rgb,
            sample.valid,
            sample.clipped,
            sample.to_frame,
            0.0,
            i % 3 == 0,
        )
        found += detector.push(lost)
    assert found + detector.flush() == []


def lost_between(start_s: float, end_s: float) -> list[PressWindow]:
    """What is found of `ONE` where the skin cannot be followed for some time."""
    t_s = times(12.0)
    detector, found = PressDetector(SHAPE), []
    for sample in samples(t_s, stack(t_s, [ONE])):
        found += detector.push(replace(sample, registered=not start_s < sample.t_s < end_s))
    return found + detector.flush()


def test_a_press_that_hides_what_the_skin_is_followed_by_is_found() -> None:
    (found,) = lost_between(ONE.contact_s, ONE.release_s)
    assert_is(found, ONE)
    assert not found.press.followed
    (whole,) = lost_between(0.0, 0.0)
    assert whole.press.followed


@pytest.mark.parametrize("lost_s", [0.15, 0.3])
def test_a_jolt_as_the_tool_leaves_is_no_reason_to_miss_a_press(lost_s: float) -> None:
    leaves_s = ONE.release_s + ONE.travel_s
    (found,) = lost_between(leaves_s - 0.05, leaves_s + lost_s)
    assert_is(found, ONE)


def test_skin_lost_before_or_after_a_press_gives_none() -> None:
    assert lost_between(-1.0, ONE.release_s) == []
    assert lost_between(ONE.release_s, 12.0) == []


def test_a_flush_without_pictures_is_no_error() -> None:
    assert PressDetector(SHAPE).flush() == []


@pytest.mark.parametrize("turned", ["lost", "panned"])
def test_a_camera_that_is_put_away_later_ends_the_watch(turned: str) -> None:
    t_s = times(16.0)
    away_s = 12.0
    detector = PressDetector(SHAPE)
    found: list[PressWindow] = []
    for taken in samples(t_s, stack(t_s, [ONE])):
        one = taken
        if taken.t_s > away_s and turned == "lost":
            one = replace(taken, registered=False, log_rgb=taken.log_rgb - 0.6)
        elif taken.t_s > away_s:
            valid = taken.valid.copy()
            valid[:, : int(40 * (taken.t_s - away_s))] = False
            one = replace(taken, valid=valid)
        found += detector.push(one)
    (item,) = found + detector.flush()
    assert item.press.release_s == pytest.approx(ONE.release_s, abs=0.1)
    assert away_s - 0.1 < item.press.ended_s < away_s + 1.2
    assert item.window.t_s[-1] == item.press.ended_s
    assert item.window.registered.all()
