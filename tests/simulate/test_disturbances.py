"""Each disturbance does to the pictures what the scenario says, and nothing else."""

import dataclasses
import math
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from perfusion_cam.simulate import Encoding, Event, PressTruth, Scenario, frames, render, scene
from perfusion_cam.simulate.arrays import FloatArray, linear_from_srgb
from perfusion_cam.simulate.mouth import Mouth
from perfusion_cam.simulate.render import frame_times_s
from perfusion_cam.simulate.skin import blood_axis

BARE = Scenario("bare", seed=6, width=320, height=180, duration_s=2.0, full_well_e=math.inf)
PRESS = PressTruth(0.8, 1.4, 160, 90, 24, lift_s=0.2)


def linear(scenario: Scenario, *t_s: float) -> list[FloatArray]:
    drawn = scene.Scene(scenario, np.array(t_s))
    return [drawn.linear(index) for index in range(len(t_s))]


def code_values(scenario: Scenario, *t_s: float) -> list[FloatArray]:
    drawn = scene.Scene(scenario, np.array(t_s))
    return [drawn.picture(index).astype(float) for index in range(len(t_s))]


def test_lamps_flicker_as_bands_that_roll_with_the_picture_rate() -> None:
    lit = dataclasses.replace(BARE, flicker=0.2)
    steady, bands = code_values(BARE, 0.0)[0], code_values(lit, 0.0)[0]
    light = np.log((bands + 1) / (steady + 1)).mean(axis=(1, 2)) * 2.2
    assert np.ptp(light) == pytest.approx(0.2, rel=0.15)
    assert 2 * np.argmax(np.abs(np.fft.rfft(light))) * 0.5 == 2  # 20 ms of rows, 100 Hz
    assert np.abs(code_values(lit, 0.01)[0] - bands).max() <= 1  # a whole swing later
    assert np.abs(code_values(lit, 1 / 30)[0] - bands).max() > 3


def test_the_light_has_the_tint_it_is_told() -> None:
    plain, tinted = (
        code_values(BARE, 0.0)[0],
        code_values(dataclasses.replace(BARE, tint=0.3), 0)[0],
    )
    ratio = (np.log(tinted[..., 0] / plain[..., 0]) - np.log(tinted[..., 2] / plain[..., 2])).mean()
    assert ratio * 2.25 == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize("fitzpatrick", range(1, 7))
def test_a_meter_sets_every_skin_as_bright_as_it_is_told(fitzpatrick: int) -> None:
    skin = dataclasses.replace(BARE, fitzpatrick=fitzpatrick, width=160, height=90)
    for ev in (-1.0, 0.0):
        (codes,) = code_values(dataclasses.replace(skin, metered_ev=ev), 0.0)
        light = (linear_from_srgb(codes) @ [0.2126, 0.7152, 0.0722]).mean()
        assert light == pytest.approx(linear_from_srgb(140) * 2**ev, rel=0.02)


def test_amplified_light_is_as_noisy_for_its_brightness_as_before() -> None:
    dark = dataclasses.replace(BARE, fitzpatrick=5, full_well_e=3000.0)
    share = []
    for filmed in (dark, dataclasses.replace(dark, metered_ev=0.0)):
        one, other = (linear_from_srgb(codes)[..., 1] for codes in code_values(filmed, 0.0, 0.1))
        share.append(np.std(one - other) / np.mean(one + other))
    assert share[1] == pytest.approx(share[0], rel=0.05)


def test_a_lens_out_of_focus_takes_detail_and_no_light() -> None:
    sharp, soft = linear(BARE, 0.0)[0], linear(dataclasses.replace(BARE, blur_px=3.0), 0.0)[0]
    assert soft.mean() == pytest.approx(sharp.mean(), rel=1e-3)
    assert cv2.Laplacian(soft, cv2.CV_32F).std() < 0.2 * cv2.Laplacian(sharp, cv2.CV_32F).std()


def test_vasomotion_moves_blood_only_slowly_and_in_patches() -> None:
    alive = dataclasses.replace(BARE, vasomotion=0.05)
    rest, soon, later = linear(alive, 0.0, 0.1, 2.7)
    change = np.log(later / rest)
    blood = blood_axis(alive.fitzpatrick)
    share = change @ blood / (blood @ blood)
    np.testing.assert_allclose(change, share[..., None] * blood, atol=1e-4)
    assert share.std() == pytest.approx(0.05 * math.sqrt(2), rel=0.35)
    assert np.abs(np.log(soon / rest)).max() < 0.2 * np.abs(change).max()
    assert linear(BARE, 0.0)[0] == pytest.approx(rest)


def test_the_picture_rate_swings_as_told_and_time_still_runs() -> None:
    swinging = dataclasses.replace(BARE, rate_swing=0.5, duration_s=8.0)
    step_s = np.diff(frame_times_s(swinging)) * swinging.fps
    assert step_s.min() == pytest.approx(0.5, abs=0.01)
    assert step_s.max() == pytest.approx(1.5, abs=0.01)
    assert len(step_s) == 239


