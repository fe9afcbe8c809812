"""A review beside a live examination: recordings that are sent, and who comes first."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_process import Live, running
from review_tab import ReviewTab, reviewing
from websockets.sync.client import connect

from perfusion_cam.apps.receiving import MOST_BYTES
from perfusion_cam.apps.shelf import HeldBackError, NothingOpenError, Shelf, analysed

SAMPLES = Path(__file__).parents[2] / "sample_videos"
SAMPLE, LONG = SAMPLES / "normal.mp4", SAMPLES / "slow.mp4"


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with running(tmp_path, "--source", str(LONG)) as started:
        yield started


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Where nothing is examined, and nothing that is sent gets through."""
    with running(tmp_path_factory.mktemp("quiet"), "--source", str(LONG)) as started:
        yield started


@pytest.fixture
def tab(quiet: Live) -> Iterator[ReviewTab]:
    with reviewing(quiet) as opened:
        yield opened
        (folder,) = quiet.folder.iterdir()
        assert list(folder.iterdir()) == []
        assert opened.listed() == []


def settled(tab: ReviewTab) -> dict[str, Any]:
    """Wait until something was read, or could not be."""
    return tab.told(lambda told: not told["doing"] and bool(told["number"] or told["failed"]))


def choose(live: Live, wish: dict[str, str]) -> None:
    """Control the live examination from another tab, which then leaves."""
    with connect(
        f"ws://{live.host}/tab",
        origin=f"http://{live.host}",
        additional_headers={"Cookie": live.cookie},
    ) as given:
        for one in ({"do": "control"}, wish):
            given.send(json.dumps(one))
        time.sleep(0.5)


def test_a_recording_is_sent_measured_changed_and_not_kept(live: Live) -> None:
    with reviewing(live) as tab:
        assert tab.listed() == []
        where = "/review/recording?name=..%2F..%2Fmy%20press.mp4"
        assert tab.sent(where, SAMPLE.read_bytes())[0] == 202
        told = settled(tab)
        (run,) = live.folder.iterdir()
        assert told["opened"] == f"{run.name}/recording-1"
        assert tab.listed() == [told["opened"]]
        folder = run / "recording-1"
        found = tab.asked("/review/found")
        assert (found["file"], found["passing"]) == ("my_press.mp4", True)
        assert (found["numbers"], found["remarks"]) == ([1], [])
        assert (folder / "my_press.mp4").read_bytes() == SAMPLE.read_bytes()
        release_s = json.loads(SAMPLE.with_suffix(".json").read_text())["presses"][0]["release_s"]
        wish = {"press": 0, "release_s": release_s, "keep": True}
        assert tab.refit(wish)[0] == 200
        assert tab.sent("/review/close")[0] == 204
        left = {path.name for path in folder.iterdir()}
        assert left >= {"result.json", "manual.json", "still.png", "press-1.png"}
        assert not any(name.endswith((".mp4", ".part")) for name in left)
        assert tab.open(told["opened"])["pictures"] == ["still.png", "press-1.png"]
        assert tab.sent("/review/recording?name=b.mp4&keep=true", SAMPLE.read_bytes())[0] == 202
        tab.told(lambda told: told["opened"] == f"{run.name}/recording-2")
        assert tab.listed()[0] == f"{run.name}/recording-2"
        assert tab.sent("/review/recording?name=c.mp4", SAMPLE.read_bytes())[0] == 202
        tab.told(lambda told: told["opened"] == f"{run.name}/recording-3")
    assert (run / "recording-3" / "c.mp4").exists()
    assert live.end() == 0
    assert not (run / "recording-3" / "c.mp4").exists()
    assert (run / "recording-2" / "b.mp4").exists()


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_however_it_is_ended_no_copy_stays_that_was_not_to_be_kept(
    live: Live, told: signal.Signals, read: bool
) -> None:
    folder = sent(live, read)
    live.process.send_signal(told)
    assert live.process.wait(60) == 0
    assert not (folder / "a.mp4").exists()
    assert (folder / "result.json").exists() == read
    wait_for(lambda: "perfusion-cam: ended; results are in" in "".join(live.complaints))


