"""A server for this machine's browser alone: its port, its token, its end."""

from __future__ import annotations

import logging
import secrets
import socket
import webbrowser

import uvicorn
from starlette.types import ASGIApp

from perfusion_cam.apps.failing import emit
from perfusion_cam.errors import ServerError

HERE = "127.0.0.1"
CLOSE_S = 2
MAX_MESSAGE_BYTES = 4_000_000
"""A picture of 4K in JPEG; whatever sends more through a web socket is cut off."""


class LocalServer:
    """Listens from the start, so that nobody else takes the port.

    Parameters
    ----------
    port : int
        0 for any free one.

    Attributes
    ----------
    token : str
        What a browser must know.
    origins : tuple of str
        The server's addresses, without a path.

    Raises
    ------
    ServerError
        The port is taken.
    """

    def __init__(self, port: int) -> None:
        self._listening = _listening(port)
        address = f"http://{HERE}:{self._listening.getsockname()[1]}"
        self.token = secrets.token_urlsafe(24)
        self.origins = (address, address.replace(HERE, "localhost"))

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.origins[0]}/?token={self.token}"

    def announce(self, open_page: bool) -> None:
        """Print the address, and open it if wanted."""
        emit(f"{self.address}\n")
        if open_page:
            webbrowser.open(self.address)

    def run(self, app: ASGIApp) -> None:
        """Serve until interrupted, which is how it is meant to end."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=CLOSE_S,
        )
        try:
            uvicorn.Server(config).run(sockets=[self._listening])
        except KeyboardInterrupt:
            return


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HERE, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ServerError(
            f"port {port} cannot be used ({error.strerror}); give another with --port, or none"
        ) from error
    return listening
