"""The review's part of the server: what can be opened, its pictures, and what is changed of it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.websockets import WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, Response

from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.live_words import notice, to_picture
from perfusion_cam.apps.receiving import TooLargeError, check_room, harmless_name, receive
from perfusion_cam.apps.review_words import (
    analysed_words,
    changed_words,
    damaged_words,
    listed_words,
    refit_words,
    saved_words,
)
from perfusion_cam.apps.saved import read_manual, write_manual
from perfusion_cam.apps.shelf import HeldBackError, NothingOpenError, Shelf
from perfusion_cam.apps.tabs import Tabs
from perfusion_cam.apps.web_files import page_of, serve_files
from perfusion_cam.errors import PerfusionCamError
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.reviewing import Change

MOST_BYTES = 2000
TELL_S = 0.1
UNKNOWN = (
    "It cannot be told which press of the saved result this is, so a manual result cannot be kept "
    "beside it."
)
WATCHES = "Another tab controls; this one watches."
STATUS: dict[type[Exception], int] = {NothingOpenError: 404, HeldBackError: 409, TooLargeError: 413}


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Open(_Sent):
    """What to open, as it is listed."""

    name: str


class Changed(_Sent):
    """What the page sends of one press."""

    press: int = Field(ge=0)
    release_s: float | None = Field(default=None, allow_inf_nan=False)
    end_s: float | None = Field(default=None, allow_inf_nan=False)
    x_px: float | None = Field(default=None, allow_inf_nan=False)
    y_px: float | None = Field(default=None, allow_inf_nan=False)
    keep: bool = False

    def change(self) -> Change:
        """What of it changes the press."""
        place = None if self.x_px is None or self.y_px is None else (self.x_px, self.y_px)
        return Change(self.release_s, self.end_s, place)

    def told(self) -> dict[str, Any]:
        """The same, as it is written."""
        return self.model_dump(exclude={"press", "keep"}, exclude_none=True)


def make_review_app(shelf: Shelf, door: Door) -> FastAPI:
    """Make the server of a review alone.

    Parameters
    ----------
    shelf : Shelf
    door : Door
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, door=door)
    serve_files(app)

    @app.get("/")
    async def page() -> FileResponse:
        return page_of("review.html")

    serve_review_of(app, shelf, Tabs(), live=False)
    return app


