"""Three colours become one signal that blood moves and noise does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import BLOOD, DEPTH, RELEASE_S, SILENT, Noise, exponential, traces

from perfusion_cam.stages.refill.signal import blood_signal

TAU_S = 1.0
AXIS = BLOOD / BLOOD[1:].mean()


def test_the_signal_is_the_pallor_of_green_and_blue() -> None:
    given = traces(exponential(TAU_S), noise=SILENT)
    signal = blood_signal(given)
    after = given.t_s > RELEASE_S
    drawn = DEPTH * BLOOD[1:].mean() * np.exp(-(given.t_s[after] - RELEASE_S) / TAU_S)
    np.testing.assert_allclose(signal.value[after], drawn, rtol=0.02, atol=1e-3)
    np.testing.assert_allclose(signal.axis, AXIS, atol=0.03)


@pytest.mark.parametrize("seed", range(3))
def test_its_standard_error_is_that_of_the_noise(seed: int) -> None:
    noise = Noise(white=0.01, drift=0.0, colours=(1.0, 1.0, 1.0))
    given = traces(exponential(TAU_S), seed, noise=noise)
    signal = blood_signal(given)
    # least variance under white noise: 0.01 / |axis|; the ridge and the found axis shift a little
    assert np.median(signal.se) == pytest.approx(0.01 / np.linalg.norm(AXIS), rel=0.2)
    assert signal.placebo.std() == pytest.approx(0.01 / np.linalg.norm(AXIS), rel=0.2)


def test_light_that_moves_all_colours_alike_is_weighted_down() -> None:
    """The same flicker of light on site and placebos, each with its own phase."""
    given = traces(exponential(TAU_S), noise=Noise(0.002, 0.0))
    rng = np.random.default_rng(1)
    flicker = 0.05 * rng.standard_normal((1 + len(given.placebo_rgb), len(given.t_s), 1))
    lit = replace(given, rgb=given.rgb + flicker[0], placebo_rgb=given.placebo_rgb + flicker[1:])
    signal = blood_signal(lit)
    after = given.t_s > RELEASE_S
    drawn = DEPTH * BLOOD[1:].mean() * np.exp(-(given.t_s[after] - RELEASE_S) / TAU_S)
    assert np.std(signal.value[after] - drawn) < 0.4 * 0.05


def test_a_noisy_colour_counts_little() -> None:
    quiet = Noise(0.003, 0.0, colours=(1.0, 1.0, 1.0))
    dark = Noise(0.003, 0.0, colours=(1.0, 1.0, 30.0))
    still, noisy = (
        blood_signal(traces(exponential(TAU_S), 2, noise=law)).placebo.std()
        for law in (quiet, dark)
    )
    assert noisy < 3 * still


def test_a_clipped_colour_counts_nothing() -> None:
    given = traces(exponential(TAU_S))
    garbage = given.rgb.copy()
    garbage[:, 0] += np.random.default_rng(5).uniform(-1, 1, len(given.t_s))
    clipped = np.array([True, False, False])
    clean, dirty = (
        blood_signal(replace(given, rgb=rgb, clipped=clipped)).value for rgb in (given.rgb, garbage)
    )
    np.testing.assert_allclose(dirty, clean, atol=1e-3)


@pytest.mark.parametrize("placebos", [0, 3])
def test_without_placebos_the_site_tells_its_own_noise(placebos: int) -> None:
    given = traces(exponential(TAU_S), noise=Noise(0.01, 0.0), placebos=placebos)
    signal = blood_signal(given)
    calm = given.t_s > RELEASE_S + 6
    assert signal.placebo.shape == (placebos, len(given.t_s))
    assert np.median(signal.se) == pytest.approx(np.std(signal.value[calm]), rel=0.35)


def test_the_axis_is_the_literatures_where_nothing_paled() -> None:
    given = traces(lambda u_s: -np.ones_like(u_s))
    np.testing.assert_allclose(blood_signal(given).axis, AXIS)
    none_used = replace(given, used=np.zeros(len(given.t_s), bool))
    np.testing.assert_allclose(blood_signal(none_used).axis, AXIS)


def test_the_axis_follows_a_clear_early_pallor() -> None:
    given = traces(exponential(TAU_S), noise=SILENT)
    bluish = replace(given, rgb=given.rgb * np.array([1.0, 1.0, 1.2]))
    assert blood_signal(bluish).axis[2] > AXIS[2] + 0.05
    assert blood_signal(bluish).axis[1:].mean() == pytest.approx(1.0)
