"""The command line of live examinations: ``perfusion-cam live``.

Nothing heavy is imported before the command runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfusion_cam.apps.failing import guarded


def live(
    camera: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=99,
            help="A camera of this computer; the first one if not given.",
        ),
    ] = None,
    list_cameras: Annotated[
        bool, typer.Option("--list-cameras", help="Name the cameras with their modes, and end.")
    ] = False,
    source: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Play a recording as if it were a camera.")
    ] = None,
    review: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|DIR",
            help="Look at a recording or saved examinations again and correct what was found.",
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="Use the camera of the browser's own tab.")
    ] = False,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where a folder for this examination is made.")
    ] = Path("perfusion-cam-live"),
    profile: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE|FILE", help="Rules; filler-occlusion if not given. May be repeated."
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(metavar="P", min=0, max=65535, help="A free one if not given.")
    ] = 0,
    share: Annotated[
        bool,
        typer.Option(
            "--share",
            help="Let one other device, such as a phone with its camera, open the page over the "
            "local network, encrypted. Not opened on this computer.",
        ),
    ] = False,
    open_: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
) -> None:
    """Examine live, guided press by press in a page on this machine."""
    if list_cameras:
        with guarded("listing cameras"):
            from perfusion_cam.apps.live_cameras import tell_cameras

            tell_cameras()
        return
    if sum([camera is not None, source is not None, review is not None, browser]) > 1:
        raise typer.BadParameter(
            "give one of --camera, --source, --browser and --review", param_hint="--camera"
        )
    if share and review is not None:
        raise typer.BadParameter("a review is not shared", param_hint="--share")
    if review is not None:
        with guarded(f"reviewing {review.name}"):
            from perfusion_cam.apps.review_serving import serve_review

            serve_review(review, out=out, port=port, open_page=open_)
        return
    with guarded("examining live"):
        from perfusion_cam.apps.live_serving import serve

        serve(
            camera=camera,
            source=source,
            browser=browser,
            out=out,
            profiles=profile,
            port=port,
            share=share,
            open_page=open_,
        )
