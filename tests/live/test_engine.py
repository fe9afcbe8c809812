"""The same pictures live and offline must give the same numbers; nothing measured may be lost."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pressing import PRESSED, ListSource, pictures

from perfusion_cam.errors import SourceError
from perfusion_cam.live import engine as engines
from perfusion_cam.live import reports, writing
from perfusion_cam.live.engine import Engine, OpenSource
from perfusion_cam.live.guidance import prompt
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.saving import Saver
from perfusion_cam.session import Session
from perfusion_cam.simulate import truth_of
from perfusion_cam.thresholds import select_profiles
from perfusion_cam.types import Frame, PressResult

PATIENCE_S = 60.0


def until(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.01)


def offline(given: Sequence[Frame]) -> list[PressResult]:
    """What the session gives for frames counted from the first one."""
    session, start_s = Session(), given[0].t_s
    found = [
        result
        for index, frame in enumerate(given)
        for result in session.push(replace(frame, t_s=frame.t_s - start_s, index=index))
    ]
    return found + session.flush()


def assert_identical(one: Any, other: Any) -> None:
    """Equal to the last bit in every field."""
    assert type(one) is type(other)
    for field in fields(one):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, yours, err_msg=field.name)
        elif hasattr(mine, "__dataclass_fields__"):
            assert_identical(mine, yours)
        else:
            assert mine == yours, field.name


def presses_on(folder: Path) -> list[Any]:
    """Presses that are final on disk."""
    path = folder / "affected-1" / "result.json"
    return list(json.loads(path.read_text())["presses"]) if path.exists() else []


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    engines = []

    def make(open_source: OpenSource, **options: Any) -> Engine:
        profiles = select_profiles(("filler-occlusion",))
        engine = Engine(open_source, Saver(tmp_path), profiles, **options)
        engine.start()
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.stop()


def test_live_and_offline_are_identical(made: Callable[..., Engine], tmp_path: Path) -> None:
    engine = made(lambda: ListSource(pictures()), depth=1000)
    engine.choose_side("affected")
    until(lambda: engine.state.guided.running == "ended")
    (live,) = engine.state.finished
    (expected,) = offline(pictures())
    assert_identical(live.result, expected)
    (truth,) = truth_of(PRESSED, "pressed").presses
    assert truth.t90_s is not None
    assert expected.refill.crt_ci95_s is not None
    assert expected.refill.crt_ci95_s[0] <= truth.t90_s <= expected.refill.crt_ci95_s[1]
    saved = json.loads((tmp_path / "affected-1" / "result.json").read_text())
    assert saved["presses"][0]["crt_s"] == pytest.approx(expected.refill.crt_s, abs=1e-4)


def test_a_result_is_told_at_once_and_before_it_is_written(
    made: Callable[..., Engine], tmp_path: Path
) -> None:
    told = []

    def look() -> None:
        told.append((len(engine.state.finished), len(presses_on(tmp_path))))

    longer = [replace(pictures()[-1], t_s=12.1 + 0.4 * step) for step in range(70)]
    engine = made(lambda: ListSource([*pictures(), *longer]), depth=1000, on_result=look)
    engine.choose_side("affected")
    until(lambda: engine.state.guided.running == "ended")
    assert engine.state.finished[0].result.press.ended_by == "watched"
    assert told == [(1, 0)]
    until(lambda: len(presses_on(tmp_path)) == 1)


def test_dropped_pictures_are_counted_and_the_rest_measured_as_offline(
    made: Callable[..., Engine],
) -> None:
    gate = threading.Semaphore(0)
    engine = made(lambda: ListSource(pictures(), gate=gate), depth=30)
    engine.choose_side("affected")
    gate.release(10)
    until(lambda: engine.state.frames == 10)
    blocked, go_on = threading.Event(), threading.Event()

    def hold_up() -> None:
        blocked.set()
        go_on.wait(PATIENCE_S)

    engine._wishes.put(hold_up)
    until(blocked.is_set)
    gate.release(35)
    until(lambda: len(engine._intake.dropped) == 5)
    go_on.set()
    until(lambda: engine.state.frames == 40)
    for taken in (*range(60, len(pictures()) - 5, 20), len(pictures()) - 5):
        gate.release(20)
        until(lambda taken=taken: engine.state.frames == taken)
    until(lambda: engine.state.guided.running == "ended")
    missing = [one.t_s for one in engine._intake.dropped]
    assert missing == [frame.t_s for frame in pictures()[40:45]]
    (live,) = engine.state.finished
    (expected,) = offline([frame for frame in pictures() if frame.t_s not in missing])
    assert live.result.refill.crt_s == expected.refill.crt_s
    (_, examination, _), *_ = engine._examining.examinations()
    assert examination.source.frames == len(pictures()) - 5
    assert "5 pictures were left out because this computer could not keep up." in (
        examination.source.warnings
    )


def test_two_sides_are_compared(made: Callable[..., Engine], tmp_path: Path) -> None:
    gate = threading.Semaphore(0)
    more = [replace(pictures()[-1], t_s=12.1 + 0.4 * step) for step in range(6)]
    later = [replace(frame, t_s=frame.t_s + 20.0) for frame in pictures()]
    engine = made(lambda: ListSource([*pictures(), *more, *later], gate=gate), depth=1000)
    engine.choose_side("affected")
    gate.release(len(pictures()))
    until(lambda: engine.state.frames == len(pictures()))
    for taken in range(1, len(more) + 1):  # what was measured aside is seen with the next picture
        gate.release(1)
        until(lambda taken=taken: engine.state.frames == len(pictures()) + taken)
        until(lambda: engine._examining._measuring is None or engine._examining._measuring.done())
    assert engine.state.guided.phase == "recovering"
    assert engine.state.guided.back
    assert engine.state.provisional is not None
    assert engine.state.finished == ()
    engine.choose_side("unaffected")
    until(lambda: len(engine.state.finished) == 1)
    assert engine.state.guided.side == "unaffected"
    assert engine.compared is None
    gate.release(len(pictures()))
    until(lambda: engine.compared is not None)
    assert engine.compared is not None
    found = engine.compared.answer.comparison
    assert found.sides.ratio == pytest.approx(1.0, rel=5e-3)  # one watch is shorter
    one, other = engine.state.finished
    assert (one.side, other.side) == ("affected", "unaffected")
    assert other.result.refill.crt_s == pytest.approx(one.result.refill.crt_s, rel=5e-3)
    for name in ("comparison.json", "report.html", "affected-1/press-1.png"):
        until((tmp_path / name).exists)


def test_a_lost_camera_is_said_and_examining_goes_on_when_it_returns(
    made: Callable[..., Engine],
) -> None:
    before, after = threading.Semaphore(0), threading.Semaphore(0)
    later = [replace(frame, t_s=frame.t_s + 10.0) for frame in pictures()]
    sources = [
        ListSource(pictures()[:60], ends=False, gate=before, fails="camera 0: gone"),
        ListSource(later, ends=False, gate=after, fails="camera 0: gone again"),
    ]

    def open_source() -> ListSource:
        if not sources:
            raise SourceError("camera 0: not there")
        return sources.pop(0)

    engine = made(open_source, depth=1000)
    engine.choose_side("affected")
    until(lambda: engine.state.guided.phase == "settling")
    before.release(1000)
    until(lambda: engine.state.guided.running == "lost")
    assert engine.state.source_words == "camera 0: gone"
    assert engine.state.guided.phase == "pressing"
    after.release(len(later))
    until(lambda: engine.state.frames == len(later))
    engine.pause()
    until(lambda: len(engine.state.finished) == 1)
    (found,) = engine.state.finished
    assert found.placement == "affected-2"
    (expected,) = offline(later)
    assert_identical(found.result, expected)


class SilentCamera(ListSource):
    """Opens, and keeps whoever asks for a picture waiting."""

    def __init__(self, waits: bool, gate: threading.Semaphore) -> None:
        super().__init__(pictures(), ends=False, gate=gate)
        self.facts = replace(self.facts, waits=waits)


@pytest.mark.parametrize("waits", [False, True])
def test_a_camera_that_never_gives_a_picture_is_not_waited_for_in_silence(
    made: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    monkeypatch.setattr(engines, "FIRST_S", 0.3)
    gate = threading.Semaphore(0)
    engine = made(lambda: SilentCamera(waits, gate), depth=1000)
    engine.choose_side("affected")
    if waits:
        time.sleep(1.0)
        assert engine.state.guided.running == "starting"
    else:
        until(lambda: prompt(engine.state.guided).code == "camera_lost")
    gate.release(3)
    until(lambda: engine.state.guided.running == "running")
    gate.release(1000)


def test_results_that_cannot_be_written_are_kept_and_written_later(
    made: Callable[..., Engine], tmp_path: Path
) -> None:
    blocker = tmp_path / "affected-1"
    blocker.write_text("in the way")
    engine = made(lambda: ListSource(pictures()), depth=1000)
    engine.choose_side("affected")
    until(lambda: engine.state.saving_fails is not None)
    assert len(engine.state.finished) == 1
    blocker.unlink()
    until(lambda: engine.state.saving_fails is None)
    assert (blocker / "result.json").exists()


def test_a_comparison_that_cannot_be_written_is_shown_and_written_later(
    made: Callable[..., Engine], tmp_path: Path
) -> None:
    later = [replace(frame, t_s=frame.t_s + 20.0) for frame in pictures()]
    gate = threading.Semaphore(0)
    blocker = tmp_path / "report.html"
    blocker.mkdir()
    engine = made(lambda: ListSource([*pictures(), *later], gate=gate), depth=1000)
    engine.choose_side("affected")
    gate.release(len(pictures()))
    until(lambda: engine.state.frames == len(pictures()))
    engine.choose_side("unaffected")
    until(lambda: len(engine.state.finished) == 1)
    gate.release(len(later))
    until(lambda: engine.failure is not None)
    assert engine.compared is not None
    assert "report.html" in str(engine.failure)
    blocker.rmdir()
    until(lambda: engine.failure is None)
    assert blocker.is_file()


def test_a_disk_that_hangs_holds_back_no_result_and_no_comparison(
    made: Callable[..., Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 0.5)
    monkeypatch.setattr(reports, "MAKING_S", 0.0)
    hung = tmp_path / "affected-1" / "result.json"
    hung.parent.mkdir()
    os.mkfifo(hung)  # whoever writes to it waits for a reader
    gate = threading.Semaphore(0)
    later = [replace(frame, t_s=frame.t_s + 20.0) for frame in pictures()]
    engine = made(lambda: ListSource([*pictures(), *later], gate=gate), depth=1000)
    engine.choose_side("affected")
    gate.release(len(pictures()))
    until(lambda: engine.state.frames == len(pictures()))
    engine.choose_side("unaffected")
    gate.release(len(later))
    until(lambda: engine.compared is not None)
    assert len(engine.state.finished) == 2
    until(lambda: engine.state.saving_fails is not None and engine.failure is not None)
    assert f"cannot write {tmp_path}: the disk does not answer" in str(engine.state.saving_fails)
    assert not engine.reported
    monkeypatch.undo()
    reader = os.open(hung, os.O_RDONLY | os.O_NONBLOCK)
    until(lambda: engine.reported and engine.state.saving_fails is None)
    os.close(reader)
    assert engine.failure is None
    assert (tmp_path / "report.html").exists()


def test_what_cannot_be_written_at_last_is_said(tmp_path: Path) -> None:
    blocker = tmp_path / "affected-1"
    blocker.write_text("in the way")
    profiles = select_profiles(("filler-occlusion",))
    engine = Engine(lambda: ListSource(pictures()), Saver(tmp_path), profiles, depth=1000)
    engine.start()
    engine.choose_side("affected")
    until(lambda: engine.state.saving_fails is not None)
    assert "affected-1" in str(engine.stop())


def test_a_chosen_site_begins_anew_and_narrows_the_search(made: Callable[..., Engine]) -> None:
    gate = threading.Semaphore(0)
    engine = made(lambda: ListSource(pictures(), gate=gate), depth=1000)
    engine.choose_side("affected")
    gate.release(5)
    until(lambda: engine.state.frames == 5)
    engine.choose_site(150 / 320, 95 / 180)
    gate.release(1000)
    until(lambda: engine.state.guided.running == "ended")
    (live,) = engine.state.finished
    assert live.placement == "affected-2"
    assert live.result.site is not None
    assert np.hypot(live.result.site.x_px - 150, live.result.site.y_px - 95) < 8


@pytest.mark.parametrize(("x", "y"), [(1.0, 1.0), (0.0, 0.0)])
def test_a_site_at_the_edge_of_the_picture_is_taken(
    made: Callable[..., Engine], x: float, y: float
) -> None:
    gate = threading.Semaphore(0)
    engine = made(lambda: ListSource(pictures(), gate=gate), depth=1000)
    engine.choose_side("affected")
    gate.release(5)
    until(lambda: engine.state.frames == 5)
    engine.choose_site(x, y)
    until(engine._wishes.empty)
    gate.release(5)
    until(lambda: engine.state.frames > 0 and engine.state.frame_s == pictures()[9].t_s)
    assert engine.failure is None
    gate.release(1000)


def test_settings_are_held_when_the_skin_lies_still_and_let_go_with_a_pause(
    made: Callable[..., Engine],
) -> None:
    gate = threading.Semaphore(0)
    source = ListSource(pictures(), ends=False, gate=gate)
    engine = made(lambda: source, depth=1000)
    gate.release(5)
    until(lambda: engine.state.frame_s == pictures()[4].t_s)
    assert source.calls == []
    engine.choose_side("affected")
    until(lambda: engine.state.guided.phase == "settling")
    for taken in range(1, 61):
        gate.release(1)
        until(lambda taken=taken: engine.state.frames == taken)
        held = source.calls == ["hold"]
        assert held == (engine.state.guided.phase != "settling")
    assert held
    says = "Focus could not be held: the camera may change it during a press."
    source.facts = replace(source.facts, remarks=(says,))
    gate.release(1)
    until(lambda: engine.state.source_words == f"{says} From list")
    assert engine._examining.placement is not None
    assert says in engine._examining.placement.examined().examination.source.warnings
    engine.choose_side("unaffected")
    until(lambda: engine.state.guided.side == "unaffected")
    assert source.calls == ["hold"]
    engine.pause()
    until(lambda: source.calls == ["hold", "let_go"])
    gate.release(1000)


def test_small_pictures_come_from_the_newest_frames(made: Callable[..., Engine]) -> None:
    seen: list[bytes] = []
    engine = made(lambda: ListSource(pictures()[:20]), on_picture=seen.append)
    engine.choose_side("affected")
    until(lambda: engine.state.guided.running == "ended")
    until(lambda: bool(seen) and seen[-1] == jpeg_of(pictures()[19]))
    assert all(jpeg.startswith(b"\xff\xd8") for jpeg in seen)


@pytest.mark.parametrize("place", ["save", "state"])
def test_a_fault_of_the_program_is_said_and_ends_the_placement(
    made: Callable[..., Engine], place: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = threading.Semaphore(0)
    more = [replace(pictures()[-1], t_s=12.1 + 0.4 * step) for step in range(2)]
    source = ListSource([*pictures(), *more], ends=False, gate=gate)
    engine = made(lambda: source, depth=1000)
    engine.choose_side("affected")
    gate.release(len(pictures()))
    until(lambda: engine.state.frames == len(pictures()))
    engine.choose_side("unaffected")
    until(lambda: len(presses_on(tmp_path)) == 1 and engine.state.guided.side == "unaffected")
    assert engine.state.guided.phase == "settling"

    def fault(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(engine._examining, place, fault)
    engine._wishes.put(lambda: engine._examining.save())
    until(lambda: engine.failure is not None)
    assert "ZeroDivisionError: a fault" in str(engine.failure)
    until(lambda: engine.state.guided.running == "failed")
    assert engine.state.guided.phase == "idle"
    assert prompt(engine.state.guided).code == "failed"
    assert len(engine.state.finished) == len(presses_on(tmp_path)) == 1
    gate.release()
    until(lambda: source.closed)
