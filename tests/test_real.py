"""Real recordings, of which no true refill time is known: what must hold all the same.

The folder stands beside the project and may not be part of it; without it these are skipped.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from perfusion_cam.analysis import analyze, analyze_trace
from perfusion_cam.types import Examination, Refill

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "real"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="no ../shared/real beside the project: recordings of real skin"
)

THUMB_PX, THUMB_RADIUS_PX = (392, 185), 70
"""Where the thumb lies on the forearm, upright."""
HONEST_SHARE = 0.25
"""Three pictures a second and a strong codec: an interval narrower than this would boast."""


def recording(file: str) -> Path:
    path = REAL / file
    if not path.is_file():
        pytest.skip(f"no {file} in ../shared/real")
    return path


@cache
def examined(file: str) -> Examination:
    return analyze(recording(file))


def is_wide(refill: Refill, share: float) -> bool:
    """Whether a measured time's interval reaches at least `share` of it to either side."""
    assert refill.crt_s is not None
    assert refill.crt_ci95_s is not None
    low, high = refill.crt_ci95_s
    return low <= (1 - share) * refill.crt_s and high >= (1 + share) * refill.crt_s


def test_a_thumb_on_a_forearm_is_found() -> None:
    (found,) = examined("forearm-thumb-press.mp4").presses
    assert 9.6 <= found.press.release_s <= 10.5
    assert found.press.contact_s < found.press.release_s - 1.0


def test_a_time_is_given_only_for_where_the_thumb_pressed() -> None:
    """The arm, pushed aside, slid back along the table: its border is no blanch."""
    (found,) = examined("forearm-thumb-press.mp4").presses
    if found.refill.status in {"measured", "not_recovered"}:
        assert found.site is not None
        off_px = np.hypot(found.site.x_px - THUMB_PX[0], found.site.y_px - THUMB_PX[1])
        assert off_px < THUMB_RADIUS_PX


def test_a_forearm_at_three_pictures_a_second_is_not_overrated() -> None:
    (found,) = examined("brown-forearm-3fps.mp4").presses
    assert found.press.contact_s == pytest.approx(6.5, abs=1.5)
    assert found.press.release_s == pytest.approx(15.3, abs=0.7)
    refill = found.refill
    assert refill.status == "not_measurable" or is_wide(refill, HONEST_SHARE)


@pytest.mark.parametrize("file", ["signing-forearm.mp4", "face-selfie.mp4", "very-dark-cheek.avi"])
def test_where_nobody_presses_there_is_no_press(file: str) -> None:
    found = examined(file)
    assert found.presses == ()
    assert len(found.track.t_s) == found.source.frames


def test_a_colour_trace_of_a_forearm_is_read() -> None:
    """Published fits of this trace give time constants of 2.1 to 3.2 s; neither is truth."""
    found = analyze_trace(recording("forearm-press-trace.csv"))
    assert found.contact_s == pytest.approx(11.2, abs=0.5)
    assert found.release_s == pytest.approx(17.4, abs=0.5)
    assert found.refill.status in {"measured", "not_recovered"}
    assert "no_control" in {flag.value for flag in found.refill.flags}
