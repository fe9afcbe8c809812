"""What pictures can be taken from as they happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from perfusion_cam.live.left_out import LeftOut
from perfusion_cam.types import Frame


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known of a source.

    Attributes
    ----------
    name : str
        What to call it on the page.
    codec, pixel_format : str
        As in `perfusion_cam.types.SourceInfo`.
    bits_per_pixel : float or None
        How strongly its pictures are compressed; None if they are not or it is unknown.
    ends : bool
        True where the last picture is the end of a recording, not the loss of a camera.
    waits : bool
        True where somebody else begins to film, so that no picture yet is no fault.
    remarks : tuple of str
        What could not be set as it should be, a sentence each.
    """

    name: str
    codec: str = "camera"
    pixel_format: str = "unknown"
    bits_per_pixel: float | None = None
    ends: bool = False
    waits: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What to say of it on the page."""
        return " ".join((*self.remarks, f"From {self.name}")) if self.remarks else self.name


class LiveSource(Protocol):
    """Pictures as they happen, stamped when they were taken.

    Attributes
    ----------
    facts : SourceFacts
        What is known of it now.
    late : bool
        Whether the frame given last came so late that it must be left out.
    """

    facts: SourceFacts
    late: bool = False

    def __iter__(self) -> Iterator[Frame]:
        """Frames; blocks until each is there. Ends, or raises `SourceError`, with the source."""
        ...

    def take_lost(self) -> list[LeftOut]:
        """Pictures that were lost on their way before the one given last, each once."""
        return []

    def hold(self) -> None:
        """Hold the camera's settings from the next picture on, where it has such; never waits."""
        return

    def let_go(self) -> None:
        """Leave its settings to the camera again; never waits."""
        return

    def close(self) -> None:
        """Let go of the device or file; called by the thread that iterates."""
        ...
