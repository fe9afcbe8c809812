"""Reading a site goes on where it stopped, and comes to the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from stacks import Visit, press_of, site_of, stack, times, window

from perfusion_cam.stages import reading
from perfusion_cam.stages.location import resting_skin
from perfusion_cam.stages.reading import read_light
from perfusion_cam.stencils import Places, Stencils
from perfusion_cam.types import GridWindow, SiteLight

VISIT = Visit(2.0, 5.0, row=26, col=44, radius=8, pallor=0.2, tau_s=1.0)
T_S = times(10.0)
GRIDS = stack(T_S, [VISIT], noise=0.004)
WHOLE = window(T_S, GRIDS)
PRESS = press_of(VISIT, 10.0)
SITE = site_of(VISIT)
RESTING = resting_skin(WHOLE, PRESS).light
STENCILS = Stencils.of(RESTING, SITE, WHOLE.always_valid)
READ = read_light(WHOLE, PRESS, SITE, STENCILS)


@pytest.fixture
def cells_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cells were read of each sample of `WHOLE`."""
    count, plain = [0] * len(T_S), reading.codes_of

    def counted(shown: GridWindow, samples: range, cells: Places) -> Iterator[NDArray[np.int16]]:
        for sample in samples:
            count[sample] += len(cells)
        return plain(shown, samples, cells)

    monkeypatch.setattr(reading, "codes_of", counted)
    return count


def part(samples: slice) -> GridWindow:
    return window(T_S[samples], GRIDS[samples])


def assert_same(one: SiteLight, other: SiteLight) -> None:
    for mine, yours in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, yours)


@pytest.mark.parametrize("until", [35, 48, 100, 149, 150])
def test_what_was_read_is_not_read_again(cells_read: list[int], until: int) -> None:
    before = read_light(part(slice(until)), PRESS, SITE, STENCILS)
    cells_read[:] = [0] * len(T_S)
    assert_same(read_light(WHOLE, PRESS, SITE, STENCILS, before), READ)
    assert [sample for sample, cells in enumerate(cells_read) if cells] == [*range(until, len(T_S))]


def test_a_window_that_ended_sooner_takes_what_it_holds(cells_read: list[int]) -> None:
    found = read_light(part(slice(100)), PRESS, SITE, STENCILS, READ)
    assert_same(
        found, READ._replace(t_s=T_S[:100], laid=READ.laid[:100], red_spread=READ.red_spread[:100])
    )
    assert not any(cells_read)


def test_a_window_that_begins_elsewhere_is_read_anew() -> None:
    later = part(slice(5, None))
    anew = read_light(later, PRESS, SITE, STENCILS)
    assert_same(read_light(later, PRESS, SITE, STENCILS, READ), anew)
    assert not np.array_equal(anew.red_spread, READ.red_spread[5:])


def test_a_site_that_rested_otherwise_is_read_anew() -> None:
    other = press_of(VISIT, 10.0, baseline_s=(0.0, 0.5))
    anew = read_light(WHOLE, other, SITE, STENCILS)
    assert_same(read_light(WHOLE, other, SITE, STENCILS, READ), anew)
    assert not np.array_equal(anew.red_spread, READ.red_spread)


def test_a_place_that_lies_elsewhere_is_read_alone(cells_read: list[int]) -> None:
    first, *others = STENCILS.placebos
    fewer = Stencils(STENCILS.site, tuple(others))
    before = read_light(part(slice(100)), PRESS, SITE, fewer)
    cells_read[:] = [0] * len(T_S)
    assert_same(read_light(WHOLE, PRESS, SITE, STENCILS, before), READ)
    assert set(cells_read[:100]) == {len(first.cells)}
    assert_same(read_light(WHOLE, PRESS, SITE, fewer, READ), read_light(WHOLE, PRESS, SITE, fewer))


def test_another_site_is_read_anew() -> None:
    site = site_of(Visit(2.0, 5.0, row=30, col=50, radius=8, pallor=0.2, tau_s=1.0))
    elsewhere = Stencils.of(RESTING, site, WHOLE.always_valid)
    found = read_light(WHOLE, PRESS, SITE, elsewhere, READ)
    assert_same(found, read_light(WHOLE, PRESS, SITE, elsewhere))
    assert not np.array_equal(found.laid[:, :, 0], READ.laid[:, :, 0])
