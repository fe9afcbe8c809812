"""What can go wrong outside the program, each with a documented exit code."""

from __future__ import annotations


class PerfusionCamError(Exception):
    """The world failed: the message says what, what was found and what to do.

    Attributes
    ----------
    exit_code : int
        The process exit code of the command line for this kind of failure.
    """

    exit_code = 1


def unforeseen(error: Exception) -> str:
    """Say what went wrong in the program itself."""
    return f"internal error: {type(error).__name__}: {error}. Please report this line."


class SourceError(PerfusionCamError):
    """A recording cannot be opened or holds no picture."""

    exit_code = 3


class OutputError(PerfusionCamError):
    """A result cannot be written."""

    exit_code = 4


class RegionError(PerfusionCamError):
    """A site or box given by the user does not lie in the picture."""

    exit_code = 5


class TraceError(PerfusionCamError):
    """A colour trace (CSV) cannot be read."""

    exit_code = 6


class RulesError(PerfusionCamError):
    """A profile of threshold rules is not known, cannot be read or holds a mistake."""

    exit_code = 7


class ComparisonError(PerfusionCamError):
    """Recordings cannot be compared: one is given twice, or an earlier result is none."""

    exit_code = 8


class CameraError(PerfusionCamError):
    """A camera cannot be opened, or is gone."""

    exit_code = 9


class ServerError(PerfusionCamError):
    """The page cannot be served."""

    exit_code = 10
