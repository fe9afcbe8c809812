"""Signals end the server, and nothing that has to follow."""

from __future__ import annotations

import http.client
import io
import os
import signal
import socket
import sys
import threading
import webbrowser
from contextlib import closing

import pytest
from fastapi import FastAPI

from perfusion_cam.apps.failing import complain
from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.local_server import LocalServer

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


app = FastAPI()


@pytest.mark.parametrize("first", ENDS)
def test_a_signal_ends_the_server_and_all_further_ones_nothing(first: signal.Signals) -> None:
    before = [signal.getsignal(one) for one in ENDS]
    server, followed = LocalServer(0), []
    with server.ended_by_signals():
        os.kill(os.getpid(), first)
        server.run(app)
        for one in ENDS:
            os.kill(os.getpid(), one)
            followed.append(one)
    assert followed == ENDS
    assert [signal.getsignal(one) for one in ENDS] == before


def _opened(server: LocalServer, address: str) -> int:
    """Status of a page that is asked for by somebody without a cookie."""
    with closing(http.client.HTTPConnection(*server._listening.getsockname())) as asked:
        asked.request("GET", address.removeprefix(server.door.origins[0]))
        return asked.getresponse().status


def test_the_browser_is_called_with_an_address_that_is_good_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    called: list[str] = []
    monkeypatch.setattr(webbrowser, "open", called.append)
    server = LocalServer(0)
    server.announce(open_page=True)
    printed, (ticket,) = capfd.readouterr().out.strip(), called
    assert printed == server.address
    serving = threading.Thread(target=server.run, args=(Guard(app, server.door),))
    serving.start()
    try:
        assert server.door.token not in ticket
        assert [_opened(server, ticket) for _ in range(2)] == [303, 403]
        assert [_opened(server, printed) for _ in range(2)] == [303, 303]
        assert _opened(server, f"{server.door.origins[0]}/?token=") == 403
    finally:
        server._end()
        serving.join(60)


def test_a_shared_page_has_no_ticket() -> None:
    assert "" not in Guard(app, Door("token", ("https://192.168.0.2:1",), once=True))._keys


def test_a_closed_terminal_is_passed_over_where_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        server = LocalServer(0)
        with server.ended_by_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        server._listening.close()
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="unknown to this system")
def test_little_waits_in_the_kernel_for_a_browser_that_reads_slowly() -> None:
    server = LocalServer(0)
    with server._listening as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            unsent = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT)
    assert unsent == 65_536


def test_complaints_that_nobody_hears_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Closed())
    complain("ended")
