"""What is drawn before it is written may take longer than a disk may."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from test_engine import until

from perfusion_cam.live import writing
from perfusion_cam.live.writing import Writer


def test_what_takes_long_to_make_is_no_disk_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 0.1)
    made = threading.Event()
    plain, drawing = Writer(tmp_path), Writer(tmp_path, making_s=60.0)
    for writer in (plain, drawing):
        writer.put("figures", lambda: made.wait(60.0) and None)
    until(lambda: plain.fails is not None)
    assert drawing.fails is None
    plain.close()
    assert plain.unwritten == ["figures"]
    threading.Timer(0.5, made.set).start()
    drawing.close()
    assert (drawing.unwritten, drawing.fails) == ([], None)


def test_a_fault_while_writing_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "RETRY_S", 0.05)
    faults = [ZeroDivisionError("a fault"), None]

    def work() -> None:
        if (fault := faults.pop(0)) is not None:
            raise fault

    writer = Writer(tmp_path)
    writer.put("figures", work)
    until(lambda: writer.fails is not None)
    assert "ZeroDivisionError: a fault" in str(writer.fails)
    while faults:
        time.sleep(0.01)
        writer.retry()
    writer.close()
    assert (writer.unwritten, writer.fails) == ([], None)
