"""Readings are on disk as soon as they exist, and none that may change is taken for a final one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pressing import pictures
from test_engine import offline, until
from test_examining import AtOnce

from perfusion_cam.live import saving, writing
from perfusion_cam.live.examining import Examining
from perfusion_cam.live.placement import Placement
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.schema import result_schema
from perfusion_cam.settings import Region
from perfusion_cam.types import Frame

LAST = pictures()[-1]
LATER = [replace(LAST, t_s=LAST.t_s + 0.4 * step) for step in range(1, 71)]
"""The skin stays as it is until the watch is over."""

DYING = """
import sys, threading, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from dataclasses import replace
from pressing import ListSource, pictures
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.saving import Saver
folder, gate = Path(sys.argv[1]), threading.Semaphore(0)
last = pictures()[-1]
later = [replace(last, t_s=last.t_s + 0.05 * step) for step in range(1, 200)]
shown = [*pictures(), *later]
source = ListSource(shown, ends=False, gate=gate)
engine = Engine(lambda: source, Saver(folder), (), depth=1000)
engine.start()
engine.choose_side("affected")
result = folder / "affected-1" / "result.json"
for _ in shown[1:]:
    gate.release()
    time.sleep(0.02)
    if result.exists():
        break
print("written" if result.exists() else "not", flush=True)
time.sleep(600)
"""


def written(folder: Path) -> dict[str, Any]:
    content = dict(json.loads((folder / "affected-1" / "result.json").read_text()))
    Draft202012Validator(result_schema()).validate(content)
    return content


def test_a_killed_program_leaves_the_provisional_reading_marked_as_such(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.kill()
    assert said == "written\n"
    left = written(tmp_path)
    assert left["presses"] == []
    (expected,) = offline(pictures())
    low, high = left["provisional"]["press"]["crt_ci95_s"]
    assert expected.refill.crt_s is not None
    assert low <= expected.refill.crt_s <= high
    assert "not a result" in left["provisional"]["note"]


class Counting(Saver):
    """A saver that tells what it was given."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.given: list[tuple[int, bool]] = []

    def save(self, examined: Any, provisional: Any = None) -> None:
        self.given.append((len(examined.examination.presses), provisional is not None))
        super().save(examined, provisional)


def examined(saver: Saver, given: list[Frame]) -> Examining:
    examining = Examining(saver, AtOnce())
    examining.start("affected", SourceFacts("camera"))
    for frame in given:
        if examining.push(frame):
            examining.save()
    return examining


def test_the_final_result_takes_the_place_of_the_provisional_one(tmp_path: Path) -> None:
    saver = Counting(tmp_path)
    measured: list[Any] = []
    examining = examined(saver, [])
    for frame in [*pictures(), *LATER]:
        if examining.push(frame):
            examining.save()
        provisional = examining.state("running", "").provisional
        if not any(provisional is one for one in measured):
            measured.append(provisional)
    saver.close()
    assert saver.given[-1] == (1, False)
    assert set(saver.given[:-1]) == {(0, True)}
    assert len(saver.given) <= len(measured) + 1
    left = written(tmp_path)
    assert len(left["presses"]) == 1
    assert "provisional" not in left


def test_a_placement_that_is_ended_leaves_nothing_provisional(tmp_path: Path) -> None:
    saver = Counting(tmp_path)
    examining = examined(saver, list(pictures()))
    assert saver.given
    assert saver.given[-1] == (0, True)
    examining.close()
    saver.close()
    assert saver.given[-1] == (1, False)
    assert "provisional" not in written(tmp_path)


def test_a_disk_that_hangs_holds_up_nobody_and_gets_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, whole = threading.Event(), saving.write
    calls: list[bytes] = []

    def hang(path: Path, content: bytes) -> None:
        calls.append(content)
        answers.wait(60.0)
        whole(path, content)

    monkeypatch.setattr(saving, "write", hang)
    saver = Saver(tmp_path)
    placement = Placement("affected", 1, SourceFacts("list"), Region.circle(150, 95, 40))
    for frame in pictures()[:30]:
        placement.push(frame)
        saver.save(placement.examined())
    until(lambda: len(calls) == 1)
    assert saver.fails is None
    answers.set()
    saver.close()
    assert len(calls) == 2
    left = written(tmp_path)
    assert left["source"]["frames"] == 30
    assert left["region"] == {"x": 150, "y": 95, "radius": 40}


def test_documents_are_made_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, makers = saving.document, set()

    def noting(*given: Any, **named: Any) -> Any:
        makers.add(threading.current_thread())
        return whole(*given, **named)

    monkeypatch.setattr(saving, "document", noting)
    saver = Saver(tmp_path)
    examining = examined(saver, list(pictures()))
    examining.close()
    saver.close()
    assert len(makers) == 1
    assert threading.current_thread() not in makers
    assert len(written(tmp_path)["presses"]) == 1


def test_a_disk_that_hangs_is_told_and_not_waited_for_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, whole = threading.Event(), saving.write

    def hang(path: Path, content: bytes) -> None:
        answers.wait(60.0)
        whole(path, content)

    monkeypatch.setattr(saving, "write", hang)
    monkeypatch.setattr(writing, "PATIENCE_S", 0.3)
    saver = Saver(tmp_path)
    placement = Placement("affected", 1, SourceFacts("list"))
    placement.push(pictures()[0])
    saver.save(placement.examined())
    assert saver.fails is None
    until(lambda: saver.fails is not None)
    assert saver.fails == (
        f"cannot write {tmp_path}: the disk does not answer. Choose another place with --out or "
        "--json, or make room."
    )
    saver.close()
    assert saver.unwritten == ["affected-1"]
    assert saver.fails is not None
    answers.set()
    until(lambda: saver.unwritten == [])
    assert written(tmp_path)["source"]["frames"] == 1


def test_a_placement_that_cannot_be_written_holds_up_no_other(tmp_path: Path) -> None:
    (tmp_path / "affected-1").write_text("in the way")
    saver = Saver(tmp_path)
    for number in (1, 2):
        placement = Placement("affected", number, SourceFacts("list"))
        placement.push(pictures()[0])
        saver.save(placement.examined())
    saver.close()
    assert saver.unwritten == ["affected-1"]
    assert "affected-1" in str(saver.fails)
    assert (tmp_path / "affected-2" / "result.json").exists()


HUNG = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from pressing import ListSource, pictures
from perfusion_cam.live import reports, writing
from perfusion_cam.live.engine import Engine
from perfusion_cam.live.saving import Saver
folder = Path(sys.argv[1])
writing.PATIENCE_S, reports.MAKING_S = 0.5, 0.0
engine = Engine(lambda: ListSource(pictures()), Saver(folder), (), depth=1000)
engine.start()
engine.choose_side("affected")
while engine.state.saving_fails is None:
    time.sleep(0.02)
print(len(engine.state.finished), engine.stop(), flush=True)
"""


def test_a_program_whose_disk_hangs_ends_and_says_what_is_not_on_disk(tmp_path: Path) -> None:
    hung = tmp_path / "affected-1" / "result.json"
    hung.parent.mkdir()
    os.mkfifo(hung)  # whoever writes to it waits for a reader, and there is none
    command = [sys.executable, "-c", HUNG, str(tmp_path), str(Path(__file__).parent)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "does not answer" in ended.stdout
    assert ended.stdout.endswith("Not on disk: affected-1, figures and comparison.\n")
    assert ended.stderr == ""
