"""A limb against what it lies on: where the border runs, what moves and what does not."""

import dataclasses
import hashlib
import math

import cv2
import numpy as np
import pytest

from perfusion_cam.simulate import Background, PressTruth, Scenario, scene, truth_of
from perfusion_cam.simulate.arrays import FloatArray, linear_from_srgb
from perfusion_cam.simulate.camera import Shake, limb_shift

GROUND = Background((128, 128, 128), angle_deg=0.0, border_px=60.0, back_s=2.0, stays=0.25)
PRESS = PressTruth(
    0.8, 2.3, 120, 90, 18, approach_s=0.3, lift_s=0.2, yield_px=0.0, limb_px=8.0, angle_deg=180.0
)
BARE = Scenario("bare", seed=4, width=320, height=180, duration_s=16.0, full_well_e=math.inf)
LYING = dataclasses.replace(BARE, presses=(PRESS,), background=GROUND)


@pytest.fixture
def without_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())


def linear(scenario: Scenario, *t_s: float) -> list[FloatArray]:
    drawn = scene.Scene(scenario, np.array(t_s))
    return [drawn.linear(index) for index in range(len(t_s))]


def skin_share(ground: Background) -> FloatArray:
    return ground.cover(320, 180, 0)[..., 0]


@pytest.mark.parametrize(
    ("angle_deg", "border_px", "bend_px", "x_px", "y_px"),
    [
        (0.0, 60.0, 0.0, 220.0, 90.0),
        (180.0, 40.0, 0.0, 120.0, 90.0),
        (90.0, 30.0, 0.0, 160.0, 120.0),
        (0.0, 60.0, 40.0, 210.0, 170.0),  # half of the way out along it: a quarter of the bend
        (45.0, 0.0, 0.0, 200.0, 50.0),
    ],
)
def test_the_border_runs_where_it_is_told(
    angle_deg: float, border_px: float, bend_px: float, x_px: float, y_px: float
) -> None:
    ground = dataclasses.replace(GROUND, angle_deg=angle_deg, border_px=border_px, bend_px=bend_px)
    share = skin_share(ground)
    a = math.radians(angle_deg)
    assert share[round(y_px), round(x_px)] == pytest.approx(0.5, abs=0.01)
    for away_px, expected in ((2.0, 0.0), (-2.0, 1.0)):
        x, y = x_px + away_px * math.cos(a), y_px + away_px * math.sin(a)
        assert share[round(y), round(x)] == expected


def test_a_slender_limb_ends_on_both_sides() -> None:
    share = skin_share(dataclasses.replace(GROUND, limb_width_px=100.0))
    assert share.sum(axis=1) == pytest.approx(np.full(180, 100.0), abs=0.1)
    assert share[:, 119].max() == 0.0
    assert share[:, 122:219].min() == 1.0


@pytest.mark.parametrize("surface", ["table", "cloth"])
@pytest.mark.parametrize("grey", [40, 128, 215])
def test_the_ground_has_its_colour_and_texture_and_the_skin_stays_skin(
    surface: str, grey: int
) -> None:
    ground = dataclasses.replace(GROUND, srgb=(grey, grey, grey), surface=surface)
    ((lying,), (bare,)) = (
        linear(dataclasses.replace(BARE, background=lies_on), 0.0) for lies_on in (ground, False)
    )
    beside = np.log(lying[:, 265:])
    assert beside.mean() == pytest.approx(math.log(linear_from_srgb(grey)), abs=0.1)
    assert beside.std() > 0.03
    np.testing.assert_allclose(lying[:, :180], bare[:, :180], rtol=1e-5)


@pytest.mark.usefixtures("without_tool")
def test_the_ground_stays_while_the_limb_is_pushed_over_it() -> None:
    """Pushed to the right, against a tool that sticks out to the left."""
    rest, held = linear(LYING, 0.0, 2.3)
    np.testing.assert_array_equal(held[:, 262:], rest[:, 262:])
    assert np.abs(np.log(held[:, 222:226] / rest[:, 222:226])).mean() > 0.2
    bare = dataclasses.replace(PRESS, depth=0.0)
    rest, held = linear(dataclasses.replace(LYING, presses=(bare,)), 0.0, 2.3)
    np.testing.assert_allclose(held[:, 12:210], rest[:, 4:202], atol=2e-3)


def test_a_shaken_camera_moves_limb_and_ground_alike() -> None:
    shaken = dataclasses.replace(LYING, presses=(), shake_px=8.0, shake_deg=2.0)
    rest, later = linear(shaken, 0.0, 1.3)
    back = cv2.warpAffine(
        later, Shake(shaken).to_frame(1.3)[:2], (320, 180), flags=cv2.WARP_INVERSE_MAP
    )
    inner = (slice(20, 160), slice(20, 300))
    smooth = [np.log(cv2.GaussianBlur(seen, (0, 0), 4.0)[inner]) for seen in (rest, back)]
    a_pixel_off = np.abs(np.diff(smooth[0], axis=1)).max()
    assert np.abs(smooth[1] - smooth[0]).max() < 0.5 * a_pixel_off


