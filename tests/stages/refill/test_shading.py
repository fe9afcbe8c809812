"""Light that fades at the site alone is kept out of the time, and never timed as blood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from curves import CONTACT_S, RELEASE_S, Array, exponential, t90_of, traces

from perfusion_cam.quality import Flag
from perfusion_cam.stages.refill.measure import measure_refill
from perfusion_cam.stages.refill.shading import is_mostly_light, staying_light, unshared_light
from perfusion_cam.types import Refill, SiteTraces

NEUTRAL = np.ones(3)
TINTED = (np.array([1.0, 0.93, 0.93]), np.array([1.0, 1.07, 1.07]))


def lit(
    size: float,
    tau_s: float,
    seed: int = 1,
    colour: Array = NEUTRAL,
    depth: float = 0.12,
    blood_tau_s: float = 0.8,
) -> SiteTraces:
    """A refill, and light at the site alone that fades at its own pace, as on a dent."""
    made = traces(exponential(blood_tau_s), seed, depth=depth)
    u_s = np.maximum(made.t_s - RELEASE_S, 0.0)
    light = np.where(made.t_s < CONTACT_S, 0.0, size * np.exp(-u_s / tau_s))
    return replace(made, rgb=made.rgb + light[:, None] * colour)


def measured(given: SiteTraces) -> Refill:
    return measure_refill(given, RELEASE_S, 0.02)[1]


def holds(refill: Refill, true_s: float) -> bool:
    if refill.status != "measured":
        return True
    assert refill.crt_ci95_s is not None
    return refill.crt_ci95_s[0] <= true_s <= refill.crt_ci95_s[1]


def test_no_light_is_seen_in_blood_alone() -> None:
    assert unshared_light(traces(exponential(0.8), 1)) == 0.0


def test_light_is_told_from_blood_by_red() -> None:
    early = np.exp(-0.3 / 1.5)
    assert unshared_light(lit(0.08, 1.5)) == pytest.approx(0.08 * early, rel=0.25)


def test_a_clipped_colour_tells_nothing() -> None:
    given = replace(lit(0.08, 1.5), clipped=np.array([True, False, False]))
    assert unshared_light(given) == 0.0


@pytest.mark.parametrize("tau_s", [0.6, 2.5, 6.0])
@pytest.mark.parametrize("size", [0.05, 0.1])
def test_blood_is_timed_behind_light_that_fades_otherwise(tau_s: float, size: float) -> None:
    found = [measured(lit(size, tau_s, seed)) for seed in range(6)]
    true_s = t90_of(exponential(0.8))
    timed = [refill for refill in found if refill.status == "measured"]
    assert len(timed) >= 4
    assert sum(holds(refill, true_s) for refill in found) >= 5
    if size > 0.05 or tau_s > 1:  # the least and quickest lies at the limit of what matters
        assert all(Flag.LIGHT_CHANGED in refill.flags for refill in timed)


@pytest.mark.parametrize("colour", TINTED, ids=["reddish", "bluish"])
def test_a_tint_of_that_light_stays_within_the_interval(colour: Array) -> None:
    found = [measured(lit(0.08, 4.0, seed, colour)) for seed in range(6)]
    assert sum(holds(refill, t90_of(exponential(0.8))) for refill in found) >= 5


@pytest.mark.parametrize("colour", [NEUTRAL, *TINTED])
@pytest.mark.parametrize("tau_s", [0.5, 2.0])
def test_light_alone_is_never_timed(colour: Array, tau_s: float) -> None:
    for seed in range(4):
        refill = measured(lit(0.15, tau_s, seed, colour, depth=0.0))
        assert refill.status == "not_measurable"


def test_skin_that_stays_pale_is_not_back_because_light_is() -> None:
    given = lit(0.1, 1.0, depth=0.12, blood_tau_s=200.0)
    assert measured(given).status != "measured"


@pytest.mark.parametrize("left", [-0.04, 0.03])
def test_light_that_stays_is_told_by_red_and_kept_out(left: float) -> None:
    """A hand drawn back throws its shadow on the site, or lights it, from then on."""
    found = []
    for seed in range(6):
        plain = traces(exponential(0.8), seed)
        rgb = plain.rgb + left * (plain.t_s > RELEASE_S)[:, None]
        given = replace(plain, rgb=rgb)
        assert staying_light(given) == pytest.approx(abs(left), abs=0.006)
        found.append(measure_refill(given, RELEASE_S, 0.02, shadowed=True)[1])
    assert all(refill.status == "measured" for refill in found)
    assert sum(holds(refill, t90_of(exponential(0.8))) for refill in found) >= 5


def test_without_a_picture_after_release_no_light_is_told() -> None:
    given = traces(exponential(0.8), 1)
    assert staying_light(replace(given, used=np.zeros_like(given.used))) == 0.0


def test_no_time_is_given_beside_a_hand_where_a_clipped_colour_hides_its_shadow() -> None:
    given = replace(traces(exponential(0.8), 1), clipped=np.array([True, False, False]))
    assert staying_light(given) == np.inf
    assert measured(given).status == "measured"
    refill = measure_refill(given, RELEASE_S, 0.02, shadowed=True)[1]
    assert refill.status == "not_measurable"


@pytest.mark.parametrize("left", [-0.15, 0.15])
@pytest.mark.parametrize("colour", TINTED, ids=["reddish", "bluish"])
def test_tinted_light_that_stays_is_no_skin_that_stays_pale(left: float, colour: Array) -> None:
    for seed in range(3):
        plain = traces(exponential(0.8), seed)
        rgb = plain.rgb + left * (plain.t_s > RELEASE_S)[:, None] * colour
        refill = measure_refill(replace(plain, rgb=rgb), RELEASE_S, 0.02, shadowed=True)[1]
        assert refill.status != "not_recovered"


def test_a_tint_feigns_part_of_what_light_there_is() -> None:
    assert not is_mostly_light(0.0, 0.001)
    assert not is_mostly_light(0.0, 0.0)
    assert is_mostly_light(0.01, 0.0)
    assert not is_mostly_light(0.05, 0.05)
    assert is_mostly_light(0.15, 0.05)
