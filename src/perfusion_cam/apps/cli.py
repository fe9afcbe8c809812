"""The command line: ``perfusion-cam analyze | compare | live | trace | ...``.

Nothing heavy is imported before a command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfusion_cam.apps import thresholds
from perfusion_cam.apps.compare import compare
from perfusion_cam.apps.failing import emit, guarded
from perfusion_cam.apps.live import live
from perfusion_cam.apps.options import JsonOption, OutOption, numbers
from perfusion_cam.apps.validate import validate

if TYPE_CHECKING:
    from perfusion_cam.settings import Region

app = typer.Typer(
    name="perfusion-cam",
    help="Capillary refill time from ordinary video. Research use only; not a medical device.",
    epilog="Exit codes: 0 done (whatever was found), 2 usage, 3 unreadable recording, 4 result "
    "cannot be written, 5 site outside the picture, 6 unreadable trace, 7 faulty profile "
    "of rules, 8 recordings that cannot be compared, 9 no camera, 10 page cannot be served, 70 "
    "internal error, 130 interrupted.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(thresholds.app, name="thresholds")
app.command()(compare)
app.command()(live)
app.command()(validate)


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        emit(f"perfusion-cam {version('perfusion-cam')}\n")
        raise typer.Exit


@app.callback()
def common(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version."),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", hidden=True, help="Show tracebacks of internal errors.")
    ] = False,
) -> None:
    """Take the options of all commands."""
    if debug:
        os.environ["PERFUSION_CAM_DEBUG"] = "1"


@app.command()
def analyze(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO...", help="Recordings.")],
    out: OutOption = None,
    json: JsonOption = None,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Also write an annotated video (needs --out).")
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(metavar="X,Y,R", help="Look for the site in this circle, upright pixels."),
    ] = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="X,Y,W,H", help="Look for the site in this box, upright pixels."),
    ] = None,
) -> None:
    """Measure every press on skin in recordings."""
    if overlay and out is None:
        raise typer.BadParameter("needs a folder: add --out DIR", param_hint="--overlay")
    with guarded("starting"):
        region = _region(site, box)
        from perfusion_cam.apps.batch import Batch
        from perfusion_cam.apps.giving import check_json_target
        from perfusion_cam.report.atomic import make_folder

        if out is not None:
            make_folder(out)
        if json is not None and json != "-":
            check_json_target(Path(json))
    batch = Batch(out=out, overlay=overlay, region=region, tables=json != "-")
    with guarded("analysing"):
        try:
            batch.run(videos)
        finally:
            if json is not None:
                batch.write_json(json, single=len(videos) == 1)
    raise typer.Exit(batch.exit_code)


@app.command()
def trace(
    csv: Annotated[Path, typer.Argument(metavar="CSV", help="Columns t, R, G, B of the site.")],
    out: OutOption = None,
    json: JsonOption = None,
) -> None:
    """Measure a refill in a colour trace (CSV)."""
    with guarded(f"reading {csv.name}"):
        from perfusion_cam.apps.tracing import examine_trace

        examine_trace(csv, out=out, json=json)


@app.command()
def simulate(
    name: Annotated[str | None, typer.Argument(help="Scenario; --list names them.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="CLIP", help="Video file to write.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name the scenarios.")] = False,
) -> None:
    """Render a recording whose truth is known."""
    with guarded("simulating"):
        from perfusion_cam.apps.simulating import list_scenarios, render_scenario

        if list_:
            list_scenarios()
        elif name is None or out is None:
            raise typer.BadParameter("give a scenario and --out CLIP, or --list", param_hint="NAME")
        else:
            render_scenario(name, out)


def _region(site: str | None, box: str | None) -> Region | None:
    if site is not None and box is not None:
        raise typer.BadParameter("give --site or --box, not both", param_hint="--box")
    if site is None and box is None:
        return None
    circle = numbers(site, 3, "--site", "X,Y,R")
    rectangle = numbers(box, 4, "--box", "X,Y,W,H")
    from perfusion_cam.settings import Region

    return Region.circle(*circle) if circle else Region.box(*rectangle)
