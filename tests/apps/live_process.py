"""A live examination as its own process, as a user starts it."""

from __future__ import annotations

import http.client
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

PATIENCE_S = 60
PATIENCE_MS = 1000 * PATIENCE_S


@dataclass
class Live:
    """A running ``perfusion-cam live``."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    complaints: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def token(self) -> str:
        return self.url.partition("token=")[2]

    @property
    def cookie(self) -> str:
        return f"perfusion_cam_{self.host.rpartition(':')[2]}={self.token}"

    def end(self) -> int:
        """Interrupt it as Ctrl-C does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def get(
        self, path: str, tls: ssl.SSLContext | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask for a path as it stands, without any tidying; over TLS if a context is given."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        if tls is not None:
            connection = http.client.HTTPSConnection(self.host, timeout=PATIENCE_S, context=tls)
        try:
            connection.putrequest("GET", path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@contextmanager
def running(out: Path, *options: str) -> Iterator[Live]:
    """Start it and give it once it has printed its address; end it afterwards."""
    code = "from perfusion_cam.apps.cli import main; main()"
    command = [sys.executable, "-c", code, "live", "--no-open", "--out", str(out), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    live = Live(process, "", out)
    reader = threading.Thread(target=lambda: live.complaints.extend(process.stderr), daemon=True)
    reader.start()
    try:
        live.url = process.stdout.readline().strip()
        yield live
    finally:
        process.kill() if not live.url else live.end()
        process.wait(PATIENCE_S)
        reader.join(PATIENCE_S)
        process.stdout.close()
        process.stderr.close()


def show(context: BrowserContext, live: Live) -> Page:
    """Open the page, and fail on whatever its console complains about."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    page.goto(live.url)
    return page
