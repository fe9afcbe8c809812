"""The cameras of this computer, by number, name and the mode that would be used."""

from __future__ import annotations

from perfusion_cam.apps.failing import complain, emit
from perfusion_cam.errors import CameraError
from perfusion_cam.sources.camera import Camera, list_cameras


def tell_cameras() -> None:
    """Print every camera that the system names, each opened for a moment."""
    found = list_cameras()
    if not found:
        complain("this system names no camera; try --camera 0, or --browser")
    for one in found:
        emit(f"{one.number}  {one.name}: {_mode(one.number)}\n")


def _mode(number: int) -> str:
    try:
        camera = Camera(number)
    except CameraError as error:
        return str(error)
    camera.hold()
    remarks = camera.remarks
    camera.close()
    width, height, fps = camera.mode
    return " ".join([f"{width} x {height}, {fps:g} pictures a second.", *remarks])
