"""The command and its server: who is let in, what is taken, how it ends."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from live_process import Live, running
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from perfusion_cam.apps import live_cameras
from perfusion_cam.errors import CameraError
from perfusion_cam.sources.camera import FoundCamera, Mode

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "normal.mp4"
WEB = Path(__file__).parents[2] / "src" / "perfusion_cam" / "apps" / "web"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("live"), "--source", str(SAMPLE)) as started:
        yield started


def tab(live: Live, **changes: Any) -> ClientConnection:
    options = {
        "origin": f"http://{live.host}",
        "additional_headers": {"Cookie": live.cookie},
    } | changes
    return connect(f"ws://{live.host}/tab", **options)


def heard(socket: ClientConnection, name: str, **wanted: Any) -> dict[str, Any]:
    """Wait for a part in which some values are as wanted."""
    while True:
        message = socket.recv(timeout=60)
        if isinstance(message, bytes):
            continue
        part = json.loads(message)
        if part["is"] == name and all(part["now"][key] == wanted[key] for key in wanted):
            return part["now"]


def drained(socket: ClientConnection) -> None:
    """Read until the server closes."""
    while True:
        socket.recv(timeout=60)


def test_the_address_is_the_first_line(live: Live) -> None:
    assert live.url.startswith("http://127.0.0.1:")
    assert len(live.token) >= 32


def test_the_token_becomes_a_cookie_that_scripts_cannot_read(live: Live) -> None:
    status, headers, _ = live.get(f"/?token={live.token}")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    status, _, body = live.get("/", Cookie=live.cookie)
    assert status == 200
    assert b"Research use only" in body


@pytest.mark.parametrize("other", ['theme={"mode":"dark"}', "consent", "name=a b", 'next=[1,"x"]'])
def test_cookies_of_other_programs_on_this_computer_lock_nobody_out(live: Live, other: str) -> None:
    """Browsers send 127.0.0.1's cookies to every port."""
    for cookies in (f"{other}; {live.cookie}", f"{live.cookie}; {other}"):
        assert live.get("/", Cookie=cookies)[0] == 200
    assert live.get("/", Cookie=other)[0] == 403


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=wrong", "/web/page.js", "/report/x"])
def test_nothing_is_shown_without_the_token(live: Live, path: str) -> None:
    status, _, body = live.get(path)
    assert status == 403
    assert b"token" in body
    assert b"<" not in body


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "127.0.0.1:1", "localhost.evil:80"])
def test_other_names_for_this_server_are_refused(live: Live, host: str) -> None:
    assert live.get("/", Host=host, Cookie=live.cookie)[0] == 403
    assert live.get(f"/?token={live.token}", Host=host)[0] == 403


def test_other_pages_are_refused(live: Live) -> None:
    assert live.get("/", Cookie=live.cookie, Origin="http://evil.example")[0] == 403
    assert live.get("/", Cookie=live.cookie, Origin=f"http://{live.host}")[0] == 200
    with pytest.raises(InvalidStatus, match="403"):
        tab(live, origin="http://evil.example")
    with pytest.raises(InvalidStatus, match="403"):
        tab(live, origin=None)
    with pytest.raises(InvalidStatus, match="403"):
        tab(live, additional_headers={})
    localhost = f"localhost:{live.host.rpartition(':')[2]}"
    assert live.get("/", Host=localhost, Cookie=live.cookie)[0] == 200
    crossed = live.get("/", Host=localhost, Cookie=live.cookie, Origin=f"http://{live.host}")
    assert crossed[0] == 403


def test_only_what_the_server_sends_may_run(live: Live) -> None:
    _, headers, body = live.get("/", Cookie=live.cookie)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "access-control-allow-origin" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
    for page in (body.decode(), (WEB / "review.html").read_text(encoding="utf-8")):
        for foreign in ("style=", "onclick", "http:", "https:"):
            assert foreign not in page


@pytest.mark.parametrize(
    "path",
    [
        "/web/../live.py",
        "/web/..%2flive.py",
        "/web/%2e%2e/live.py",
        "/web//etc/passwd",
        "/web/page.html%00.js",
        "/report/../../result.json",
        "/report/..%2f..%2fresult.json",
        "/report/report.html",
        "/docs",
        "/openapi.json",
    ],
)
def test_no_other_file_can_be_had(live: Live, path: str) -> None:
    assert live.get(path, Cookie=live.cookie)[0] == 404


def test_every_file_of_the_page_is_served(live: Live) -> None:
    for path in WEB.iterdir():
        if path.suffix == ".html":
            continue
        status, headers, body = live.get(f"/web/{path.name}", Cookie=live.cookie)
        assert (status, body) == (200, path.read_bytes())
        assert headers["content-type"].startswith(("text/css", "text/javascript"))


def test_one_tab_controls_and_the_others_watch(live: Live) -> None:
    with tab(live) as first, tab(live) as second:
        assert heard(first, "tab")["controls"]
        assert not heard(second, "tab")["controls"]
        second.send(json.dumps({"do": "side", "side": "unaffected"}))
        assert heard(second, "state")["phase"] == "idle"
        second.send(json.dumps({"do": "control"}))
        assert heard(second, "tab", controls=True)
        assert heard(first, "tab", controls=False)
        second.close()
        assert heard(first, "tab", controls=True)


