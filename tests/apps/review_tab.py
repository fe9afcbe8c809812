"""A tab of the review, without a browser."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from live_process import PATIENCE_S, Live
from websockets.sync.client import ClientConnection, connect

Told = dict[str, Any]


@dataclass
class ReviewTab:
    """What a tab knows and may do."""

    live: Live
    socket: ClientConnection
    name: str

    def told(self, wanted: Callable[[Told], bool]) -> Told:
        """Wait until something is told."""
        while True:
            told = dict(json.loads(self.socket.recv(timeout=PATIENCE_S)))
            if wanted(told):
                return told

    def asked(self, path: str) -> Any:
        status, _, body = self.live.get(path, Cookie=self.live.cookie)
        assert status == 200
        return json.loads(body)

    def listed(self) -> list[str]:
        return [one["name"] for one in self.asked("/review/list")["saved"]]

    def sent(self, path: str, wish: Any = b"", **headers: str) -> tuple[int, Told]:
        """Send something; status and what is answered."""
        connection = http.client.HTTPConnection(self.live.host, timeout=PATIENCE_S)
        content = wish if isinstance(wish, bytes) else json.dumps(wish)
        given = {
            "Cookie": self.live.cookie,
            "Origin": f"http://{self.live.host}",
            "X-Tab": self.name,
        } | headers
        connection.request("POST", path, content, given)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if body.startswith(b"{") else {}

    def refit(self, wish: Any, **headers: str) -> tuple[int, Told]:
        return self.sent("/review/refit", wish, **headers)

    def open(self, name: str) -> Told:
        """Open what is listed under a name; what was found."""
        assert self.sent("/review/open", {"name": name})[0] == 202
        self.told(lambda told: told["failed"] is not None or told["opened"] == name)
        return dict(self.asked("/review/found"))


@contextmanager
def reviewing(live: Live) -> Iterator[ReviewTab]:
    """Open a tab of the review."""
    with connect(
        f"ws://{live.host}/review/tab",
        origin=f"http://{live.host}",
        additional_headers={"Cookie": live.cookie},
    ) as socket:
        yield ReviewTab(live, socket, json.loads(socket.recv(timeout=PATIENCE_S))["tab"])
