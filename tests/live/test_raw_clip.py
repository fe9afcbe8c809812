"""A clip that is kept gives what the examination gave, and survives a crash but for a second."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest
from pressing import PRESSED, pictures
from test_engine import offline

from perfusion_cam.analysis import analyze
from perfusion_cam.live import clip, writing
from perfusion_cam.live.clip import DEPTH, ROOM_BYTES, Clips, ClipWriter
from perfusion_cam.live.placement import Placement
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.picture import upright_rgb
from perfusion_cam.sources.video_file import VideoFile
from perfusion_cam.types import ColourCode, Frame, Orientation


def written(frames: list[Frame], path: Path) -> list[Frame]:
    writer = ClipWriter(path)
    for frame in frames:
        writer._frames.put(frame)  # unlike `offer`, waits: here nothing may be missing
    writer.close()
    assert writer.error is None
    with VideoFile(path) as video:
        return list(video)


def test_a_clip_gives_the_refill_that_was_measured_live(tmp_path: Path) -> None:
    kept = written(list(pictures()), tmp_path / "clip.mp4")
    assert [frame.t_s for frame in kept] == pytest.approx(
        [frame.t_s for frame in pictures()], abs=1e-4
    )
    (again,) = analyze(tmp_path / "clip.mp4").presses
    (live,) = offline(pictures())
    assert again.refill.crt_s == pytest.approx(live.refill.crt_s, rel=0.03)
    assert again.refill.blanch_depth == pytest.approx(live.refill.blanch_depth, rel=0.03)


def test_colour_is_kept_as_a_camera_gives_it(tmp_path: Path) -> None:
    colour = ColourCode("bt601", full_range=True)
    frames = []
    for index in range(20):
        bgr = np.full((97, 129, 3), (90 + index, 120, 180), np.uint8)
        luma, cr, cb = cv2.split(cv2.cvtColor(bgr, cv2.COLOR_BGR2YCrCb))
        frames.append(Frame(5.0 + index / 30, index, luma, cb, cr, colour))
    kept = written(frames, tmp_path / "clip.mp4")
    assert len(kept) == 20
    assert kept[0].colour.matrix == "bt601"
    assert kept[0].colour.full_range
    for one, other in zip(kept, frames, strict=True):
        found, given = upright_rgb(one)[50, 60], upright_rgb(other)[50, 60]
        np.testing.assert_allclose(found.astype(int), given.astype(int), atol=2)


def test_more_bits_are_rounded_to_eight(tmp_path: Path) -> None:
    colour = ColourCode("bt709", bits=10, transfer="hlg")
    luma = np.repeat(np.linspace(64, 940, 128).astype(np.uint16)[None], 96, axis=0)
    cb, cr = np.full((48, 64), 440, np.uint16), np.full((48, 64), 580, np.uint16)
    frames = [Frame(index / 30, index, luma, cb, cr, colour) for index in range(5)]
    kept = written(frames, tmp_path / "clip.mp4")
    assert kept[0].colour == ColourCode("bt709", transfer="hlg")
    np.testing.assert_allclose(kept[2].luma, luma / 4, atol=2.5)
    np.testing.assert_allclose(kept[2].cb, 110, atol=1)
    np.testing.assert_allclose(kept[2].cr, 145, atol=1)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_clip_is_upright(tmp_path: Path, turns: int, mirrored: bool) -> None:
    down, across = np.mgrid[:80, :120]
    luma = (40 + across + down // 2).astype(np.uint8)
    chroma = [(80 + plane).astype(np.uint8) for plane in (across[::2, ::2], down[::2, ::2])]
    way = Orientation(turns, mirrored)
    frames = [Frame(i / 30, i, luma, *chroma, ColourCode("bt709"), way) for i in range(5)]
    kept = written(frames, tmp_path / "clip.mp4")
    assert kept[0].size_px == frames[0].size_px
    shown, wanted = upright_rgb(kept[2]).astype(int), upright_rgb(frames[2]).astype(int)
    np.testing.assert_allclose(shown, wanted, atol=6)


CRASHING = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
sys.path.insert(0, sys.argv[2])
from pressing import pictures
from perfusion_cam.live.clip import ClipWriter
writer = ClipWriter(Path(sys.argv[1]))
for frame in pictures()[:90]:
    writer._frames.put(frame)
while not writer._frames.empty():
    time.sleep(0.01)
time.sleep(0.5)
print("written", flush=True)
time.sleep(600)
"""


