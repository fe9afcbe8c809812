"""Memory that was needed for a moment goes back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Let the C library return what is free, where it is GNU's; others do so by themselves.

    It keeps freed pieces of up to 32 MB for each thread that had some. Measuring a press takes
    hundreds of megabytes in such pieces for a moment, and what is kept adds up from press to press.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], object] | None:
    try:
        trim: Callable[[int], object] = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
    return trim
