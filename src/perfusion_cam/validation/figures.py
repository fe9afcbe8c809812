"""Figures of a run: found against true times, errors and coverage by factor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from perfusion_cam.report.atomic import replacing
from perfusion_cam.validation.scoring import ClipScore, PressScore
from perfusion_cam.validation.summary import Row, Summary, presses_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TIMES, ERRORS, COVERAGE = "times.png", "errors.png", "coverage.png"
_INSIDE, _OUTSIDE, _ORACLE, _GREY = "#0072B2", "#D55E00", "#888888", "#cccccc"
_ROW_INCH = 0.19
_LEAST_S = 0.003


def write_figures(clips: Sequence[ClipScore], summary: Summary, folder: Path) -> None:
    """Draw a run into PNG files; what has nothing to show is left out."""
    measured = [press for press in presses_of(clips) if press.error_s is not None]
    rows = [row for row in (*summary.together, *summary.alone) if row.figures.covered.count]
    if not measured:
        return
    for name, figure in (
        (TIMES, draw_times(measured)),
        (ERRORS, draw_errors(rows)),
        (COVERAGE, draw_coverage(rows)),
    ):
        with replacing(folder / name) as path:
            figure.savefig(path, format="png", pil_kwargs={"optimize": True})


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=90, facecolor="white", layout="constrained")


def draw_times(measured: Sequence[PressScore]) -> Figure:
    """Found against true t90 with intervals, and beside it the same of the oracle."""
    figure = _figure(11, 5.4)
    ours, oracle = figure.subplots(1, 2, sharex=True, sharey=True)
    for inside, colour in ((True, _INSIDE), (False, _OUTSIDE)):
        group = [press for press in measured if press.inside is inside]
        true = np.array([press.t90_s for press in group], float)
        found = np.array([press.crt_s for press in group], float)
        spread = np.abs(
            np.array([[p.low_s, p.high_s] for p in group], float).reshape(-1, 2).T - found
        )
        word = "holds" if inside else "misses"
        ours.errorbar(
            true,
            found,
            yerr=spread,
            fmt="o",
            ms=3,
            lw=0.7,
            color=colour,
            label=f"95 % interval {word} the truth ({len(group)})",
        )
    told = [press for press in measured if press.oracle_t90_s is not None]
    oracle.plot(
        [press.t90_s for press in told],
        [press.oracle_t90_s for press in told],
        "o",
        ms=3,
        color=_ORACLE,
        label=f"told site, release and curve family ({len(told)})",
    )
    ends = [min(p.t90_s or 1 for p in measured) * 0.8, max(p.t90_s or 1 for p in measured) * 1.25]
    for axes, title in ((ours, "this software"), (oracle, "oracle")):
        axes.plot(ends, ends, color="black", lw=0.8)
        axes.set(xscale="log", yscale="log", xlabel="true t90 (s)", title=title)
        axes.set_xlim(ends)
        axes.set_ylim(ends[0] / 1.5, ends[1] * 1.5)
        ticks = [t for t in (0.2, 0.5, 1, 2, 5, 10, 20) if ends[0] / 1.5 < t < ends[1] * 1.5]
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(ticks, [f"{tick:g}" for tick in ticks])
            axis.set_ticks([], minor=True)
        axes.grid(alpha=0.2)
        axes.legend(loc="upper left", fontsize=8)
    ours.set_ylabel("found t90 (s)")
    return figure


def draw_errors(rows: Sequence[Row]) -> Figure:
    """Median and 90th percentile of the absolute error, and the oracle's median, a line a level."""
    figure = _figure(9, 1.4 + _ROW_INCH * _lines(rows))
    axes = figure.subplots()
    for y, row in zip(_label(axes, rows), rows, strict=True):
        of = row.figures
        median, far, oracle = of.error_s, of.error90_s, of.oracle_error_s
        assert median.value is not None
        assert far.value is not None
        if median.low is not None and median.high is not None:
            axes.plot([max(median.low, _LEAST_S), median.high], [y, y], color=_INSIDE, lw=2)
        axes.plot(max(median.value, _LEAST_S), y, "o", ms=4.5, color=_INSIDE)
        axes.plot(far.value, y, "|", ms=9, mew=1.8, color=_OUTSIDE)
        if oracle.value is not None:
            axes.plot(max(oracle.value, _LEAST_S), y, "x", ms=4.5, color=_ORACLE)
    for limit, colour in ((0.10, _INSIDE), (0.30, _OUTSIDE)):
        axes.axvline(limit, color=colour, lw=0.8, ls=":")
    for mark, colour, text in (
        ("o-", _INSIDE, "median, with its 95 % interval"),
        ("|", _OUTSIDE, "90th percentile"),
        ("x", _ORACLE, "oracle's median"),
    ):
        axes.plot([], [], mark, color=colour, ms=5, label=text)
    axes.set(xscale="log", xlabel="absolute error of t90 (s); dotted: what is asked")
    ticks = (0.003, 0.01, 0.03, 0.1, 0.3, 1, 3)
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    _legend(figure, axes)
    return figure


def draw_coverage(rows: Sequence[Row]) -> Figure:
    """Share of intervals that hold the truth, a line a level."""
    figure = _figure(9, 1.4 + _ROW_INCH * _lines(rows))
    axes = figure.subplots()
    axes.axvspan(93, 97, color=_GREY, alpha=0.5, lw=0, label="asked of all together")
    for y, row in zip(_label(axes, rows), rows, strict=True):
        share = row.figures.covered
        axes.plot([100 * share.low, 100 * share.high], [y, y], color=_INSIDE, lw=2)
        axes.plot(100 * share.hits / share.count, y, "o", ms=4.5, color=_INSIDE)
    axes.plot([], [], "o-", color=_INSIDE, label="held the truth, with Wilson's 95 % interval")
    axes.set(xlim=(-2, 102), xlabel="95 % intervals that hold the truth (%)")
    _legend(figure, axes)
    return figure


def _lines(rows: Sequence[Row]) -> int:
    return len(rows) + len({(row.factor) for row in rows}) + 2


def _label(axes: Axes, rows: Sequence[Row]) -> list[float]:
    """Name the levels at the left, each factor above its own; return their heights."""
    heights, ticks, names = [], [], []
    y, factor = 0.0, ""
    for row in rows:
        if row.factor != factor:
            factor = row.factor
            ticks.append(y)
            names.append(factor)
            y -= 1
        ticks.append(y)
        names.append(f"{row.level}  ({row.figures.covered.count})")
        heights.append(y)
        y -= 1
    axes.set_yticks(ticks, names, fontsize=8)
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        if "(" not in name:
            label.set_fontweight("bold")
    axes.set_ylim(y, 1)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", alpha=0.25)
    return heights


def _legend(figure: Figure, axes: Axes) -> None:
    figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8
    )
