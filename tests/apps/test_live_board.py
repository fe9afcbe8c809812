"""What the page shows is made anew when something is new."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path

import pytest

from perfusion_cam.apps import live_board
from perfusion_cam.apps.live_board import Board
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts

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
        engine.failure = "The disk is full."
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
