"""What a tab is sent, and when: whoever shows it must not be told old things as new."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI, WebSocket
from websockets.sync.client import ClientConnection, connect

from perfusion_cam.apps.live_board import Board
from perfusion_cam.apps.live_server import _send
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.apps.tabs import Tabs

PATIENCE_S = 60
PICTURE_BYTES = 100_000

Tell = Callable[[Board], Coroutine[None, None, None]]


@contextmanager
def told(tell: Tell) -> Iterator[ClientConnection]:
    """Give a tab, over a small receive buffer, of a server whose board is filled by `tell`."""
    server, app = LocalServer(0), FastAPI()

    @app.websocket("/tab")
    async def tab(given: WebSocket) -> None:
        await given.accept()
        board, tabs = Board(), Tabs()
        telling = asyncio.create_task(tell(board))
        sending = asyncio.create_task(_send(given, tabs.add(), board, tabs, films=False))
        while (await given.receive())["type"] != "websocket.disconnect":
            pass
        telling.cancel()
        sending.cancel()

    serving = threading.Thread(target=server.run, args=(app,))
    serving.start()
    near = socket.socket()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    near.connect(server._listening.getsockname())
    try:
        with connect("ws://127.0.0.1/tab", sock=near, max_queue=1, max_size=None) as client:
            yield client
    finally:
        server._end()
        serving.join(PATIENCE_S)


async def nothing(_: Board) -> None:
    """Let the board have no news."""


def test_a_tab_hears_something_every_second_though_nothing_is_new() -> None:
    with told(nothing) as client:
        first = json.loads(client.recv(PATIENCE_S))
        assert first["is"] == "tab"
        beat_s = first["now"]["beat_s"]
        assert beat_s <= 1.0
        for _ in range(3):
            before_s = time.monotonic()
            assert json.loads(client.recv(PATIENCE_S)) == {"is": "beat", "now": None}
            assert time.monotonic() - before_s < 2.5 * beat_s, "the page would give it up"


@pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="this system keeps what is unsent to itself"
)
def test_a_slow_tab_has_few_old_pictures_before_a_new_prompt() -> None:
    shown = threading.Event()

    async def many(board: Board) -> None:
        for number in range(1, 121):
            board.picture = (number, bytes(PICTURE_BYTES))
            board.wake()
            await asyncio.sleep(0.01)
        board.parts["state"] = (1, json.dumps({"is": "state", "now": "Let go now"}))
        board.wake()
        shown.set()

    with told(many) as client:
        assert shown.wait(PATIENCE_S)
        pictures = 0
        while isinstance(message := client.recv(PATIENCE_S), bytes) or "Let go now" not in message:
            pictures += isinstance(message, bytes)
    assert 1 <= pictures <= 8
