"""Reading a site goes on where it stopped, and comes to the same."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import Visit, press_of, site_of, stack, times, window

from perfusion_cam.stages import reading
from perfusion_cam.stages.reading import read_light
from perfusion_cam.stencils import Stencils
from perfusion_cam.types import SiteLight

VISIT = Visit(2.0, 5.0, row=26, col=44, radius=8, pallor=0.2, tau_s=1.0)
T_S = times(10.0)
GRIDS = stack(T_S, [VISIT], noise=0.004)
WHOLE = window(T_S, GRIDS)
PRESS = press_of(VISIT, 10.0)
STENCILS = Stencils.of(WHOLE, PRESS, site_of(VISIT))
READ = read_light(WHOLE, PRESS, STENCILS)


def read_of(
    monkeypatch: pytest.MonkeyPatch, first: slice, then: slice
) -> tuple[SiteLight, list[float]]:
    """What is read of some samples after others were, and the times of what was read for it."""
    times_s: list[float] = []
    plain = reading.code_by_cell
    before = read_light(window(T_S[first], GRIDS[first]), PRESS, STENCILS)
    monkeypatch.setattr(
        reading,
        "code_by_cell",
        lambda shown, part: times_s.extend(shown.t_s[part]) or plain(shown, part),
    )
    return read_light(window(T_S[then], GRIDS[then]), PRESS, STENCILS, before), times_s


def assert_same(one: SiteLight, other: SiteLight) -> None:
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, yours)


@pytest.mark.parametrize("until", [35, 48, 100, 149])
def test_what_was_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch, until: int) -> None:
    found, times_s = read_of(monkeypatch, slice(until), slice(None))
    assert_same(found, READ)
    np.testing.assert_array_equal(times_s, T_S[until // reading.CHUNK * reading.CHUNK :])


def test_a_window_that_ended_sooner_takes_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    found, times_s = read_of(monkeypatch, slice(None), slice(100))
    assert_same(found, SiteLight(T_S[:100], READ.laid[:100], READ.red_spread[:100]))
    assert len(times_s) == 100 % reading.CHUNK


def test_a_window_that_begins_elsewhere_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    anew = read_light(window(T_S[5:], GRIDS[5:]), PRESS, STENCILS)
    found, times_s = read_of(monkeypatch, slice(None), slice(5, None))
    assert_same(found, anew)
    np.testing.assert_array_equal(times_s, T_S[5:])
