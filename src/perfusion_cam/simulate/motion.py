"""How a tool comes, presses and leaves, and how a hand passes by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perfusion_cam.simulate.arrays import FloatArray
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.scenario import PressTruth


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a tool is.

    Attributes
    ----------
    x_px, y_px : float
        Of its tip's middle, in pixels of the first picture.
    angle_deg : float
        Direction in which it sticks out.
    height : float
        0 on the skin, 1 well above it.
    """

    x_px: float
    y_px: float
    angle_deg: float
    height: float


def exit_px(points_px: FloatArray, angle_deg: float, width: int, height: int) -> float:
    """Distance along a direction after which none of some points is in the picture any more.

    Parameters
    ----------
    points_px : array (n, 2)
    angle_deg : float
        Direction, clockwise from the right.
    width, height : int
        Of the picture.
    """
    heading = np.array([np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))])
    heading = np.where(np.abs(heading) < 1e-9, 1e-9, heading)
    ways = np.stack([-points_px / heading, ((width, height) - points_px) / heading])
    enters, leaves = ways.min(axis=0).max(axis=1), ways.max(axis=0).min(axis=1)
    return float(np.max(leaves, where=leaves >= np.maximum(enters, 0.0), initial=0.0))


def press_pose(
    press: PressTruth, t_s: float, travel_px: float, lift_s: float | None = None
) -> Pose | None:
    """Where the tool of a press is at `t_s`, or None while it is out of the picture.

    The tool slows down as it comes near; at release it starts from rest, as a finger does, so that
    the site stays covered for a good part of `lift_s`.
    """
    lift = press.lift_s if lift_s is None else lift_s
    before, after = press.contact_s - t_s, t_s - press.release_s
    if before > press.approach_s and press.approach_share == 1:
        return None
    if after > lift and press.lift_share == 1:
        return None
    if before > 0:
        share = min(before / press.approach_s, 1.0)
        way, rise = press.approach_share * share**1.6, share**0.9
    elif after > 0:
        share = min(after / lift, 1.0)
        way = press.lift_share * share**press.lift_power
        rise = share ** (press.lift_power - 0.8)
    else:
        way = rise = 0.0
    a = np.deg2rad(press.angle_deg)
    far = travel_px * way
    return Pose(
        press.x_px + far * np.cos(a), press.y_px + far * np.sin(a), press.angle_deg, float(rise)
    )


def passing_pose(
    event: Event, t_s: float, width: int, height: int, tip_px: float, angle_deg: float
) -> Pose | None:
    """Where a hand that crosses above the skin is at `t_s`: in, perhaps a pause, and out."""
    share = (t_s - event.start_s) / event.duration_s
    if not 0 <= share <= 1:
        return None
    pause = event.pause_s / event.duration_s
    move = (1 - pause) / 2
    if share < move:
        way = 0.5 * (1 - (1 - share / move) ** 2)
    elif share < move + pause:
        way = 0.5
    else:
        way = 0.5 + 0.5 * ((share - move - pause) / move) ** 2
    reach = 0.5 * height + 2 * tip_px
    a = np.deg2rad(angle_deg)
    # Comes in from the side of its shaft, sweeps across, leaves to the same side.
    sweep = (way - 0.5) * 0.6 * width
    out = reach * abs(2 * way - 1) ** 1.3 * 1.6
    return Pose(
        0.5 * width + sweep * np.sin(a) + out * np.cos(a),
        0.5 * height - sweep * np.cos(a) * 0.4 + out * np.sin(a),
        angle_deg,
        0.5,
    )


def stroking_pose(
    event: Event, t_s: float, width: int, height: int, travel_px: float, angle_deg: float
) -> Pose | None:
    """Where a finger that strokes the skin is at `t_s`: comes down, slides to and fro, leaves."""
    share = (t_s - event.start_s) / event.duration_s
    if not 0 <= share <= 1:
        return None
    slide = 0.2 * width * np.sin(2 * np.pi * 0.7 * (t_s - event.start_s))
    edge = min(share, 1 - share) * event.duration_s
    away = max(0.0, 1 - edge / 0.35) ** 1.6
    a = np.deg2rad(angle_deg)
    return Pose(
        0.5 * width + slide * np.sin(a) + away * travel_px * np.cos(a),
        0.5 * height - slide * np.cos(a) + away * travel_px * np.sin(a),
        angle_deg,
        float(away),
    )
