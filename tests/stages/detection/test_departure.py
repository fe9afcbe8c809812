"""What left the skin, since when it had been there, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from stacks import SHAPE, Array, Visit, disc, samples, soft_disc, stack, times

from perfusion_cam.stages.detection.activity import Burst
from perfusion_cam.stages.detection.departure import Departure, find_departure
from perfusion_cam.stages.detection.history import GridHistory

PRESS = Visit(2.5, 6.0, row=25, col=45)
LEAVING = Burst(5.8, 6.5)
FRAME_S = 1 / 15


def departure(
    visit: Visit, burst: Burst, duration_s: float = 8.0, **light: object
) -> Departure | None:
    t_s = times(duration_s)
    return judged(t_s, stack(t_s, [visit], **light), burst)  # type: ignore[arg-type]


def judged(t_s: Array, grids: Array, burst: Burst) -> Departure | None:
    history = GridHistory(SHAPE)
    for sample in samples(t_s, grids):
        history.append(sample)
    return find_departure(history, burst)


@pytest.fixture(scope="module")
def found() -> Departure:
    left = departure(PRESS, LEAVING)
    assert left is not None
    return left


def test_contact_and_release_are_the_drawn_ones(found: Departure) -> None:
    assert abs(found.contact_s - PRESS.contact_s) < 3 * FRAME_S
    assert abs(found.release_s - PRESS.release_s) < 2 * FRAME_S
    assert abs(found.contact_s - PRESS.contact_s) < 3 * found.contact_se_s
    assert abs(found.release_s - PRESS.release_s) < 3 * found.release_se_s
    assert found.uncovered_s == LEAVING.end_s


def test_the_baseline_ends_before_the_tool_comes(found: Departure) -> None:
    start_s, end_s = found.baseline_s
    assert 0.0 <= start_s < end_s
    assert PRESS.contact_s - PRESS.travel_s - 0.3 < end_s < PRESS.contact_s


def test_the_tool_is_where_it_was_drawn(found: Departure) -> None:
    tool = disc(PRESS.row, PRESS.col, PRESS.radius)
    overlap = (found.tool_cells & tool).sum() / (found.tool_cells | tool).sum()
    assert overlap > 0.75
    assert found.tool_contrast == pytest.approx(0.8, abs=0.15)
    assert found.tool_hides > 0.5


@pytest.mark.parametrize("edge", [0.1, 0.5, 2.5], ids=["hard", "sharp", "soft"])
@pytest.mark.parametrize("depth", [0.25, 0.5, 1.0])
def test_a_shadow_hides_no_texture(edge: float, depth: float) -> None:
    """Its edge is no texture that came or went."""
    t_s = times(8.0)
    grids = stack(t_s)
    resting = (t_s > 2.5) & (t_s < 6.0)
    grids[resting] -= depth * soft_disc(25, 45, 12, edge=edge)[..., None]
    found = judged(t_s, grids, Burst(5.8, 6.3))
    assert found is not None
    assert found.tool_hides < 0.2


@pytest.mark.parametrize("radius", [5.0, 8.0, 14.0])
def test_a_tool_hides_texture_small_or_large(radius: float) -> None:
    found = departure(replace(PRESS, radius=radius), LEAVING)
    assert found is not None
    assert found.tool_hides > 0.7


def test_exposure_that_answers_the_tool_does_not_matter() -> None:
    found = departure(
        PRESS, LEAVING, gain=lambda t_s: 0.25 * (PRESS.contact_s < t_s < PRESS.release_s)
    )
    assert found is not None
    assert abs(found.release_s - PRESS.release_s) < 2 * FRAME_S
    tool = disc(PRESS.row, PRESS.col, PRESS.radius)
    assert (found.tool_cells & tool).sum() / (found.tool_cells | tool).sum() > 0.75


def test_a_tool_without_any_texture_hides_all_of_the_skins() -> None:
    """A glove so dark that every pixel is the same."""
    t_s = times(8.0)
    grids = stack(t_s)
    rests = (t_s > 2.5) & (t_s < 6.0)
    grids[np.ix_(rests, range(10, 40), range(20, 60))] = -6.0
    found = judged(t_s, grids, Burst(5.8, 6.3))
    assert found is not None
    assert found.tool_hides == 1.0


def test_dark_ground_beside_the_skin_does_not_make_the_release_late() -> None:
    """A finger drawn back uncovers skin first, little lighter, and then a table, far darker."""
    t_s = times(8.0)
    grids = stack(t_s)
    grids[:, :, :25] -= 2.5
    tip_col = 60 * (1 - np.clip(t_s - 6.0, 0.0, 1.0))
    tip_col[t_s < 2.5] = 0
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols]
    for grid, tip in zip(grids, tip_col, strict=True):
        grid[(abs(rows - 25) < 8) & (cols < tip)] = np.array([-0.95, -1.55, -1.85])
    found = judged(t_s, grids, Burst(5.8, 7.1))
    assert found is not None
    assert abs(found.release_s - 6.0) < 2 * FRAME_S


@pytest.mark.parametrize(
    ("visit", "burst"),
    [
        (Visit(2.5, 3.1), Burst(2.9, 3.6)),
        (Visit(0.2, 6.0), LEAVING),
        (Visit(2.5, 60.0), Burst(1.9, 2.8)),
        (Visit(50.0, 60.0), LEAVING),
    ],
    ids=["too short", "arrives with the recording", "arriving", "nothing there"],
)
def test_what_did_not_rest_on_skin_seen_bare_did_not_leave_it(visit: Visit, burst: Burst) -> None:
    assert departure(visit, burst) is None


def test_what_was_there_from_the_start_left_skin_never_seen_before() -> None:
    left = departure(Visit(-5.0, 6.0, row=25, col=45), LEAVING)
    assert left is not None
    assert left.contact_s == left.baseline_s[0] == left.baseline_s[1] == 0.0
    assert left.contact_se_s == np.inf
    assert abs(left.release_s - 6.0) < 2 * FRAME_S
    assert left.tool_hides > 0.7


def test_what_moved_while_it_was_there_from_the_start_did_not_press() -> None:
    t_s = times(8.0)
    grids = stack(t_s, [Visit(-5.0, 6.0, row=25, col=45)])
    elsewhere = stack(t_s, [Visit(-5.0, 6.0, row=25, col=70)])
    early = t_s < 2.0
    history = GridHistory(SHAPE)
    for sample in samples(t_s, np.where(early[:, None, None, None], elsewhere, grids)):
        history.append(sample)
    found = find_departure(history, LEAVING)
    assert found is None or found.contact_s > 1.9


def test_a_burst_at_the_very_end_cannot_be_judged() -> None:
    assert departure(PRESS, Burst(5.8, 8.5)) is None


def test_an_empty_past_is_no_error() -> None:
    assert find_departure(GridHistory(SHAPE), LEAVING) is None
