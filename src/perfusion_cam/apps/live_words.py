"""What the page is told, as plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from perfusion_cam.live.comparing import Compared
from perfusion_cam.live.guidance import HOLD_S, prompt
from perfusion_cam.live.state import Finished, LiveState
from perfusion_cam.live.tail import Point
from perfusion_cam.live.trace import Trace
from perfusion_cam.report.drawing import Outlines, outlines, trace_tool
from perfusion_cam.report.findings_words import RULE_COLUMNS
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, held, verdict
from perfusion_cam.types import BoolArray, FloatArray, GridShape, PressResult

Plain = dict[str, Any]

CURVE_POINTS = 240
"""As many points of a curve as a screen can show apart."""
OUTLINE_POINTS = 120
BEFORE_S = 8.0
"""So much of a curve before the release is shown."""


def said(state: LiveState) -> Plain:
    """What changes from moment to moment."""
    told = prompt(state.guided)
    return {
        "prompt": told._asdict(),
        "phase": state.guided.phase,
        "running": state.guided.running,
        "side": state.guided.side,
        "troubles": [
            {"says": one.value.says, "do": one.value.do}
            for one in state.guided.troubles
            if one.value.do != told.more  # that one is said large already
        ],
        "source": state.source_words,
        "t_s": round(state.t_s, 2),
        "frames": state.frames,
        "dropped": state.dropped,
        "to_picture": to_picture(state.to_frame, state.size_px),
        "saving_fails": state.saving_fails,
    }


def drawn(state: LiveState) -> Plain:
    """Outlines to lay over the picture, in pixels of the placement's first picture."""
    if state.tool_cells is not None:
        tool = trace_tool(state.tool_cells, state.grid.cell_px)
        return _plain(Outlines([], [], tool))
    if state.provisional is not None:
        return _plain(outlines(state.provisional, state.grid)._replace(tool=[]))
    return _plain(Outlines([], [], []))


def lines(result: PressResult, grid: GridShape) -> Plain:
    """Outlines of a press, in pixels of the first picture."""
    return _plain(outlines(result, grid))


def watched(result: PressResult | None) -> Plain | None:
    """The press under way, as provisional: never a lower bound or a refusal, which may change."""
    if result is None:
        return None
    measured = result.refill.status == "measured"
    return {
        "words": f"provisional: {verdict(result.refill)}" if measured else None,
        "curve": curve(result),
    }


def traced(trace: Trace | None) -> Plain | None:
    """The colour before and during a press: light in percent, seconds from contact or from now."""
    if trace is None:
        return None
    zero_s = trace.now_s if trace.contact_s is None else trace.contact_s
    return {
        "now_s": round(trace.now_s - zero_s, 2),
        "touched": trace.contact_s is not None,
        "lifted_s": None if trace.lifted_s is None else round(trace.lifted_s - zero_s, 2),
        "target_s": HOLD_S,
        "place": [[round(t_s - zero_s, 2), _percent(signal)] for t_s, signal in trace.place],
        "beside": [[round(t_s - zero_s, 2), _percent(signal)] for t_s, signal in trace.beside],
    }


def _percent(change_log: float) -> float:
    return round(100 * math.expm1(change_log), 2)


def listed(one: Finished) -> Plain:
    """One finished press; without a curve where there is none to speak of."""
    told: Plain = {"side": one.side, "number": one.number} | listed_press(one.result)
    return told | {"curve": None} if one.result.refill.status == "not_measurable" else told


def listed_press(result: PressResult) -> Plain:
    """What came of a press."""
    refill = result.refill
    return {
        "status": refill.status,
        "words": verdict(refill),
        "held": held(result.press),
        "reasons": list(refill.reasons),
        "curve": curve(result),
    }


def curve(result: PressResult) -> Plain | None:
    """The recovery as the share of the pressed-out colour still missing, from release on.

    What cannot be measured has no fit: a line through noise looks like a quick return.
    """
    if result.curve is None:
        return None
    found, refill, release_s = result.curve, result.refill, result.press.release_s
    fit = None
    drawn = refill.status != "not_measurable"
    if drawn and refill.fit_t_s is not None and refill.fit_signal is not None:
        fit = (refill.fit_t_s - release_s, refill.fit_signal)
    return shares(found.t_s - release_s, found.signal, found.used, refill.blanch_depth, fit)


def shares(
    t_s: FloatArray,
    signal: FloatArray,
    used: BoolArray,
    depth: float | None,
    fit: tuple[FloatArray, FloatArray] | None = None,
) -> Plain | None:
    """Draw a curve by shares of what was pressed out, or of its largest value without that.

    Parameters
    ----------
    t_s : array (n,)
        From release.
    signal : array (n,)
        Pallor, natural-log units.
    used : array (n,) bool
    depth : float or None
        Pallor at release.
    fit : (array (m,), array (m,)), optional
        Times from release, and the fitted signal.
    """
    depth = _whole(t_s, signal, used, depth)
    if depth is None:
        return None
    points = np.stack([t_s, signal / depth], axis=1)[used & (t_s > -BEFORE_S)]
    fitted = [] if fit is None else _thinned(np.stack([fit[0], fit[1] / depth], axis=1))
    return {"points": _thinned(points), "fit": fitted}


def tail(result: PressResult | None, following: Sequence[Point]) -> list[list[float]]:
    """How the curve of the press under way went on since it was measured, by the same shares."""
    if result is None or result.curve is None:
        return []
    found, release_s = result.curve, result.press.release_s
    whole = _whole(found.t_s - release_s, found.signal, found.used, result.refill.blanch_depth)
    if whole is None:
        return []
    return [[round(t_s - release_s, 3), round(signal / whole, 3)] for t_s, signal in following]


def _whole(
    t_s: FloatArray, signal: FloatArray, used: BoolArray, depth: float | None
) -> float | None:
    """What counts as all of the pressed-out colour."""
    if depth is not None and depth > 0:
        return depth
    late = used & (t_s > 0)
    return float(np.max(np.abs(signal[late]))) if late.any() else None


def compared_words(found: Compared) -> Plain:
    """The comparison, in the words of every other output."""
    content = found.content
    return {
        "title": content.title,
        "answer": content.answer,
        "sides": asdict(content.sides),
        "contrasts": [asdict(one) for one in content.contrasts],
        "profiles": [
            {"title": one.profile.title, "rows": one.rows, "met": one.met, "others": one.others}
            for one in content.profiles
        ],
        "rule_columns": RULE_COLUMNS,
        "notes": content.notes,
        "sections": [asdict(one) for one in content.sections],
    }


def notice() -> str:
    """The words that stand on every output."""
    return RESEARCH_USE_ONLY


def to_picture(to_frame: FloatArray, size_px: tuple[int, int]) -> list[list[float]]:
    """Matrix from pixels of the first picture to shares of another one's width and height."""
    width, height = size_px
    scale = np.array([[1 / max(width, 1)], [1 / max(height, 1)]])
    return [[round(float(value), 7) for value in row] for row in to_frame * scale]


def _plain(drawn_lines: Outlines) -> Plain:
    named = drawn_lines._asdict()
    return {name: [_few(line) for line in group] for name, group in named.items()}


def _few(line: FloatArray) -> list[list[float]]:
    return _thinned(line, OUTLINE_POINTS, 1)


def _thinned(rows: FloatArray, most: int = CURVE_POINTS, digits: int = 3) -> list[list[float]]:
    step = max(1, -(-len(rows) // most))
    return [[round(float(x), digits), round(float(y), digits)] for x, y in rows[::step]]
