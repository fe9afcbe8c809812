"""A server for one browser: on this machine, or on the local network where that is asked for."""

from __future__ import annotations

import logging
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from perfusion_cam.apps.failing import complain, emit
from perfusion_cam.apps.live_guard import Door
from perfusion_cam.errors import ServerError

if TYPE_CHECKING:
    from perfusion_cam.apps.local_tls import Certificate

HERE = "127.0.0.1"
ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): to ask which way pictures would leave, not to send."""
ENDS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Ctrl-C, a request to end, and a terminal that is closed."""
CLOSE_S = 2
ASK_S, ANSWER_S = 4, 6
"""So often a web socket is asked whether it is there, and so long it may take to answer: a network
that is lost closes nothing, and a tab that is gone must not keep control from the one that came."""
MAX_MESSAGE_BYTES = 4_000_000
"""A picture of 4K in JPEG; whatever sends more through a web socket is cut off."""
UNSENT_BYTES = 65_536
"""So much may wait in the kernel: it takes megabytes by itself, and over a slow network what is
said now would stand seconds behind old pictures."""


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class LocalServer:
    """Listens from the start, so that nobody else takes the port.

    Parameters
    ----------
    port : int
        0 for any free one.
    share : bool
        Listen on this machine's address in the local network, with TLS and a token that lets in one
        browser; on 127.0.0.1 otherwise.

    Attributes
    ----------
    door : Door
        What a browser must know, and the server's addresses.

    Raises
    ------
    ServerError
        The port is taken, or there is no local network.
    """

    def __init__(self, port: int, share: bool = False) -> None:
        host = local_address() if share else HERE
        self._listening = _listening(host, port)
        self._certificate: Certificate | None = None
        self._server: _Server | None = None
        self._told_to_end = False
        port = self._listening.getsockname()[1]
        origins: tuple[str, ...] = tuple(f"http://{name}:{port}" for name in (host, "localhost"))
        if share:
            from perfusion_cam.apps.local_tls import self_signed

            self._certificate, origins = self_signed(host), (f"https://{host}:{port}",)
        ticket = "" if share else secrets.token_urlsafe(24)
        self.door = Door(secrets.token_urlsafe(24), origins, share, ticket)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return self._address(self.door.token)

    def _address(self, key: str) -> str:
        return f"{self.door.origins[0]}/?token={key}"

    def announce(self, open_page: bool) -> None:
        """Print the address; open the page if wanted, or say what is shared.

        Other accounts of this computer can read how a browser is called: it gets an address that
        is good once.
        """
        emit(f"{self.address}\n")
        if self._certificate is not None:
            self._tell_shared(self._certificate.fingerprint)
        elif open_page:
            webbrowser.open(self._address(self.door.ticket))

    @contextmanager
    def ended_by_signals(self) -> Iterator[None]:
        """Let Ctrl-C and the like end `run`, and cut short nothing that follows it.

        A terminal that is closed is passed over where that is wanted, as by ``nohup``.
        """
        before = {
            one: signal.signal(one, self._end)
            for one in ENDS
            if one == signal.SIGINT or signal.getsignal(one) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def run(self, app: ASGIApp) -> None:
        """Serve until `ended_by_signals`."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        with ExitStack() as files:
            certificate = key = None
            if self._certificate is not None:
                certificate, key = files.enter_context(self._certificate.as_files())
            config = uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="websockets-sansio",
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_per_message_deflate=False,
                ws_ping_interval=ASK_S,
                ws_ping_timeout=ANSWER_S,
                timeout_graceful_shutdown=CLOSE_S,
                ssl_certfile=certificate,
                ssl_keyfile=key,
            )
            config.load()
        self._server = _Server(config)
        self._server.should_exit = self._told_to_end
        self._server.run(sockets=[self._listening])

    def _end(self, *_: object) -> None:
        self._told_to_end = True
        if self._server is not None:
            self._server.should_exit = True

    def _tell_shared(self, fingerprint: str) -> None:
        if sys.stderr.isatty():
            from perfusion_cam.apps.qr import qr_lines

            print(*qr_lines(self.address), sep="\n", file=sys.stderr)
        complain(
            f"shared until this ends: devices on the local network can reach "
            f"{self.door.origins[0]}; the address above lets in one browser, the first that opens "
            "it, to everything on the page; all others are refused"
        )
        complain(
            "the browser does not know the page's certificate and warns; go on only where it shows "
            f"this SHA-256 fingerprint: {fingerprint}"
        )


def local_address() -> str:
    """Find this machine's address in its local network.

    Raises
    ------
    ServerError
        There is none, or it can be reached from anywhere.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(ELSEWHERE)  # finds the way; nothing is sent
            address = str(asking.getsockname()[0])
        except OSError as error:
            raise ServerError(
                "--share: this computer is in no local network; join the phone's network, then try "
                "again"
            ) from error
    if ip_address(address).is_global:
        raise ServerError(
            f"--share: this computer's address {address} can be reached from anywhere; the page is "
            "shared in a private network only"
        )
    return address


def _listening(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):
            with suppress(OSError):  # not every kernel of such a system knows it
                listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        listening.listen()
    except OSError as error:
        listening.close()
        raise ServerError(
            f"port {port} cannot be used ({error.strerror}); give another with --port, or none"
        ) from error
    return listening
