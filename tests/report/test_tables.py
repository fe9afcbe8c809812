from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import synthetic

from perfusion_cam.quality import Flag
from perfusion_cam.report.document import document
from perfusion_cam.report.tables import CURVE_COLUMNS, PRESS_COLUMNS, curve_csv, presses_csv
from perfusion_cam.report.terminal import examination_text, refill_text
from perfusion_cam.report.wording import RESEARCH_USE_ONLY, seconds, verdict


def test_presses_csv_reads_back(examination):
    rows = list(csv.DictReader(io.StringIO(presses_csv(document(examination)))))
    assert tuple(rows[0]) == PRESS_COLUMNS
    assert [row["press"] for row in rows] == ["1", "2", "3"]
    assert float(rows[0]["crt_ci95_low_s"]) < float(rows[0]["crt_s"])
    assert rows[1]["crt_s"] == ""
    assert rows[2]["flags"].split() == ["hold_short", "low_signal"]


def test_curve_csv_reads_back(examination):
    curves = [(result.curve, result.press.release_s) for result in examination.presses]
    rows = list(csv.DictReader(io.StringIO(curve_csv(curves))))
    assert tuple(rows[0]) == CURVE_COLUMNS
    first = [row for row in rows if row["press"] == "1"]
    curve = examination.presses[0].curve
    np.testing.assert_allclose([float(row["signal"]) for row in first], curve.signal, atol=1e-6)
    assert sum(int(row["used"]) for row in first) == curve.used.sum()
    assert float(first[0]["t_from_release_s"]) == pytest.approx(-8.0)
    assert {row["press"] for row in rows} == {"1", "2"}  # the third has no curve


def test_terminal_table_says_every_verdict_and_reason(examination):
    text = examination_text(examination, 110)
    assert "1.84 s (95 %: 1.71 to 2.01 s)" in text
    assert "not back after 12.0 s (63 % recovered)" in text
    assert "not measurable" in text
    assert f"press 3: {Flag.LOW_SIGNAL.meaning.says}" in text
    assert "note: The file does not say" in text
    assert RESEARCH_USE_ONLY in " ".join(text.split())
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_hold_whose_start_was_not_seen_is_told_as_longer():
    text = examination_text(synthetic.examination(presses=(synthetic.unseen(),)), 110)
    assert "over 5.00 s" in text
    assert Flag.NO_BASELINE.meaning.says in text


def test_terminal_table_says_so_where_nothing_was_pressed(examination):
    import dataclasses

    text = examination_text(dataclasses.replace(examination, presses=()), 80)
    assert "No press found" in text


def test_no_word_that_reassures(examination):
    text = examination_text(examination, 200).replace(RESEARCH_USE_ONLY, "").lower()
    assert not {"normal", "safe", "healthy", "fine"} & set(text.split())


def test_trace_table(examination):
    text = refill_text("trace.csv", examination.presses[0].refill, None, 100)
    assert "trace.csv" in text
    assert "unknown" in text


def test_words_for_numbers(examination):
    assert [seconds(value) for value in (0.304, 9.994, 12.34)] == ["0.30 s", "9.99 s", "12.3 s"]
    assert verdict(examination.presses[2].refill) == "not measurable"
