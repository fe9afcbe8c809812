"""A review: what is asked for, what is changed, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_process import Live, running
from review_tab import ReviewTab, reviewing

from perfusion_cam import analyze
from perfusion_cam.live.clip import ClipWriter
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import write_examination
from perfusion_cam.report.wording import verdict
from perfusion_cam.sources.video_file import VideoFile

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "normal.mp4"
TWO = SAMPLE.with_name("two-sides.mp4")
TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["presses"][0]


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(tmp_path_factory.mktemp("review"), "--review", str(SAMPLE)) as started:
        yield started


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Two examinations, of which one has its recording beside its folder still."""
    place = tmp_path_factory.mktemp("saved")
    results = place / "results"
    examination = analyze(SAMPLE)
    for name in ("gone", "there"):
        (results / name).mkdir(parents=True)
        source = replace(examination.source, sha256=examination.source.sha256 * (name == "there"))
        one = replace(examination, source=source)
        write_examination(one, document(one), results / name)
    (results / "torn").mkdir()
    (results / "torn" / "result.json").write_text('{"schema": 1')
    (results / "there" / "manual.json").write_text('{"changed": [{"press": 3, "file": "kept"}]}')
    shutil.copy(SAMPLE, place)
    with running(place, "--review", str(results)) as started:
        yield started


@pytest.fixture
def tab(review: Live) -> Iterator[ReviewTab]:
    with reviewing(review) as opened:
        yield opened


def test_what_was_found_is_told_and_written(review: Live) -> None:
    status, _, body = review.get("/review/found", Cookie=review.cookie)
    told = json.loads(body)
    assert status == 200
    assert told["file"] == "normal.mp4"
    (press,) = told["presses"]
    assert press["status"] == "measured"
    assert press["lines"]["site"]
    (folder,) = review.folder.iterdir()
    written = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert written["presses"][0]["release_s"] == pytest.approx(press["release_s"], abs=1e-3)
    assert review.get("/review/found")[0] == 403


