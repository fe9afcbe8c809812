"""A recording in real time: late pictures are left out, told, and not waited for."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from pressing import ListSource

from perfusion_cam.live import playing
from perfusion_cam.live.intake import Intake
from perfusion_cam.live.left_out import Cause
from perfusion_cam.live.playing import GIVES_WAY_S, LATE_S, PlayedFile
from perfusion_cam.types import ColourCode, Frame

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "normal.mp4"
PATIENCE_S = 60.0


def test_a_picture_is_late_until_reading_has_caught_up() -> None:
    played = PlayedFile(SAMPLE)
    pictures = iter(played)
    first = next(pictures)
    assert not played.late
    time.sleep(LATE_S + 0.5)
    second = next(pictures)
    assert second.t_s - first.t_s < 0.1
    assert played.late
    while played.late:
        second = next(pictures)
    assert second.t_s - first.t_s >= 0.5
    played.close()


def test_a_recording_that_cannot_be_read_in_time_plays_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading takes twice as long as filming took: at first pictures are left out, then no more."""
    clock = Clock()
    monkeypatch.setattr(playing, "time", clock)
    played = PlayedFile(SAMPLE)
    lags_s, late = [], []
    for frame in played:
        lags_s.append(clock.at_s - frame.t_s)
        late.append(played.late)
        clock.at_s += 2 / 30
    assert lags_s[0] == pytest.approx(100.0)
    first, last = late.index(True), len(late) - 1 - late[::-1].index(True)
    assert 1.4 < lags_s[first] - 100 < 1.7
    assert last - first == pytest.approx(30 * GIVES_WAY_S / 2, abs=2)
    assert not any(late[last + 1 :])
    assert len(late) - last > 100
    assert "slower" in played.facts.words
    played.close()


class Clock:
    """A clock that goes on only when it is slept by it, or set."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def monotonic(self) -> float:
        return self.at_s

    def sleep(self, for_s: float) -> None:
        self.at_s += for_s


def test_late_pictures_are_counted_and_shown_to_nobody() -> None:
    plane = np.zeros((4, 6), np.uint8)
    given = [Frame(t_s, i, plane, plane, plane, ColourCode()) for i, t_s in enumerate((0, 1, 2, 3))]
    shown: list[float] = []
    intake = Intake(
        ListSource(given, late_s=(1, 2)), on_frame=lambda frame: shown.append(frame.t_s)
    )
    intake.start()
    taken = [intake.get(PATIENCE_S), intake.get(PATIENCE_S)]
    assert [frame.t_s for frame in taken if frame is not None] == shown == [0, 3]
    assert intake.dropped == [(1, Cause.LATE), (2, Cause.LATE)]
