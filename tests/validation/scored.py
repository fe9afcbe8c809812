"""Scores made by hand."""

from dataclasses import replace

from perfusion_cam.validation.scoring import ClipScore, PressScore

GOOD = PressScore(
    kind="timed",
    skin_type=2,
    curve="exp",
    tool="finger",
    depth=0.8,
    t90_s=2.0,
    tau_s=0.87,
    watched_s=6.0,
    release_error_s=0.04,
    status="measured",
    crt_s=2.05,
    low_s=1.9,
    high_s=2.2,
    oracle_t90_s=2.04,
)
WRONG = replace(GOOD, crt_s=3.4, low_s=3.2, high_s=3.6)
MISSED = replace(GOOD, release_error_s=None, status=None, crt_s=None, low_s=None, high_s=None)
REFUSED = replace(
    GOOD, status="not_measurable", crt_s=None, low_s=None, high_s=None, flags=("low_signal",)
)
STUCK = replace(
    REFUSED,
    kind="never",
    curve="stuck",
    t90_s=None,
    status="not_recovered",
    lower_bound_s=9.0,
    flags=(),
)
BARE = replace(REFUSED, kind="unblanched", t90_s=None, depth=0.0, flags=("does_not_blanch",))
HELD = replace(BARE, kind="held", release_error_s=None)


def clip(*presses: PressScore, name: str = "clip", invented: tuple[str, ...] = ()) -> ClipScore:
    return ClipScore(name, "tool", "finger", 0.22, presses, invented)
