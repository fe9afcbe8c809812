"""What the measurement must reach, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from perfusion_cam.validation.cases import SKIN_TYPE
from perfusion_cam.validation.factors import FACTORS
from perfusion_cam.validation.scoring import ClipScore, PressScore
from perfusion_cam.validation.statistics import (
    Estimate,
    Share,
    median_of,
    percentile90_of,
    share_of,
)
from perfusion_cam.validation.summary import SHARP_BITS, is_negative, presses_of, unrelated

LEAST_IN_GROUP = 10
"""Smaller groups have no median or coverage worth comparing."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target.

    Attributes
    ----------
    name, asked, reached : str
    met : bool or None
        None where the run held nothing, or not enough, to tell it by.
    """

    name: str
    asked: str
    reached: str
    met: bool | None


def targets(clips: Sequence[ClipScore]) -> list[Target]:
    """Hold a run against its targets.

    A scene that is there on every skin type counts once, but where skin types are told apart or one
    failure is one too many.
    """
    single = unrelated(clips)
    presses = presses_of(single)
    found = share_of([p.found for p in presses if p.kind in ("timed", "never")])
    negatives = [clip for clip in clips if is_negative(clip)]
    invented = sum(len(clip.invented) for clip in negatives)
    invented_else = sum(len(clip.invented) for clip in clips) - invented
    release = [abs(p.release_error_s) for p in presses if p.release_error_s is not None]
    measured = [p for p in presses if p.error_s is not None]
    everywhere = presses_of(clips)
    latest_s = max((abs(p.release_error_s or 0) for p in everywhere), default=0.0)
    measured_anywhere = [p for p in everywhere if p.error_s is not None]
    never = [p for p in presses if p.kind == "never" and p.found]
    bare = [p for p in presses if p.kind == "unblanched"]
    above = [p for p in presses if p.kind == "held"]
    wrong = [p for p in measured_anywhere if abs(p.error_s or 0) > 1 and p.inside is False]
    covered = share_of([p.inside for p in measured if p.inside is not None])
    numbers = sum(p.false_number for p in never)
    return [
        Target(
            "presses found",
            "98 % or more",
            _share(found),
            None if found.value is None else found.value >= 0.98,
        ),
        Target(
            "presses invented where nobody presses",
            "0",
            f"{invented} in {len(negatives)} clips (elsewhere {invented_else})",
            invented == 0 if negatives else None,
        ),
        _at_most("release, median error", median_of(release), 0.10, " s"),
        Target(
            "release, largest error",
            "0.5 s or less",
            f"{latest_s:.2f} s",
            latest_s <= 0.5 if release else None,
        ),
        *_error_targets([clip for clip in single if clip.bits_per_pixel >= SHARP_BITS]),
        _alike(clips),
        _near_oracle(measured),
        Target(
            "95 % intervals that hold the truth",
            "93 to 97 %",
            _share(covered),
            _lies_within(covered, 0.93, 0.97),
        ),
        _covered_by("skin type", measured_anywhere, lambda press: str(press.skin_type)),
        _covered_by("curve", measured, lambda press: press.curve),
        Target(
            "wrong by over 1 s and outside its interval",
            "0",
            str(len(wrong)),
            not wrong if measured else None,
        ),
        Target(
            "not recovering, called so",
            "95 % or more",
            _share(share_of([p.status == "not_recovered" for p in never])),
            sum(p.status == "not_recovered" for p in never) >= 0.95 * len(never) if never else None,
        ),
        Target("not recovering, given a number", "0", str(numbers), not numbers if never else None),
        Target(
            "not blanching, given a number",
            "0",
            f"{sum(p.false_number for p in bare)} of {len(bare)}",
            not any(p.false_number for p in bare) if bare else None,
        ),
        Target(
            "a hand held above the skin, given a number",
            "0",
            f"{sum(p.false_number for p in above)} of {len(above)} "
            f"(not measurable: {sum(p.found for p in above)})",
            not any(p.false_number for p in above) if above else None,
        ),
    ]


def _error_targets(clips: Sequence[ClipScore]) -> list[Target]:
    errors = [(p.error_s, p.t90_s) for p in presses_of(clips) if p.error_s is not None]
    absolute = [abs(error_s) for error_s, _ in errors]
    relative = [100 * abs(error_s) / t90_s for error_s, t90_s in errors if t90_s]
    return [
        _at_most("t90, median error, at 5 Mbit/s or more", median_of(absolute), 0.10, " s"),
        _at_most("the same, relative", median_of(relative), 5.0, " %"),
        _at_most("the same, 90th percentile", percentile90_of(absolute), 0.30, " s"),
    ]


def _at_most(name: str, reached: Estimate, limit: float, unit: str) -> Target:
    text = f"{limit:g}{unit} or less"
    if reached.value is None:
        return Target(name, text, "none measured", None)
    between = "" if reached.low is None else f" [{reached.low:.3g}, {reached.high:.3g}]"
    return Target(name, text, f"{reached.value:.3g}{unit}{between}", reached.value <= limit)


def _groups(
    presses: Sequence[PressScore], trait: Callable[[PressScore], str]
) -> dict[str, list[PressScore]]:
    names = sorted({trait(press) for press in presses})
    groups = {name: [press for press in presses if trait(press) == name] for name in names}
    return {name: group for name, group in groups.items() if len(group) >= LEAST_IN_GROUP}


def _alike(clips: Sequence[ClipScore]) -> Target:
    """Compare the worst skin type with the best, over scenes that differ in nothing else."""
    name, asked = "worst skin type's median error over the best's (relative)", "1.5 or less"
    scenes: dict[str, dict[str, float]] = {}
    for clip in clips:
        if clip.factor == SKIN_TYPE:
            scene = scenes.setdefault(clip.turn, {})
            for p in clip.presses:
                if p.error_s is not None and p.t90_s:
                    scene[clip.level] = abs(p.error_s) / p.t90_s
    kinds = list(FACTORS[SKIN_TYPE])
    whole = [
        [scene[kind] for kind in kinds] for scene in scenes.values() if len(scene) == len(kinds)
    ]
    of = f"{len(whole)} of {len(scenes)} scenes measured on every type"
    if len(whole) < LEAST_IN_GROUP:
        return Target(name, asked, f"too few: {of}", None)
    errors = np.array(whole)
    medians = np.maximum(np.median(errors, axis=0), 1e-9)
    worst, best = int(medians.argmax()), int(medians.argmin())
    ratio = medians[worst] / medians[best]
    rows = np.random.default_rng(1).integers(0, len(errors), (20_000, len(errors)))
    drawn = np.maximum(np.median(errors[rows], axis=1), 1e-9)
    pairs = len(kinds) * (len(kinds) - 1) / 2  # of which these two are the least alike
    limits = [0.025 / pairs, 1 - 0.025 / pairs]
    low, high = np.quantile(drawn[:, worst] / drawn[:, best], limits)
    said = f"{ratio:.2f} [{low:.2f}, {high:.2f}]"
    said += f" ({kinds[worst]}: {medians[worst]:.1%}, {kinds[best]}: {medians[best]:.1%}; {of})"
    return Target(name, asked, said, True if ratio <= 1.5 else None if low <= 1.5 else False)


def _near_oracle(measured: Sequence[PressScore]) -> Target:
    name, asked = "median error over the oracle's", "1.5 or less"
    pairs = [
        (abs(p.error_s), abs(p.oracle_error_s))
        for p in measured
        if p.error_s is not None and p.oracle_error_s is not None
    ]
    if not pairs:
        return Target(name, asked, "no oracle", None)
    ours, oracles = (float(np.median(column)) for column in zip(*pairs, strict=True))
    ratio = ours / max(oracles, 1e-9)
    rows = np.random.default_rng(1).integers(0, len(pairs), (1000, len(pairs)))
    drawn = np.median(np.array(pairs)[rows], axis=1)
    low, high = np.quantile(drawn[:, 0] / np.maximum(drawn[:, 1], 1e-9), [0.025, 0.975])
    said = f"{ratio:.2f} [{low:.2f}, {high:.2f}] ({ours:.3f} over {oracles:.3f} s)"
    return Target(name, asked, said, ratio <= 1.5)


def _covered_by(
    factor: str, measured: Sequence[PressScore], trait: Callable[[PressScore], str]
) -> Target:
    shares = {
        name: share_of([bool(press.inside) for press in group])
        for name, group in _groups(measured, trait).items()
    }
    text = ", ".join(f"{name}: {share.value:.0%}" for name, share in shares.items())
    within = [_lies_within(share, 0.90, 0.99) for share in shares.values()]
    met = False if False in within else None if None in within or not within else True
    return Target(f"the same by {factor}", "90 to 99 %", text or "too few presses", met)


def _lies_within(share: Share, low: float, high: float) -> bool | None:
    """Whether a share lies within limits; None where it does not, but by chance might."""
    if share.value is None:
        return None
    if low <= share.value <= high:
        return True
    return None if share.high >= low and share.low <= high else False


def _share(share: Share) -> str:
    if share.value is None:
        return "none"
    return f"{share.value:.1%} [{share.low:.1%}, {share.high:.1%}], {share.hits} of {share.count}"
