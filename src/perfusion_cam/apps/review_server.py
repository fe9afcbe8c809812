"""The server of a review: pictures by time, presses, and what a person changes of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.live_server import page_of, serve_files
from perfusion_cam.apps.live_words import lines, listed_press, notice, to_picture
from perfusion_cam.apps.matching import Numbers
from perfusion_cam.apps.saved import read_manual, write_manual
from perfusion_cam.apps.shelf import Item, Shelf
from perfusion_cam.errors import PerfusionCamError
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.reviewing import Change, Review
from perfusion_cam.report.document import document
from perfusion_cam.types import PressResult

MOST_BYTES = 2000
UNKNOWN = (
    "It cannot be told which press of the saved result this is, so a manual result cannot be kept "
    "beside it."
)

Which = Annotated[int, Query(ge=0)]


class Changed(BaseModel):
    """What the page sends of one press."""

    model_config = ConfigDict(extra="forbid", strict=True)
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


def make_review_app(shelf: Shelf, door: Door) -> FastAPI:
    """Make the server of one review.

    Parameters
    ----------
    shelf : Shelf
    door : Door
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, door=door)
    serve_files(app)

    @app.get("/")
    def page() -> FileResponse:
        return page_of("review.html")

    @app.get("/list")
    def listed() -> dict[str, Any]:
        return {"notice": notice(), "items": [item.name for item in shelf.items]}

    @app.get("/review")
    def found(which: Which = 0) -> dict[str, Any]:
        with shelf.opened(which) as (item, review):
            told = _saved(item) if review is None else _analysed(item, review)
            return told | {"kept": sorted(read_manual(item.folder))}

    @app.get("/still/{name}")
    def still(name: str, which: Which = 0) -> FileResponse:
        saved = shelf.items[which].saved
        if saved is None or name not in saved.pictures():
            raise HTTPException(404)
        return FileResponse(saved.folder / name, media_type="image/png")

    @app.get("/picture")
    def picture(
        t_s: Annotated[float, Query(ge=0, allow_inf_nan=False)], which: Which = 0
    ) -> Response:
        with shelf.opened(which) as (_, review):
            if review is None:
                raise HTTPException(404)
            frame = review.picture(t_s)
            matrix = to_picture(review.to_frame(frame.t_s), frame.size_px)
        headers = {"X-Time": f"{frame.t_s:.4f}", "X-To-Picture": json.dumps(matrix)}
        return Response(jpeg_of(frame), media_type="image/jpeg", headers=headers)

    @app.post("/refit")
    async def refit(request: Request, which: Which = 0) -> dict[str, Any]:
        wish = Changed.model_validate_json(await _body(request))
        return await run_in_threadpool(measured, wish, which)

    def measured(wish: Changed, which: int) -> dict[str, Any]:
        with shelf.opened(which) as (item, review):
            if review is None:
                raise HTTPException(404)
            try:
                result = review.refit(wish.press, wish.change())
            except (ValueError, IndexError) as error:
                raise HTTPException(422, str(error)) from error
            if wish.keep:
                number = _numbers(item, review)[wish.press]
                if number is None:
                    raise HTTPException(422, UNKNOWN)
                write_manual(item.folder, _recorded(review, wish, result, number))
        return _told(review, result) | {"kept": wish.keep}

    @app.exception_handler(ValidationError)
    async def refused(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    @app.exception_handler(IndexError)
    async def missing(_: Request, __: Exception) -> Response:
        return Response(status_code=404)

    @app.exception_handler(PerfusionCamError)
    async def failed(_: Request, error: Exception) -> Response:
        content = json.dumps({"detail": str(error)})
        return Response(content, status_code=422, media_type="application/json")

    return app


async def _body(request: Request) -> bytes:
    """Read what was sent, which is small or refused."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(read)


def _numbers(item: Item, review: Review) -> Numbers:
    """Number the presses as in the result.json that a change of them is kept beside."""
    if item.saved is None:
        return tuple(range(1, 1 + len(review.examination.presses)))
    return item.saved.numbers(review.examination)


def _remarks(item: Item, numbers: Numbers) -> list[str]:
    """Say where the recording and the saved result do not tell of the same presses."""
    if item.saved is None:
        return []
    file = "The recording" if item.recording is None else item.recording.name
    known = set(numbers) - {None}
    there = item.saved.document.presses
    if there and not known:
        return [f"{file} cannot be matched to the presses of the saved result."]
    missing = [str(n) for n in range(1, 1 + len(there)) if n not in known]
    if not missing:
        return []
    return [f"{file} does not show press {', '.join(missing)} of the saved result."]


def _analysed(item: Item, review: Review) -> dict[str, Any]:
    source, track = review.examination.source, review.examination.track
    numbers = _numbers(item, review)
    there = () if item.saved is None else item.saved.document.presses
    return {
        "file": source.file,
        "pictures": None,
        "width": source.width,
        "height": source.height,
        "duration_s": float(track.t_s[-1]),
        "step_s": 1 / (source.median_fps or 30.0),
        "warnings": source.warnings,
        "presses": [_told(review, one) for one in review.examination.presses],
        "numbers": numbers,
        "saved": [there[n - 1].words() if n and there else None for n in numbers],
        "remarks": _remarks(item, numbers)
        + (item.saved.document.unfinished() if item.saved else []),
    }


def _saved(item: Item) -> dict[str, Any]:
    assert item.saved is not None
    presses = item.saved.presses()
    return {
        "file": item.saved.document.source.file,
        "pictures": item.saved.pictures(),
        "presses": presses,
        "numbers": list(range(1, 1 + len(presses))),
        "saved": [one["words"] for one in presses],
        "remarks": item.saved.document.unfinished(),
    }


def _told(review: Review, result: PressResult) -> dict[str, Any]:
    press = result.press
    return listed_press(result) | {
        "contact_s": press.contact_s,
        "release_s": press.release_s,
        "ended_s": press.ended_s,
        "lines": lines(result, review.examination.grid),
    }


def _recorded(review: Review, wish: Changed, result: PressResult, number: int) -> dict[str, Any]:
    """The manual result beside the automatic one, each as in result.json."""
    examination = review.examination
    automatic = document(examination)["presses"][wish.press]
    manual = document(replace(examination, presses=(result,)))["presses"][0]
    return {
        "press": number,
        "file": examination.source.file,
        "sha256": examination.source.sha256,
        "changed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "changes": wish.model_dump(exclude={"press", "keep"}, exclude_none=True),
        "automatic": automatic,
        "manual": manual,
    }
