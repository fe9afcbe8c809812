from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
import synthetic
from matplotlib.backends.backend_agg import FigureCanvasAgg

from perfusion_cam.report.figures import Plotted, press_figure, refill_figure
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.types import RefillCurve


def words(figure) -> str:
    inside = [text.get_text() for axes in figure.axes for text in axes.texts]
    return "\n".join([text.get_text() for text in figure.texts] + inside)


def draw(figure) -> np.ndarray:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (0, "Refill time 1.84 s (95 %: 1.71 to 2.01 s)"),
        (1, "Not back after 12.0 s (63 % recovered)"),
        (2, "Not measurable"),
    ],
)
def test_plot_says_verdict_reasons_and_notice(examination, index, said):
    result = examination.presses[index]
    figure = press_figure(result, title="press of clip.mp4")
    text = words(figure)
    assert said in text
    assert RESEARCH_USE_ONLY in text
    assert all(reason in text.replace("\n", " ") for reason in result.refill.reasons)
    assert draw(figure).std() > 5


def test_plot_shows_the_recovery_and_marks_the_refill_time(examination):
    figure = press_figure(examination.presses[0], title="x")
    upper, lower = figure.axes
    low, high = upper.get_ylim()
    assert low > -0.2  # hidden samples at -0.9 do not squeeze the curve
    assert high > 0.12
    left, right = upper.get_xlim()
    assert left < -5 < 0 < 2 < right
    assert "refill time (t90) 1.84 s" in words(figure)
    residuals = lower.lines[-1].get_ydata()
    assert residuals.size == examination.presses[0].curve.used.sum()
    assert np.std(residuals) == pytest.approx(1.0, abs=0.15)


def test_everything_drawn_lies_inside_the_picture(examination):
    figure = press_figure(examination.presses[2], title="press 3 of clip.mp4")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for text in figure.texts:
        box = text.get_window_extent(renderer)
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y0 >= 0


@pytest.mark.parametrize(
    ("status", "shown", "hidden"),
    [
        ("measured", {"fit, 95 % band", "refill time, 95 %"}, {"fit, refused", "10 % left"}),
        ("not_recovered", {"fit, 95 % band", "10 % left"}, {"fit, refused", "refill time, 95 %"}),
        ("not_measurable", {"fit, refused"}, {"fit, 95 % band", "10 % left", "refill time, 95 %"}),
    ],
)
def test_a_refused_fit_does_not_look_like_a_return(status, shown, hidden):
    refill = dataclasses.replace(synthetic.measured(), status=status)
    upper, _ = refill_figure(Plotted("x", refill, synthetic.curve(), 8.0)).axes
    labels = {text.get_text() for text in upper.get_legend().get_texts()}
    assert shown <= labels
    assert not hidden & labels


@pytest.mark.parametrize("finite", [True, False])
def test_odd_curves_are_drawn_all_the_same(finite):
    n = 5
    signal = np.zeros(n) if finite else np.full(n, np.nan)
    curve = RefillCurve(np.arange(n) * 0.1, signal, np.zeros(n), np.zeros(n, bool), 0.0)
    draw(refill_figure(Plotted("odd", synthetic.not_measurable(), curve, 0.2)))
    refill = dataclasses.replace(synthetic.measured(), crt_ci95_s=(1.0, float("inf")))
    draw(refill_figure(Plotted("odd", refill, curve, 0.2)))


def test_pyplot_is_never_imported():
    code = (
        "import sys, perfusion_cam.report.figures as f;"
        "assert 'matplotlib' not in sys.modules; import synthetic;"
        "f.press_figure(synthetic.examination().presses[0], title='x');"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    folder = synthetic.__file__.rpartition("/")[0]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder)
