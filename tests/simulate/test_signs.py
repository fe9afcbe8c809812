"""Signs are painted as their truth says: in colour, place, pattern, and under a press."""

from __future__ import annotations

import dataclasses
import math
from typing import get_args

import numpy as np
import pytest

from perfusion_cam.simulate import (
    Blemish,
    PressTruth,
    Scenario,
    Sign,
    scene,
    sign_scenario,
    truth_of,
)
from perfusion_cam.simulate.arrays import FloatArray
from perfusion_cam.simulate.blemishes import BlemishKind
from perfusion_cam.simulate.scene import Scene
from perfusion_cam.simulate.signs import DESATURATED, SignKind, paint_signs
from perfusion_cam.simulate.skin import blood_axis

KINDS: tuple[SignKind, ...] = get_args(SignKind)
PRESS = PressTruth(0.8, 2.3, 160, 90, 24, approach_s=0.3, lift_s=0.2, yield_px=0.0, depth=1.0)
BASE = Scenario("test", seed=4, width=320, height=180, duration_s=3.0, full_well_e=math.inf)
MIDDLE = (slice(80, 100), slice(150, 170))


def _with(kind: SignKind | None, press: bool = False, **changes: object) -> Scenario:
    signs = () if kind is None else (Sign(kind, 160, 90, 50, **changes),)  # type: ignore[arg-type]
    return dataclasses.replace(BASE, signs=signs, presses=(PRESS,) if press else ())


def _log_light(scenario: Scenario, t_s: float = 0.0) -> FloatArray:
    return np.log(Scene(scenario, np.array([t_s])).linear(0))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "rash"}, "rash"),
        ({"strength": -0.1}, "strength"),
        ({"strength": 3.5}, "strength"),
        ({"radius_px": 1}, "radius_px"),
        ({"mesh_px": 2}, "mesh_px"),
    ],
)
def test_impossible_signs_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dataclasses.replace(Sign("pallor", 100, 100, 40), **wrong)  # type: ignore[arg-type]


def test_a_sign_must_lie_in_the_picture() -> None:
    with pytest.raises(ValueError, match="pallor at 400 px"):
        dataclasses.replace(BASE, signs=(Sign("pallor", 400, 90, 30),))


@pytest.mark.parametrize("fitzpatrick", range(1, 7))
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "mottling"])
def test_a_sign_has_its_colour_in_its_middle_and_none_far_away(
    kind: SignKind, fitzpatrick: int
) -> None:
    shown, bare = (
        _log_light(dataclasses.replace(_with(k), fitzpatrick=fitzpatrick)) for k in (kind, None)
    )
    change = shown - bare
    truth = Sign(kind, 160, 90, 50).colour(blood_axis(fitzpatrick))
    assert change[MIDDLE].mean(axis=(0, 1)) == pytest.approx(truth, rel=0.03)
    assert np.abs(change[:, :40]).max() < 1e-3


def test_moderate_is_what_the_docs_say() -> None:
    blood = np.array([0.17, 0.54, 0.51])
    colour = {kind: Sign(kind, 9, 9, 9).colour(blood) for kind in KINDS}
    assert colour["pallor"] == pytest.approx(0.3 * blood)
    assert colour["redness"] == pytest.approx(-0.3 * blood)
    red, green, blue = colour["duskiness"]
    assert red / green == pytest.approx(1.1, abs=0.15)
    assert blue > green
    assert colour["stain"][1] == pytest.approx(-0.5 * blood[1] * (1 - 1.5 * DESATURATED[1]))
    twice = Sign("stain", 9, 9, 9, strength=2.0).colour(blood)
    assert twice == pytest.approx(2 * colour["stain"])


@pytest.mark.parametrize("kind", ["pallor", "redness", "duskiness"])
def test_emptied_vessels_show_no_sign(kind: SignKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())
    pressed = _log_light(_with(kind, press=True), 2.2)[MIDDLE]
    plain = _log_light(_with(None, press=True), 2.2)[MIDDLE]
    assert np.abs(pressed - plain).max() < 0.01


