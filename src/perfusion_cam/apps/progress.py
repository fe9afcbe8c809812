"""How far the work has come: a bar on a terminal, one line elsewhere. Always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[float, float | None], None]


@contextmanager
def shown_progress(doing: str) -> Iterator[Progress]:
    """Show progress while inside.

    Parameters
    ----------
    doing : str
        Such as ``analysing clip.mp4``.

    Yields
    ------
    callable (t_s, duration_s or None)
    """
    if not sys.stderr.isatty():
        print(doing, file=sys.stderr, flush=True)
        yield lambda t_s, duration_s: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} s"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(doing), total=None)
        yield lambda t_s, duration_s: bar.update(task, completed=t_s, total=duration_s)