@pytest.mark.parametrize("surface", ["table", "cloth"])
def test_a_table_or_cloth_has_texture_and_neither_beats_nor_blanches(surface: str) -> None:
    touch = dataclasses.replace(PRESS, depth=0.0, yield_px=0.0)
    filmed = dataclasses.replace(BARE, surface=surface, pulse=0.05, presses=(touch,))
    before, after = code_values(filmed, 0.0, 1.9)
    assert np.array_equal(before, after)
    assert before.std() > 5
    assert not np.array_equal(before, code_values(BARE, 0.0)[0])
    with pytest.raises(ValueError, match="does not blanch"):
        dataclasses.replace(filmed, presses=(PRESS,))


def test_a_site_fills_from_its_edge() -> None:
    inward = dataclasses.replace(PRESS, inward=1.0, uneven=0.0, radius_px=40.0)
    drawn = scene.Scene(dataclasses.replace(BARE, presses=(inward,)), np.zeros(1))
    (blanch,) = drawn._blanches
    missing, middle = blanch.missing(inward.release_s + 0.7), len(blanch.depth) // 2
    inside, edge = (missing[middle, x] / blanch.depth[middle, x] for x in (middle, middle + 34))
    assert inside > edge + 0.15
    assert np.log(blanch.pace[blanch.core]).mean() == pytest.approx(0, abs=1e-5)


def test_a_stroking_finger_touches_slides_and_leaves() -> None:
    stroked = dataclasses.replace(BARE, events=(Event("stroking", 0.3, 1.5),))
    rest, here, there, gone = linear(stroked, 0.0, 0.75, 1.25, 1.95)
    covered, elsewhere = (np.abs(np.log(seen / rest)).max(axis=2) > 0.2 for seen in (here, there))
    assert 0.03 < covered.mean() < 0.6
    assert (covered ^ elsewhere).sum() > 0.2 * covered.sum()
    assert np.abs(gone - rest).max() < 1e-6


def test_a_mouth_is_shut_opens_and_shuts_again() -> None:
    event = Event("talking", 0.3, 1.4)
    talking = dataclasses.replace(BARE, events=(event,))
    mouth = Mouth(event, 320, 180, np.random.default_rng(1))
    opening = [mouth.opening_px(t) for t in np.arange(0, 2, 0.01)]
    assert opening[0] == opening[-1] == 0.0
    assert max(opening) > 4
    pictures = linear(talking, 0.0, *np.arange(0.4, 1.6, 0.05), 1.95)
    assert max(np.abs(np.log(seen / pictures[0])).max() for seen in pictures) > 1
    assert np.abs(pictures[-1] - pictures[0]).max() < 1e-6
    corner = np.s_[:20, :20]
    assert max(np.abs(seen - pictures[0])[corner].max() for seen in pictures) < 1e-6


@pytest.mark.parametrize("quarter_turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_or_mirrored_clip_is_upright_when_its_flags_are_followed(
    quarter_turns: int, mirrored: bool, tmp_path: Path
) -> None:
    encoding = Encoding(bit_rate=4_000_000, quarter_turns=quarter_turns, mirrored=mirrored)
    turned = dataclasses.replace(BARE, duration_s=0.2, encoding=encoding)
    render(turned, tmp_path / "turned.mp4")
    with av.open(str(tmp_path / "turned.mp4")) as container:
        picture = next(container.decode(container.streams.video[0]))
        stored = picture.to_ndarray(format="rgb24").astype(float)
        sides = picture.side_data.get("DISPLAYMATRIX")
    assert (sides is None) == (encoding.upright)
    x_from, y_from = (1, 0, 0), (0, 1, 0)
    if sides is not None:
        x_from, y_from, _ = np.frombuffer(bytes(sides), np.int32).reshape(3, 3) / 65536
    # Stored (x, y), seen from the middle, goes to x (a, b) + y (c, d) (ISO/IEC 14496-12).
    ys, xs = np.mgrid[-89.5:90, -159.5:160]
    inverse = np.linalg.inv(np.array([x_from[:2], y_from[:2]]).T)
    height, width = stored.shape[:2]
    back_x = np.rint(inverse[0, 0] * xs + inverse[0, 1] * ys + (width - 1) / 2).astype(int)
    back_y = np.rint(inverse[1, 0] * xs + inverse[1, 1] * ys + (height - 1) / 2).astype(int)
    upright = next(frames(turned))[1].astype(float)
    assert np.abs(stored[back_y, back_x] - upright).mean() < 4


def test_a_tool_that_stays_in_sight_between_presses_is_the_same_one() -> None:
    """Where the first press left it, the second finds it; it is not drawn twice."""
    first = dataclasses.replace(PRESS, depth=0.0, yield_px=0.0, lift_share=0.4)
    second = dataclasses.replace(first, contact_s=3.0, release_s=3.6, approach_share=0.4)
    still = dataclasses.replace(BARE, pulse=0.0, presses=(first, second), duration_s=4.5)
    pressed, lies, found, again = linear(still, 1.2, 1.7, 2.64, 3.3)
    np.testing.assert_allclose(found, lies, rtol=1e-6)
    np.testing.assert_allclose(again, pressed, rtol=1e-6)
    assert np.abs(lies / pressed - 1).max() > 0.1
