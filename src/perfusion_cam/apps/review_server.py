"""The server of a review: pictures by time, presses, and what a person changes of them."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import FileResponse, Response

from perfusion_cam.apps.live_guard import Door, Guard
from perfusion_cam.apps.live_server import page_of, serve_files
from perfusion_cam.apps.live_words import lines, listed_press, notice, to_picture
from perfusion_cam.errors import PerfusionCamError
from perfusion_cam.live.preview import jpeg_of
from perfusion_cam.live.reviewing import Change, Review
from perfusion_cam.report.atomic import write
from perfusion_cam.report.document import document, to_json
from perfusion_cam.types import PressResult

MANUAL = "manual.json"
MOST_BYTES = 2000


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


def make_review_app(review: Review, door: Door, folder: Path) -> FastAPI:
    """Make the server of one review.

    Parameters
    ----------
    review : Review
    door : Door
    folder : Path
        Where manual results are written, beside the automatic ones.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, door=door)
    serve_files(app)
    one_at_a_time = threading.Lock()
    kept: dict[int, dict[str, Any]] = {}

    @app.get("/")
    def page() -> FileResponse:
        return page_of("review.html")

    @app.get("/review")
    def found() -> dict[str, Any]:
        source, track = review.examination.source, review.examination.track
        return {
            "notice": notice(),
            "file": source.file,
            "width": source.width,
            "height": source.height,
            "duration_s": float(track.t_s[-1]),
            "step_s": 1 / (source.median_fps or 30.0),
            "warnings": source.warnings,
            "presses": [_told(review, one) for one in review.examination.presses],
        }

    @app.get("/picture")
    def picture(t_s: Annotated[float, Query(ge=0, allow_inf_nan=False)]) -> Response:
        with one_at_a_time:
            try:
                frame = review.picture(t_s)
            except PerfusionCamError as error:
                raise HTTPException(404, str(error)) from error
        matrix = to_picture(review.to_frame(frame.t_s), frame.size_px)
        headers = {"X-Time": f"{frame.t_s:.4f}", "X-To-Picture": json.dumps(matrix)}
        return Response(jpeg_of(frame), media_type="image/jpeg", headers=headers)

    @app.post("/refit")
    async def refit(request: Request) -> dict[str, Any]:
        wish = Changed.model_validate_json(await _body(request))
        return await _aside(wish)

    async def _aside(wish: Changed) -> dict[str, Any]:
        from starlette.concurrency import run_in_threadpool

        return await run_in_threadpool(measured, wish)

    def measured(wish: Changed) -> dict[str, Any]:
        with one_at_a_time:
            try:
                result = review.refit(wish.press, wish.change())
                if wish.keep:
                    kept[wish.press] = _recorded(review, wish, result)
                    content = {"schema": 1, "notice": notice(), "changed": list(kept.values())}
                    write(folder / MANUAL, to_json(content).encode())
            except (ValueError, IndexError, PerfusionCamError) as error:
                raise HTTPException(422, str(error)) from error
        return _told(review, result) | {"kept": wish.keep}

    @app.exception_handler(ValidationError)
    async def refused(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    return app


async def _body(request: Request) -> bytes:
    """Read what was sent, which is small or refused."""
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST_BYTES:
            raise HTTPException(413)
    return bytes(read)


def _told(review: Review, result: PressResult) -> dict[str, Any]:
    press = result.press
    return listed_press(result) | {
        "contact_s": press.contact_s,
        "release_s": press.release_s,
        "ended_s": press.ended_s,
        "lines": lines(result, review.examination.grid),
    }


def _recorded(review: Review, wish: Changed, result: PressResult) -> dict[str, Any]:
    """The manual result beside the automatic one, each as in result.json."""
    examination = review.examination
    automatic = document(examination)["presses"][wish.press]
    manual = document(replace(examination, presses=(result,)))["presses"][0]
    return {
        "press": wish.press + 1,
        "file": examination.source.file,
        "sha256": examination.source.sha256,
        "changed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "changes": wish.model_dump(exclude={"press", "keep"}, exclude_none=True),
        "automatic": automatic,
        "manual": manual,
    }