def test_a_crash_loses_the_last_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    command = [sys.executable, "-c", CRASHING, str(path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
    with av.open(str(path)) as left:
        count = sum(1 for _ in left.decode(video=0))
    assert count >= 90 - 15 - 1
    assert PRESSED.fps == 15


def test_a_clip_that_cannot_be_written_says_so_and_nothing_waits(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("in the way")
    writer = ClipWriter(tmp_path / "none" / "clip.mp4")
    for frame in pictures()[:60]:
        writer.offer(frame)
    writer.close()
    assert writer.error is not None
    assert "cannot write" in str(writer.error)


def test_a_fault_of_the_program_ends_the_clip_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(clip, "_picture", fault)
    writer = ClipWriter(tmp_path / "clip.mp4")
    for frame in pictures()[: 2 * DEPTH]:
        writer.offer(frame)
    writer.close()
    assert "ZeroDivisionError: a fault" in str(writer.error)


def test_a_disk_that_hangs_holds_up_no_placement_and_its_missing_pictures_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(writing, "PATIENCE_S", 60.0)
    monkeypatch.setattr(clip, "_leave_room", lambda _: answers.wait(60.0))
    clips = Clips(tmp_path)
    clips.keep(True)
    threads = []
    for number in (1, 2):
        for frame in pictures()[: 2 * DEPTH]:
            clips.offer(frame, Placement("affected", number, SourceFacts("list")))
        assert clips._writer is not None
        assert "pictures missing" in str(clips.words)
        threads.append(clips._writer._thread)
        clips.end()
        assert threads[-1].is_alive()
    clips.offer(pictures()[0], Placement("affected", 3, SourceFacts("list")))
    assert clips._writer is None, "pictures of hung clips would fill the memory"
    monkeypatch.setattr(writing, "PATIENCE_S", 0.0)
    assert "the disk does not answer" in str(clips.words)
    assert "1 pictures are missing" in str(clips.words)
    answers.set()
    for thread in threads:
        thread.join(60.0)
        assert not thread.is_alive()
    for frame in pictures()[:5]:
        clips.offer(frame, Placement("affected", 3, SourceFacts("list")))
    assert "1 pictures missing" in str(clips.words)
    monkeypatch.setattr(writing, "PATIENCE_S", 60.0)
    clips.close()
    assert (tmp_path / "affected-3" / "clip.mp4").exists()


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_clip_ends_while_there_is_room_for_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    free = iter([10 * ROOM_BYTES] * seconds + [ROOM_BYTES - 1])
    monkeypatch.setattr(clip.shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free)))
    writer = ClipWriter(tmp_path / "clip.mp4")
    for frame in pictures()[:60]:
        writer._frames.put(frame)
    writer.close()
    assert "results may need them" in str(writer.error)
    if seconds:
        with av.open(str(writer.path)) as kept:
            count = sum(1 for _ in kept.decode(video=0))
        assert count == 15 * seconds


def test_each_placement_has_a_clip_of_its_own_while_they_are_wanted(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    one, other = (Placement("affected", number, SourceFacts("list")) for number in (1, 2))
    clips.offer(pictures()[0], one)
    assert clips.words is None
    assert list(tmp_path.iterdir()) == []
    clips.wanted = True
    clips.offer(pictures()[0], None)
    assert clips.words == "The clip of the next placement is kept."
    for placement in (one, other):
        for frame in pictures()[:5]:
            clips.offer(frame, placement)
        assert clips.words == f"The clip is kept as {placement.name}/clip.mp4."
    clips.close()
    clips.offer(pictures()[5], other)
    clips.close()
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*"))
    assert found == ["affected-1/clip.mp4", "affected-2/clip-2.mp4", "affected-2/clip.mp4"]
