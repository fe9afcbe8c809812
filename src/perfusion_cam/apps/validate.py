"""The command ``validate``: what this software's refill times are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfusion_cam.apps.failing import guarded
from perfusion_cam.apps.options import JsonOption


def validate(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Results, tables and figures.")
    ] = Path("out/validation"),
    json: JsonOption = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few small clips, in under 3 minutes.")
    ] = False,
    grid: Annotated[
        str, typer.Option(metavar="full|quick|mild|mixed", help="Which clips.")
    ] = "full",
    mixes: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="So many clips with everything at once.")
    ] = None,
    factor: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this factor; may be repeated.")
    ] = None,
    turns: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="So many clips of every level (full or quick grid)."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores otherwise.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the clips.")] = False,
) -> None:
    """Measure simulated clips of known truth, and say by factor how far off the times are."""
    with guarded("validating"):
        from perfusion_cam.apps.validating import give_validation

        give_validation(
            "quick" if quick else grid,
            mixes=mixes,
            factors=factor,
            turns=turns,
            out=out,
            json=json,
            jobs=jobs,
            keep=keep,
        )
