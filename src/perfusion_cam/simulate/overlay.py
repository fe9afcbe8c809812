"""What comes between skin and camera: tools, hands, their shadows, glints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import Float32Array, FloatArray
from perfusion_cam.simulate.camera import shift
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.glint import Glint
from perfusion_cam.simulate.motion import (
    Pose,
    exit_px,
    passing_pose,
    press_pose,
    stroking_pose,
)
from perfusion_cam.simulate.mouth import Mouth
from perfusion_cam.simulate.scenario import PressTruth, Scenario
from perfusion_cam.simulate.tool import Sprite, paint_tool

SHUTTER_S = 1 / 60
"""Time during which a picture gathers light: what moves in it is smeared."""

_SHADOW_SHRINK = 4


class Overlay(Protocol):
    def lay_over(self, light: Float32Array, t_s: float, to_frame: FloatArray) -> Float32Array:
        """Change the light (height, width, 3) of the skin at `t_s` and return it."""


class MovingTool:
    """A painted tool on its path, with its shadow.

    Parameters
    ----------
    sprite : Sprite
    pose : callable
        Time to pose, None while absent.
    shadow_pose : callable
        The same for the shadow, which may leave later.
    light_deg : float
        Direction in which shadows fall.
    """

    def __init__(
        self,
        sprite: Sprite,
        pose: Callable[[float], Pose | None],
        shadow_pose: Callable[[float], Pose | None],
        light_deg: float,
    ) -> None:
        self._sprite = sprite
        self._pose = pose
        self._shadow_pose = shadow_pose
        self._light = np.deg2rad(light_deg)
        small = cv2.resize(
            sprite.light[..., 3],
            None,
            fx=1 / _SHADOW_SHRINK,
            fy=1 / _SHADOW_SHRINK,
            interpolation=cv2.INTER_AREA,
        )
        self._mask = np.asarray(small, dtype=np.float32)

    def lay_over(self, light: Float32Array, t_s: float, to_frame: FloatArray) -> Float32Array:
        shadow_pose = self._shadow_pose(t_s)
        if shadow_pose is not None:
            shaded = cv2.multiply(light, self._shadow(shadow_pose, light.shape, to_frame))
            light = np.asarray(shaded, dtype=np.float32)
        poses = self._open_shutter(t_s)
        if poses:
            light = self._blend(light, [to_frame @ placed(self._sprite, pose) for pose in poses])
        return light

    def _open_shutter(self, t_s: float) -> list[Pose]:
        """Where the tool is while the shutter is open: the more poses, the faster it moves."""
        pose = self._pose(t_s)
        if pose is None:
            return []
        later = self._pose(t_s + SHUTTER_S) or pose
        moved = np.hypot(later.x_px - pose.x_px, later.y_px - pose.y_px)
        count = int(np.clip(np.ceil(moved / 5.0), 1, 6))
        if count == 1:
            return [pose]
        poses = [self._pose(t_s + SHUTTER_S * (k + 0.5) / count) for k in range(count)]
        return [at if at is not None else pose for at in poses]

    def _blend(self, light: Float32Array, placements: list[FloatArray]) -> Float32Array:
        """Lay the mean of the tool at several places over the light, where it is in sight."""
        x0, y0, x1, y1 = self._in_sight(placements, light.shape)
        if x1 <= x0 or y1 <= y0:
            return light
        layer = np.zeros((y1 - y0, x1 - x0, 4), dtype=np.float32)
        for placement in placements:
            part = cv2.warpAffine(
                self._sprite.light,
                (shift(-x0, -y0) @ placement)[:2],
                (x1 - x0, y1 - y0),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT,
                borderValue=(0, 0, 0, 0),
            )
            layer += part
        # Light of the tool, and how much skin shows through, in two products of matrices.
        share = 1.0 / len(placements)
        own = cv2.transform(layer, np.eye(3, 4) * share)
        through = cv2.transform(layer, np.array([[0, 0, 0, -share, 1.0]] * 3))
        out = light.copy()
        out[y0:y1, x0:x1] = cv2.add(cv2.multiply(light[y0:y1, x0:x1], through), own)
        return out

    def _in_sight(
        self, placements: list[FloatArray], shape: tuple[int, ...]
    ) -> tuple[int, int, int, int]:
        """Find the part of the picture (x0, y0, x1, y1) that holds the tool."""
        height, width = self._sprite.light.shape[:2]
        corners = np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
        spots = np.concatenate([(placement @ corners)[:2] for placement in placements], axis=1)
        low, high = np.floor(spots.min(axis=1)) - 1, np.ceil(spots.max(axis=1)) + 1
        return (
            max(0, int(low[0])),
            max(0, int(low[1])),
            min(shape[1], int(high[0])),
            min(shape[0], int(high[1])),
        )

    def _shadow(self, pose: Pose, shape: tuple[int, ...], to_frame: FloatArray) -> Float32Array:
        """Work out what the tool's shadow leaves of the light, (height, width, 3)."""
        sprite = self._sprite
        near = sprite.half_width_px * (0.7 if sprite.broad else 0.18)
        far = sprite.half_width_px * (1.6 if sprite.broad else 1.3)
        away = near + far * pose.height
        cast = shift(away * np.cos(self._light), away * np.sin(self._light))
        shrink = np.diag([1 / _SHADOW_SHRINK, 1 / _SHADOW_SHRINK, 1.0])
        small = cv2.warpAffine(
            self._mask,
            (shrink @ to_frame @ cast @ placed(self._sprite, pose) @ np.linalg.inv(shrink))[:2],
            (shape[1] // _SHADOW_SHRINK, shape[0] // _SHADOW_SHRINK),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
        soft = near * (0.8 if sprite.broad else 0.7) + 0.6 * far * pose.height
        small = cv2.GaussianBlur(small, (0, 0), max(0.8, soft / _SHADOW_SHRINK))
        strength = (0.10 if sprite.clear else 0.55 if sprite.broad else 0.45) * (
            1 - 0.45 * pose.height
        )
        # Skin throws warm light into the shadow.
        tint = np.array([0.92, 1.0, 1.02]) * strength
        left = cv2.transform(small, np.column_stack([-tint, np.ones(3)]))
        return np.asarray(
            cv2.resize(left, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR),
            dtype=np.float32,
        )


def placed(sprite: Sprite, pose: Pose) -> FloatArray:
    """Matrix (3, 3) from sprite pixels to pixels of the first picture."""
    a = np.deg2rad(pose.angle_deg)
    grow = 1.0 + 0.12 * pose.height
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.0]])
    anchor_x, anchor_y = sprite.anchor
    return np.asarray(
        shift(pose.x_px, pose.y_px)
        @ turn
        @ np.diag([grow, grow, 1.0])
        @ shift(-anchor_x, -anchor_y)
    )


