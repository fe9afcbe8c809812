"""Colour of grids drawn from arithmetic, where every contrast is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from stacks import (
    BLOOD,
    LIGHT,
    SHAPE,
    Array,
    Visit,
    press_of,
    site_of,
    skin,
    soft_disc,
    times,
    window,
)

from perfusion_cam.colour import delta_e_2000, lab_from_linear
from perfusion_cam.report.colour_document import colour_document
from perfusion_cam.stages.colouring import skin_colour
from perfusion_cam.stages.colouring.contrast import MELANIN
from perfusion_cam.stages.colouring.measuring import CLIPPED, NOT_RESTED, NOT_SEEN_PRESSED, RESTED_S
from perfusion_cam.stages.colouring.net import CONGESTED
from perfusion_cam.stages.location import resting_skin
from perfusion_cam.stencils import Stencils
from perfusion_cam.types import GridWindow, Press, Site, SkinColour

VISIT = Visit(2.0, 5.0)
OXYGEN = np.array([1.0, 0.2, 0.0])


def coloured(shown: GridWindow, press: Press, site: Site) -> SkinColour:
    seen = shown.always_valid
    stencils = Stencils.of(resting_skin(shown, press).light, site, seen)
    return skin_colour(shown, press, site, stencils, seen)


def measured(
    change: Array | float = 0.0,
    *,
    left: float = 1.0,
    pressed_out: float = 0.3,
    gain: Array | float = 0.0,
    **site: object,
) -> SkinColour:
    """Colour of a site changed by natural-log light, of which `left` remains under the press."""
    t_s = times(9.0)
    patch = soft_disc(VISIT.row, VISIT.col, 6.0)[..., None]
    rng = np.random.default_rng(3)
    grids = []
    for moment_s in t_s:
        pale = pressed_out * np.exp(-max(moment_s - 5.0, 0.0)) * (moment_s > 2.0)
        share = 1.0 if moment_s < 2.0 else 1.0 - (1.0 - left) * pale / max(pressed_out, 1e-9)
        grids.append(skin(1, 0.02) + gain + patch * (share * np.asarray(change) + pale * BLOOD))
    stacked = np.asarray(grids) + 0.006 * rng.standard_normal((len(t_s), *grids[0].shape))
    return coloured(
        window(t_s, stacked, site.pop("clipped", None)),  # type: ignore[arg-type]
        press_of(VISIT, 9.0),
        site_of(VISIT, **site),
    )


def strength(colour: SkinColour, name: str) -> float:
    sign = colour.sign(name)  # type: ignore[arg-type]
    assert sign is not None
    return sign.strength.value


def test_untouched_skin_shows_nothing() -> None:
    colour = measured()
    assert {sign.name for sign in colour.signs} == {
        "pallor",
        "redness",
        "duskiness",
        "mottling",
        "fixed_stain",
    }
    assert not any(sign.stands_out for sign in colour.signs)
    assert colour.delta_e_by_chance is not None
    assert colour.delta_e.value < colour.delta_e_by_chance
    assert colour.reasons == ()
    assert colour.rested_s[0] == 0.0
    assert colour.rested_s[1] < 2.0


@pytest.mark.parametrize(
    ("name", "change"),
    [("pallor", 0.2 * BLOOD), ("redness", -0.2 * BLOOD), ("duskiness", -0.15 * OXYGEN)],
)
def test_a_sign_is_named_and_its_size_is_true(name: str, change: Array) -> None:
    colour = measured(change, left=0.4)
    sign = colour.sign(name)  # type: ignore[arg-type]
    assert sign is not None
    assert sign.stands_out
    assert sign.strength.value == pytest.approx(sign.change.value / sign.detectable)
    low, high = sign.change.ci95
    assert low < (0.15 if name == "duskiness" else 0.2) < high
    assert [one.name for one in colour.signs if one.stands_out] == [name]


def test_pallor_is_redness_the_other_way_round() -> None:
    colour = measured(0.2 * BLOOD)
    assert strength(colour, "pallor") == pytest.approx(-strength(colour, "redness"))


def test_exposure_and_white_balance_cancel() -> None:
    plain = measured(-0.2 * BLOOD)
    bright = measured(-0.2 * BLOOD, gain=np.array([0.25, 0.15, 0.05]))
    for sign, other in zip(plain.signs, bright.signs, strict=True):
        assert sign.strength.value == pytest.approx(other.strength.value, abs=0.05)


def test_a_shadow_is_no_sign() -> None:
    colour = measured(-0.2 * LIGHT)
    assert not any(sign.stands_out for sign in colour.signs)
    assert colour.delta_e_by_chance is not None
    assert colour.delta_e.value > colour.delta_e_by_chance


def test_a_slope_of_light_is_no_sign_and_is_told() -> None:
    cols = np.arange(96)[None, :, None] / 96
    colour = measured(gain=0.8 * cols)
    assert not any(sign.stands_out for sign in colour.signs)
    assert colour.light.slope == pytest.approx(0.8 * 21 / 96, rel=0.15)


def test_darkness_that_was_pressed_out_is_no_stain_and_that_which_stayed_is() -> None:
    dark = -0.3 * BLOOD - 0.2 * OXYGEN
    assert strength(measured(dark, left=0.4), "fixed_stain") < 1
    assert strength(measured(dark, left=1.0, pressed_out=0.05), "fixed_stain") > 1


def test_colours_are_those_of_the_light() -> None:
    colour = measured()
    light = skin(1, 0.02)[site_of(VISIT).cells].mean(axis=0)
    lab = lab_from_linear(np.exp(light))
    for found, truth in zip(colour.site.lab, lab, strict=True):
        assert found.value == pytest.approx(truth, abs=0.1)
        assert 0 < found.se < 1
    assert colour.site.erythema_index.value == pytest.approx(
        (light[0] - light[1]) / np.log(10), abs=0.003
    )
    assert colour.site.melanin_index.value == pytest.approx(-light[0] / np.log(10), abs=0.003)
    assert colour.site.ita_deg.value == pytest.approx(
        np.degrees(np.arctan2(lab[0] - 50, lab[2])), abs=0.5
    )


def test_the_colour_difference_is_that_of_the_change() -> None:
    change = -0.25 * BLOOD
    light = skin(1, 0.02)[site_of(VISIT).control_cells].mean(axis=0)
    truth = delta_e_2000(lab_from_linear(np.exp(light)), lab_from_linear(np.exp(light + change)))
    low, high = measured(change).delta_e.ci95
    assert low < truth < high


def test_clipped_skin_is_not_read() -> None:
    clipped = np.zeros((54, 96, 3), bool)
    clipped[..., 0] = True
    colour = measured(clipped=clipped)
    assert colour.signs == ()
    assert colour.reasons == (CLIPPED,)
    assert colour.light.clipped_share == 1.0


def test_skin_not_seen_after_the_press_gives_no_stain() -> None:
    t_s = times(4.0)
    grids = np.repeat(skin(1, 0.02)[None], len(t_s), axis=0)
    press = press_of(VISIT, 4.0, uncovered_s=5.0)
    colour = coloured(window(t_s, grids), press, site_of(VISIT))
    assert colour.sign("fixed_stain") is None
    assert NOT_SEEN_PRESSED in colour.reasons


def test_the_document_is_strict_json_with_words_only_where_signs_were_read() -> None:
    document = json.loads(json.dumps(colour_document(measured(-0.3 * BLOOD)), allow_nan=False))
    assert document["signs"]["redness"]["stands_out"]
    assert any("redder" in sentence.lower() for sentence in document["says"])
    untouched = colour_document(measured())
    assert "excludes nothing" in untouched["says"][0]
    clipped = np.ones((54, 96, 3), bool)
    assert colour_document(measured(clipped=clipped))["says"] == []


def test_a_mirrored_picture_shows_the_same() -> None:
    straight, mirrored = (both_ways(flip) for flip in (False, True))
    for sign, other in zip(straight.signs, mirrored.signs, strict=True):
        assert sign.strength.value == pytest.approx(other.strength.value, abs=0.25)
        assert sign.stands_out == other.stands_out
    assert straight.light.slope == pytest.approx(mirrored.light.slope, rel=0.05)


def both_ways(flip: bool) -> SkinColour:
    """Redder skin seen straight or mirrored."""
    t_s = times(9.0)
    visit = Visit(2.0, 5.0, col=95.0 - VISIT.col if flip else VISIT.col)
    redder = skin(1, 0.02) - 0.25 * BLOOD * soft_disc(VISIT.row, VISIT.col, 6.0)[..., None]
    noise = 0.006 * np.random.default_rng(3).standard_normal((len(t_s), *redder.shape))
    grids = redder + noise
    return coloured(
        window(t_s, grids[:, :, ::-1] if flip else grids), press_of(visit, 9.0), site_of(visit)
    )


@pytest.mark.parametrize("gain", [-0.9, -0.3, 0.3, 0.9])
def test_exposure_scales_nothing(gain: float) -> None:
    plain, scaled = measured(0.2 * BLOOD), measured(0.2 * BLOOD, gain=gain)
    for sign, other in zip(plain.signs, scaled.signs, strict=True):
        assert sign.strength.value == pytest.approx(other.strength.value, abs=0.05)
    assert scaled.light.log_light == pytest.approx(plain.light.log_light + gain, abs=0.001)


def test_skin_that_an_earlier_press_has_left_pale_shows_no_sign() -> None:
    t_s = times(9.0)
    residue = 0.2 * BLOOD * soft_disc(VISIT.row, VISIT.col, 4.0)[..., None]
    grids = np.repeat((skin(1, 0.02) + residue)[None], len(t_s), axis=0)
    grids = grids + 0.006 * np.random.default_rng(3).standard_normal(grids.shape)

    def read(since_s: float | None) -> SkinColour:
        press = press_of(VISIT, 9.0, since_last_s=since_s)
        return coloured(window(t_s, grids), press, site_of(VISIT))

    assert strength(read(None), "pallor") > 1
    assert strength(read(RESTED_S), "pallor") > 1
    soon = read(RESTED_S - 1)
    assert soon.signs == ()
    assert soon.reasons == (NOT_RESTED.format(since_s=14.0),)


def drawn(change: Array) -> SkinColour:
    """Skin at rest with this change of natural-log light, array (rows, cols, 3)."""
    t_s = times(9.0)
    noise = 0.006 * np.random.default_rng(3).standard_normal((len(t_s), *change.shape))
    grids = skin(1, 0.02) + change + noise
    return coloured(window(t_s, grids), press_of(VISIT, 9.0), site_of(VISIT))


def lines(across: Array) -> Array:
    """1 on lines 1.5 cells wide every 6 cells of `across`, 0 between."""
    return np.exp(-((((across + 3) % 6 - 3) / 0.9) ** 2))


def test_a_net_of_dusky_strands_is_mottling_and_grey_or_brown_ones_are_none() -> None:
    rows, cols = np.mgrid[: SHAPE.rows, : SHAPE.cols].astype(float)
    net = np.maximum(lines(rows), lines(cols))
    net *= soft_disc(VISIT.row, VISIT.col, 12.0)
    assert strength(drawn(-0.3 * net[..., None] * CONGESTED), "mottling") > 1
    for other in (LIGHT, MELANIN):
        assert strength(drawn(-0.3 * net[..., None] * other), "mottling") < 1


@pytest.mark.parametrize("colour", [BLOOD, -BLOOD, CONGESTED, -CONGESTED])
def test_the_edge_of_a_patch_is_no_strand(colour: Array) -> None:
    for radius in (4.0, 6.0, 9.0):
        patch = soft_disc(VISIT.row, VISIT.col, radius)[..., None]
        assert strength(drawn(-0.3 * patch * colour), "mottling") < 1
