"""The page's server: its files, one web socket for each tab, and the written report."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.responses import FileResponse

from perfusion_cam.apps.live_board import Board
from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.live_words import notice
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.streamed import StreamedCamera
from perfusion_cam.report.comparison_folder import HTML, PDF
from perfusion_cam.thresholds import Subject

WEB = Path(__file__).parent / "web"
FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "picture.js": "text/javascript",
    "chart.js": "text/javascript",
    "results.js": "text/javascript",
    "sound.js": "text/javascript",
    "camera.js": "text/javascript",
    "dark.js": "text/javascript",
    "review.js": "text/javascript",
}
REPORTS = {HTML: "text/html", PDF: "application/pdf"}
REPORT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""The report brings its styles and pictures along, and can run nothing."""
TIME = struct.Struct("<d")


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class TakeControl(_Message):
    """Let this tab control, and the others watch."""

    do: Literal["control"]


class ChooseSide(_Message):
    """Begin a placement of the camera."""

    do: Literal["side"]
    side: Literal["affected", "unaffected"]


class ChooseSite(_Message):
    """Look round a point of the picture, in shares of its width and height."""

    do: Literal["site"]
    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Pause(_Message):
    """End the placement."""

    do: Literal["pause"]


class KeepClip(_Message):
    """Keep the raw clip, or no more."""

    do: Literal["clip"]
    keep: bool


class Describe(_Message):
    """Who is examined: sex and age in years."""

    do: Literal["subject"]
    sex: Literal["f", "m"] | None = None
    age: float | None = Field(default=None, ge=0, le=130)


Wish = TakeControl | ChooseSide | ChooseSite | Pause | KeepClip | Describe
WISHES: TypeAdapter[Wish] = TypeAdapter(Annotated[Wish, Field(discriminator="do")])


class Tabs:
    """The tabs that are open; the first of them controls."""

    def __init__(self) -> None:
        self._order: list[WebSocket] = []

    def add(self, tab: WebSocket) -> None:
        """Let a tab watch, or control if it is alone."""
        self._order.append(tab)

    def remove(self, tab: WebSocket) -> None:
        """Forget a tab; if it controlled, the one open longest does so now."""
        self._order.remove(tab)

    def promote(self, tab: WebSocket) -> None:
        """Let a tab control."""
        self._order.remove(tab)
        self._order.insert(0, tab)

    def controls(self, tab: WebSocket) -> bool:
        """Whether a tab controls."""
        return self._order[0] is tab


def make_app(
    engine: Engine,
    board: Board,
    camera: StreamedCamera | None,
    door: Door,
    folder: Path,
) -> FastAPI:
    """Make the server.

    Parameters
    ----------
    engine : Engine
    board : Board
        What the page shows.
    camera : StreamedCamera or None
        Where a tab's own pictures go; None where the engine has another source.
    door : Door
    folder : Path
        Where the report is written.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(board.follow(engine))
        yield
        following.cancel()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, door=door)
    tabs = Tabs()

    @app.get("/")
    async def page() -> FileResponse:
        return page_of("page.html")

    serve_files(app)

    @app.get("/report/{name}")
    async def report(name: str) -> FileResponse:
        if name not in REPORTS or not (folder / name).is_file():
            raise HTTPException(404)
        if name == HTML:
            policy = {"Content-Security-Policy": REPORT_POLICY}
            return FileResponse(folder / name, media_type=REPORTS[name], headers=policy)
        return FileResponse(folder / name, media_type=REPORTS[name], filename=name)

    @app.websocket("/tab")
    async def tab(socket: WebSocket) -> None:
        await socket.accept()
        tabs.add(socket)
        board.wake()
        sending = asyncio.create_task(_send(socket, board, tabs, camera is not None))
        try:
            await _receive(socket, engine, board, tabs, camera)
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()
            tabs.remove(socket)
            board.wake()

    return app


def page_of(name: str) -> FileResponse:
    """A page as it lies on disk."""
    return FileResponse(WEB / name, media_type="text/html; charset=utf-8")


def serve_files(app: FastAPI) -> None:
    """Let a page have its scripts and styles, and nothing else."""

    @app.get("/favicon.ico", status_code=204)
    async def no_icon() -> None:
        return

    @app.get("/web/{name}")
    async def file(name: str) -> FileResponse:
        if name not in FILES:
            raise HTTPException(404)
        return FileResponse(WEB / name, media_type=f"{FILES[name]}; charset=utf-8")


async def _send(socket: WebSocket, board: Board, tabs: Tabs, films: bool) -> None:
    """Send what is new, the newest picture only: a slow tab misses some, and never lags."""
    news = board.listen()
    sent: dict[str, int] = {}
    pictured = 0
    role = ""
    try:
        while True:
            now = json.dumps(
                {
                    "is": "tab",
                    "now": {"controls": tabs.controls(socket), "films": films, "notice": notice()},
                }
            )
            if now != role:
                role = now
                await socket.send_text(role)
            for name, (version, text) in list(board.parts.items()):
                if sent.get(name) != version:
                    sent[name] = version
                    await socket.send_text(text)
            version, picture = board.picture
            if version != pictured:
                pictured = version
                await socket.send_bytes(picture)
            await news.wait()
            news.clear()
    except (WebSocketDisconnect, RuntimeError):
        return  # the tab is gone
    finally:
        board.leave(news)


async def _receive(
    socket: WebSocket, engine: Engine, board: Board, tabs: Tabs, camera: StreamedCamera | None
) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data, text = message.get("bytes"), message.get("text")
        if data is not None:
            if camera is not None and tabs.controls(socket) and len(data) > TIME.size:
                camera.send(TIME.unpack_from(data)[0], data[TIME.size :])
            continue
        try:
            wish = WISHES.validate_json(text or "")
        except ValidationError:
            await socket.close(1003)
            return
        if isinstance(wish, TakeControl):
            tabs.promote(socket)
            board.wake()
        elif tabs.controls(socket):
            _grant(wish, engine)


def _grant(wish: ChooseSide | ChooseSite | Pause | KeepClip | Describe, engine: Engine) -> None:
    match wish:
        case ChooseSide():
            engine.choose_side(wish.side)
        case ChooseSite():
            engine.choose_site(wish.x, wish.y)
        case Pause():
            engine.pause()
        case KeepClip():
            engine.keep_clip(wish.keep)
        case Describe():
            engine.describe(Subject(wish.sex, wish.age))
