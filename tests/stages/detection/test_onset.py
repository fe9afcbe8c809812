"""When a tool began to leave, also where it was gone by the next picture."""

from __future__ import annotations

import numpy as np
import pytest
from stacks import SHAPE, Visit, samples, stack, times

from perfusion_cam.stages.detection import PressDetector
from perfusion_cam.types import Press

RELEASE_S = 9.0


def press_in(t_s: np.ndarray, visit: Visit) -> Press:
    detector = PressDetector(SHAPE)
    found = [one for taken in samples(t_s, stack(t_s, [visit])) for one in detector.push(taken)]
    (item,) = found + detector.flush()
    return item.press


@pytest.mark.parametrize("rate_hz", [3.0, 5.0, 15.0])
def test_a_tool_that_is_gone_by_the_next_picture_left_in_the_middle_on_average(
    rate_hz: float,
) -> None:
    late_s, z = [], []
    for part in (np.arange(8) + 0.5) / 8:
        release_s = RELEASE_S + part / rate_hz
        press = press_in(times(13.0, rate_hz), Visit(4.0, release_s, travel_s=0.2))
        late_s.append(press.release_s - release_s)
        z.append(late_s[-1] / press.release_se_s)
    assert abs(np.mean(late_s)) < 0.25 / rate_hz
    assert np.max(np.abs(z)) < 2.0


@pytest.mark.parametrize("gap_s", [0.15, 0.3])
def test_a_gap_at_release_is_known_no_better_than_the_gap_is_long(gap_s: float) -> None:
    for part in (0.1, 0.5, 0.9):
        t_s = times(13.0, 30.0)
        kept = (t_s < RELEASE_S - part * gap_s) | (t_s > RELEASE_S + (1 - part) * gap_s)
        press = press_in(t_s[kept], Visit(4.0, RELEASE_S, travel_s=0.1))
        assert abs(press.release_s - RELEASE_S) < 2 * press.release_se_s
        assert gap_s / 4 < press.release_se_s < gap_s
