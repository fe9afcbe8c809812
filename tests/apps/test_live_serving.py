"""What serving changes of the whole program it changes back."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from perfusion_cam.apps import live_serving
from perfusion_cam.apps.failing import InternalError
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.playing import PlayedFile
from perfusion_cam.live.saving import Saver

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "no-press.mp4"


def test_threads_take_turns_as_before_when_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_s = sys.getswitchinterval()
    while_live_s: list[float] = []

    def run(server: LocalServer, _: object) -> None:
        server._listening.close()
        while_live_s.append(sys.getswitchinterval())
        raise ZeroDivisionError

    monkeypatch.setattr(LocalServer, "run", run)
    with pytest.raises(ZeroDivisionError):
        serve_sample(tmp_path)
    assert while_live_s == [pytest.approx(live_serving.SWITCH_S)]
    assert sys.getswitchinterval() == usual_s


def serve_sample(out: Path) -> None:
    live_serving.serve(
        camera=None,
        source=SAMPLE,
        browser=False,
        out=out,
        profiles=None,
        port=0,
        share=False,
        open_page=False,
    )


def test_a_side_that_is_examined_holds_reviews_back_until_a_fault_ends_it(tmp_path: Path) -> None:
    engine = Engine(lambda: PlayedFile(SAMPLE), Saver(tmp_path), ())
    engine.start()
    assert live_serving._under_way(engine) is None
    engine.choose_side("affected")
    await_held(engine, True)
    engine.choose_site(float("nan"), 0.5)  # no page can send this
    await_held(engine, False)
    assert "Examining has stopped" in str(engine.failure)
    assert "Examining has stopped" in str(engine.stop())


def test_a_fault_of_the_program_ends_it_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(server: LocalServer, _: object) -> None:
        server._listening.close()

    def fail(engine: Engine) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(LocalServer, "run", run)
    monkeypatch.setattr(Engine, "_go_on", fail)
    with pytest.raises(InternalError, match="Examining has stopped") as ended:
        serve_sample(tmp_path)
    assert ended.value.exit_code == 70


def await_held(engine: Engine, held: bool) -> None:
    end_s = time.monotonic() + 60.0
    while (live_serving._under_way(engine) is not None) != held or engine.state.frames == 0:
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.01)
