"""The newest of everything the page shows, each part with a version."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from perfusion_cam.apps import live_words
from perfusion_cam.errors import unforeseen
from perfusion_cam.live.engine import Engine

REFRESH_S = 0.04


class Board:
    """Turns what the engine knows into messages; a part that did not change is not sent again.

    Attributes
    ----------
    parts : dict of name -> (version, text)
    picture : (version, bytes)
    """

    def __init__(self) -> None:
        self.parts: dict[str, tuple[int, str]] = {}
        self.picture: tuple[int, bytes] = (0, b"")
        self._from: dict[str, Any] = {}
        self._broken: dict[str, str] = {}
        self._listening: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due = asyncio.Event()

    def show(self, jpeg: bytes) -> None:
        """Take a new picture, from any thread."""
        self.picture = (self.picture[0] + 1, jpeg)
        self._soon(self.wake)

    def refresh_now(self) -> None:
        """Look at the engine at once, asked from any thread."""
        self._soon(self._due.set)

    def wake(self) -> None:
        """Tell all who listen that something is new."""
        for event in self._listening:
            event.set()

    def listen(self) -> asyncio.Event:
        """Get an event that is set whenever something is new."""
        event = asyncio.Event()
        self._listening.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Stop listening."""
        self._listening.discard(event)

    async def follow(self, engine: Engine) -> None:
        """Follow the engine until cancelled."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._due.clear()
                if self._refresh(engine):
                    self.wake()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), REFRESH_S)
        finally:
            self._loop = None

    def _soon(self, call: Callable[[], None]) -> None:
        loop = self._loop  # once: the thread that follows may end meanwhile
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop may just have been closed
                loop.call_soon_threadsafe(call)

    def _refresh(self, engine: Engine) -> bool:
        state = engine.state
        drawn_from = (state.tool_cells, state.provisional)
        changed = [
            self._put("state", state, lambda: live_words.said(state)),
            self._put("drawn", drawn_from, lambda: live_words.drawn(state)),
            self._put(
                "watched", (state.provisional,), lambda: live_words.watched(state.provisional)
            ),
            self._put(
                "tail",
                (state.provisional, state.tail),
                lambda: live_words.tail(state.provisional, state.tail),
            ),
            self._put("trace", (state.trace,), lambda: live_words.traced(state.trace)),
            self._put(
                "finished",
                state.finished,
                lambda: [live_words.listed(one) for one in state.finished],
            ),
            self._put(
                "compared",
                (engine.compared,),
                lambda: engine.compared and live_words.compared_words(engine.compared),
            ),
            self._put("reported", (engine.reported,), lambda: engine.reported),
            self._put("clip", (engine.clip_words,), lambda: engine.clip_words),
        ]
        failure = engine.failure or next(iter(self._broken.values()), None)
        return any([*changed, self._put("failure", (failure,), lambda: failure)])

    def _put(self, name: str, source: Any, make: Callable[[], Any]) -> bool:
        """Make a part anew if what it is made from is another object than last time.

        A part that cannot be made stays as it was, and `failure` says so: pictures and all other
        parts go on.
        """
        before = self._from.get(name)
        if before is not None and _same(before, source):
            return False
        self._from[name] = source
        version, text = self.parts.get(name, (0, ""))
        try:
            new = json.dumps({"is": name, "now": make()}, allow_nan=False)
        except Exception as error:  # whatever it is, nobody sees it but on the page
            self._broken[name] = f"What is shown is not up to date: {unforeseen(error)}"
            return False
        self._broken.pop(name, None)
        if new == text:
            return False
        self.parts[name] = (version + 1, new)
        return True


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
    return one is other
