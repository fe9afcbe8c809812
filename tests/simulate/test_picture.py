"""Pictures against the truth that made them."""

import dataclasses
import itertools
import math

import numpy as np
import pytest

from perfusion_cam.simulate import Curve, Event, PressTruth, Scenario, frames, scene, truth_of
from perfusion_cam.simulate.arrays import ByteArray, FloatArray, linear_from_srgb
from perfusion_cam.simulate.camera import Shake
from perfusion_cam.simulate.curve import CurveKind
from perfusion_cam.simulate.render import frame_times_s
from perfusion_cam.simulate.skin import FULL_BLANCH_SRGB, RESTING_SRGB

PRESS = PressTruth(0.8, 2.3, 160, 90, 24, approach_s=0.3, lift_s=0.2, yield_px=0.0)
BASE = Scenario(
    "test", seed=4, width=320, height=180, duration_s=3.0, presses=(PRESS,), full_well_e=math.inf
)


def _site_against_ring(rgb: ByteArray, press: PressTruth) -> FloatArray:
    """Natural-log light of the site against the skin around it, (3,)."""
    ys, xs = np.mgrid[0 : rgb.shape[0], 0 : rgb.shape[1]]
    distance = np.hypot(xs - press.x_px, ys - press.y_px) / press.radius_px
    light = np.log(np.maximum(linear_from_srgb(rgb), 1e-4))
    site, ring = light[distance < 0.9], light[(distance > 2.0) & (distance < 2.8)]
    return np.asarray(site.mean(axis=0) - ring.mean(axis=0))