@pytest.mark.parametrize("read", [False, True])
def test_who_interrupts_it_again_and_again_leaves_no_copy_either(live: Live, read: bool) -> None:
    folder = sent(live, read)
    while live.process.poll() is None:
        live.process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    assert not (folder / "a.mp4").exists()
    assert (folder / "result.json").exists() == read
    wait_for(lambda: "perfusion-cam: ending; " in "".join(live.complaints))


def sent(live: Live, read: bool) -> Path:
    """Send a recording that is not to be kept, until it is being read or was."""
    with reviewing(live) as tab:
        assert tab.sent("/review/recording?name=a.mp4", LONG.read_bytes())[0] == 202
        if read:
            assert settled(tab)["number"] == 1
        else:
            tab.told(lambda told: told["doing"] and told["doing"]["words"].startswith("Reading a"))
    (run,) = live.folder.iterdir()
    assert (run / "recording-1" / "a.mp4").exists()
    return run / "recording-1"


def wait_for(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 60.0
    while not met():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.01)


def test_examining_comes_first(live: Live) -> None:
    with reviewing(live) as tab:
        assert tab.sent("/review/recording?name=a.mp4&keep=true", SAMPLE.read_bytes())[0] == 202
        tab.told(lambda told: told["number"] == 1)
        (run,) = live.folder.iterdir()
        assert tab.sent("/review/recording?name=b.mp4&keep=true", LONG.read_bytes())[0] == 202
        tab.told(lambda told: told["doing"] and told["doing"]["words"].startswith("Reading b.mp4:"))
        status, refused = tab.sent("/review/open", {"name": f"{run.name}/recording-1"})
        assert (status, "being read already" in refused["detail"]) == (409, True)
        choose(live, {"do": "side", "side": "affected"})
        told = tab.told(lambda told: told["controls"] and not told["doing"])
        assert "press Finish" in told["held"]
        assert told["failed"].startswith("b.mp4 was not opened, as something was examined")
        assert told["number"] == 0
        assert {path.name for path in run.iterdir()} == {"recording-1"}
        held = [
            tab.sent("/review/open", {"name": f"{run.name}/recording-1"}),
            tab.sent("/review/recording?name=b.mp4", SAMPLE.read_bytes()),
            tab.refit({"press": 0}),
        ]
        assert [status for status, _ in held] == [409, 409, 409]
        assert all("press Finish" in told["detail"] for _, told in held)
        choose(live, {"do": "pause"})
        tab.told(lambda told: told["controls"] and told["held"] is None)
        assert tab.open(f"{run.name}/recording-1")["presses"]


def test_an_open_review_is_closed_when_something_is_examined(live: Live) -> None:
    with reviewing(live) as tab:
        assert tab.sent("/review/recording?name=a.mp4", SAMPLE.read_bytes())[0] == 202
        settled(tab)
        (run,) = live.folder.iterdir()
        choose(live, {"do": "side", "side": "affected"})
        tab.told(lambda told: told["number"] == 0)
        assert live.get("/review/found", Cookie=live.cookie)[0] == 409
        assert not (run / "recording-1" / "a.mp4").exists()


def test_earlier_runs_are_listed_the_newest_first(tmp_path: Path) -> None:
    result = {
        "schema": 1,
        "source": {"file": "affected-1", "sha256": "0", "duration_s": 9.0},
        "presses": [],
    }
    for number, name in enumerate(["2025-01-02T03-04-05/affected-1", "2024-01-01T01-01-01/x"]):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "result.json").write_text(json.dumps(result))
        time.sleep(0.02 * (1 - number))
    with running(tmp_path, "--source", str(LONG)) as live, reviewing(live) as tab:
        assert tab.listed() == ["2024-01-01T01-01-01/x", "2025-01-02T03-04-05/affected-1"]


