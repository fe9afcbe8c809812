"""The page's server: one web socket for each tab, the written report, and the review."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from perfusion_cam.apps.live_board import Board
from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.live_words import notice
from perfusion_cam.apps.review_server import serve_review_of
from perfusion_cam.apps.shelf import Shelf
from perfusion_cam.apps.tabs import Tabs
from perfusion_cam.apps.web_files import page_of, serve_files
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.streamed import StreamedCamera
from perfusion_cam.report.comparison_folder import HTML, PDF
from perfusion_cam.thresholds import Subject

REPORTS = {HTML: "text/html", PDF: "application/pdf"}
REPORT_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""The report brings its styles and pictures along, and can run nothing."""
BEAT_S = 1.0
"""A tab hears something at least so often, so that it can tell when the program is gone."""
BEAT = json.dumps({"is": "beat", "now": None})
TIME = struct.Struct("<d")
MAKE_WAY_S = 0.2


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


def make_app(
    engine: Engine,
    board: Board,
    camera: StreamedCamera | None,
    door: Door,
    folder: Path,
    shelf: Shelf,
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
    shelf : Shelf
        What can be reviewed while nothing is examined.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(board.follow(engine))
        making_way = asyncio.create_task(_make_way(shelf))
        yield
        following.cancel()
        making_way.cancel()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, door=door)
    tabs = Tabs(board.wake)

    @app.get("/")
    async def page() -> FileResponse:
        return page_of("page.html")

    serve_files(app)
    serve_review_of(app, shelf, tabs, live=True)

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
        name = tabs.add()
        sending = asyncio.create_task(_send(socket, name, board, tabs, camera is not None))
        try:
            await _receive(socket, name, engine, tabs, camera)
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()
            tabs.remove(name)

    return app


async def _make_way(shelf: Shelf) -> None:
    """Close a review as soon as something is examined: its grids take memory."""
    while True:
        if shelf.shown is not None and shelf.held is not None:
            await run_in_threadpool(shelf.close)
        await asyncio.sleep(MAKE_WAY_S)


async def _send(socket: WebSocket, name: str, board: Board, tabs: Tabs, films: bool) -> None:
    """Send what is new, the newest picture only: a slow tab misses some, and never lags."""
    news = board.listen()
    sent: dict[str, int] = {}
    pictured = 0
    role = ""
    try:
        while True:
            silent = True
            now = json.dumps({"is": "tab", "now": _role(tabs.controls(name), films)})
            if now != role:
                role, silent = now, False
                await socket.send_text(role)
            for part, (version, text) in list(board.parts.items()):
                if sent.get(part) != version:
                    sent[part], silent = version, False
                    await socket.send_text(text)
            version, picture = board.picture
            if version != pictured:
                pictured, silent = version, False
                await socket.send_bytes(picture)
            if silent:
                await socket.send_text(BEAT)
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await news.wait()
            news.clear()
    except (WebSocketDisconnect, RuntimeError):
        return  # the tab is gone
    finally:
        board.leave(news)


def _role(controls: bool, films: bool) -> dict[str, object]:
    return {"controls": controls, "films": films, "notice": notice(), "beat_s": BEAT_S}


async def _receive(
    socket: WebSocket, name: str, engine: Engine, tabs: Tabs, camera: StreamedCamera | None
) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data, text = message.get("bytes"), message.get("text")
        if data is not None:
            if camera is not None and tabs.controls(name) and len(data) > TIME.size:
                camera.send(TIME.unpack_from(data)[0], data[TIME.size :])
            continue
        try:
            wish = WISHES.validate_json(text or "")
        except ValidationError:
            await socket.close(1003)
            return
        if isinstance(wish, TakeControl):
            tabs.promote(name)
        elif tabs.controls(name):
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