def test_pictures_are_found_by_their_time(review: Live) -> None:
    status, headers, body = review.get("/review/picture?t_s=7.326", Cookie=review.cookie)
    assert (status, headers["content-type"], body[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert float(headers["x-time"]) == pytest.approx(7.3333, abs=1e-3)
    assert len(json.loads(headers["x-to-picture"])) == 2
    shown = headers["x-time"]
    for onward, there_s in ((-1, 7.3), (1, 7.3667)):
        query = f"t_s={shown}&onward={onward}"
        _, headers, _ = review.get(f"/review/picture?{query}", Cookie=review.cookie)
        assert float(headers["x-time"]) == pytest.approx(there_s, abs=1e-3)
    for wrong in ("", "?t_s=-1", "?t_s=nan", "?t_s=x", "?t_s=1&onward=2", "?onward=1"):
        assert review.get(f"/review/picture{wrong}", Cookie=review.cookie)[0] == 422


def test_a_kept_change_stands_beside_the_automatic_result(tab: ReviewTab) -> None:
    (folder,) = tab.live.folder.iterdir()
    before = (folder / "result.json").read_bytes()
    release_s = TRUTH["release_s"]
    status, tried = tab.refit({"press": 0, "release_s": release_s})
    assert (status, tried["release_s"], tried["kept"]) == (200, release_s, False)
    assert not (folder / "manual.json").exists()
    status, kept = tab.refit({"press": 0, "release_s": release_s, "keep": True})
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
def test_what_cannot_be_is_refused(tab: ReviewTab, wish: Any, status: int) -> None:
    assert tab.refit(wish)[0] == status


def test_other_pages_cannot_change_anything(tab: ReviewTab) -> None:
    assert tab.refit({"press": 0}, Origin="http://evil.example")[0] == 403
    assert tab.refit({"press": 0}, Cookie="")[0] == 403
    assert tab.refit({"press": 0})[0] == 200


def test_only_the_tab_that_controls_changes_something(tab: ReviewTab) -> None:
    with reviewing(tab.live) as other:
        status, refused = other.refit({"press": 0})
        assert (status, "Another tab controls" in refused["detail"]) == (409, True)
        assert other.sent("/review/close")[0] == 409
        assert other.asked("/review/found")["presses"]
        assert tab.refit({"press": 0}, **{"X-Tab": ""})[0] == 409
        other.socket.send("control")
        tab.told(lambda told: not told["controls"])
        assert other.refit({"press": 0})[0] == 200
        assert tab.refit({"press": 0})[0] == 409
    tab.told(lambda told: told["controls"])
    assert tab.refit({"press": 0})[0] == 200


def test_a_folder_of_saved_examinations_is_listed_the_newest_first(saved: Live) -> None:
    with reviewing(saved) as tab:
        listed = tab.asked("/review/list")
        first, second = listed["saved"]
        assert (first["name"], second["name"]) == ("there", "gone")
        assert (first["file"], first["presses"]) == ("normal.mp4", "1 press")
        assert datetime.strptime(first["written"], "%Y-%m-%d %H:%M") <= datetime.now()
        tab.sent("/review/open", {"name": "../outside"})
        told = tab.told(lambda told: told["failed"] is not None)
        assert told["failed"] == "../outside is not there any more"
        for path in ("/review/found", "/review/picture?t_s=1"):
            assert saved.get(path, Cookie=saved.cookie)[0] == 404
    assert listed["damaged"] == (
        "1 cannot be read (result.json is damaged, or none of this program): torn."
    )
    assert sum("torn" in one for one in saved.complaints) == 1


def test_without_its_recording_curve_and_pictures_are_shown(saved: Live) -> None:
    folder = saved.folder / "results" / "gone"
    written = json.loads((folder / "result.json").read_text(encoding="utf-8"))["presses"][0]
    with reviewing(saved) as tab:
        told = tab.open("gone")
        assert tab.refit({"press": 0})[0] == 404
    (press,) = told["presses"]
    low, high = written["crt_ci95_s"]
    assert press["words"] == f"{written['crt_s']:.2f} s (95 %: {low:.2f} to {high:.2f} s)"
    assert told["pictures"] == ["still.png", "press-1.png"]
    points = np.array(press["curve"]["points"])
    assert len(points) > 100
    late = points[(points[:, 0] > 0.2) & (points[:, 0] < 0.4)]
    assert late[:, 1].mean() == pytest.approx(np.exp(-0.3 / TRUTH["tau_s"]), abs=0.1)
    for name in told["pictures"]:
        status, headers, body = saved.get(f"/review/still/{name}", Cookie=saved.cookie)
        assert (status, headers["content-type"]) == (200, "image/png")
        assert body == (folder / name).read_bytes()
    for name in ("result.json", "..%2Fthere%2Fstill.png", "press-2.png"):
        assert saved.get(f"/review/still/{name}", Cookie=saved.cookie)[0] == 404


def test_with_its_recording_a_change_is_kept_beside_the_saved_result(saved: Live) -> None:
    folder = saved.folder / "results" / "there"
    before = (folder / "result.json").read_bytes()
    with reviewing(saved) as tab:
        told = tab.open("there")
        assert told["pictures"] is None
        assert told["saved"] == [told["presses"][0]["words"]]
        assert told["kept"] == [3]
        status, headers, _ = saved.get("/review/picture?t_s=7.301", Cookie=saved.cookie)
        assert (status, headers["content-type"]) == (200, "image/jpeg")
        wish = {"press": 0, "release_s": TRUTH["release_s"], "keep": True}
        assert tab.refit(wish)[0] == 200
        changed = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"]
        assert [one["press"] for one in changed] == [1, 3]
        assert changed[0]["automatic"] == json.loads(before)["presses"][0]
        assert changed[0]["manual"]["release_s"] == TRUTH["release_s"]
        assert (folder / "result.json").read_bytes() == before
        (folder / "manual.json").write_text("torn")
        status, told = tab.refit(wish)
        assert (status, "move it away" in told["detail"]) == (422, True)
        assert tab.sent("/review/close")[0] == 204
        assert saved.get("/review/found", Cookie=saved.cookie)[0] == 404
    assert (folder / "manual.json").read_text() == "torn"
    assert (saved.folder / "normal.mp4").read_bytes() == SAMPLE.read_bytes()


def clip(path: Path, start_s: float, end_s: float) -> None:
    """Keep a part of a recording as the page keeps a clip."""
    writer = ClipWriter(path)
    with VideoFile(TWO) as video:
        for frame in video:
            if start_s <= frame.t_s < end_s:
                writer._frames.put(frame)  # unlike `offer`, waits: here nothing may be missing
    writer.close()
    assert writer.error is None


def test_the_presses_of_clips_are_those_of_the_saved_result(tmp_path: Path) -> None:
    folder = tmp_path / "affected-1"
    folder.mkdir()
    examination = analyze(TWO)
    placement = replace(examination, source=replace(examination.source, file="affected-1"))
    write_examination(placement, document(placement), folder)
    clip(folder / "clip.mp4", 0.0, 11.0)
    clip(folder / "clip-2.mp4", 11.5, 99.0)
    second = examination.presses[1].press
    with running(tmp_path, "--review", str(tmp_path)) as live, reviewing(live) as tab:
        assert tab.listed() == ["affected-1", "affected-1, clip-2.mp4"]
        first = tab.open("affected-1")
        assert first["numbers"] == [1]
        assert first["remarks"] == ["clip.mp4 does not show press 2 of the saved result."]
        told = tab.open("affected-1, clip-2.mp4")
        assert told["numbers"] == [2]
        assert told["remarks"] == ["clip-2.mp4 does not show press 1 of the saved result."]
        assert told["saved"] == [verdict(examination.presses[1].refill)]
        release_s = told["presses"][0]["release_s"]
        assert release_s == pytest.approx(second.release_s - 11.5, abs=0.1)
        assert tab.refit({"press": 0, "release_s": release_s + 0.05, "keep": True})[0] == 200
    (changed,) = json.loads((folder / "manual.json").read_text(encoding="utf-8"))["changed"]
    assert (changed["press"], changed["file"]) == (2, "clip-2.mp4")


def test_a_clip_that_does_not_belong_to_the_result_changes_nothing(tmp_path: Path) -> None:
    examination = analyze(SAMPLE)
    (result,) = examination.presses
    longer = replace(result, press=replace(result.press, contact_s=result.press.contact_s - 1.5))
    other = replace(
        examination,
        presses=(longer,),
        source=replace(examination.source, file="affected-1", sha256="0" * 64),
    )
    write_examination(other, document(other), tmp_path)
    shutil.copy(SAMPLE, tmp_path / "clip.mp4")
    with running(tmp_path, "--review", str(tmp_path)) as live, reviewing(live) as tab:
        tab.told(lambda told: told["number"] == 1)
        told = tab.asked("/review/found")
        assert (told["numbers"], told["saved"]) == ([None], [None])
        assert told["remarks"] == ["clip.mp4 cannot be matched to the presses of the saved result."]
        status, refused = tab.refit({"press": 0, "keep": True})
        assert (status, "cannot be told which press" in refused["detail"]) == (422, True)
    assert not (tmp_path / "manual.json").exists()


def test_a_folder_without_an_examination_has_its_code(tmp_path: Path) -> None:
    with running(tmp_path, "--review", str(tmp_path)) as failed:
        assert failed.process.wait(60) == 3
    assert "no saved examination" in failed.complaints[-1]


def test_a_recording_that_cannot_be_read_has_its_code(tmp_path: Path) -> None:
    with running(tmp_path, "--review", str(tmp_path / "none.mp4")) as failed:
        assert failed.url == ""
        assert failed.process.wait(60) == 3
    assert failed.complaints[-1].startswith("perfusion-cam: ")
    assert list(tmp_path.iterdir()) == []