@pytest.mark.parametrize(
    "path", ["/review", "/review/list", "/review/found", "/review/room?name=x&size=1"]
)
def test_nothing_is_shown_without_the_token(quiet: Live, path: str) -> None:
    assert quiet.get(path)[0] == 403
    assert quiet.get(path, Cookie=quiet.cookie, Host="example.org")[0] == 403
    assert quiet.get(path, Cookie=quiet.cookie, Origin="http://evil.example")[0] == 403


@pytest.mark.parametrize("path", ["/review/recording?name=x.mp4", "/review/open", "/review/close"])
def test_only_the_page_that_controls_may_send(tab: ReviewTab, path: str) -> None:
    content = SAMPLE.read_bytes()
    assert tab.sent(path, content, Cookie="")[0] == 403
    assert tab.sent(path, content, Host="example.org")[0] == 403
    assert tab.sent(path, content, Origin="http://evil.example")[0] == 403
    assert tab.sent(path, content, **{"X-Tab": "another"})[0] == 409
    with reviewing(tab.live) as other:
        assert other.sent(path, content)[0] == 409


def test_what_is_too_large_is_refused_before_it_is_sent(tab: ReviewTab) -> None:
    status, _, body = tab.live.get(
        f"/review/room?name=long.mp4&size={MOST_BYTES + 1}", Cookie=tab.live.cookie
    )
    assert (status, "4 GB at most" in json.loads(body)["detail"]) == (413, True)
    with raw(tab, f"Content-Length: {MOST_BYTES + 1}") as sending:
        assert sending.recv(100).startswith(b"HTTP/1.1 413")
    with raw(tab, "Transfer-Encoding: chunked") as sending:
        assert sending.recv(100).startswith(b"HTTP/1.1 411")


def test_what_arrives_torn_leaves_nothing(tab: ReviewTab) -> None:
    before = set(tab.live.folder.rglob("*"))
    with raw(tab, "Content-Length: 100000") as sending:
        sending.sendall(b"x" * 1000)
        tab.told(lambda told: told["doing"] is not None)
    tab.told(lambda told: told["doing"] is None)
    assert set(tab.live.folder.rglob("*")) == before


@pytest.mark.parametrize("name", ["press.mp4", "result.json"])
def test_what_is_no_recording_is_said_as_on_the_command_line(tab: ReviewTab, name: str) -> None:
    assert tab.sent(f"/review/recording?name={name}", b"no video at all")[0] == 202
    told = tab.told(lambda told: told["failed"] is not None and not told["doing"])
    assert told["failed"].startswith(f"{name}")
    assert "\n" not in told["failed"]


def raw(tab: ReviewTab, header: str) -> socket.socket:
    """Begin to send a recording, by hand."""
    host, _, port = tab.live.host.rpartition(":")
    sending = socket.create_connection((host, int(port)), timeout=60)
    lines = [
        "POST /review/recording?name=torn.mp4 HTTP/1.1",
        f"Host: {tab.live.host}",
        f"Cookie: {tab.live.cookie}",
        f"X-Tab: {tab.name}",
        header,
    ]
    sending.sendall("\r\n".join([*lines, "", ""]).encode())
    return sending


def test_who_waits_for_a_disk_that_hangs_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perfusion_cam.apps.shelf.PATIENCE_S", 0.1)
    shelf = Shelf([(tmp_path, tmp_path)], tmp_path)
    shelf.show(analysed(SAMPLE, tmp_path, lambda *_: None))
    with shelf.opened(), pytest.raises(HeldBackError, match="disk may hang"), shelf.opened():
        pass
    with shelf.opened() as opened:
        assert opened.review is not None
    shelf.close()
    with pytest.raises(NothingOpenError), shelf.opened():
        pass
