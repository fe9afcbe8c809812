"""A camera of this computer as a source of a live examination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from perfusion_cam.live.source import LiveSource, SourceFacts
from perfusion_cam.sources.camera import Camera
from perfusion_cam.types import Frame


class FilmedCamera(LiveSource):
    """Opens a camera; its settings are held and let go between two pictures.

    Parameters
    ----------
    number : int

    Raises
    ------
    CameraError
        It cannot be opened.
    """

    def __init__(self, number: int) -> None:
        self._camera = Camera(number)
        self._held = self._to_hold = False
        width, height, fps = self._camera.mode
        self.facts = SourceFacts(f"{self._camera.name}, {width} x {height}, {fps:g} a second")

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._camera:
            yield frame
            if self._held != self._to_hold:
                self._held = self._to_hold
                (self._camera.hold if self._held else self._camera.let_go)()
                self.facts = replace(self.facts, remarks=self._camera.remarks)

    def hold(self) -> None:
        self._to_hold = True

    def let_go(self) -> None:
        self._to_hold = False

    def close(self) -> None:
        self._camera.close()
