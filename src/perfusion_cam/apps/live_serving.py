"""One live examination from its source to its page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from perfusion_cam.apps.failing import InternalError, complain
from perfusion_cam.apps.live_board import Board
from perfusion_cam.apps.live_server import make_app
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.apps.shelf import Shelf
from perfusion_cam.comparison.asking import DEFAULT_PROFILES
from perfusion_cam.errors import OutputError
from perfusion_cam.live.engine import Engine, OpenSource
from perfusion_cam.live.filming import FilmedCamera
from perfusion_cam.live.playing import PlayedFile
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.streamed import StreamedCamera
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.sources.camera import list_cameras
from perfusion_cam.thresholds import select_profiles

SWITCH_S = 0.001
"""How long one thread may keep the others from running Python. With the usual 5 ms, pictures wait
up to 0.2 s while a press is measured, as they change threads a dozen times; with this, 0.1 s."""
UNDER_WAY = (
    "A side is being examined live, and needs the computer for itself: press Finish on the live "
    "page first, then recordings can be opened and measured here."
)


def serve(
    *,
    camera: int | None,
    source: Path | None,
    browser: bool,
    out: Path,
    profiles: Sequence[str] | None,
    port: int,
    share: bool,
    open_page: bool,
) -> None:
    """Serve the page until it is interrupted.

    Raises
    ------
    SourceError, CameraError
        The file or camera cannot be opened.
    OutputError
        Results cannot be written, at first or at last.
    ServerError
        The port is taken, or no local network is there to share the page with.
    """
    rules = select_profiles(profiles or DEFAULT_PROFILES)
    folder = dated(out)
    server = LocalServer(port, share)
    streamed, open_source = _source(camera, source, browser or share)
    board = Board()
    engine = Engine(open_source, Saver(folder), rules, board.show, board.refresh_now)
    make_folder(folder)  # only now: a camera that is not there leaves no empty folder behind
    seen = folder if share else out
    shelf = Shelf([(seen, folder.parent)], folder, lambda: _under_way(engine))
    app = make_app(engine, board, streamed, server.door, folder, shelf)
    server.announce(open_page)
    complain(f"examining {engine.source_name}; results go to {folder}; Ctrl-C ends it")
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    with server.ended_by_signals():
        engine.start()
        try:
            server.run(app)
        finally:
            complain("ending; what was measured is being written")
            shelf.end()
            lost = engine.stop()
            sys.setswitchinterval(usual_s)
    if lost is not None:
        raise OutputError(lost) if engine.fault is None else InternalError(lost)
    complain(f"ended; results are in {folder}")


def dated(out: Path) -> Path:
    """Name the folder of an examination that begins now."""
    return out / datetime.now().strftime("%Y-%m-%dT%H-%M-%S")


def _under_way(engine: Engine) -> str | None:
    return None if engine.state.guided.phase == "idle" else UNDER_WAY


def _source(
    camera: int | None, source: Path | None, browser: bool
) -> tuple[StreamedCamera | None, OpenSource]:
    """Choose where pictures come from: without a wish, a camera that is known, or the browser's."""
    if source is not None:
        return None, lambda: PlayedFile(source)
    if camera is None and not browser:
        camera = next((one.number for one in list_cameras()), None)
    if camera is not None:
        number = camera
        return None, lambda: FilmedCamera(number)
    streamed = StreamedCamera()
    return streamed, lambda: streamed
