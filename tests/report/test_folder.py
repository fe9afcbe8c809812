from __future__ import annotations

import dataclasses
import json
import os
import stat
from pathlib import Path

import cv2
import pytest

from perfusion_cam.errors import OutputError
from perfusion_cam.report.atomic import make_folder, replacing, write
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import claim_folder, write_examination


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_all_files_are_written_and_whole(tmp_path, examination):
    content = document(examination)
    write_examination(examination, content, tmp_path)
    assert names(tmp_path) == [
        "curve.csv",
        "press-1.png",
        "press-2.png",
        "press-3.png",
        "presses.csv",
        "result.json",
        "still.png",
    ]
    assert json.loads((tmp_path / "result.json").read_text()) == content
    assert cv2.imread(str(tmp_path / "press-1.png")).shape[2] == 3
    b, g, r = cv2.imread(str(tmp_path / "still.png"))[5, 5]
    assert (r, g, b) == (166, 125, 102)


@pytest.mark.parametrize("name", ["a$b_{c$.mp4", "左頬.mp4", "[bold]{x}%s.mp4"])
def test_a_recording_may_have_any_name(tmp_path, examination, name):
    named = dataclasses.replace(
        examination, source=dataclasses.replace(examination.source, file=name)
    )
    write_examination(named, document(named), tmp_path)
    assert json.loads((tmp_path / "result.json").read_text())["source"]["file"] == name


def test_what_an_earlier_run_left_is_swept(tmp_path, examination):
    write_examination(examination, document(examination), tmp_path)
    (tmp_path / "overlay.mp4").touch()
    (tmp_path / "notes.txt").touch()
    none = dataclasses.replace(examination, presses=())
    write_examination(none, document(none), tmp_path)
    assert names(tmp_path) == [
        "curve.csv",
        "notes.txt",
        "presses.csv",
        "result.json",
        "still.png",
    ]


def test_recordings_of_one_name_get_folders_of_their_own(tmp_path):
    taken = set()
    first = claim_folder(tmp_path, "clip", "aa", taken)
    second = claim_folder(tmp_path, "clip", "bb", taken)
    assert (first.name, second.name) == ("clip", "clip-2")


def test_a_folder_is_used_again_only_for_the_same_recording(tmp_path, examination):
    sha256 = examination.source.sha256
    folder = claim_folder(tmp_path, "clip", sha256, set())
    write_examination(examination, document(examination), folder)
    assert claim_folder(tmp_path, "clip", sha256, set()) == folder
    assert claim_folder(tmp_path, "clip", "other", set()).name == "clip-2"


def test_a_failed_write_keeps_what_was_there(tmp_path):
    path = tmp_path / "a.txt"
    write(path, b"before")

    def fail_halfway():
        with replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert path.read_bytes() == b"before"
    assert names(tmp_path) == ["a.txt"]


def test_full_disk_is_said_in_one_line(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device") as caught:
        write(tmp_path / "a.txt", b"x")
    assert "\n" not in str(caught.value)
    assert not names(tmp_path)


def test_devices_are_written_to_and_stay_devices():
    write(Path("/dev/null"), b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    with pytest.raises(OutputError, match="No space left"):
        write(Path("/dev/full"), b"x")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_file_in_place_of_the_folder_is_an_output_error(tmp_path):
    path = tmp_path / "out"
    path.touch()
    with pytest.raises(OutputError, match="cannot write"):
        make_folder(path / "deeper")
