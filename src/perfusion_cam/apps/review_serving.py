"""One recording looked at again in the page."""

from __future__ import annotations

from pathlib import Path

from perfusion_cam.apps.failing import complain
from perfusion_cam.apps.live_serving import dated
from perfusion_cam.apps.local_server import LocalServer
from perfusion_cam.apps.progress import shown_progress
from perfusion_cam.apps.review_server import make_review_app
from perfusion_cam.live.reviewing import Review
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import write_examination


def serve_review(path: Path, *, out: Path, port: int, open_page: bool) -> None:
    """Analyse a recording, write what was found, and serve its page until interrupted.

    Raises
    ------
    SourceError
        The recording cannot be read.
    OutputError
        Results cannot be written.
    ServerError
        The port is taken.
    """
    server = LocalServer(port)
    with shown_progress(f"analysing {path.name}") as progress:
        review = Review(path, progress)
    folder = make_folder(dated(out))
    write_examination(review.examination, document(review.examination), folder)
    server.announce(open_page)
    complain(f"reviewing {path.name}; results go to {folder}; Ctrl-C ends it")
    server.run(make_review_app(review, server.door, folder))
    review.close()
    complain(f"ended; results are in {folder}")
