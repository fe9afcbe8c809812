"""One live examination from its source to its page."""

from __future__ import annotations

import logging
import secrets
import socket
import webbrowser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import uvicorn

from perfusion_cam.apps.failing import complain, emit
from perfusion_cam.apps.live_board import Board
from perfusion_cam.apps.live_server import MAX_MESSAGE_BYTES, make_app
from perfusion_cam.comparison.asking import DEFAULT_PROFILES
from perfusion_cam.errors import ServerError
from perfusion_cam.live.engine import Engine, OpenSource
from perfusion_cam.live.filming import FilmedCamera
from perfusion_cam.live.playing import PlayedFile
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.streamed import StreamedCamera
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.sources.camera import list_cameras
from perfusion_cam.thresholds import select_profiles

HERE = "127.0.0.1"
CLOSE_S = 2


def serve(
    *,
    camera: int | None,
    source: Path | None,
    browser: bool,
    out: Path,
    profiles: Sequence[str] | None,
    port: int,
    open_page: bool,
) -> None:
    """Serve the page until it is interrupted.

    Raises
    ------
    SourceError, CameraError
        The file or camera cannot be opened.
    OutputError
        Results cannot be written.
    ServerError
        The port is taken.
    """
    rules = select_profiles(profiles or DEFAULT_PROFILES)
    folder = out / datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    listening = _listening(port)
    streamed, open_source = _source(camera, source, browser)
    board = Board()
    engine = Engine(open_source, Saver(folder), rules, board.show)
    make_folder(folder)  # only now: a camera that is not there leaves no empty folder behind
    token = secrets.token_urlsafe(24)
    address = f"http://{HERE}:{listening.getsockname()[1]}"
    origins = (address, address.replace(HERE, "localhost"))
    app = make_app(engine, board, streamed, token, origins, folder)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=CLOSE_S,
        )
    )
    emit(f"{address}/?token={token}\n")
    complain(f"examining {engine.source_name}; results go to {folder}; Ctrl-C ends it")
    engine.start()
    if open_page:
        webbrowser.open(f"{address}/?token={token}")
    try:
        server.run(sockets=[listening])
    except KeyboardInterrupt:  # the way in which it is meant to end
        complain(f"ended; results are in {folder}")
    finally:
        engine.stop()


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
