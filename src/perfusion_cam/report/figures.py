"""The plot of one press that a person can judge: curve, fit, marks, residuals."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from perfusion_cam.report.wording import RESEARCH_USE_ONLY, headline, seconds
from perfusion_cam.types import FloatArray, PressResult, Refill, RefillCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, VERMILLION, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#5F6368"
"""Colours that stay apart for colour-blind readers (Okabe and Ito 2008)."""

_AFTER_T90 = 5.0
"""The plot shows this many times the refill time's upper limit."""
_LEAST_AFTER_S, _BEFORE_CONTACT_S = 6.0, 1.5


@dataclass(frozen=True, slots=True)
class Plotted:
    """What a plot is made of; times in the recording.

    Attributes
    ----------
    title : str
        Which press of which file.
    refill : Refill
    curve : RefillCurve or None
    release_s : float
    contact_s, release_se_s, ended_s : float or None
    """

    title: str
    refill: Refill
    curve: RefillCurve | None
    release_s: float
    contact_s: float | None = None
    release_se_s: float | None = None
    ended_s: float | None = None


def press_figure(result: PressResult, *, title: str) -> Figure:
    """Draw one press.

    Parameters
    ----------
    result : PressResult
    title : str
        Which press of which file.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so nothing needs closing.
    """
    press = result.press
    return refill_figure(
        Plotted(
            title,
            result.refill,
            result.curve,
            press.release_s,
            press.contact_s if press.seen_bare else None,
            press.release_se_s,
            press.ended_s,
        )
    )