def _outline_px(sprite: Sprite, placement: FloatArray) -> FloatArray:
    """Pick points (n, 2) of a placed sprite, close enough to stand for all of it."""
    step = max(1, round(sprite.half_width_px / 6))
    rows, cols = np.nonzero(sprite.light[::step, ::step, 3] > 0)
    points = np.stack([cols * step, rows * step, np.ones(len(rows))])
    return np.asarray((placement @ points)[:2].T)


class HardShadow:
    """The shadow of a hand under a small lamp: its edge is sharp, and the hand is out of sight.

    Parameters
    ----------
    event : Event
    width, height : int
        Of the picture.
    rng : numpy.random.Generator
        Decides its size and the side it comes from.
    reach_px : float
        Length of the forearm.
    """

    def __init__(
        self, event: Event, width: int, height: int, rng: np.random.Generator, reach_px: float
    ) -> None:
        self._event, self._width, self._height = event, width, height
        self._sprite = paint_tool("hand", rng, width * float(rng.uniform(0.02, 0.06)), reach_px, 3)
        self._angle_deg = float(rng.uniform(0, 360))

    def lay_over(self, light: Float32Array, t_s: float, to_frame: FloatArray) -> Float32Array:
        sprite = self._sprite
        half_px = sprite.half_width_px
        pose = passing_pose(self._event, t_s, self._width, self._height, half_px, self._angle_deg)
        if pose is None:
            return light
        dark = cv2.warpAffine(
            sprite.light[..., 3],
            (to_frame @ placed(sprite, pose))[:2],
            light.shape[1::-1],
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        )
        # Skin throws warm light into the shadow.
        tint = np.array([0.92, 1.0, 1.02], np.float32) * np.float32(abs(self._event.strength))
        return np.asarray(light * np.exp(-dark[..., None] * tint), dtype=np.float32)


