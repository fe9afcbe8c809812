"""Pages with their scripts and styles, and nothing else of what lies on disk."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, HTTPException
from starlette.responses import FileResponse

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
    "shelf.js": "text/javascript",
}


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
