"""A recording, or examinations that were saved, looked at again in the page."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam.apps.failing import complain
from perfusion_cam.apps.live_serving import dated
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.apps.review_server import make_review_app
from perfusion_cam.apps.saved import find_saved
from perfusion_cam.apps.shelf import Item, Shelf
from perfusion_cam.live.reviewing import Review
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import write_examination


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
    if path.is_dir():
        items = [Item(one.name, one.folder, one.recording, one) for one in find_saved(path)]
        shelf, told = Shelf(items), "what is changed goes beside each result"
    else:
        shelf, told = _analysed(path, out)
    server.announce(open_page)
    complain(f"reviewing {path.name}; {told}; Ctrl-C ends it")
    server.run(make_review_app(shelf, server.door))
    shelf.close()
    complain("ended")


def _analysed(path: Path, out: Path) -> tuple[Shelf, str]:
    """Analyse a recording and write what was found."""
    with shown_progress(f"analysing {path.name}") as progress:
        review = Review(path, progress)
    folder = make_folder(dated(out))
    write_examination(review.examination, document(review.examination), folder)
    return Shelf([Item(path.name, folder, path)], review), f"results go to {folder}"
