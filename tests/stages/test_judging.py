"""Every flag that a whole press may get, and what a fatal one takes away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from stacks import (
    BLOOD,
    LIGHT,
    RATE_HZ,
    SHAPE,
    SITE_OF_TOOL,
    Array,
    Visit,
    press_of,
    site_of,
    soft_disc,
    stack,
    times,
    window,
)

from perfusion_cam.quality import Flag
from perfusion_cam.stages.judging import (
    CLEAR_UNSEEN,
    has_moved,
    is_press,
    judge,
    refills,
)
from perfusion_cam.types import GridWindow, Press, PressResult, Refill, RefillCurve, Site

VISIT = Visit(2.0, 7.0)
T_S = times(12.0)
GRIDS = stack(T_S)
MEASURED = Refill(
    "measured",
    (),
    crt_s=1.8,
    crt_ci95_s=(1.6, 2.0),
    recovered_fraction=1.0,
    t50_s=0.5,
    t90_s=1.8,
    t95_s=2.4,
    tau_s=0.8,
    visual_s=1.5,
    overshoot=0.0,
    blanch_depth=0.15,
    signal_to_noise=30.0,
    model="exponential",
)
SLOW = Refill("not_recovered", (), lower_bound_s=5.0, recovered_fraction=0.4)
TIMES = (
    "crt_s",
    "crt_ci95_s",
    "lower_bound_s",
    "t50_s",
    "t90_s",
    "t95_s",
    "tau_s",
    "visual_s",
    "overshoot",
    "recovered_fraction",
)


def curve(used: Any = None) -> RefillCurve:
    if used is None:
        used = T_S > 7.3
    return RefillCurve(T_S, np.zeros(len(T_S)), np.full(len(T_S), 0.01), used, 0.001)


def judged(
    press: Press | None = None,
    site: Site | None = None,
    refill: Refill = MEASURED,
    shown: GridWindow | None = None,
    used: Any = None,
) -> Refill:
    press, site = press or press_of(VISIT, 12.0), site or site_of(VISIT)
    shown = shown or window(T_S, GRIDS)
    return judge(press, site, curve(used), refill, shown, has_moved(press, site, shown))


def clipped_window(*colours: int, at_s: float = 0.0) -> GridWindow:
    clipped = np.zeros((SHAPE.rows, SHAPE.cols, 3), bool)
    clipped[..., list(colours)] = True
    shown = window(T_S, GRIDS, clipped)
    shown.marks[at_s > T_S] = 0
    return shown


def lost_window(from_s: float, to_s: float) -> GridWindow:
    shown = window(T_S, GRIDS)
    gone = (from_s <= T_S) & (to_s > T_S)
    return GridWindow(shown.shape, shown.t_s, shown.light_code, shown.marks, ~gone)


def assert_withdrawn(refill: Refill) -> None:
    assert refill.status == "not_measurable"
    assert {name: getattr(refill, name) for name in TIMES} == dict.fromkeys(TIMES)


def test_a_clean_press_stands_as_it_was_measured() -> None:
    assert judged() == MEASURED


@pytest.mark.parametrize(
    ("hold_s", "flags"),
    [
        (2.9, (Flag.HOLD_SHORT,)),
        (3.1, ()),
        (5.0, ()),
        (8.9, ()),
        (9.1, (Flag.HOLD_LONG,)),
    ],
)
def test_the_hold_is_judged_and_the_time_kept(hold_s: float, flags: tuple[Flag, ...]) -> None:
    refill = judged(press_of(VISIT, 12.0, contact_s=VISIT.release_s - hold_s))
    assert refill == replace(MEASURED, flags=flags)


@pytest.mark.parametrize(
    ("detectable", "flags"),
    [
        (0.01, (Flag.DOES_NOT_BLANCH,)),
        (0.2, (Flag.LOW_SIGNAL, Flag.LIGHT_CHANGED)),
    ],
)
def test_a_site_that_does_not_stand_out(detectable: float, flags: tuple[Flag, ...]) -> None:
    """Only where little pallor would have shown does its absence mean that nothing blanched."""
    refill = judged(site=site_of(VISIT, stands_out=0.8, detectable=detectable))
    assert refill.flags == flags
    assert_withdrawn(refill)


def test_skin_seen_late_is_not_said_not_to_blanch() -> None:
    """A quick refill may be over before the tool is out of the way."""
    late = press_of(VISIT, 12.0, uncovered_s=VISIT.release_s + 0.6)
    refill = judged(late, site_of(VISIT, stands_out=0.8, detectable=0.01))
    assert refill.flags == (Flag.LOW_SIGNAL, Flag.START_HIDDEN)
    assert_withdrawn(refill)


def test_skin_lost_for_a_third_of_the_recovery() -> None:
    refill = judged(shown=lost_window(8.0, 9.8))
    assert Flag.LOST in refill.flags
    assert_withdrawn(refill)
    assert judged(shown=lost_window(8.0, 8.9)) == MEASURED
    assert judged(shown=lost_window(2.0, 7.0)) == MEASURED


def test_one_clipped_colour_is_told_and_the_time_kept() -> None:
    assert judged(shown=clipped_window(0)) == replace(MEASURED, flags=(Flag.SATURATED,))
    assert judged(shown=clipped_window(0, 1)) == replace(MEASURED, flags=(Flag.SATURATED,))


def test_without_green_and_blue_there_is_no_time() -> None:
    refill = judged(shown=clipped_window(1, 2))
    assert refill.flags == (Flag.SATURATED, Flag.LOW_SIGNAL)
    assert_withdrawn(refill)


def test_clipping_before_the_tool_has_gone_does_not_matter() -> None:
    shown = clipped_window(0, 1, 2)
    shown.marks[VISIT.release_s < T_S] = 0
    assert judged(shown=shown) == MEASURED


@pytest.mark.parametrize(("to_s", "touched"), [(8.2, False), (8.8, True)])
def test_something_in_the_way_is_told(to_s: float, touched: bool) -> None:
    used = (T_S > 7.3) & ((T_S < 8.0) | (to_s < T_S))
    assert (Flag.TOUCHED_AGAIN in judged(used=used).flags) == touched


def test_missing_pictures_are_no_touch() -> None:
    kept = (T_S < 8.0) | (T_S > 8.8)
    t_s = T_S[kept]
    shown = window(t_s, GRIDS[kept])
    seen = RefillCurve(t_s, np.zeros(len(t_s)), np.full(len(t_s), 0.01), t_s > 7.3, 0.001)
    assert judge(press_of(VISIT, 12.0), site_of(VISIT), seen, MEASURED, shown, False) == MEASURED


def test_a_touch_that_ended_the_watch_is_told_where_the_colour_was_not_back() -> None:
    touched = press_of(VISIT, 12.0, ended_by="touch")
    assert judged(touched, refill=SLOW).flags == (Flag.TOUCHED_AGAIN,)
    assert judged(touched, refill=SLOW).lower_bound_s == SLOW.lower_bound_s
    assert judged(touched).flags == ()


def slid_window(cells: float, from_s: float, to_s: float = 99.0) -> GridWindow:
    """Grids in which the skin lies `cells` farther to the right for a while."""
    grids = GRIDS.copy()
    matrix = np.array([[1.0, 0.0, cells], [0.0, 1.0, 0.0]])
    for i in np.flatnonzero((from_s < T_S) & (to_s > T_S)):
        size = grids[i].shape[1::-1]
        grids[i] = cv2.warpAffine(grids[i], matrix, size, borderMode=cv2.BORDER_REFLECT)
    return window(T_S, grids)


@pytest.mark.parametrize(("cells", "told"), [(0.0, False), (0.3, False), (1.0, True), (2.5, True)])
def test_skin_that_slid_against_the_baseline_is_told(cells: float, told: bool) -> None:
    refill = judged(shown=slid_window(cells, VISIT.release_s))
    assert refill == replace(MEASURED, flags=(Flag.MOVED,) if told else ())


def test_skin_that_slid_back_at_once_does_not_matter() -> None:
    assert judged(shown=slid_window(2.0, VISIT.contact_s, VISIT.release_s + 0.5)) == MEASURED


def test_what_cannot_be_told_from_noise_has_not_moved() -> None:
    flat = np.random.default_rng(4).normal(-1.0, 0.01, GRIDS.shape).astype(np.float32)
    assert judged(shown=window(T_S, flat)) == MEASURED


def test_a_stretch_in_which_the_skin_was_lost_is_movement_and_no_touch() -> None:
    used = (T_S > 7.3) & ((T_S < 8.0) | (T_S > 8.8))
    assert judged(used=used, shown=lost_window(8.0, 8.8)).flags == (Flag.MOVED,)


def test_a_repeat_is_told() -> None:
    again = judged(press_of(VISIT, 12.0, since_last_s=3.0))
    assert again == replace(MEASURED, flags=(Flag.REPEATED_SOON,))


def test_no_sample_used_is_no_error() -> None:
    assert judged(used=np.zeros(len(T_S), bool)) == MEASURED


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag.meaning.fatal])
@pytest.mark.parametrize("refill", [MEASURED, SLOW])
def test_a_fatal_flag_takes_every_time_away(flag: Flag, refill: Refill) -> None:
    withdrawn = judged(refill=replace(refill, flags=(flag,)))
    assert withdrawn.flags == (flag,)
    assert_withdrawn(withdrawn)
    assert withdrawn.blanch_depth == refill.blanch_depth


@pytest.mark.parametrize("flag", [flag for flag in Flag if not flag.meaning.fatal])
def test_any_other_flag_leaves_the_times(flag: Flag) -> None:
    given = replace(MEASURED, flags=(flag,))
    assert judged(refill=given) == given


def test_a_flag_is_given_once() -> None:
    given = replace(MEASURED, flags=(Flag.HOLD_SHORT, Flag.OVERSHOOT))
    refill = judged(press_of(VISIT, 12.0, contact_s=6.0), refill=given)
    assert refill.flags == (Flag.HOLD_SHORT, Flag.OVERSHOOT)


SHADOW = {"tool_hides": 0.1}
FAINT_TOOL = {"tool_contrast": 0.1}
BRIEF = {"contact_s": VISIT.release_s - 1.5}
NOT_MEASURABLE = Refill("not_measurable", (Flag.DOES_NOT_BLANCH,))


def pressed(site: Site | None, refill: Refill, **changes: Any) -> bool:
    return is_press(PressResult(press_of(VISIT, 12.0, **changes), site, None, refill))


@pytest.mark.parametrize("changes", [{}, SHADOW, FAINT_TOOL, BRIEF])
def test_skin_that_paled_is_proof(changes: dict[str, Any]) -> None:
    assert pressed(site_of(VISIT), MEASURED, **changes)
    assert pressed(site_of(VISIT), SLOW, **changes)


@pytest.mark.parametrize("changes", [SHADOW, BRIEF])
def test_a_faint_site_under_a_mere_change_of_light_or_a_brief_touch_is_no_proof(
    changes: dict[str, Any],
) -> None:
    faint = site_of(VISIT, stands_out=1.1)
    assert pressed(faint, SLOW)
    assert not pressed(faint, SLOW, **changes)


@pytest.mark.parametrize(
    ("hides", "stands_out", "proof"),
    [(0.4, 1.0, True), (0.3, 2.1, True), (0.3, 1.9, False), (0.2, 3.0, True), (0.2, 2.9, False)],
)
def test_the_less_of_the_skin_was_hidden_the_clearer_must_the_site_be(
    hides: float, stands_out: float, proof: bool
) -> None:
    site = site_of(VISIT, stands_out=stands_out)
    assert pressed(site, MEASURED, tool_hides=hides) is proof


@pytest.mark.parametrize("flag", [Flag.DOES_NOT_BLANCH, Flag.LOW_SIGNAL, Flag.LOST])
@pytest.mark.parametrize("changes", [SHADOW, FAINT_TOOL, BRIEF])
def test_without_pallor_a_doubtful_tool_is_no_press(flag: Flag, changes: dict[str, Any]) -> None:
    refill = Refill("not_measurable", (flag,))
    assert pressed(site_of(VISIT), refill)
    assert not pressed(site_of(VISIT), refill, **changes)


@pytest.mark.parametrize("changes", [SHADOW, FAINT_TOOL, BRIEF])
def test_a_site_that_does_not_stand_out_is_no_proof(changes: dict[str, Any]) -> None:
    for site in (None, site_of(VISIT, stands_out=0.9)):
        assert pressed(site, NOT_MEASURABLE)
        assert not pressed(site, NOT_MEASURABLE, **changes)


def test_where_the_skin_was_not_followed_only_pallor_is_proof() -> None:
    assert not pressed(None, NOT_MEASURABLE, followed=False)
    assert pressed(site_of(VISIT, stands_out=2.1), MEASURED, followed=False)
    assert not pressed(site_of(VISIT, stands_out=1.9), MEASURED, followed=False)


UNSEEN = Visit(-3.0, 4.0, pallor=0.15, tau_s=1.0)
UNSEEN_S = times(12.0)


def shown_after(
    change: Callable[[float], Array] = lambda pale: pale * BLOOD, **visit: float
) -> GridWindow:
    """Grids in which a disc changes from 4 s on by what `change` makes of a fading pallor."""
    faded = replace(UNSEEN, **visit)  # type: ignore[arg-type]
    grids = stack(UNSEEN_S)
    pressed = soft_disc(faded.row, faded.col, SITE_OF_TOOL * faded.radius)
    for grid, t_s in zip(grids, UNSEEN_S, strict=True):
        grid += pressed[..., None] * change(faded.pallor_at(float(t_s)))
    return window(UNSEEN_S, grids)


def refilled(shown: GridWindow) -> bool:
    return refills(press_of(UNSEEN, 12.0, baseline_s=(0.0, 0.0)), site_of(UNSEEN), shown)


@pytest.mark.parametrize("tau_s", [0.4, 1.0, 3.0])
@pytest.mark.parametrize("pallor", [0.06, 0.15])
def test_pallor_that_fades_by_degrees_is_refill(pallor: float, tau_s: float) -> None:
    assert refilled(shown_after(pallor=pallor, tau_s=tau_s))


@pytest.mark.parametrize(
    "change",
    [
        lambda pale: 0.0 * pale * BLOOD,
        lambda pale: pale * LIGHT,
        lambda pale: -pale * BLOOD,
        lambda pale: 0.1 * (pale > 0.03) * BLOOD,
        lambda pale: 0.1 * (0.02 < pale < 0.05) * BLOOD,
    ],
    ids=["nothing", "light", "redder", "gone at once", "comes later"],
)
def test_any_other_change_is_no_refill(change: Callable[[float], Array]) -> None:
    assert not refilled(shown_after(change))


@pytest.mark.parametrize(("until_s", "enough"), [(6.0, False), (7.5, True)])
def test_a_refill_must_be_watched(until_s: float, enough: bool) -> None:
    shown = shown_after()
    kept = round(until_s * RATE_HZ)
    short = GridWindow(
        shown.shape,
        shown.t_s[:kept],
        shown.light_code[:kept],
        shown.marks[:kept],
        shown.registered[:kept],
    )
    assert refilled(short) == enough


def test_skin_never_seen_before_needs_a_clear_site_to_count_as_pressed() -> None:
    unseen = Refill("not_measurable", (Flag.NO_BASELINE,))
    never = {"baseline_s": (VISIT.contact_s, VISIT.contact_s)}
    assert pressed(site_of(VISIT, stands_out=CLEAR_UNSEEN + 0.1), unseen, **never)
    assert not pressed(site_of(VISIT, stands_out=CLEAR_UNSEEN - 0.1), unseen, **never)
    assert not pressed(site_of(VISIT), unseen, **never, **SHADOW)
    assert not pressed(None, unseen, **never)