def serve_review_of(app: FastAPI, shelf: Shelf, tabs: Tabs, *, live: bool) -> None:
    """Serve reviews under ``/review``.

    Parameters
    ----------
    app : FastAPI
        Behind a guard.
    shelf : Shelf
    tabs : Tabs
        Of the whole program: only the tab that controls opens and changes something.
    live : bool
        Whether the program examines live, too.
    """

    def controlling(x_tab: Annotated[str, Header()] = "") -> None:
        if not tabs.controls(x_tab):
            raise HTTPException(409, WATCHES)

    routes = APIRouter(prefix="/review")
    _add_pictures(routes, shelf)
    changing = APIRouter(prefix="/review", dependencies=[Depends(controlling)])
    _add_changes(changing, shelf)

    @routes.websocket("/tab")
    async def tab(socket: WebSocket) -> None:
        await socket.accept()
        name = tabs.add()
        telling = asyncio.create_task(_tell(socket, name, shelf, tabs, live))
        try:
            while True:
                if await socket.receive_text() == "control" and shelf.held is None:
                    tabs.promote(name)
        except (WebSocketDisconnect, KeyError):
            pass  # the tab is gone, or sends what is no text
        finally:
            telling.cancel()
            tabs.remove(name)

    app.include_router(routes)
    app.include_router(changing)

    @app.exception_handler(ValidationError)
    async def refused(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    @app.exception_handler(PerfusionCamError)
    async def failed(_: Request, error: Exception) -> Response:
        content = json.dumps({"detail": str(error)})
        status = STATUS.get(type(error), 422)
        return Response(content, status_code=status, media_type="application/json")


def _add_pictures(routes: APIRouter, shelf: Shelf) -> None:
    """Add what may be looked at by every tab."""

    @routes.get("")
    async def page() -> FileResponse:
        return page_of("review.html")

    @routes.get("/list")
    def listed() -> dict[str, Any]:
        saved, damaged = shelf.listed()
        return {"saved": [listed_words(one) for one in saved], "damaged": damaged_words(damaged)}

    @routes.get("/room")
    def room(name: str, size: Annotated[int, Query(ge=0)]) -> dict[str, str]:
        check_room(harmless_name(name), size, shelf.folder)
        return {}

    @routes.get("/found")
    def found() -> dict[str, Any]:
        with shelf.opened() as (number, saved, review, passing):
            told = saved_words(saved) if review is None else analysed_words(saved, review)
            kept = sorted(read_manual(saved.folder))
        return told | {"number": number, "kept": kept, "passing": passing is not None}

    @routes.get("/still/{name}")
    def still(name: str) -> FileResponse:
        with shelf.opened() as (_, saved, _, _):
            if name not in saved.pictures():
                raise HTTPException(404)
            return FileResponse(saved.folder / name, media_type="image/png")

    @routes.get("/picture")
    def picture(
        t_s: Annotated[float, Query(ge=0, allow_inf_nan=False)],
        onward: Annotated[int, Query(ge=-1, le=1)] = 0,
    ) -> Response:
        with shelf.opened() as (_, _, review, _):
            if review is None:
                raise HTTPException(404)
            frame = review.picture(t_s, onward)
            matrix = to_picture(review.to_frame(frame.t_s), frame.size_px)
        headers = {"X-Time": str(frame.t_s), "X-To-Picture": json.dumps(matrix)}
        return Response(jpeg_of(frame), media_type="image/jpeg", headers=headers)


def _add_changes(routes: APIRouter, shelf: Shelf) -> None:
    """Add what the tab that controls may do."""

    @routes.post("/open", status_code=202)
    async def open_(request: Request) -> None:
        shelf.open(Open.model_validate_json(await _body(request)).name)

    @routes.post("/close", status_code=204)
    def close() -> None:
        shelf.close()

    @routes.post("/recording", status_code=202)
    async def recording(request: Request, name: str, keep: bool = False) -> None:
        size = request.headers.get("content-length")
        if size is None:
            raise HTTPException(411)
        path = shelf.new_place(harmless_name(name))
        check_room(path.name, int(size), path.parent)
        words = f"Taking in {path.name}"
        shelf.begin(words)
        try:
            await receive(
                request.stream(), path, int(size), lambda share: shelf.go_on(words, share)
            )
        except BaseException:
            shelf.stop()
            raise
        shelf.read_recording(path, keep=keep)

    @routes.post("/refit")
    async def refit(request: Request) -> dict[str, Any]:
        wish = Changed.model_validate_json(await _body(request))
        return await run_in_threadpool(measured, wish)

    def measured(wish: Changed) -> dict[str, Any]:
        with shelf.opened() as (_, saved, review, _):
            if review is None:
                raise HTTPException(404)
            try:
                result = review.refit(wish.press, wish.change())
            except (ValueError, IndexError) as error:
                raise HTTPException(422, str(error)) from error
            if wish.keep:
                number = saved.numbers(review.examination)[wish.press]
                if number is None:
                    raise HTTPException(422, UNKNOWN)
                changed = changed_words(review, wish.press, wish.told(), result, number)
                write_manual(saved.folder, changed)
            return refit_words(review, result) | {"kept": wish.keep}


async def _tell(socket: WebSocket, name: str, shelf: Shelf, tabs: Tabs, live: bool) -> None:
    """Tell a tab where things stand, whenever that changes."""
    told = ""
    with suppress(WebSocketDisconnect, RuntimeError):  # the tab is gone
        while True:
            number, opened = shelf.shown or (0, "")
            now = {
                "tab": name,
                "controls": tabs.controls(name),
                "live": live,
                "held": shelf.held,
                "doing": shelf.doing and shelf.doing._asdict(),
                "failed": shelf.failed,
                "number": number,
                "opened": opened,
                "notice": notice(),
            }
            if (text := json.dumps(now)) != told:
                told = text
                await socket.send_text(told)
            await asyncio.sleep(TELL_S)


async def _body(request: Request) -> bytes:
    """Read what was sent, which is small or refused."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(read)
