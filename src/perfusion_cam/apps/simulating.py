"""Recordings with known truth, from the command line."""

from __future__ import annotations

from pathlib import Path

import av
import typer

from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.report.atomic import cannot_write, make_folder
from perfusion_cam.simulate import SCENARIOS, render


def list_scenarios() -> None:
    """Print the names of all scenarios with what they show."""
    for name, scenario in SCENARIOS.items():
        size = f"{scenario.width} x {scenario.height}"
        presses = len(scenario.presses)
        facts = f"{presses} press{'' if presses == 1 else 'es'}"
        emit(f"{name:<20} {scenario.duration_s:5.1f} s  {size:<12} {facts}\n")


def render_scenario(name: str, out: Path) -> None:
    """Render a scenario to a clip with its truth beside it.

    Raises
    ------
    OutputError
        The clip cannot be written.
    typer.BadParameter
        There is no such scenario, or the file's ending names no container.
    """
    if name not in SCENARIOS:
        known = ", ".join(SCENARIOS)
        raise typer.BadParameter(f"no scenario '{name}'; there are {known}", param_hint="NAME")
    make_folder(out.parent)
    try:
        with shown_progress(f"rendering {name}"):
            render(SCENARIOS[name], out)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from error
    except (OSError, av.FFmpegError) as error:
        raise cannot_write(out, error) from error
    emit(f"{out} and its truth {out.with_suffix('.json')}\n")
