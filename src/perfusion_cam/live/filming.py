"""A camera of this computer as a source of a live examination."""

from __future__ import annotations

from collections.abc import Iterator

from perfusion_cam.live.source import SourceFacts
from perfusion_cam.sources.camera import Camera
from perfusion_cam.types import Frame


class FilmedCamera:
    """Opens a camera and holds its settings.

    Parameters
    ----------
    number : int

    Raises
    ------
    CameraError
        It cannot be opened.
    """

    late = False

    def __init__(self, number: int) -> None:
        self._camera = Camera(number)
        width, height, fps = self._camera.mode
        self.facts = SourceFacts(
            name=f"{self._camera.name}, {width} x {height}, {fps:g} a second",
            remarks=self._camera.remarks,
        )

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._camera)

    def close(self) -> None:
        self._camera.close()