def refill_figure(plotted: Plotted) -> Figure:
    """Draw a refill: the curve above, what the fit leaves over below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 7.2), dpi=120, facecolor="white")
    upper, lower = figure.subplots(
        2, 1, sharex=True, height_ratios=[3.4, 1], gridspec_kw={"hspace": 0.08}
    )
    reasons = [
        line for reason in plotted.refill.reasons for line in textwrap.wrap("• " + reason, 128)
    ]
    # Sizes are in inches so that many reasons never squeeze the words into the axes.
    foot = (0.92 + 0.17 * len(reasons)) / figure.get_figheight()
    figure.subplots_adjust(left=0.085, right=0.985, top=0.885, bottom=foot)
    _words(figure, plotted, reasons)
    _draw_touch(upper, plotted)
    if plotted.curve is None or not plotted.curve.t_s.size:
        _no_curve(upper, lower)
        return figure
    _draw_samples(upper, plotted.curve, plotted.release_s)
    _draw_fit(upper, plotted)
    _draw_times(upper, plotted)
    _draw_residuals(lower, plotted)
    _limit(upper, plotted, plotted.curve)
    upper.legend(loc="upper right", fontsize=8.5, framealpha=0.9, ncols=2)
    return figure


def _words(figure: Figure, plotted: Plotted, reasons: list[str]) -> None:
    refill = plotted.refill
    words = headline(refill)
    figure.text(0.085, 0.955, words[0].upper() + words[1:], fontsize=15, fontweight="bold")
    about = f"{plotted.title}   {_facts(plotted)}"
    figure.text(0.085, 0.922, about, fontsize=9, color=GREY, parse_math=False)
    height = figure.get_figheight()
    for line, reason in enumerate(reversed(reasons)):
        figure.text(0.085, (0.32 + 0.17 * line) / height, reason, fontsize=8.5)
    figure.text(0.085, 0.1 / height, RESEARCH_USE_ONLY, fontsize=7, color=GREY, style="italic")


def _facts(plotted: Plotted) -> str:
    refill = plotted.refill
    facts = []
    if plotted.contact_s is not None:
        facts.append(f"held {seconds(plotted.release_s - plotted.contact_s)}")
    if refill.blanch_depth is not None:
        facts.append(f"blanch depth {refill.blanch_depth:.3f}")
    if refill.signal_to_noise is not None and np.isfinite(refill.signal_to_noise):
        facts.append(f"signal/noise {refill.signal_to_noise:.0f}")
    if refill.model is not None:
        facts.append(f"model: {refill.model}")
    return "   ".join(facts)


def _draw_touch(axes: Axes, plotted: Plotted) -> None:
    if plotted.contact_s is not None:
        contact = plotted.contact_s - plotted.release_s
        axes.axvspan(contact, 0, color=GREY, alpha=0.09, linewidth=0, label="pressed")
    if plotted.release_se_s:
        half = 1.96 * plotted.release_se_s
        axes.axvspan(-half, half, color=ORANGE, alpha=0.35, linewidth=0)
    axes.axvline(0, color=ORANGE, linewidth=1.6, label="release ± 95 %")
    axes.axhline(0, color=GREY, linewidth=1, linestyle=(0, (6, 3)), label="colour before press")


def _draw_samples(axes: Axes, curve: RefillCurve, release_s: float) -> None:
    t = curve.t_s - release_s
    axes.plot(
        t[~curve.used],
        curve.signal[~curve.used],
        "o",
        markersize=3,
        markerfacecolor="none",
        markeredgecolor=GREY,
        markeredgewidth=0.6,
        alpha=0.55,
        label="sample, not used",
    )
    axes.errorbar(
        t[curve.used],
        curve.signal[curve.used],
        curve.signal_se[curve.used],
        fmt="o",
        markersize=3,
        color=BLUE,
        elinewidth=0.6,
        alpha=0.6,
        label="sample used ± se",
    )


def _draw_fit(axes: Axes, plotted: Plotted) -> None:
    refill = plotted.refill
    if refill.fit_t_s is None or refill.fit_signal is None:
        return
    t = refill.fit_t_s - plotted.release_s
    if refill.status == "not_measurable":
        # Drawn to be judged against its residuals; not so that it looks like a quick return.
        axes.plot(t, refill.fit_signal, "-.", color=GREY, linewidth=1.5, label="fit, refused")
        return
    if band := _band(refill):
        axes.fill_between(t, *band, color=VERMILLION, alpha=0.25, linewidth=0)
    axes.plot(t, refill.fit_signal, color=VERMILLION, linewidth=2, label="fit, 95 % band", zorder=4)


def _band(refill: Refill) -> tuple[FloatArray, FloatArray] | None:
    """Lower and upper edge of the fit; None where it was refused."""
    if refill.status == "not_measurable" or refill.fit_lo is None or refill.fit_hi is None:
        return None
    return refill.fit_lo, refill.fit_hi


def _draw_times(axes: Axes, plotted: Plotted) -> None:
    refill, depth = plotted.refill, plotted.refill.blanch_depth
    if depth is None or refill.status == "not_measurable":
        return
    if refill.status == "not_recovered":
        axes.axhline(0.1 * depth, color=GREEN, linewidth=1, linestyle=":", label="10 % left")
        return
    marks = ((refill.t50_s, 0.5, "t50"), (refill.crt_s, 0.1, "refill time (t90)"))
    for t, remaining, name in marks:
        if t is None:
            continue
        level = remaining * depth
        axes.plot([0, t, t], [level, level, 0], color=GREEN, linewidth=1.1, linestyle=":")
        axes.plot(t, level, "D", color=GREEN, markersize=6, markeredgecolor="white", zorder=5)
        axes.annotate(
            f"{name} {seconds(t)}",
            (t, level),
            xytext=(9, 9),
            textcoords="offset points",
            fontsize=9.5,
            fontweight="bold",
            color=GREEN,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
            zorder=6,
        )
    if refill.crt_ci95_s is not None:
        axes.plot(
            refill.crt_ci95_s,
            [0.1 * depth] * 2,
            "|-",
            color="black",
            linewidth=2,
            markersize=15,
            markeredgewidth=2,
            zorder=4.5,
            label="refill time, 95 %",
        )


def _draw_residuals(axes: Axes, plotted: Plotted) -> None:
    refill, curve = plotted.refill, plotted.curve
    axes.set_xlabel("time from release (s)")
    axes.set_ylabel("residual / se")
    axes.axhspan(-1.96, 1.96, color=GREY, alpha=0.12, linewidth=0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_ylim(-5, 5)
    axes.grid(alpha=0.2)
    if curve is None or refill.fit_t_s is None or refill.fit_signal is None:
        axes.text(0.5, 0.75, "no curve was fitted", ha="center", transform=axes.transAxes)
        return
    t = curve.t_s[curve.used]
    fitted = np.interp(t, refill.fit_t_s, refill.fit_signal, left=np.nan, right=np.nan)
    residual = (curve.signal[curve.used] - fitted) / np.maximum(curve.signal_se[curve.used], 1e-12)
    axes.plot(t - plotted.release_s, np.clip(residual, -4.8, 4.8), "o", markersize=2.5, color=BLUE)


def _no_curve(upper: Axes, lower: Axes) -> None:
    lower.set_visible(False)
    upper.text(0.5, 0.6, "no colour curve of this press", ha="center", transform=upper.transAxes)
    upper.set_ylim(-0.5, 1)
    upper.set_yticks([])
    upper.tick_params(labelbottom=True)
    upper.set_xlabel("time from release (s)")
    upper.legend(loc="upper right", fontsize=8.5)


def _limit(axes: Axes, plotted: Plotted, curve: RefillCurve) -> None:
    """Frame what matters: hidden samples may lie far outside, and the watch may be long."""
    axes.set_ylabel("pallor (log light, site against skin beside)")
    axes.grid(alpha=0.2)
    start, end = (float(t) - plotted.release_s for t in (curve.t_s[0], curve.t_s[-1]))
    if plotted.contact_s is not None:
        start = max(start, plotted.contact_s - plotted.release_s - _BEFORE_CONTACT_S)
    if plotted.refill.status == "measured" and plotted.refill.crt_s is not None:
        latest = (plotted.refill.crt_ci95_s or (0.0, plotted.refill.crt_s))[1]
        if np.isfinite(latest):
            end = min(end, max(_LEAST_AFTER_S, _AFTER_T90 * latest))
    elif plotted.ended_s is not None:
        end = min(end, plotted.ended_s - plotted.release_s + _BEFORE_CONTACT_S)
    if end > start:
        axes.set_xlim(start, end)
    low, high = _signal_range(plotted, curve)
    axes.set_ylim(low, high)
    _count_outside(axes, curve, plotted.release_s, (start, end), (low, high))


def _signal_range(plotted: Plotted, curve: RefillCurve) -> tuple[float, float]:
    shown: list[FloatArray] = [curve.signal[curve.used]]
    if not curve.used.any():
        shown.append(curve.signal)
    refill = plotted.refill
    if refill.fit_signal is not None:
        shown += [refill.fit_signal, *(_band(refill) or ())]
    values = np.concatenate(shown)
    values = np.append(values[np.isfinite(values)], 0.0)
    low = min(float(np.percentile(values, 0.2)), 0.0)
    high = max(float(np.percentile(values, 99.8)), 0.0)
    room = max(high - low, 1e-3)
    return low - 0.12 * room, high + 0.25 * room


def _count_outside(
    axes: Axes,
    curve: RefillCurve,
    release_s: float,
    times: tuple[float, float],
    levels: tuple[float, float],
) -> None:
    t = curve.t_s - release_s
    shown = (t >= times[0]) & (t <= times[1])
    outside = int((shown & ((curve.signal < levels[0]) | (curve.signal > levels[1]))).sum())
    if outside:
        axes.text(
            0.01,
            0.02,
            f"{outside} samples outside this range",
            fontsize=8,
            color=GREY,
            transform=axes.transAxes,
        )
