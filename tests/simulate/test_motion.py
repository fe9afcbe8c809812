"""How tools move."""

import dataclasses

import numpy as np
import pytest

from perfusion_cam.simulate import PressTruth
from perfusion_cam.simulate.motion import press_pose

PRESS = PressTruth(2.0, 7.0, 160, 90, 24, lift_s=0.4, angle_deg=0.0)


@pytest.mark.parametrize("power", [1.4, 2.2, 3.0])
def test_a_leaving_tool_gathers_way_as_its_press_says(power: float) -> None:
    press = dataclasses.replace(PRESS, lift_power=power)
    poses = [press_pose(press, 7.0 + u_s, 200.0) for u_s in (0.1, 0.2, 0.3)]
    ways = [pose.x_px - press.x_px for pose in poses if pose is not None]
    assert ways == pytest.approx([200 * share**power for share in (0.25, 0.5, 0.75)])


def test_a_tool_rests_while_it_presses_and_is_gone_after_its_lift() -> None:
    rest = [press_pose(PRESS, float(t_s), 200.0) for t_s in np.linspace(2.0, 7.0, 5)]
    assert {(pose.x_px, pose.y_px, pose.height) for pose in rest if pose} == {(160, 90, 0.0)}
    assert None not in rest
    assert press_pose(PRESS, 7.41, 200.0) is None


def test_a_tool_that_does_not_go_all_the_way_stays_in_sight() -> None:
    press = dataclasses.replace(PRESS, lift_share=0.4)
    poses = [press_pose(press, t_s, 200.0) for t_s in (7.4, 8.0, 30.0)]
    assert [pose and pose.x_px for pose in poses] == pytest.approx([160 + 80.0] * 3)


def test_a_tool_that_comes_from_nearby_was_in_sight_before() -> None:
    press = dataclasses.replace(PRESS, approach_share=0.4)
    poses = [press_pose(press, t_s, 200.0) for t_s in (0.0, 1.6, press.contact_s)]
    assert [pose and pose.x_px for pose in poses] == pytest.approx([160 + 80.0, 160 + 80.0, 160.0])
