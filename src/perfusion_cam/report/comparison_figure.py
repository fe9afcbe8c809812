"""Both sides' recoveries on one axis."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.sides import AFFECTED, UNAFFECTED, Comparison
from perfusion_cam.report.comparison_wording import contrast_words, reading_words
from perfusion_cam.report.figures import BLUE, GREEN, GREY, VERMILLION
from perfusion_cam.report.wording import RESEARCH_USE_ONLY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BEFORE_S, _LEAST_AFTER_S, _AFTER_T90 = 0.5, 6.0, 2.5
_LEFT = 0.1


def comparison_figure(comparison: Comparison) -> Figure:
    """Draw every used press of both sides as the share of its pallor that is left.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so nothing needs closing.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6.4), dpi=120, facecolor="white")
    axes = figure.subplots()
    sentences = list(contrast_words(comparison.sides, AFFECTED, UNAFFECTED))
    lines = [line for one in sentences[1:] for line in textwrap.wrap(one, 135)]
    # Sizes are in inches so that many lines never squeeze the words into the axes.
    foot = (0.95 + 0.19 * len(lines)) / figure.get_figheight()
    figure.subplots_adjust(left=_LEFT, right=0.985, top=0.9, bottom=foot)
    figure.text(_LEFT, 0.945, sentences[0], fontsize=14, fontweight="bold")
    for line, words in enumerate(reversed(lines)):
        figure.text(_LEFT, (0.35 + 0.19 * line) / figure.get_figheight(), words, fontsize=9)
    figure.text(_LEFT, 0.015, RESEARCH_USE_ONLY, fontsize=7, color=GREY, style="italic")
    draw_recoveries(axes, comparison, with_times=True)
    axes.legend(loc="upper right", fontsize=9, framealpha=0.9)
    return figure


def recoveries_figure(comparison: Comparison, width_in: float, height_in: float) -> Figure:
    """Draw the same without words around it, to stand beside them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), facecolor="white", layout="constrained")
    axes = figure.subplots()
    draw_recoveries(axes, comparison)
    legend_above(axes, text_pt=9)
    return figure


def legend_above(axes: Axes, text_pt: float) -> None:
    """Explain the lines above the axes, where they cover nothing."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderaxespad=0.2,
        fontsize=text_pt,
        frameon=False,
        labelspacing=0.25,
    )


def draw_recoveries(axes: Axes, comparison: Comparison, *, with_times: bool = False) -> None:
    """Draw every used press and both sides' times, and name them for a legend.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    comparison : Comparison
    with_times : bool
        Whether the sides' names come with their refill times.
    """
    sides = (
        (comparison.affected, AFFECTED, VERMILLION, -0.06),
        (comparison.unaffected, UNAFFECTED, BLUE, -0.12),
    )
    for reading, name, colour, level in sides:
        if with_times or reading.used:
            label = f"{name}: {reading_words(reading)}" if with_times else name
            axes.plot([], [], color=colour, linewidth=2.5, label=label)
        _draw_side(axes, reading, colour, level)
    _frame(axes, comparison)


def _draw_side(axes: Axes, reading: SideReading, colour: str, level: float) -> None:
    for press in reading.used_presses:
        _draw_press(axes, press, colour)
    if reading.crt_s is not None and reading.crt_ci95_s is not None:
        axes.plot(
            reading.crt_ci95_s, [level] * 2, "|-", color=colour, linewidth=2, markeredgewidth=2
        )
        axes.plot(reading.crt_s, level, "D", color=colour, markersize=7, markeredgecolor="white")
    elif reading.lower_bound_s is not None:
        axes.plot(reading.lower_bound_s, level, ">", color=colour, markersize=9)


def _draw_press(axes: Axes, press: SidePress, colour: str) -> None:
    if press.result is None or press.result.curve is None or not press.blanch_depth:
        return
    curve, refill, depth = press.result.curve, press.result.refill, press.blanch_depth
    t = curve.t_s[curve.used] - press.release_s
    left = curve.signal[curve.used] / depth
    axes.plot(t, left, "o", color=colour, markersize=2.5, alpha=0.3)
    if refill.fit_t_s is None or refill.fit_signal is None:
        return
    t = refill.fit_t_s - press.release_s
    if refill.fit_lo is not None and refill.fit_hi is not None:
        low, high = refill.fit_lo / depth, refill.fit_hi / depth
        axes.fill_between(t, low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(t, refill.fit_signal / depth, color=colour, linewidth=2, zorder=4)


def _frame(axes: Axes, comparison: Comparison) -> None:
    axes.axvline(0, color=GREY, linewidth=1)
    axes.axhline(0, color=GREY, linewidth=1, linestyle=(0, (6, 3)))
    axes.axhline(0.1, color=GREEN, linewidth=1.2, linestyle=":", label="90 % of the colour back")
    axes.set_xlabel("time from release (s)")
    axes.set_ylabel("share of the pressed-out colour still missing")
    axes.set_xlim(-_BEFORE_S, _end_s(comparison))
    axes.set_ylim(-0.2, 1.2)
    axes.grid(alpha=0.2)
    axes.plot([], [], "D", color=GREY, label="refill time of the site, 95 % with single presses")


def _end_s(comparison: Comparison) -> float:
    ends = [_LEAST_AFTER_S]
    for reading in (comparison.affected, comparison.unaffected):
        if reading.crt_s is not None and reading.crt_ci95_s is not None:
            ends.append(max(_AFTER_T90 * reading.crt_s, 1.1 * reading.crt_ci95_s[1]))
        ends += [1.1 * one.at_least_s for one in reading.used_presses if one.at_least_s is not None]
    return float(np.max(ends))
