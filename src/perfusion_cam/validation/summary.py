"""What many clips say together: figures by factor, and targets met or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfusion_cam.validation.cases import PAIRED
from perfusion_cam.validation.scoring import ClipScore, PressScore
from perfusion_cam.validation.statistics import (
    Estimate,
    Share,
    median_of,
    percentile90_of,
    share_of,
)

SHARP_BITS = 5e6 / (1280 * 720 * 30)
"""Bits a pixel of 5 Mbit/s at 720p and 30 pictures a second: the least that targets are for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of some clips.

    Attributes
    ----------
    clips, presses : int
    found : Share
        Presses found, of all that blanch and were seen from before.
    invented : int
    bias : Estimate
        Median relative error.
    error_s, error_share, error90_s : Estimate
        Median absolute error, seconds and relative; 90th percentile, seconds.
    covered : Share
        Intervals that hold the truth.
    release_s, release90_s : Estimate
        Median and 90th percentile of the release's absolute error.
    oracle_error_s : Estimate
        Median absolute error of the oracle on the presses that were measured.
    statuses : dict
        Presses by status, *missed* among them.
    refusals : dict
        Presses that have a refill time and were refused, by reason (a press may have several).
    """

    clips: int
    presses: int
    found: Share
    invented: int
    bias: Estimate
    error_s: Estimate
    error_share: Estimate
    error90_s: Estimate
    covered: Share
    release_s: Estimate
    release90_s: Estimate
    oracle_error_s: Estimate
    statuses: dict[str, int]
    refusals: dict[str, int]


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one level of one factor."""

    factor: str
    level: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run says.

    Attributes
    ----------
    clips : int
    overall : Figures
        Of unrelated clips, as is *together* but by skin type.
    alone : tuple of Row
        One factor at a time, round the ordinary clip; and everything at once.
    together : tuple of Row
        All clips, by skin type, curve and tool.
    remarks : tuple of str
        Every press missed, invented, wrongly numbered, or outside its interval; every failure.
    """

    clips: int
    overall: Figures
    alone: tuple[Row, ...]
    together: tuple[Row, ...]
    remarks: tuple[str, ...]


def summed_up(clips: Sequence[ClipScore]) -> Summary:
    """Sum up clips in the order given."""
    levels = dict.fromkeys((clip.factor, clip.level) for clip in clips)
    alone = [
        Row(factor, level, figures([c for c in clips if (c.factor, c.level) == (factor, level)]))
        for factor, level in levels
    ]
    traits: dict[str, Callable[[PressScore], str]] = {
        "all by skin type": lambda press: str(press.skin_type),
        "all by curve": lambda press: press.curve,
        "all by tool": lambda press: press.tool,
    }
    single = unrelated(clips)
    together = []
    for factor, trait in traits.items():
        presses = presses_of(clips if factor == "all by skin type" else single)
        for level in sorted({trait(press) for press in presses}):
            some = figures_of_presses([press for press in presses if trait(press) == level])
            together.append(Row(factor, level, some))
    return Summary(
        len(clips), figures(single), tuple(alone), tuple(together), tuple(remarks(clips))
    )


def unrelated(clips: Sequence[ClipScore]) -> list[ClipScore]:
    """Keep one clip of each scene that is there on every skin type, types in turn.

    What one scene shows six times would count as six that agree. Clips of the mild grid, whose
    names end with no turn, are scenes of their own.
    """
    kinds = list(dict.fromkeys(clip.level for clip in clips if clip.factor in PAIRED))

    def is_kept(clip: ClipScore) -> bool:
        if clip.factor not in PAIRED or not clip.turn.isdigit():
            return True
        return clip.level == kinds[int(clip.turn) % len(kinds)]

    return [clip for clip in clips if is_kept(clip)]


def presses_of(clips: Sequence[ClipScore]) -> list[PressScore]:
    """All true presses of some clips."""
    return [press for clip in clips for press in clip.presses]


def figures(clips: Sequence[ClipScore]) -> Figures:
    """Sum up some clips."""
    invented = sum(len(clip.invented) for clip in clips)
    return figures_of_presses(presses_of(clips), len(clips), invented)


def figures_of_presses(presses: Sequence[PressScore], clips: int = 0, invented: int = 0) -> Figures:
    """Sum up some presses."""
    measured = [press for press in presses if press.error_s is not None]
    errors = [press.error_s or 0.0 for press in measured]
    relative = [(press.error_s or 0.0) / (press.t90_s or 1.0) for press in measured]
    release = [abs(p.release_error_s) for p in presses if p.release_error_s is not None]
    refused = [p for p in presses if p.kind == "timed" and p.status == "not_measurable"]
    return Figures(
        clips=clips,
        presses=len(presses),
        found=share_of([press.found for press in presses if press.kind in ("timed", "never")]),
        invented=invented,
        bias=median_of(relative),
        error_s=median_of([abs(error) for error in errors]),
        error_share=median_of([abs(error) for error in relative]),
        error90_s=percentile90_of([abs(error) for error in errors]),
        covered=share_of([press.inside for press in measured if press.inside is not None]),
        release_s=median_of(release),
        release90_s=percentile90_of(release),
        oracle_error_s=median_of(
            [abs(p.oracle_error_s) for p in measured if p.oracle_error_s is not None]
        ),
        statuses=dict(Counter(press.status or "missed" for press in presses)),
        refusals=dict(Counter(flag for press in refused for flag in press.flags).most_common()),
    )


def remarks(clips: Sequence[ClipScore]) -> list[str]:
    """Tell every press that did not come out as it should, a line each."""
    lines = []
    for clip in clips:
        if clip.failure:
            lines.append(f"failed: {clip.name}: {clip.failure}")
        lines += [f"invented: {clip.name}: {what}" for what in clip.invented]
        lines += [f"{what}: {clip.name}: {text}" for p in clip.presses for what, text in _amiss(p)]
    return sorted(lines)


def _amiss(press: PressScore) -> list[tuple[str, str]]:
    truth = "never back" if press.t90_s is None else f"true {press.t90_s:.2f} s"
    about = f"skin type {press.skin_type}, {press.tool}, {press.curve}, {truth}"
    flags = ", ".join(press.flags)
    if not press.found:
        return [("missed", about)] if press.kind in ("timed", "never") else []
    told = []
    if press.release_error_s is not None and abs(press.release_error_s) > 0.3:
        told.append(("release off", f"{press.release_error_s:+.2f} s; {about}"))
    number = (
        "" if press.crt_s is None else f"{press.crt_s:.2f} [{press.low_s:.2f}, {press.high_s:.2f}]"
    )
    if press.false_number:
        told.append(("a number where there is none", f"{number or press.status}; {about}"))
    elif press.inside is False:
        told.append(("outside its interval", f"{number}; {about} ({flags})"))
    elif press.false_bound:
        told.append(("false lower bound", f"{press.lower_bound_s:.2f} s; {about}"))
    elif press.status != {"timed": "measured", "never": "not_recovered"}.get(
        press.kind, press.status
    ):
        told.append(("refused", f"{press.status} ({flags}); {about}"))
    return told


def is_negative(clip: ClipScore) -> bool:
    """Whether nothing is pressed in a clip."""
    return not clip.presses
