"""What the page shows is made anew when something is new."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import synthetic

from perfusion_cam.apps import live_board, live_words
from perfusion_cam.apps.live_board import Board
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.live.state import Finished
from perfusion_cam.live.steps import Steps
from perfusion_cam.live.trace import Trace
from perfusion_cam.types import GridSample, PressResult

PATIENCE_S = 10.0


class NoCamera:
    """A source that is never read."""

    facts = SourceFacts("none")


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(NoCamera, Saver(tmp_path), ())  # type: ignore[arg-type]


@pytest.mark.parametrize("thread", [False, True])
def test_what_is_new_is_shown_as_soon_as_it_is_asked_for(
    engine: Engine, thread: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_board, "REFRESH_S", 1000.0)
    board = Board()

    async def watch() -> None:
        news = board.listen()
        following = asyncio.create_task(board.follow(engine))
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        before, _ = board.parts["failure"]
        news.clear()
        engine.fault = "The disk is full."
        if thread:
            threading.Thread(target=board.refresh_now).start()
        else:
            board.refresh_now()
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        version, text = board.parts["failure"]
        assert version == before + 1
        assert json.loads(text)["now"] == "The disk is full."
        following.cancel()

    asyncio.run(watch())


def test_asking_when_nobody_follows_does_nothing() -> None:
    Board().refresh_now()


def test_words_that_cannot_be_made_are_told_and_hold_up_nothing_else(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_: object) -> None:
        raise ValueError("no words")

    async def watch() -> None:
        board = Board()
        monkeypatch.setattr(live_words, "said", break_down)
        following = asyncio.create_task(board.follow(engine))
        await until(board, "failure", "no words")
        engine.keep_clip(True)
        engine._obey()
        await until(board, "clip", "The clip of the next placement is kept.")
        monkeypatch.undo()
        engine.state = replace(engine.state, frames=7)
        await until(board, "state", '"frames": 7')
        await until(board, "failure", "null")
        following.cancel()

    asyncio.run(watch())


async def until(board: Board, name: str, words: str) -> None:
    """Wait until a part of the board says something."""
    news = board.listen()
    while words not in board.parts.get(name, (0, ""))[1]:
        await asyncio.wait_for(news.wait(), PATIENCE_S)
        news.clear()


def test_the_loop_may_end_while_another_thread_asks() -> None:
    """Between looking whether somebody follows and telling them, they may have left."""

    class Leaving(Board):
        looks = 0

        @property
        def _loop(self) -> object:
            self.looks += 1
            return SimpleNamespace(call_soon_threadsafe=lambda _: None) if self.looks == 1 else None

        @_loop.setter
        def _loop(self, _: object) -> None:
            self.looks = 0

    Leaving().refresh_now()


def test_the_trace_is_told_in_percent_from_the_touch() -> None:
    trace = Trace(9.0, 4.0, None, ((3.0, 0.0), (3.5, math.log(1.1))), ((8.5, math.log(0.98)),))
    told = live_words.traced(trace)
    assert told == {
        "now_s": 5.0,
        "touched": True,
        "lifted_s": None,
        "target_s": 5.0,
        "place": [[-1.0, 0.0], [-0.5, 10.0]],
        "beside": [[4.5, -2.0]],
    }
    assert live_words.traced(None) is None
    before = live_words.traced(trace._replace(contact_s=None))
    assert before is not None
    assert (before["now_s"], before["touched"]) == (0.0, False)
    assert before["beside"] == [[-0.5, -2.0]]


def test_the_trace_of_a_whole_minute_is_a_small_message() -> None:
    """What a tab is sent several times a second."""
    steps = Steps()
    for t_s in np.arange(0.0, 60.0, 1 / 30):
        grid = np.zeros((9, 16, 3), np.float32)
        valid, clipped = np.ones((9, 16), bool), np.zeros((9, 16, 3), bool)
        steps.push(GridSample(t_s, grid, valid, clipped, np.eye(2, 3), 1.0, True))
    points = tuple((step.t_s, -0.0123456) for step in steps.kept)
    told = live_words.traced(Trace(60.0, 55.0, 59.0, points, points))
    assert len(json.dumps(told)) < 4000


def test_what_cannot_be_measured_is_drawn_without_a_line() -> None:
    seen = PressResult(
        synthetic.press(), synthetic.site(), synthetic.curve(), synthetic.measured(), None
    )
    refused = replace(seen, refill=replace(seen.refill, status="not_measurable"))
    told = [live_words.curve(one) for one in (seen, refused)]
    assert [one and bool(one["points"]) for one in told] == [True, True]
    assert [one and bool(one["fit"]) for one in told] == [True, False]
    listed = [live_words.listed(Finished("affected", 1, "a", one)) for one in (seen, refused)]
    assert [one["curve"] is None for one in listed] == [False, True]
