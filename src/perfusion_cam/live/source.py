"""What pictures can be taken from as they happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from perfusion_cam.types import Frame


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What is known of a source before its first picture.

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
    remarks : tuple of str
        What could not be set as it should be, a sentence each.
    """

    name: str
    codec: str = "camera"
    pixel_format: str = "unknown"
    bits_per_pixel: float | None = None
    ends: bool = False
    remarks: tuple[str, ...] = ()


class LiveSource(Protocol):
    """Pictures as they happen, stamped when they were taken."""

    @property
    def facts(self) -> SourceFacts:
        """What is known of it."""
        ...

    @property
    def late(self) -> bool:
        """Whether the frame given last came so late that it must be left out."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Frames; blocks until each is there. Ends, or raises `SourceError`, with the source."""
        ...

    def close(self) -> None:
        """Let go of the device or file; called by the thread that iterates."""
        ...
