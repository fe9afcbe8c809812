"""A recording, or examinations that were saved, looked at again in the page."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam.apps.failing import complain
from perfusion_cam.apps.live_serving import dated
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.apps.review_server import make_review_app
from perfusion_cam.apps.review_words import damaged_words
from perfusion_cam.apps.shelf import Shelf, analysed
from perfusion_cam.errors import SourceError
from perfusion_cam.report.folder import RESULT


def serve_review(path: Path, *, out: Path, port: int, open_page: bool) -> None:
    """Serve the review of a recording, analysed first, or of saved examinations.

    Raises
    ------
    SourceError
        The recording cannot be read, or the folder holds no examination.
    OutputError
        Results cannot be written.
    ServerError
        The port is taken.
    """
    server = LocalServer(port)
    folder = dated(out)
    own = (folder, folder.parent)
    if path.is_dir():
        shelf, told = Shelf([(path, path), own], folder), "what is changed goes beside each result"
        saved, damaged = shelf.listed()
        unread = damaged_words(damaged)
        if not saved:
            raise SourceError(
                f"{path}: no saved examination in it; give a folder that live or analyze --out has "
                f"made, with {RESULT}, or a recording. {unread or ''}"
            )
        if unread is not None:
            complain(unread)
        if len(saved) == 1:
            shelf.open(saved[0].name)
    else:
        with shown_progress(f"analysing {path.name}") as progress:
            review = analysed(path, folder, progress)
        shelf, told = Shelf([own], folder, near=path.parent), f"results go to {folder}"
        shelf.show(review)
    server.announce(open_page)
    complain(f"reviewing {path.name}; {told}; Ctrl-C ends it")
    with server.ended_by_signals():
        try:
            server.run(make_review_app(shelf, server.door))
        finally:
            shelf.end()
    complain("ended")