@pytest.mark.parametrize("kind", ["exp", "two-rate", "sigmoid", "overshoot"])
@pytest.mark.parametrize("fitzpatrick", [1, 6])
def test_pixels_refill_when_the_truth_says(
    kind: CurveKind, fitzpatrick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its tool, the press is seen from first to last."""
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())
    press = dataclasses.replace(PRESS, curve=Curve(kind, tau_s=0.35), uneven=0.1)
    scenario = dataclasses.replace(BASE, presses=(press,), fitzpatrick=fitzpatrick, duration_s=5.5)
    seen = [
        (t, _site_against_ring(rgb, press)[1]) for t, rgb in frames(scenario) if t < 0.1 or t > 2
    ]
    t_s, green = np.array(seen).T
    rest = green[t_s < 0.1].mean()
    pressed_out = green[(t_s > 2) & (t_s <= 2.3)].mean() - rest
    back = 1 - (green - rest) / pressed_out
    truth = truth_of(scenario).presses[0]
    for share, expected in ((0.5, truth.t50_s), (0.9, truth.t90_s)):
        i = int(np.flatnonzero((back >= share) & (t_s > 2.3))[0])
        crossed = np.interp(share, back[i - 1 : i + 1], t_s[i - 1 : i + 1]) - press.release_s
        assert crossed == pytest.approx(expected, abs=1 / scenario.fps)


@pytest.mark.parametrize("fitzpatrick", range(1, 7))
def test_a_full_blanch_has_the_colour_of_the_table(
    fitzpatrick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())
    press = dataclasses.replace(PRESS, depth=1.0, radius_px=40)
    scenario = dataclasses.replace(BASE, presses=(press,), fitzpatrick=fitzpatrick)
    pictures = [rgb for t, rgb in itertools.takewhile(lambda seen: seen[0] < 1.5, frames(scenario))]
    middle = (slice(82, 98), slice(152, 168))
    rest = linear_from_srgb(RESTING_SRGB[fitzpatrick])
    blanched = linear_from_srgb(np.add(RESTING_SRGB[fitzpatrick], FULL_BLANCH_SRGB[fitzpatrick]))
    ratio = linear_from_srgb(pictures[-1])[middle].mean((0, 1)) / linear_from_srgb(pictures[0])[
        middle
    ].mean((0, 1))
    assert np.log(ratio) == pytest.approx(np.log(blanched / rest), rel=0.08)


def test_the_same_seed_gives_the_same_pictures() -> None:
    noisy = dataclasses.replace(BASE, full_well_e=5000.0, duration_s=2.5, shake_px=3.0)
    first, again = ([rgb for _, rgb in itertools.islice(frames(noisy), 30)] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    other = next(frames(dataclasses.replace(noisy, seed=5)))[1]
    assert not np.array_equal(first[0], other)


def test_the_camera_is_in_its_first_pose_at_the_first_picture() -> None:
    shaken = dataclasses.replace(BASE, shake_px=8.0, shake_deg=2.0)
    shake = Shake(shaken)
    assert shake.to_frame(0.0) == pytest.approx(np.eye(3))
    middle = [shake.to_frame(t) @ (160.0, 90.0, 1.0) for t in np.arange(0, 3, 0.02)]
    reach = [math.hypot(x - 160, y - 90) for x, y, _ in middle]
    assert max(reach) == pytest.approx(8.0, rel=0.02)
    turns = [math.degrees(math.asin(shake.to_frame(t)[1, 0])) for t in np.arange(0, 3, 0.02)]
    assert max(map(abs, turns)) == pytest.approx(2.0, rel=0.02)


def test_the_first_picture_is_the_skin_at_rest_pixel_by_pixel() -> None:
    shaken = dataclasses.replace(BASE, shake_px=8.0, shake_deg=2.0, exposure="stepped", pulse=0.02)
    drawn = scene.Scene(shaken, np.array([0.0, 0.5]))
    margin = (drawn._skin.shape[0] - 180) // 2
    at_rest = drawn._skin[margin : margin + 180, margin : margin + 320]
    assert np.abs(drawn.linear(0) - at_rest).max() < 1e-5
    assert np.abs(drawn.linear(1) - at_rest).mean() > 1e-4


def test_a_close_up_hand_covers_a_good_part_of_the_picture() -> None:
    press = dataclasses.replace(PRESS, tool="hand", radius_px=18, angle_deg=145.0)
    scenario = dataclasses.replace(BASE, presses=(press,), hand_fitzpatrick=6)
    drawn = scene.Scene(scenario, np.array([0.0, 1.5]))
    covered = np.abs(np.log(drawn.linear(1) / drawn.linear(0))).max(axis=2) > 0.1
    assert 0.3 < covered.mean() < 0.6


@pytest.mark.parametrize("tool", ["finger", "hand", "glove-blue", "glove-black", "pen"])
def test_an_opaque_tool_hides_the_site_and_leaves_it(tool: str) -> None:
    press = dataclasses.replace(PRESS, tool=tool, depth=0.0)  # type: ignore[type-var]
    scenario = dataclasses.replace(BASE, presses=(press,), duration_s=3.2)
    shown = dict(frames(scenario))
    times = np.array(list(shown))
    at = {t: shown[times[np.argmin(abs(times - t))]].astype(int) for t in (0.0, 1.5, 3.1)}
    site = (slice(75, 105), slice(145, 175))
    assert abs(at[1.5] - at[0.0])[site].mean() > 4
    assert abs(at[3.1] - at[0.0]).max() <= 1


def test_a_slide_lets_the_blanch_be_seen() -> None:
    press = dataclasses.replace(PRESS, tool="slide")
    deep, none = (
        dict(frames(dataclasses.replace(BASE, presses=(dataclasses.replace(press, depth=d),))))
        for d in (0.9, 0.0)
    )
    t_s = 1.5
    assert _site_against_ring(deep[t_s], press)[1] > _site_against_ring(none[t_s], press)[1] + 0.25


def test_jittered_and_dropped_pictures_still_follow_one_another() -> None:
    irregular = dataclasses.replace(BASE, frame_jitter=0.3, drop_share=0.1, duration_s=20.0)
    t_s = frame_times_s(irregular)
    assert t_s[0] == 0.0
    assert np.diff(t_s).min() > 0.001
    assert 0.85 * 600 < len(t_s) < 0.95 * 600


@pytest.mark.parametrize(
    "event",
    [
        Event("hand-passes", 0.2, 0.8, pause_s=0.2),
        Event("shadow", 0.2, 0.8, pause_s=0.4),
        Event("glint", 0.2, 0.8),
        Event("exposure-settling", 0.0, 0.3),
        Event("lights-switch", 0.3),
    ],
)
def test_events_are_seen(event: Event) -> None:
    scenario = dataclasses.replace(BASE, presses=(), events=(event,), duration_s=1.2)
    pictures = [rgb.astype(int) for _, rgb in frames(scenario)]
    assert max(abs(rgb - pictures[0]).max() for rgb in pictures) > 20


def test_a_shadow_darkens_with_a_hard_edge_and_leaves_no_trace() -> None:
    cast = Event("shadow", 0.1, 0.8, pause_s=0.6, strength=0.5)
    shaded = dataclasses.replace(BASE, presses=(), events=(cast,), duration_s=1.2, shake_px=0.0)
    drawn = scene.Scene(shaded, np.array([0.0, 0.5, 1.1]))
    change = np.log(drawn.linear(1) / drawn.linear(0))[..., 1]
    assert change.min() == pytest.approx(-0.5, abs=0.02)
    assert change.max() == pytest.approx(0.0, abs=1e-5)
    between = (change < -0.05) & (change > -0.45)
    assert 0 < between.mean() < 0.04
    np.testing.assert_array_equal(drawn.linear(2), drawn.linear(0))


@pytest.mark.parametrize("event", [Event("hand-passes", -1.0, 2.0, pause_s=1.4)])
def test_what_is_under_way_at_the_start_is_seen_from_the_start(event: Event) -> None:
    scenario = dataclasses.replace(BASE, presses=(), events=(event,), duration_s=1.5)
    drawn = scene.Scene(scenario, np.array([0.0, 1.4]))
    assert np.abs(np.log(drawn.linear(0) / drawn.linear(1))).max() > 0.1


def test_a_press_under_way_at_the_start_is_seen_from_the_start() -> None:
    under_way = dataclasses.replace(PRESS, contact_s=-1.0, release_s=1.0, depth=0.0, limb_px=3.0)
    answered = dataclasses.replace(
        BASE, presses=(under_way,), exposure="smooth", white_balance=0.1, full_well_e=math.inf
    )
    pictures = [rgb.astype(int) for _, rgb in frames(answered)]
    assert np.abs(pictures[0] - pictures[-1])[75:105, 145:175].mean() > 4
    assert np.abs(pictures[10] - pictures[0]).max() <= 2  # the camera answered long ago
    assert np.abs(pictures[-1] - pictures[0])[:20, :20].mean() > 4  # and again when it leaves


def test_pushed_skin_creeps_back_as_slowly_as_it_is_told() -> None:
    left = []
    for creep_s in (0.2, 2.0):
        press = dataclasses.replace(PRESS, depth=0.0, yield_px=8.0, creep_s=creep_s)
        drawn = scene.Scene(dataclasses.replace(BASE, presses=(press,)), np.zeros(1))
        at_rest, just_left, later = (drawn._skin_at(t_s) for t_s in (0.0, 2.35, 3.6))
        left.append(np.abs(later - at_rest).mean() / np.abs(just_left - at_rest).mean())
    assert left[0] < 0.1
    assert left[1] > 0.6


def test_a_still_is_the_same_picture_but_for_noise() -> None:
    still = dataclasses.replace(
        BASE, presses=(), events=(Event("still"),), shake_px=5.0, shake_deg=1.0, duration_s=0.5
    )
    pictures = [rgb for _, rgb in frames(still)]
    assert all(np.array_equal(pictures[0], rgb) for rgb in pictures)
    noisy = [rgb for _, rgb in frames(dataclasses.replace(still, full_well_e=4000.0))]
    spread = np.std([rgb[::3, ::3] for rgb in noisy], axis=0).mean()
    assert 0.5 < spread < 5.0


@pytest.mark.parametrize("kind", ["exp", "stuck"])
def test_skin_pressed_again_before_it_is_back_is_emptied_no_further(
    kind: CurveKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both presses leave the skin as one does, and its times hold for the second as well."""
    monkeypatch.setattr(scene, "overlays_of", lambda scenario: ())
    curve = Curve(kind, tau_s=1.5, recovered=0.4)
    first = dataclasses.replace(PRESS, curve=curve)
    again = dataclasses.replace(first, contact_s=3.2, release_s=4.2)
    scenario = dataclasses.replace(BASE, presses=(first, again), duration_s=6.2)
    seen = {round(t, 2): _site_against_ring(rgb, first)[1] for t, rgb in frames(scenario)}
    rest, pressed, again_pressed = seen[0.0], seen[2.2], seen[4.1]
    between = (seen[3.1] - rest) / (pressed - rest)
    assert between == pytest.approx(float(curve.missing(np.array(0.8))), abs=0.03)
    assert again_pressed - rest == pytest.approx(pressed - rest, rel=0.03)
    for after_s in (0.3, 0.8):
        left = (seen[round(2.3 + after_s, 2)] - rest) / (pressed - rest)
        left_again = (seen[round(4.2 + after_s, 2)] - rest) / (pressed - rest)
        assert left_again == pytest.approx(left, abs=0.03)
