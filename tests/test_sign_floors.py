"""Floors under how well signs of the skin's colour are told: changes must not make it worse."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.signs import BLEMISHES, SIGNS, Told, area

TYPES = (2, 6)
UNTOUCHED, PAINTED = range(6), range(100, 102)
MIN_AREA = 0.95
MAX_FALSE = 0.02


@pytest.fixture(scope="module")
def told() -> Told:
    result = Told()
    for one in TYPES:
        result.show("none", 0.0, one, UNTOUCHED)
        for kind in SIGNS:
            result.show(kind, 1.0, one, PAINTED)
        for kind in BLEMISHES:
            result.show(kind, 0.0, one, PAINTED)
    return result


def test_nearly_every_scene_is_read(told: Told) -> None:
    assert told.unread <= 2


@pytest.mark.parametrize("kind", SIGNS)
def test_a_moderate_sign_is_told_from_none(told: Told, kind: str) -> None:
    sign = SIGNS[kind]
    areas = [
        area(told.of(sign, kind, 1.0, [one]), told.of(sign, "none", 0.0, [one])) for one in TYPES
    ]
    assert np.mean(areas) >= MIN_AREA


def test_untouched_skin_and_blemishes_show_no_sign(told: Told) -> None:
    for kind, most in (("none", MAX_FALSE), *((kind, 0.05) for kind in BLEMISHES)):
        shown = np.concatenate([told.of(sign, kind, 0.0, TYPES) for sign in SIGNS.values()])
        assert np.mean(shown >= 1) <= most, kind
