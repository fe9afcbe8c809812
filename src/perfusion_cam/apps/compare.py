"""The command line of comparisons: ``perfusion-cam compare``.

Nothing heavy is imported before the command runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from perfusion_cam.apps.failing import guarded
from perfusion_cam.apps.options import JsonOption, circle

if TYPE_CHECKING:
    from perfusion_cam.comparison.assigning import Half


def compare(
    both: Annotated[
        list[Path] | None,
        typer.Argument(metavar="VIDEO...", help="Recordings in which both sides are pressed."),
    ] = None,
    affected: Annotated[
        list[Path] | None,
        typer.Option(metavar="VIDEO", help="Recording of the affected side; may be repeated."),
    ] = None,
    unaffected: Annotated[
        list[Path] | None,
        typer.Option(metavar="VIDEO", help="Recording of the unaffected side; may be repeated."),
    ] = None,
    affected_is: Annotated[
        str | None,
        typer.Option(
            metavar="left|right", help="Where the affected side is in the upright picture."
        ),
    ] = None,
    affected_site: Annotated[
        str | None, typer.Option(metavar="X,Y,R", help="The affected site, upright pixels.")
    ] = None,
    unaffected_site: Annotated[
        str | None, typer.Option(metavar="X,Y,R", help="The unaffected site, upright pixels.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="RESULT",
            help="A result.json of the affected site before treatment (or a comparison.json).",
        ),
    ] = None,
    sex: Annotated[str | None, typer.Option(metavar="f|m")] = None,
    age: Annotated[float | None, typer.Option(metavar="YEARS")] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Such as finger or lip.")] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROFILE|FILE", help="Rules; filler-occlusion if not given. May be repeated."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the page (HTML, PDF), JSON and plot."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Compare the affected with the unaffected side."""
    with guarded("comparing"):
        sites = (
            circle(affected_site, "--affected-site"),
            circle(unaffected_site, "--unaffected-site"),
        )
        from perfusion_cam.comparison.asking import DEFAULT_PROFILES, Question
        from perfusion_cam.thresholds import Subject, select_profiles
        from perfusion_cam.thresholds.vocabulary import Sex, Site

        profiles = select_profiles(profile or DEFAULT_PROFILES)
        try:
            # Words are typed as they were written: `Subject` and `Question` check them.
            subject = Subject(cast("Sex | None", sex), age, cast("Site | None", site))
            question = Question(
                affected=tuple(affected or ()),
                unaffected=tuple(unaffected or ()),
                both=tuple(both or ()),
                affected_site=sites[0],
                unaffected_site=sites[1],
                affected_is=cast("Half | None", affected_is),
                baseline=baseline,
                subject=subject,
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        from perfusion_cam.apps.comparing import give_comparison

        give_comparison(question, profiles, out=out, json=json)
