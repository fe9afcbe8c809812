import cv2
import numpy as np
import pytest

from perfusion_cam.colour import (
    delta_e_2000,
    individual_typology_angle,
    lab_from_linear,
    linear_from_gamma,
    linear_from_srgb,
    linear_srgb,
    log_light,
    log_light_from_gamma,
    rgb_from_ycc,
    same_skin,
    srgb_from_linear,
)
from perfusion_cam.types import ColourCode

# Sharma, Wu, Dalal 2005, table 1: the pairs that find the usual mistakes.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, 2.8361, -74.0200), (50, 0, -82.7485), 3.4412),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0011), 7.2195),
    ((50, -0.0010, 2.4900), (50, 0.0009, -2.4900), 4.8045),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (61, -5, 29), 22.8977),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def test_delta_e_2000_gives_the_published_values():
    first, second, published = (np.array(column) for column in zip(*SHARMA, strict=True))
    np.testing.assert_allclose(delta_e_2000(first, second), published, atol=5e-5)
    np.testing.assert_allclose(delta_e_2000(second, first), published, atol=5e-5)


def test_srgb_curve_at_known_points_and_back():
    coded = np.linspace(0, 1, 1001)
    linear = linear_from_srgb(coded)
    np.testing.assert_allclose(linear[[0, 500, 1000]], [0, 0.21404114, 1], atol=1e-8)
    np.testing.assert_allclose(linear[40], 0.04 / 12.92, rtol=1e-12)
    np.testing.assert_allclose(srgb_from_linear(linear), coded, atol=1e-7)


def test_float32_stays_float32_and_is_exact_enough():
    coded = np.linspace(0, 1, 4096, dtype=np.float32)
    for transfer in ("srgb", "hlg", "pq"):
        linear = linear_from_gamma(coded, transfer)
        assert linear.dtype == np.float32
        precise = linear_from_gamma(coded.astype(np.float64), transfer)
        np.testing.assert_allclose(linear, precise, rtol=2e-4, atol=1e-6)


def test_hdr_curves_at_points_of_the_standards():
    # BT.2408: diffuse white is 75 % HLG and 58 % PQ (203 cd/m2); BT.2100: PQ 1.0 is 10 000 cd/m2.
    assert linear_from_gamma(np.array(0.75), "hlg") == pytest.approx(1.0, rel=0.005)
    assert linear_from_gamma(np.array(0.5), "hlg") == pytest.approx(1 / 12 / 0.265, rel=1e-6)
    assert linear_from_gamma(np.array(0.5807), "pq") == pytest.approx(1.0, rel=0.005)
    assert linear_from_gamma(np.array(1.0), "pq") == pytest.approx(10000 / 203, rel=1e-6)
    assert linear_from_gamma(np.array(0.0), "pq") == 0.0


WIDE = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
"""Linear light from sRGB's primaries to BT.2020's, four digits (ITU-R BT.2087-0)."""


@pytest.mark.parametrize("transfer", ["hlg", "pq"])
def test_wide_colours_come_back_to_the_primaries_of_srgb(transfer):
    light = np.random.default_rng(2).uniform(0.02, 0.9, (50, 3))
    levels = np.linspace(0, 1, 20_001)
    coded = np.interp(light @ WIDE.T, linear_from_gamma(levels, transfer), levels)
    np.testing.assert_allclose(
        linear_srgb(coded, ColourCode("bt2020", transfer=transfer)), light, atol=1e-3
    )
    as_it_is = linear_srgb(coded, ColourCode("bt709", transfer=transfer))
    np.testing.assert_allclose(as_it_is, light @ WIDE.T, atol=1e-3)


@pytest.mark.parametrize("matrix", ["bt709", "bt2020"])
@pytest.mark.parametrize("transfer", ["srgb", "hlg", "pq"])
def test_the_logarithm_of_light_is_that_of_the_light(matrix, transfer):
    coded = np.random.default_rng(3).uniform(0.0, 1.0, (200, 3))
    code = ColourCode(matrix, transfer=transfer)
    expected = np.log(np.maximum(linear_srgb(coded, code), 0.002))
    np.testing.assert_allclose(log_light_from_gamma(coded, code, 0.002), expected, atol=1e-9)


@pytest.mark.parametrize("matrix", ["bt601", "bt709", "bt2020"])
@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("bits", [8, 10])
def test_rgb_from_ycc_undoes_the_standard_encoding(matrix, full_range, bits):
    red_share, green_share, blue_share = {
        "bt601": (0.299, 0.587, 0.114),
        "bt709": (0.2126, 0.7152, 0.0722),
        "bt2020": (0.2627, 0.6780, 0.0593),
    }[matrix]
    rgb = np.random.default_rng(1).random((50, 3))
    luma = rgb @ [red_share, green_share, blue_share]
    cb = (rgb[:, 2] - luma) / (2 * (1 - blue_share))
    cr = (rgb[:, 0] - luma) / (2 * (1 - red_share))
    peak = (2**bits - 1) / 2 ** (bits - 8)
    scales = (0, peak, peak) if full_range else (16, 219, 224)
    got = rgb_from_ycc(
        scales[0] + scales[1] * luma,
        128 + scales[2] * cb,
        128 + scales[2] * cr,
        ColourCode(matrix, full_range, bits),
    )
    np.testing.assert_allclose(got, rgb, atol=1e-9)


def test_rgb_from_ycc_clips():
    low, high = np.array([-50.0, 300.0])
    rgb = rgb_from_ycc(np.array([low, high]), np.full(2, 128.0), np.full(2, 128.0), ColourCode())
    np.testing.assert_array_equal(rgb, [[0, 0, 0], [1, 1, 1]])


def test_log_light_is_floored():
    np.testing.assert_allclose(log_light(np.array([0.0, 1.0]), 0.01), [np.log(0.01), 0.0])


def test_lab_agrees_with_opencv():
    rgb = np.random.default_rng(2).random((20, 30, 3), np.float32)
    coded = srgb_from_linear(rgb).astype(np.float32)
    expected = cv2.cvtColor(coded, cv2.COLOR_RGB2Lab)
    np.testing.assert_allclose(lab_from_linear(rgb), expected, atol=0.3)
    np.testing.assert_allclose(lab_from_linear(np.ones(3)), [100, 0, 0], atol=1e-9)


def test_individual_typology_angle():
    angles = individual_typology_angle(np.array([[70.0, 10, 20], [50, 10, 20], [30, 10, 20]]))
    np.testing.assert_allclose(angles, [45, 0, -45])


def test_the_same_skin_may_be_darker_but_not_of_another_colour():
    baseline = np.zeros((6, 6, 3), np.float32)
    baseline[:, 2:4] -= 0.5  # in shade
    baseline[:, 4:] += np.array([0.4, 0.0, -0.4])  # a sleeve
    cells = np.zeros((6, 6), bool)
    cells[2, 0] = True
    np.testing.assert_array_equal(
        same_skin(baseline, cells, 0.22, 0.7)[0], [True] * 4 + [False] * 2
    )
    np.testing.assert_array_equal(
        same_skin(baseline, cells, 0.22, 0.4)[0], [True] * 2 + [False] * 4
    )
