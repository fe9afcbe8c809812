"""A review: what is asked for, what is changed, and what is refused."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_process import Live, running

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "normal.mp4"
TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["presses"][0]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("review"), "--review", str(SAMPLE)) as started:
        yield started


def sent(review: Live, wish: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(review.host, timeout=60)
    content = wish if isinstance(wish, bytes) else json.dumps(wish)
    given = {"Cookie": review.cookie, "Origin": f"http://{review.host}"} | headers
    connection.request("POST", "/refit", content, given)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body) if body.startswith(b"{") else {}


def test_what_was_found_is_told_and_written(review: Live) -> None:
    status, _, body = review.get("/review", Cookie=review.cookie)
    told = json.loads(body)
    assert status == 200
    assert told["file"] == "normal.mp4"
    (press,) = told["presses"]
    assert press["status"] == "measured"
    assert press["lines"]["site"]
    (folder,) = review.folder.iterdir()
    written = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert written["presses"][0]["release_s"] == pytest.approx(press["release_s"], abs=1e-3)
    assert review.get("/review")[0] == 403


def test_pictures_are_found_by_their_time(review: Live) -> None:
    status, headers, body = review.get("/picture?t_s=7.301", Cookie=review.cookie)
    assert (status, headers["content-type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert float(headers["x-time"]) == pytest.approx(7.3333, abs=1e-3)
    assert len(json.loads(headers["x-to-picture"])) == 2
    for wrong in ("", "?t_s=-1", "?t_s=nan", "?t_s=x"):
        assert review.get(f"/picture{wrong}", Cookie=review.cookie)[0] == 422


def test_a_kept_change_stands_beside_the_automatic_result(review: Live) -> None:
    (folder,) = review.folder.iterdir()
    before = (folder / "result.json").read_bytes()
    release_s = TRUTH["release_s"]
    status, tried = sent(review, {"press": 0, "release_s": release_s})
    assert (status, tried["release_s"], tried["kept"]) == (200, release_s, False)
    assert not (folder / "manual.json").exists()
    status, kept = sent(review, {"press": 0, "release_s": release_s, "keep": True})
    assert (status, kept["kept"]) == (200, True)
    (changed,) = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"]
    assert changed["changes"] == {"release_s": release_s}
    assert changed["manual"]["release_s"] == release_s
    assert changed["automatic"] == json.loads(before)["presses"][0]
    assert (folder / "result.json").read_bytes() == before
    low, high = changed["manual"]["crt_ci95_s"]
    assert low <= TRUTH["t90_s"] <= high


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"press": 1}, 422),
        ({"press": 0, "release_s": 0.5}, 422),
        ({"press": 0, "x_px": -4.0, "y_px": 10.0}, 422),
        ({"press": -1}, 400),
        ({"press": 0, "more": 1}, 400),
        (b"no json", 400),
        (b"x" * 3000, 413),
    ],
)
def test_what_cannot_be_is_refused(review: Live, wish: Any, status: int) -> None:
    assert sent(review, wish)[0] == status


def test_other_pages_cannot_change_anything(review: Live) -> None:
    assert sent(review, {"press": 0}, Origin="http://evil.example")[0] == 403
    assert sent(review, {"press": 0}, Cookie="")[0] == 403


def test_a_recording_that_cannot_be_read_has_its_code(tmp_path: Path) -> None:
    with running(tmp_path, "--review", str(tmp_path / "none.mp4")) as failed:
        assert failed.url == ""
        assert failed.process.wait(60) == 3
    assert failed.complaints[-1].startswith("perfusion-cam: ")
    assert list(tmp_path.iterdir()) == []