def test_a_tab_whose_network_is_lost_gives_up_control(live: Live) -> None:
    """It reads no more, answers nothing and closes nothing."""
    near = socket.socket()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    near.connect(("127.0.0.1", int(live.host.rpartition(":")[2])))
    with tab(live, sock=near, max_queue=1) as lost:
        assert heard(lost, "tab")["controls"]
        with tab(live) as back:
            assert not heard(back, "tab")["controls"]
            begun_s = time.monotonic()
            heard(back, "tab", controls=True)
            assert time.monotonic() - begun_s < 30, "others were kept out as long as by the default"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no json",
        "{}",
        '{"do": "harm"}',
        '{"do": "side", "side": "upper"}',
        '{"do": "site", "x": 2, "y": 0}',
        '{"do": "site", "x": NaN, "y": 0}',
        '{"do": "subject", "age": "old"}',
        '{"do": "pause", "more": 1}',
    ],
)
def test_what_is_no_wish_ends_the_tab_and_nothing_else(live: Live, message: str) -> None:
    with tab(live) as given:
        given.send(message)
        with pytest.raises(ConnectionClosed):
            drained(given)
    with tab(live) as another:
        assert heard(another, "state")["phase"] == "idle"


def test_too_much_at_once_is_cut_off(live: Live) -> None:
    with tab(live, max_size=None) as given:
        with suppress(ConnectionClosed):  # it may be cut off while it is still sending
            given.send(b"x" * 5_000_000)
        with pytest.raises(ConnectionClosed):
            drained(given)
    with tab(live) as another:
        assert heard(another, "tab")["controls"]


def test_it_ends_well_and_keeps_what_it_has(tmp_path: Path) -> None:
    with running(tmp_path, "--browser") as live:
        stamp = struct.Struct("<d")
        grey = np.full((96, 128, 3), 120, np.uint8)
        jpeg = cv2.imencode(".jpg", grey)[1].tobytes()
        with tab(live) as given:
            assert heard(given, "tab")["films"]
            given.send(json.dumps({"do": "side", "side": "affected"}))
            heard(given, "state", phase="settling")
            for number in range(10):
                given.send(stamp.pack(1e9 + number / 30) + jpeg)
                time.sleep(0.02)
            source = heard(given, "state", running="running")["source"]
            assert source.startswith(
                "The browser's camera: exposure, white balance and focus cannot"
            )
            assert source.endswith("From the browser's camera")
            given.send(b"")
            given.send(b"x" * 100)
        assert live.end() == 0
        time.sleep(0.1)
    text = "".join(live.complaints)
    assert "ended; results are in" in text
    assert "Traceback" not in text


def test_nothing_measured_is_nothing_written(live: Live) -> None:
    (folder,) = live.folder.iterdir()
    assert list(folder.iterdir()) == []


def run(*options: str) -> subprocess.CompletedProcess[str]:
    code = "from perfusion_cam.apps.cli import main; main()"
    command = [sys.executable, "-c", code, "live", "--no-open", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_failures_have_one_line_and_a_code(tmp_path: Path) -> None:
    out = ("--out", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        busy = run(*out, "--source", str(SAMPLE), "--port", port)
    missing = run(*out, "--source", "nothing.mp4")
    camera = run(*out, "--camera", "97")
    both = run(*out, "--camera", "0", "--browser")
    folder = run("--out", "/dev/null/x", "--source", str(SAMPLE))
    numbers = [run(*out, "--camera", number) for number in ("-1", "2147483648")]
    codes = [one.returncode for one in (busy, missing, camera, both, folder, *numbers)]
    assert codes == [10, 3, 9, 2, 4, 2, 2]
    assert len(camera.stderr.splitlines()) == 1
    for one in (busy, missing, camera, folder):
        assert one.stdout == ""
        assert one.stderr.splitlines()[-1].startswith("perfusion-cam: ")
        assert "Traceback" not in one.stderr


def test_cameras_are_listed_with_their_modes(monkeypatch, capsys) -> None:
    class FakeCamera:
        mode = Mode(1280, 720, 30.0)
        remarks: tuple[str, ...] = ()

        def __init__(self, number: int) -> None:
            if number == 2:
                raise CameraError("camera 2 cannot be opened")

        def hold(self) -> None:
            self.remarks = ("Focus could not be held.",)

        def close(self) -> None:
            self.remarks = ()

    found = [FoundCamera(0, "Desk camera"), FoundCamera(2, "Phone")]
    monkeypatch.setattr(live_cameras, "list_cameras", lambda: found)
    monkeypatch.setattr(live_cameras, "Camera", FakeCamera)
    live_cameras.tell_cameras()
    assert capsys.readouterr().out.splitlines() == [
        "0  Desk camera: 1280 x 720, 30 pictures a second. Focus could not be held.",
        "2  Phone: camera 2 cannot be opened",
    ]
    found.clear()
    live_cameras.tell_cameras()
    assert "names no camera" in capsys.readouterr().err
