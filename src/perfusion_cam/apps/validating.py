"""One validation, from its grid to what is printed and written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from perfusion_cam.apps.failing import emit
from perfusion_cam.apps.giving import check_json_target, write_json
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.validation.cases import Case
from perfusion_cam.validation.factors import GRIDS, LEVELLED, factors_of, grid_cases
from perfusion_cam.validation.measuring import OnClip, measure_cases
from perfusion_cam.validation.running import write_report
from perfusion_cam.validation.scoring import ClipScore

_TELL_EVERY = 10


def give_validation(
    grid: str,
    *,
    mixes: int | None,
    factors: Sequence[str] | None,
    turns: int | None,
    out: Path,
    json: str | None,
    jobs: int | None,
    keep: bool,
) -> None:
    """Measure a grid, print the tables and write what was asked for.

    What was measured before an interruption is summed up and kept.

    Raises
    ------
    OutputError
    typer.BadParameter
        There is no such grid or factor, or the grid has no turns.
    """
    cases = _chosen(grid, mixes, factors, turns)
    make_folder(out)
    if json is not None and json != "-":
        check_json_target(Path(json))
    clips: list[ClipScore] = []
    try:
        with _counted("validating", len(cases)) as told:

            def take(clip: ClipScore) -> None:
                clips.append(clip)
                told(clip)

            measure_cases(cases, out, jobs=jobs or os.cpu_count() or 1, keep=keep, on_clip=take)
    finally:
        if clips:
            order = {case.name: index for index, case in enumerate(cases)}
            report = write_report(sorted(clips, key=lambda clip: order[clip.name]), out)
            if json != "-":
                emit(report.text)
                emit(f"\nTables and figures are in {out}\n")
            if json is not None:
                write_json(report.json, json)


def _chosen(
    grid: str, mixes: int | None, factors: Sequence[str] | None, turns: int | None
) -> list[Case]:
    if grid not in GRIDS:
        raise typer.BadParameter(f"no grid '{grid}'; there are {', '.join(GRIDS)}")
    known = factors_of(grid)
    for name in factors or ():
        if name not in known:
            raise typer.BadParameter(f"no factor '{name}'; there are {', '.join(known)}")
    if turns is not None and grid not in LEVELLED:
        raise typer.BadParameter(f"--turns is for the grids {' and '.join(LEVELLED)}, not '{grid}'")
    return grid_cases(grid, mixes, factors, turns)


@contextmanager
def _counted(doing: str, count: int) -> Iterator[OnClip]:
    """Show how many clips are done: a bar on a terminal, now and then a line elsewhere."""
    if not sys.stderr.isatty():
        done = 0

        def tell(clip: ClipScore) -> None:
            nonlocal done
            done += 1
            if done % _TELL_EVERY == 0 or done == count:
                print(f"{doing}: {done} of {count}", file=sys.stderr, flush=True)

        yield tell
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=count)
        yield lambda clip: bar.update(task, advance=1, description=f"{doing}: {clip.name}")
