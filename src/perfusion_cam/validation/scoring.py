"""One clip's presses against their truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from perfusion_cam.simulate import PressTruth, RefillTruth, Scenario, truth_of
from perfusion_cam.types import PressResult

NEAR_S = 1.0
"""A found press released within this of a true one is that press."""
HELD_S = 2.0
"""A hand held still above the skin for so long looks like one that presses skin which does not
blanch: it may be reported, as not measurable."""

Kind = Literal["timed", "never", "unblanched", "held", "unseen"]


@dataclass(frozen=True, slots=True)
class PressScore:
    """One true press and what was found of it.

    Attributes
    ----------
    kind : "timed", "never", "unblanched", "held" or "unseen"
        What can be had of it: a time, a lower bound as it never recovers, nothing as it does not
        blanch, as a hand was only held above it, or as the skin was not seen before.
    skin_type : int
    curve, tool : str
    depth : float
    t90_s, tau_s : float
        True refill time (None for never) and time constant.
    watched_s : float
        From release to the next contact or the end.
    release_error_s : float or None
        None where the press was missed, or none at all.
    status : str or None
        None where the press was missed.
    crt_s, low_s, high_s, lower_bound_s : float or None
        What was found.
    flags : tuple of str
    oracle_t90_s : float or None
        What a reader finds who is told all but the time.
    """

    kind: Kind
    skin_type: int
    curve: str
    tool: str
    depth: float
    t90_s: float | None
    tau_s: float
    watched_s: float
    release_error_s: float | None = None
    status: str | None = None
    crt_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    lower_bound_s: float | None = None
    flags: tuple[str, ...] = ()
    oracle_t90_s: float | None = None

    @property
    def found(self) -> bool:
        return self.status is not None

    @property
    def error_s(self) -> float | None:
        """Found minus true refill time, where both are a number."""
        if self.crt_s is None or self.t90_s is None or self.kind != "timed":
            return None
        return self.crt_s - self.t90_s

    @property
    def inside(self) -> bool | None:
        """Whether the interval holds the truth; None without an interval."""
        if self.error_s is None or self.low_s is None or self.high_s is None:
            return None
        assert self.t90_s is not None
        return self.low_s <= self.t90_s <= self.high_s

    @property
    def oracle_error_s(self) -> float | None:
        if self.oracle_t90_s is None or self.t90_s is None:
            return None
        return self.oracle_t90_s - self.t90_s

    @property
    def false_number(self) -> bool:
        """Whether a time was given where there is none, or a bound where nothing blanched."""
        if self.kind in ("timed", "never"):
            return self.crt_s is not None and self.kind == "never"
        return self.status in ("measured", "not_recovered")

    @property
    def false_bound(self) -> bool:
        """Whether the skin was back before the lower bound that was given."""
        bound_s = self.lower_bound_s
        return bound_s is not None and self.t90_s is not None and bound_s > self.t90_s


@dataclass(frozen=True, slots=True)
class ClipScore:
    """One clip, measured.

    Attributes
    ----------
    name, factor, level : str
    bits_per_pixel : float
        Asked of the encoder.
    presses : tuple of PressScore
    invented : tuple of str
        What was said of presses that never were, such as ``7.31 s, not_measurable``.
    rendering_s, analysis_s : float
    failure : str or None
        What ended the analysis, where something did.
    """

    name: str
    factor: str
    level: str
    bits_per_pixel: float
    presses: tuple[PressScore, ...]
    invented: tuple[str, ...] = ()
    rendering_s: float = 0.0
    analysis_s: float = 0.0
    failure: str | None = None

    @property
    def turn(self) -> str:
        """Which of its level's clips it is."""
        return self.name.rpartition("-")[2]


def score_presses(
    scenario: Scenario,
    found: Sequence[PressResult],
    oracle_t90_s: Sequence[float | None] | None = None,
) -> tuple[tuple[PressScore, ...], tuple[str, ...]]:
    """Match found presses with true ones, nearest release first come.

    Returns
    -------
    tuple of PressScore
        One a true press, and one for each time that a hand was held still above the skin.
    tuple of str
        What was invented.
    """
    left = list(found)
    pressed, above = truth_of(scenario).presses, _held_above(scenario)
    oracle = [*(oracle_t90_s or [None] * len(pressed)), *[None] * len(above)]
    truths = (*pressed, *above)
    contacts_s = [truth.press.contact_s for truth in truths]
    scores = []
    for truth, limit_s in zip(truths, oracle, strict=True):
        release_s = truth.press.release_s
        end_s = min((s for s in contacts_s if s > release_s), default=scenario.duration_s)
        near = [r for r in left if abs(r.press.release_s - release_s) < NEAR_S]
        match = min(near, key=lambda r: abs(r.press.release_s - release_s), default=None)
        if match is not None:
            left.remove(match)
        score = _score(scenario, truth, end_s - release_s, match, limit_s)
        if truth in above:
            score = replace(score, kind="held", release_error_s=None)
        scores.append(score)
    invented = [f"{result.press.release_s:.2f} s, {result.refill.status}" for result in left]
    return tuple(scores), tuple(invented)


def _held_above(scenario: Scenario) -> tuple[RefillTruth, ...]:
    """Tell when hands were held still above the skin, and taken away again, as presses."""
    hands = []
    for event in scenario.events:
        rests_s = event.start_s + (event.duration_s - event.pause_s) / 2
        leaves_s = rests_s + event.pause_s
        held = event.kind == "hand-passes" and event.pause_s >= HELD_S
        if held and leaves_s < scenario.duration_s:
            place_px = (scenario.width / 2, scenario.height / 2, 0.05 * scenario.width)
            press = PressTruth(rests_s, leaves_s, *place_px, depth=0.0, tool="hand")
            hands.append(RefillTruth(press, None, None, None))
    return tuple(hands)


def _score(
    scenario: Scenario,
    truth: RefillTruth,
    watched_s: float,
    match: PressResult | None,
    oracle_t90_s: float | None,
) -> PressScore:
    press = truth.press
    kind: Kind = "timed" if truth.t90_s is not None else "never"
    if press.depth == 0:
        kind = "unblanched"
    elif press.contact_s < 0:
        kind = "unseen"
    refill = None if match is None else match.refill
    low_s, high_s = (refill and refill.crt_ci95_s) or (None, None)
    return PressScore(
        kind=kind,
        skin_type=scenario.fitzpatrick,
        curve=press.curve.kind,
        tool=press.tool,
        depth=press.depth,
        t90_s=truth.t90_s if kind in ("timed", "unseen") else None,
        tau_s=press.curve.tau_s,
        watched_s=watched_s,
        release_error_s=None if match is None else match.press.release_s - press.release_s,
        status=None if refill is None else refill.status,
        crt_s=None if refill is None else refill.crt_s,
        low_s=low_s,
        high_s=high_s,
        lower_bound_s=None if refill is None else refill.lower_bound_s,
        flags=() if refill is None else tuple(flag.value for flag in refill.flags),
        oracle_t90_s=oracle_t90_s,
    )
