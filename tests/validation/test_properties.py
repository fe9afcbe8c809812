"""What must not change a refill time: exposure, clock, mirror, crop, rate, order of sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from perfusion_cam.session import Session
from perfusion_cam.simulate import Curve, PressTruth, Scenario, frames
from perfusion_cam.simulate.arrays import ByteArray, linear_from_srgb
from perfusion_cam.types import ColourCode, Frame, PressResult

FIRST = PressTruth(1.6, 4.4, 110, 90, 18, Curve(tau_s=0.6), lift_s=0.2, uneven=0.0)
SECOND = replace(FIRST, contact_s=9.0, release_s=11.8, x_px=215, angle_deg=145.0)
CLIP = Scenario(
    "properties",
    seed=9,
    width=320,
    height=180,
    fps=15.0,
    duration_s=9.0,
    presses=(FIRST,),
    shake_px=2.0,
    shake_deg=0.4,
    full_well_e=10_000.0,
)
Pictures = list[tuple[float, ByteArray]]
FULL_RANGE = ColourCode("bt709", full_range=True)


@cache
def drawn(scenario: Scenario) -> Pictures:
    return list(frames(scenario))


def examined(pictures: Pictures) -> list[PressResult]:
    session = Session()
    found = []
    for index, (t_s, rgb) in enumerate(pictures):
        luma = (rgb @ (0.2126, 0.7152, 0.0722)).astype(np.float32)
        cb, cr = (rgb[..., 2] - luma) / 1.8556 + 128, (rgb[..., 0] - luma) / 1.5748 + 128
        coded = (np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in (luma, cb, cr))
        found += session.push(Frame(t_s, index, *coded, FULL_RANGE))
    return found + session.flush()


def t90_s(result: PressResult) -> float:
    assert result.refill.status == "measured"
    assert result.refill.crt_s is not None
    return result.refill.crt_s


@cache
def plain() -> PressResult:
    (result,) = examined(drawn(CLIP))
    return result


def each(change: Callable[[ByteArray], ByteArray]) -> PressResult:
    (result,) = examined([(t_s, change(rgb)) for t_s, rgb in drawn(CLIP)])
    return result


def test_the_clip_is_measured_and_its_interval_holds_the_truth() -> None:
    assert plain().refill.crt_ci95_s is not None
    low, high = plain().refill.crt_ci95_s or (0, 0)
    assert low <= 0.6 * np.log(10) <= high


@pytest.mark.parametrize("scale", [0.5, 0.8])
def test_exposure_does_not_change_the_time(scale: float) -> None:
    light = scale * linear_from_srgb(np.arange(256))
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table = np.rint(255 * codes).astype(np.uint8)
    assert t90_s(each(lambda rgb: table[rgb])) == pytest.approx(t90_s(plain()), rel=0.05)


def test_the_clock_does_not_matter() -> None:
    (late,) = examined([(t_s + 73.0, rgb) for t_s, rgb in drawn(CLIP)])
    assert late.press.release_s == pytest.approx(plain().press.release_s + 73.0, abs=1e-3)
    assert t90_s(late) == pytest.approx(t90_s(plain()), rel=1e-3)


def test_a_mirror_mirrors_the_site_and_keeps_the_time() -> None:
    result = each(lambda rgb: rgb[:, ::-1])
    assert result.site is not None
    assert plain().site is not None
    assert result.site.x_px == pytest.approx(320 - plain().site.x_px, abs=3)
    assert result.site.y_px == pytest.approx(plain().site.y_px, abs=3)
    assert t90_s(result) == pytest.approx(t90_s(plain()), rel=0.05)


def test_a_crop_moves_the_site_and_keeps_the_time() -> None:
    result = each(lambda rgb: rgb[12:172, 16:288])
    assert result.site is not None
    assert plain().site is not None
    assert result.site.x_px == pytest.approx(plain().site.x_px - 16, abs=3)
    assert result.site.y_px == pytest.approx(plain().site.y_px - 12, abs=3)
    assert t90_s(result) == pytest.approx(t90_s(plain()), rel=0.05)


def test_half_the_pictures_give_the_same_time() -> None:
    fast = replace(CLIP, fps=30.0)
    (all_of_them,), (half,) = examined(drawn(fast)), examined(drawn(fast)[::2])
    assert t90_s(half) == pytest.approx(t90_s(all_of_them), rel=0.06)


def test_the_order_of_sites_does_not_change_their_times() -> None:
    slow = Curve(tau_s=1.1)
    left_first = replace(CLIP, presses=(FIRST, replace(SECOND, curve=slow)), duration_s=18.0)
    moments = ("contact_s", "release_s")
    right_first = replace(
        left_first,
        presses=(
            replace(SECOND, curve=slow, **{name: getattr(FIRST, name) for name in moments}),
            replace(FIRST, **{name: getattr(SECOND, name) for name in moments}),
        ),
    )
    left, right = examined(drawn(left_first))
    right_again, left_again = examined(drawn(right_first))
    assert t90_s(left_again) == pytest.approx(t90_s(left), rel=0.06)
    assert t90_s(right_again) == pytest.approx(t90_s(right), rel=0.06)
    assert t90_s(right) / t90_s(left) == pytest.approx(1.1 / 0.6, rel=0.08)
