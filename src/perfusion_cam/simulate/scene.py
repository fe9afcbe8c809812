"""The picture at one moment: skin, blanch, tools, shadows, light, camera, noise."""

from __future__ import annotations

import math

import cv2
import numpy as np

from perfusion_cam.simulate.arrays import ByteArray, Float32Array, FloatArray
from perfusion_cam.simulate.blanch import Blanch
from perfusion_cam.simulate.blemishes import paint_blemishes
from perfusion_cam.simulate.camera import Shake, limb_shift, pressed, shift
from perfusion_cam.simulate.exposure import flicker_gain, log_gain, metered_gain
from perfusion_cam.simulate.overlay import Overlay, overlays_of
from perfusion_cam.simulate.scenario import Scenario
from perfusion_cam.simulate.sensor import Sensor
from perfusion_cam.simulate.signs import paint_signs
from perfusion_cam.simulate.skin import blood_axis, paint_skin, paint_table
from perfusion_cam.simulate.surface import paint_surface
from perfusion_cam.simulate.truth import blanches_of
from perfusion_cam.simulate.vasomotion import Vasomotion

_LEAST_BLANCH = 2e-4


class Scene:
    """Everything of a scenario that is drawn once, and the picture at each capture time.

    Parameters
    ----------
    scenario : Scenario
    t_s : array (n,)
        Capture times.
    """

    def __init__(self, scenario: Scenario, t_s: FloatArray) -> None:
        self.t_s = t_s
        self._scenario = scenario
        self._shake = Shake(scenario)
        self._log_gain = log_gain(scenario, t_s)
        self._blanches = blanches_of(scenario)
        blanches = scenario.surface == "skin"
        self._blood = (blanches * blood_axis(scenario.fitzpatrick)).astype(np.float32)
        self._margin = _margin_px(scenario)
        self._blood_here: Float32Array | None = None
        self._skin = self._paint()
        self._ground = self._paint_ground()
        self._vasomotion = Vasomotion(scenario, self._skin.shape[:2])
        self._overlays: tuple[Overlay, ...] = overlays_of(scenario)
        ev = scenario.metered_ev
        exposure = 1.0 if ev is None else metered_gain(ev, self.linear(0))
        self._sensor = Sensor(scenario, exposure)

    def _paint(self) -> Float32Array:
        """Paint the skin at rest, larger than the picture by a margin on each side."""
        scenario = self._scenario
        rng = np.random.default_rng([scenario.seed, 5])
        width, height = scenario.width + 2 * self._margin, scenario.height + 2 * self._margin
        if scenario.surface != "skin":
            return paint_surface(rng, width, height, scenario.surface, scenario.width / 1280)
        skin = paint_skin(rng, width, height, scenario.fitzpatrick, scenario.width / 1280)
        if scenario.signs:
            in_vessels, outside = paint_signs(
                scenario.signs, scenario.seed, width, height, self._margin, self._blood
            )
            skin = skin * np.exp(in_vessels + outside)
            self._blood_here = self._blood - in_vessels
        if scenario.blemishes:
            unit_px = scenario.width / 1280
            skin = skin * np.exp(
                paint_blemishes(
                    scenario.blemishes, scenario.seed, width, height, self._margin, unit_px
                )
            )
        skin = self._lit(skin)
        if scenario.background is True:
            angle = rng.uniform(15, 50) * rng.choice([-1, 1])
            skin = paint_table(rng, skin, angle, 0.36 * scenario.width)
        return skin

    def _paint_ground(self) -> tuple[Float32Array, Float32Array] | None:
        """Paint what the limb lies on, and where it hides that, both with the skin's margin."""
        scenario, ground = self._scenario, self._scenario.lies_on
        if ground is None:
            return None
        light = paint_surface(
            np.random.default_rng([scenario.seed, 89]),
            scenario.width + 2 * self._margin,
            scenario.height + 2 * self._margin,
            ground.surface,
            scenario.width / 1280,
            ground.srgb,
        )
        return self._lit(light), ground.cover(scenario.width, scenario.height, self._margin)

    def _lit(self, light: Float32Array) -> Float32Array:
        """Let the light fall from left to right."""
        scenario, width = self._scenario, light.shape[1]
        if not scenario.side_light:
            return light
        across = np.linspace(0.5, -0.5, width, dtype=np.float32) * width / scenario.width
        falls = np.exp(np.float32(scenario.side_light) * across)[:, None]
        return np.asarray(light * falls, dtype=np.float32)

    def linear(self, index: int) -> Float32Array:
        """Render linear light (height, width, 3) of picture `index`, before gain and noise."""
        scenario, t_s = self._scenario, float(self.t_s[index])
        at_rest = self._shake.to_frame(t_s)
        to_frame = at_rest @ limb_shift(scenario, t_s)
        light = self._seen(self._skin_at(t_s), to_frame)
        if self._ground is not None:
            ground, cover = self._ground
            ground = self._seen(ground, at_rest)
            skin_share, shade = np.split(self._seen(cover, to_frame), 2, axis=2)
            light = shade * (ground + skin_share * (light - ground))
        for overlay in self._overlays:
            light = overlay.lay_over(light, t_s, to_frame)
        if scenario.blur_px:
            light = np.asarray(cv2.GaussianBlur(light, (0, 0), scenario.blur_px), np.float32)
        return light

    def _seen(self, painted: Float32Array, to_frame: FloatArray) -> Float32Array:
        """Move what was painted with a margin to where the picture shows it."""
        scenario = self._scenario
        return np.asarray(
            cv2.warpAffine(
                painted,
                (to_frame @ shift(-self._margin, -self._margin))[:2],
                (scenario.width, scenario.height),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT_101,
            ),
            dtype=np.float32,
        )

    def picture(self, index: int) -> ByteArray:
        """Render sRGB (height, width, 3) of picture `index`; to be asked for in order."""
        scenario, t_s = self._scenario, float(self.t_s[index])
        beat = self._pulse(t_s) * self._blood
        tint = scenario.tint * np.array([0.5, 0.0, -0.5])
        light = self.linear(index)
        if scenario.flicker:
            light = light * flicker_gain(scenario, t_s)
        return self._sensor.expose(light, np.exp(self._log_gain[index] + beat + tint))

    def _pulse(self, t_s: float) -> float:
        """Missing blood with the heart beat, none at time 0."""
        swing = 2 * math.pi * 1.15 * t_s
        beat = math.sin(swing) + 0.35 * math.sin(2 * swing + 0.8) - 0.35 * math.sin(0.8)
        return -0.5 * self._scenario.pulse * beat

    def _skin_at(self, t_s: float) -> Float32Array:
        """Return the skin with its blanches and dents, margin included."""
        skin = self._vasomotion.paint(self._skin, t_s, self._blood)
        emptied: Float32Array | None = None
        for blanch in self._blanches:
            if t_s <= blanch.press.contact_s:
                continue
            missing = blanch.missing(t_s)
            dent_px = blanch.press.yield_px * pressed(blanch.press, t_s, out_s=blanch.press.creep_s)
            slight = np.abs(missing).max() < _LEAST_BLANCH and dent_px < 0.02
            if slight and emptied is None:
                continue
            if skin is self._skin:
                skin = self._skin.copy()
            if emptied is None:
                emptied = np.zeros(skin.shape[:2], np.float32)
            self._press_patch(skin, emptied, blanch, missing, t_s, dent_px)
        return skin

    def _press_patch(
        self,
        skin: Float32Array,
        emptied: Float32Array,
        blanch: Blanch,
        missing: Float32Array,
        t_s: float,
        dent_px: float,
    ) -> None:
        """Blanch and push aside the skin of one patch, in place.

        `emptied` (height, width) is the share of blood that presses have left missing, likewise.
        """
        height, width = skin.shape[:2]
        y0, x0 = blanch.y0_px + self._margin, blanch.x0_px + self._margin
        top, left = max(0, y0), max(0, x0)
        bottom, right = min(height, y0 + len(missing)), min(width, x0 + len(missing))
        part = slice(top - y0, bottom - y0), slice(left - x0, right - x0)
        patch, before = skin[top:bottom, left:right], emptied[top:bottom, left:right]
        together = blanch.upon(before, missing[part], part, t_s)
        more = together - before
        before[:] = together
        blood = self._blood
        if self._blood_here is not None:
            blood = self._blood_here[top:bottom, left:right]
        blanched = patch * np.exp(more[..., None] * blood)
        if dent_px >= 0.02:
            press = blanch.press
            ys, xs = np.mgrid[0 : bottom - top, 0 : right - left].astype(np.float32)
            across = xs + left - self._margin - press.x_px
            down = ys + top - self._margin - press.y_px
            near = np.maximum(0, 1 - (across**2 + down**2) / (3 * press.radius_px) ** 2) ** 2
            a = math.radians(press.angle_deg)
            push = (dent_px * near).astype(np.float32)
            blanched = cv2.remap(
                blanched,
                xs + push * np.float32(math.cos(a)),
                ys + push * np.float32(math.sin(a)),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        patch[:] = blanched


def _margin_px(scenario: Scenario) -> int:
    """How much more skin than the picture must be drawn for the camera's and limb's motion."""
    turn = math.radians(scenario.shake_deg) * math.hypot(scenario.width, scenario.height) / 2
    ways = [press.limb_px for press in scenario.presses]
    limb = max(ways, default=0.0)
    if scenario.lies_on is not None:
        limb += scenario.lies_on.stays * (sum(ways) - limb)
    return math.ceil(scenario.shake_px + turn + limb) + 8
