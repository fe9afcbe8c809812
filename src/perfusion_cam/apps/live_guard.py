"""Who may talk to the page's server: a browser that knows the token, and nobody else."""

from __future__ import annotations

import secrets
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REFUSED = (
    "Open the address that the terminal shows: it holds the token of this examination. "
    "Nothing was shown or changed."
)
OPENED = "It opens once, in one browser: to open it elsewhere, start the program again."


class Door(NamedTuple):
    """How a browser gets in.

    Attributes
    ----------
    token : str
        What the opened address must hold.
    origins : tuple of str
        The server's addresses without a path, such as ``http://127.0.0.1:8000``.
    once : bool
        Whether the token lets in the first browser only.
    ticket : str
        What lets in the first browser that shows it, besides the token; empty for nothing.
    """

    token: str
    origins: tuple[str, ...]
    once: bool = False
    ticket: str = ""


def content_security_policy(origin: str) -> str:
    """Only what this server itself sends may run, be drawn or be talked to."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' {origin.replace('http', 'ws', 1)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


class Guard:
    """Lets requests through that name this server, come from its page and know the token.

    Parameters
    ----------
    app : ASGIApp
    door : Door
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._origins = app, door.origins
        self._keys = {door.token, door.ticket} - {""}
        self._once = {door.token if door.once else door.ticket}
        self._shared = door.once
        self._session = secrets.token_urlsafe(24) if door.once else door.token
        self._hosts = {origin.partition("://")[2] for origin in door.origins}
        port = door.origins[0].rpartition(":")[2]
        self._cookie = f"perfusion_cam_{port}"  # cookies do not know ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts or not self._from_here(scope, headers):
            await self._refuse(scope, receive, send)
        elif key := self._enters(scope):
            self._keys -= self._once & {key}
            await self._welcome(scope, receive, send)
        elif not self._known(headers):
            await self._refuse(scope, receive, send)
        else:
            await self._app(scope, receive, self._hardened(scope, headers, send))

    def _from_here(self, scope: Scope, headers: Headers) -> bool:
        """Whether the page that asks is ours; a web socket always names its page."""
        origin = headers.get("origin")
        if origin is None:
            return bool(scope["type"] == "http")
        return origin in self._origins and origin.partition("://")[2] == headers["host"]

    def _enters(self, scope: Scope) -> str | None:
        """With which key somebody opens the page, if with any."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("GET", "/"):
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0].encode()
        fitting = [key for key in self._keys if secrets.compare_digest(given, key.encode())]
        return fitting[0] if fitting else None

    def _known(self, headers: Headers) -> bool:
        given = cookie_parser(headers.get("cookie", "")).get(self._cookie, "")
        return secrets.compare_digest(given.encode(), self._session.encode())

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Move the token from the address, which others may see, into a cookie."""
        response = RedirectResponse("/", 303)
        response.set_cookie(
            self._cookie,
            self._session,
            httponly=True,
            samesite="strict",
            secure=self._origins[0].startswith("https"),
        )
        await response(scope, receive, self._hardened(scope, Headers(scope=scope), send))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        words = f"{REFUSED} {OPENED}" if self._shared else REFUSED
        response: Response = PlainTextResponse(words, 403)
        await response(scope, receive, self._hardened(scope, Headers(scope=scope), send))

    def _hardened(self, scope: Scope, headers: Headers, send: Send) -> Send:
        scheme = self._origins[0].partition("://")[0]
        policy = content_security_policy(f"{scheme}://{headers.get('host', '')}")

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = MutableHeaders(scope=message)
                told.setdefault("Content-Security-Policy", policy)
                told["X-Content-Type-Options"] = "nosniff"
                told["Referrer-Policy"] = "no-referrer"
                told["Cache-Control"] = "no-store"
                told["Cross-Origin-Opener-Policy"] = "same-origin"
                told["Cross-Origin-Resource-Policy"] = "same-origin"
                told["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
            await send(message)

        return hardened