def test_a_press_leaves_a_stain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())
    pressed = _log_light(_with("stain", press=True), 2.2) - _log_light(_with(None, press=True), 2.2)
    at_rest = _log_light(_with("stain")) - _log_light(_with(None))
    assert pressed[MIDDLE] == pytest.approx(at_rest[MIDDLE], abs=1e-3)


def test_strands_of_mottling_close_round_meshes() -> None:
    sign = Sign("mottling", 160, 90, 80, mesh_px=16)
    blood = blood_axis(2)
    in_vessels, outside = paint_signs((sign,), 7, 320, 180, 0, blood)
    assert not outside.any()
    share = in_vessels[..., 1] / sign.colour(blood)[1]
    inner = share[50:130, 120:200]
    strands = inner > 0.5
    assert 0.2 < strands.mean() < 0.6
    meshes, labels = scene.cv2.connectedComponents((~strands).astype(np.uint8), connectivity=4)
    areas = np.bincount(labels.ravel())[1:]
    expected = inner.size / 16**2
    assert 0.5 * expected < (areas > 30).sum() < 2.5 * expected
    assert meshes > 10
    assert inner.max() == pytest.approx(1.2, abs=0.35)


def test_the_same_seed_paints_the_same_signs() -> None:
    sign = Sign("mottling", 160, 90, 60)
    blood = blood_axis(3)
    first, again, other = (paint_signs((sign,), seed, 320, 180, 8, blood)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_only_the_sign_differs_between_scenarios_of_a_seed() -> None:
    plain, pale = (sign_scenario(kind, 1.0, 4, 5) for kind in (None, "pallor"))
    assert dataclasses.replace(pale, name=plain.name, signs=()) == plain
    assert sign_scenario("pallor", 2.0, 4, 5).signs[0].strength == 2.0
    assert pale == sign_scenario("pallor", 1.0, 4, 5)


def test_the_truth_tells_the_signs() -> None:
    document = truth_of(sign_scenario("stain", 2.0, 6, 1)).as_document()
    assert [(sign["kind"], sign["strength"]) for sign in document["signs"]] == [("stain", 2.0)]
    assert truth_of(BASE).as_document()["signs"] == []


def test_side_light_falls_from_left_to_right() -> None:
    lit = dataclasses.replace(BASE, side_light=0.8)
    fall = _log_light(lit) - _log_light(BASE)
    assert fall[:, :4].mean() - fall[:, -4:].mean() == pytest.approx(0.8, abs=0.03)
    assert np.abs(fall[..., 0] - fall[..., 2]).max() < 1e-3
    with pytest.raises(ValueError, match="side_light"):
        dataclasses.replace(BASE, side_light=4.0)


@pytest.mark.parametrize("kind", ["hair", "freckles", "shadow"])
def test_blemishes_are_dark_and_leave_the_rest(kind: BlemishKind) -> None:
    spotted = dataclasses.replace(BASE, blemishes=(Blemish(kind, 160, 90, 50),))
    change = _log_light(spotted) - _log_light(BASE)
    assert change[50:130, 120:200].mean() < -0.004
    assert change.max() < 0.02
    assert np.abs(change[:, :40]).max() < 1e-3
    red, green, blue = change[50:130, 120:200].reshape(-1, 3).mean(axis=0)
    if kind == "freckles":
        assert blue < green < red
    else:
        assert red == pytest.approx(blue, rel=0.1)


@pytest.mark.parametrize(
    ("wrong", "says"), [({"kind": "glitter"}, "glitter"), ({"radius_px": 1}, "radius_px")]
)
def test_impossible_blemishes_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dataclasses.replace(Blemish("hair", 100, 100, 40), **wrong)  # type: ignore[arg-type]
