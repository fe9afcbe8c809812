"""Failures as one line on the error stream and a documented exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer

from perfusion_cam.errors import PerfusionCamError, RulesError

INTERRUPTED = 130


class InternalError(PerfusionCamError):
    """Something happened that nobody foresaw."""

    exit_code = 70


def as_failure(error: Exception, doing: str) -> PerfusionCamError:
    """Make a failure of any exception; an unforeseen one shows its traceback only if asked.

    Parameters
    ----------
    error : Exception
    doing : str
        What was being done, such as ``analysing clip.mp4``.
    """
    if isinstance(error, PerfusionCamError):
        return error
    from perfusion_cam.thresholds.errors import ProfileError

    if isinstance(error, ProfileError):
        return RulesError(str(error))
    if os.environ.get("PERFUSION_CAM_DEBUG") == "1":
        traceback.print_exception(error)
    return InternalError(
        f"internal error while {doing}: {type(error).__name__}: {error}. "
        "Please report this line; --debug shows where it happened."
    )


def complain(text: str) -> None:
    """Write one line on the error stream, if anybody still hears it."""
    with suppress(OSError):  # a terminal that was closed
        print("perfusion-cam: " + " ".join(text.split()), file=sys.stderr, flush=True)


def emit(text: str) -> None:
    """Write results to standard output; whoever stops reading them does not stop the work."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def guarded(doing: str) -> Iterator[None]:
    """Turn whatever ends a command into its line and its exit code."""
    try:
        yield
    except KeyboardInterrupt:
        complain("interrupted; what was finished before is kept")
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, typer.BadParameter):
        raise
    except Exception as error:
        failure = as_failure(error, doing)
        complain(str(failure))
        raise typer.Exit(failure.exit_code) from None