def overlays_of(scenario: Scenario) -> tuple[Overlay, ...]:
    """Tools and glints of a scenario, lowest first."""
    rng = np.random.default_rng([scenario.seed, 61])
    light_deg = float(rng.uniform(0, 360))
    hand = scenario.hand_fitzpatrick or scenario.fitzpatrick
    reach_px = 1.6 * float(np.hypot(scenario.width, scenario.height))
    overlays: list[Overlay] = []
    for event in scenario.events:
        if event.kind == "glint":
            overlays.append(Glint(event, scenario.width, scenario.height, rng))
        elif event.kind == "shadow":
            size = (scenario.width, scenario.height)
            overlays.append(HardShadow(event, *size, rng, reach_px))
        elif event.kind == "talking":
            overlays.append(Mouth(event, scenario.width, scenario.height, rng))
        elif event.kind in ("hand-passes", "stroking"):
            overlays.append(_unpressing(event, scenario, hand, reach_px, light_deg, rng))
    for presses in _by_tool(scenario.presses):
        overlays.append(_pressing(presses, scenario, hand, reach_px, light_deg, rng))
    return tuple(overlays)


def _by_tool(presses: tuple[PressTruth, ...]) -> list[list[PressTruth]]:
    """Presses, those of a tool that stays in sight between them together."""
    tools: list[list[PressTruth]] = []
    for press in presses:
        if press.approach_share == 1 or not tools:
            tools.append([])
        tools[-1].append(press)
    return tools


def _pressing(
    presses: list[PressTruth],
    scenario: Scenario,
    hand: int,
    reach_px: float,
    light_deg: float,
    rng: np.random.Generator,
) -> MovingTool:
    """The tool of one press, or of several between which it stays in sight."""
    press = presses[0]
    sprite = paint_tool(press.tool, rng, press.radius_px, reach_px, hand)
    resting = placed(sprite, Pose(press.x_px, press.y_px, press.angle_deg, 0.0))
    travel_px = 1.5 * sprite.half_width_px + exit_px(
        _outline_px(sprite, resting), press.angle_deg, scenario.width, scenario.height
    )
    lags = 1.8 if sprite.broad else 1.15

    def at(t_s: float) -> PressTruth:
        return next(
            (one for one in reversed(presses) if one.contact_s - one.approach_s <= t_s), press
        )

    return MovingTool(
        sprite,
        lambda t_s: press_pose(at(t_s), t_s, travel_px),
        lambda t_s: press_pose(at(t_s), t_s, 1.3 * travel_px, lags * at(t_s).lift_s),
        light_deg,
    )


def _unpressing(
    event: Event,
    scenario: Scenario,
    hand: int,
    reach_px: float,
    light_deg: float,
    rng: np.random.Generator,
) -> MovingTool:
    size = (scenario.width, scenario.height)
    strokes = event.kind == "stroking"
    sprite = paint_tool("finger" if strokes else "hand", rng, 0.05 * scenario.width, reach_px, hand)
    angle_deg = float(rng.uniform(0, 360))

    def pose(t_s: float) -> Pose | None:
        if strokes:
            return stroking_pose(event, t_s, *size, reach_px, angle_deg)
        return passing_pose(event, t_s, *size, sprite.half_width_px, angle_deg)

    return MovingTool(sprite, pose, pose, light_deg)
