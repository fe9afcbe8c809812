"""A camera's settings are held when asked, by the thread that takes its pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from perfusion_cam.live import filming
from perfusion_cam.live.filming import FilmedCamera
from perfusion_cam.sources.camera import Mode

FOCUS = "Focus could not be held: the camera may change it during a press."


class FakeCamera:
    """A camera that notes by which thread it was asked for what."""

    name, mode = "Desk camera", Mode(1280, 720, 30.0)

    def __init__(self, number: int) -> None:
        self.remarks: tuple[str, ...] = ()
        self.asked: list[tuple[str, int]] = []

    def __iter__(self) -> Iterator[int]:
        yield from range(10)

    def hold(self) -> None:
        self.asked.append(("hold", threading.get_ident()))
        self.remarks = (FOCUS,)

    def let_go(self) -> None:
        self.asked.append(("let_go", threading.get_ident()))
        self.remarks = ()

    def close(self) -> None:
        self.asked.append(("close", threading.get_ident()))


def elsewhere(call) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def test_settings_are_held_once_and_what_cannot_be_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filming, "Camera", FakeCamera)
    filmed = FilmedCamera(0)
    camera = filmed._camera
    given = iter(filmed)
    next(given)
    assert filmed.facts.words == "Desk camera, 1280 x 720, 30 a second"
    for _ in range(3):
        elsewhere(filmed.hold)
        next(given)
    assert camera.asked == [("hold", threading.get_ident())]
    assert filmed.facts.remarks == (FOCUS,)
    assert filmed.facts.words == f"{FOCUS} From Desk camera, 1280 x 720, 30 a second"
    elsewhere(filmed.let_go)
    next(given)
    assert camera.asked[1:] == [("let_go", threading.get_ident())]
    assert filmed.facts.remarks == ()
    filmed.close()
    assert camera.asked[-1][0] == "close"
