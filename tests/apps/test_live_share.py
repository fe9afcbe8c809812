"""A page shared over the local network: what it opens, and to whom."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from live_process import Live, running
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from perfusion_cam.apps import local_server
from perfusion_cam.apps.local_server import local_address
from perfusion_cam.apps.local_tls import self_signed
from perfusion_cam.apps.qr import qr_lines
from perfusion_cam.errors import ServerError

EARLIER = {
    "schema": 1,
    "source": {"file": "a.mp4", "sha256": "0", "duration_s": 9.0},
    "presses": [],
}


def in_a_network() -> bool:
    try:
        return bool(local_address())
    except ServerError:
        return False


networked = pytest.mark.skipif(not in_a_network(), reason="this machine is in no local network")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return tmp_path_factory.mktemp("shared"), tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def shared(folders: tuple[Path, Path]) -> Iterator[Live]:
    out, temporary = folders
    earlier = out / "2025-01-02T03-04-05"
    earlier.mkdir()
    (earlier / "result.json").write_text(json.dumps(EARLIER))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        with running(out, "--share") as started:
            yield started


@pytest.fixture(scope="module")
def certificate(shared: Live) -> str:
    """What the server shows, in PEM."""
    host, _, port = shared.host.rpartition(":")
    return ssl.get_server_certificate((host, int(port)))


@pytest.fixture(scope="module")
def tls(certificate: str) -> ssl.SSLContext:
    """A client that trusts that certificate alone, and checks its address."""
    return ssl.create_default_context(cadata=certificate)


@pytest.fixture(scope="module")
def cookie(shared: Live, tls: ssl.SSLContext) -> str:
    """What the first browser gets."""
    status, headers, _ = shared.get(f"/?token={shared.token}", tls)
    assert (status, headers["location"]) == (303, "/")
    given, *attributes = headers["set-cookie"].split("; ")
    assert {one.lower() for one in attributes} >= {"httponly", "secure", "samesite=strict"}
    assert shared.token not in given
    return given


@networked
def test_the_address_is_this_machine_s_and_the_first_line(shared: Live) -> None:
    assert shared.url.startswith(f"https://{local_address()}:")
    assert len(shared.token) >= 32


@networked
def test_its_certificate_is_the_one_whose_fingerprint_was_told(
    shared: Live, certificate: str
) -> None:
    while not (told := re.findall(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", "".join(shared.complaints))):
        time.sleep(0.01)
    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest()
    assert told == [shown.hex(":").upper()]


@networked
def test_nothing_of_it_is_left_on_disk(
    shared: Live, tls: ssl.SSLContext, folders: tuple[Path, Path]
) -> None:
    assert shared.get("/", tls)[0] == 403
    assert list(folders[1].iterdir()) == []


@networked
def test_only_the_first_browser_is_let_in(shared: Live, tls: ssl.SSLContext, cookie: str) -> None:
    status, _, body = shared.get("/", tls, Cookie=cookie)
    assert status == 200
    assert b"Research use only" in body
    status, headers, body = shared.get(f"/?token={shared.token}", tls)
    assert (status, "set-cookie" in headers) == (403, False)
    assert b"opens once" in body
    name = cookie.partition("=")[0]
    for known in ("", f"{name}={shared.token}", f"{name}=", f"{name}=x"):
        assert shared.get("/", tls, Cookie=known)[0] == 403


@networked
def test_only_the_printed_address_is_a_name_of_it(
    shared: Live, tls: ssl.SSLContext, cookie: str
) -> None:
    port = shared.host.rpartition(":")[2]
    for other in (
        f"127.0.0.1:{port}",
        f"localhost:{port}",
        shared.host.partition(":")[0],
        "a.example",
    ):
        assert shared.get("/", tls, Cookie=cookie, Host=other)[0] == 403
    origins = {
        f"https://{shared.host}": 200,
        f"http://{shared.host}": 403,
        "https://a.example": 403,
    }
    for origin, status in origins.items():
        assert shared.get("/", tls, Cookie=cookie, Origin=origin)[0] == status
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), timeout=60)


@networked
def test_nothing_travels_in_the_clear(shared: Live, cookie: str) -> None:
    with pytest.raises((ConnectionError, OSError)):
        shared.get("/", Cookie=cookie)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        shared.get("/", old, Cookie=cookie)


@networked
def test_its_tab_is_as_any_other(shared: Live, tls: ssl.SSLContext, cookie: str) -> None:
    def tab(**headers: str):
        origin = f"https://{shared.host}"
        address = f"wss://{shared.host}/tab"
        return connect(address, ssl=tls, origin=origin, additional_headers=headers)

    with tab(Cookie=cookie) as given:
        told = json.loads(given.recv(timeout=60))
        assert (told["is"], told["now"]["controls"], told["now"]["films"]) == ("tab", True, True)
    with pytest.raises(InvalidStatus, match="403"):
        tab()


@networked
def test_earlier_runs_are_not_shared(shared: Live, tls: ssl.SSLContext, cookie: str) -> None:
    assert (shared.folder / "2025-01-02T03-04-05" / "result.json").exists()
    status, _, body = shared.get("/review/list", tls, Cookie=cookie)
    assert (status, json.loads(body)) == (200, {"saved": [], "damaged": None})
    assert shared.get("/review/list", tls)[0] == 403


def test_certificate_and_key_are_for_this_user_only_and_deleted() -> None:
    made = self_signed("192.0.2.7")
    with made.as_files() as paths:
        assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
        assert paths[0].parent.stat().st_mode & 0o777 == 0o700
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*paths)
    assert not paths[0].parent.exists()
    assert made.key_pem != self_signed("192.0.2.7").key_pem


def test_the_square_code_holds_the_address() -> None:
    address = f"https://192.168.178.120:65535/?token={'aB3-_' * 6}ab"
    lines = [line[len("\x1b[30;107m") : -len("\x1b[0m")] for line in qr_lines(address)]
    upper = {" ": 255, "\u2584": 255}
    lower = {" ": 255, "\u2580": 255}
    rows = [[half.get(one, 0) for one in line] for line in lines for half in (upper, lower)]
    picture = np.kron(np.array(rows, np.uint8), np.ones((8, 8), np.uint8))
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == address


class FakeSocket(socket.socket):
    """Knows of one way out."""

    way: str | None = None

    def connect(self, _: object) -> None:
        if self.way is None:
            raise OSError(101, "Network is unreachable")

    def getsockname(self) -> tuple[str, int]:
        assert self.way is not None
        return self.way, 1


@pytest.mark.parametrize(
    ("way", "says"), [(None, "no local network"), ("1.1.1.1", "reached from anywhere")]
)
def test_it_is_shared_in_a_private_network_only(
    monkeypatch: pytest.MonkeyPatch, way: str | None, says: str
) -> None:
    monkeypatch.setattr(local_server.socket, "socket", FakeSocket)
    monkeypatch.setattr(FakeSocket, "way", way)
    with pytest.raises(ServerError, match=says):
        local_address()


def test_a_review_is_not_shared(tmp_path: Path) -> None:
    with running(tmp_path, "--share", "--review", "x.mp4") as refused:
        assert refused.process.wait(60) == 2