@pytest.mark.usefixtures("without_tool")
def test_a_limb_comes_back_in_its_own_time_and_not_all_of_its_way() -> None:
    way_px = [limb_shift(LYING, t_s)[0, 2] for t_s in (0.5, 2.3, 4.3, 60.0)]
    assert way_px == pytest.approx([0.0, 8.0, 8.0 * (0.25 + 0.75 * math.exp(-1.0)), 2.0], abs=0.01)
    unblanched = dataclasses.replace(PRESS, depth=0.0)
    dark = dataclasses.replace(GROUND, srgb=(0, 0, 0))
    drawn = linear(
        dataclasses.replace(LYING, presses=(unblanched,), background=dark), 0.5, 2.3, 4.3, 15.9
    )
    lit_px = [(seen[90, 180:, 1] > 0.03).sum() for seen in drawn]
    assert np.subtract(lit_px, lit_px[0]) == pytest.approx(way_px, abs=1.1)


@pytest.mark.usefixtures("without_tool")
def test_the_site_goes_with_the_limb_and_its_truth_does_not_change() -> None:
    still = dataclasses.replace(LYING, presses=(dataclasses.replace(PRESS, limb_px=0.0),))
    for t_s in (2.3, 2.6):
        unmoved, moved = _blanched_px(still, t_s), _blanched_px(LYING, t_s)
        assert unmoved == pytest.approx([PRESS.x_px, PRESS.y_px], abs=1.5)
        way_px = limb_shift(LYING, t_s)[:2, 2]
        assert way_px[0] > 6
        assert moved - unmoved == pytest.approx(way_px, abs=0.1)
    pushed, left = truth_of(LYING).presses[0], truth_of(still).presses[0]
    assert (pushed.t50_s, pushed.t90_s, pushed.t95_s) == (left.t50_s, left.t90_s, left.t95_s)


def _blanched_px(scenario: Scenario, t_s: float) -> FloatArray:
    """Middle (2,) of what is paler than it would be without blanching."""
    bare = tuple(dataclasses.replace(press, depth=0.0) for press in scenario.presses)
    (seen,), (without,) = (
        linear(of, t_s) for of in (scenario, dataclasses.replace(scenario, presses=bare))
    )
    paler = np.maximum(np.log(seen / without)[..., 1], 0.0)
    ys, xs = np.mgrid[: paler.shape[0], : paler.shape[1]]
    return np.array([(paler * at).sum() / paler.sum() for at in (xs, ys)])


def test_two_pushes_leave_the_limb_twice_as_far_off() -> None:
    again = dataclasses.replace(PRESS, contact_s=6.0, release_s=8.0)
    twice = dataclasses.replace(LYING, presses=(PRESS, again))
    assert limb_shift(twice, 60.0)[0, 2] == pytest.approx(4.0, abs=0.01)
    assert all(np.isfinite(seen).all() for seen in linear(twice, 0.0, 7.0))


def test_skin_all_over_the_picture_is_drawn_as_ever() -> None:
    """Digests of pictures drawn before limbs lay on anything."""
    press = dataclasses.replace(PRESS, x_px=160, radius_px=24, yield_px=2.0, limb_px=4.0)
    skin = dataclasses.replace(
        BARE,
        presses=(dataclasses.replace(press, lift_s=0.25, angle_deg=35.0),),
        duration_s=3.0,
        shake_px=3.0,
        pulse=0.01,
        exposure="smooth",
        full_well_e=6000.0,
    )
    drawn = scene.Scene(skin, np.array([0.0, 1.5, 2.45]))
    digests = [hashlib.sha256(drawn.picture(i).tobytes()).hexdigest()[:16] for i in range(3)]
    assert digests == ["b6f7d8f6a61eced1", "225f036e1da48fce", "5ce0f729ca055a30"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"srgb": (0, 0, 256)}, "srgb"),
        ({"surface": "water"}, "water"),
        ({"limb_width_px": 5.0}, "limb_width_px"),
        ({"back_s": 0.0}, "back_s"),
        ({"stays": 1.5}, "stays"),
    ],
)
def test_impossible_backgrounds_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dataclasses.replace(GROUND, **wrong)  # type: ignore[arg-type]


def test_a_table_lies_on_nothing() -> None:
    with pytest.raises(ValueError, match="all is table"):
        dataclasses.replace(BARE, surface="table", background=GROUND)
