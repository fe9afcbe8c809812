"""The command line of the threshold rules: ``perfusion-cam thresholds list | show | check``.

Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from perfusion_cam.apps.failing import guarded
from perfusion_cam.apps.options import JsonOption

if TYPE_CHECKING:
    from perfusion_cam.thresholds import Reading, Subject
    from perfusion_cam.thresholds.vocabulary import Endpoint, Press, Quantity, Sex, Site

app = typer.Typer(
    help="Published limits, and what they say of a refill time.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Interval = tuple[float, float]
ENDPOINT_TAKEN = (
    "The time is taken as t90, 90 % of the colour back, which is what this program measures; "
    "give --endpoint visual for a time judged by eye."
)


@app.command("list")
def list_profiles(json: JsonOption = None) -> None:
    """List the profiles, shipped and your own."""
    with guarded("listing profiles"):
        from perfusion_cam.apps.thresholds_output import give_list
        from perfusion_cam.thresholds import available_profiles

        give_list(available_profiles(), json)


@app.command()
def show(
    profile: Annotated[str, typer.Argument(metavar="PROFILE|FILE", help="A name, or a TOML file.")],
    json: JsonOption = None,
) -> None:
    """Show every rule of a profile with its limit and its source."""
    with guarded("showing a profile"):
        from perfusion_cam.apps.thresholds_output import give_profile
        from perfusion_cam.thresholds import select_profiles

        give_profile(select_profiles([profile])[0], json)


@app.command()
def check(
    crt: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Capillary refill time.")
    ] = None,
    ci: Annotated[
        Interval | None, typer.Option(metavar="LOW HIGH", help="Its 95 % interval, seconds.")
    ] = None,
    lower_bound: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Instead of --crt: watched this long, not back."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="t90|visual", help="What the time is; t90 if not given.")
    ] = None,
    ratio: Annotated[
        float | None, typer.Option(metavar="RATIO", help="Refill time, affected over unaffected.")
    ] = None,
    ratio_ci: Annotated[
        Interval | None, typer.Option(metavar="LOW HIGH", help="Its 95 % interval.")
    ] = None,
    presses: Annotated[
        int | None, typer.Option(metavar="N", help="Presses a side that the ratio is from.")
    ] = None,
    change: Annotated[
        float | None, typer.Option(metavar="RATIO", help="Refill time, now over earlier.")
    ] = None,
    change_ci: Annotated[
        Interval | None, typer.Option(metavar="LOW HIGH", help="Its 95 % interval.")
    ] = None,
    colour: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="colour_difference in ΔE00; duskiness, mottling or fixed_stain as a multiple of "
            "the least that stands out against the other side.",
        ),
    ] = None,
    sex: Annotated[str | None, typer.Option(metavar="f|m")] = None,
    age: Annotated[float | None, typer.Option(metavar="YEARS")] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Such as finger or lip.")] = None,
    press: Annotated[
        str | None,
        typer.Option(metavar="PRESS", help="moderate_5s (the ordinary one) or glass_slide_10s."),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option(metavar="PROFILE|FILE", help="Only this one; may be repeated."),
    ] = None,
    json: JsonOption = None,
) -> None:
    """Say what the rules say of a reading; nothing is guessed."""
    with guarded("checking"):
        from perfusion_cam.apps.thresholds_output import give_evaluation
        from perfusion_cam.thresholds import evaluate, select_profiles

        profiles = select_profiles(profile or [])
        with _usage():
            time = _time(crt, ci, lower_bound, endpoint)
            readings = [
                time,
                _ratio("crt_ratio", ratio, ratio_ci),
                _ratio("crt_change", change, change_ci),
                *map(_colour, colour or []),
            ]
            subject = _subject(sex, age, site, press, presses)
            given = [reading for reading in readings if reading is not None]
            if not given:
                raise ValueError("give --crt, --lower-bound, --ratio, --change or --colour")
            evaluation = evaluate(given, subject, profiles=profiles)
        assumed = [ENDPOINT_TAKEN] if time is not None and endpoint is None else []
        give_evaluation(evaluation, assumed, json)


@contextmanager
def _usage() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _time(
    crt_s: float | None, ci95_s: Interval | None, lower_bound_s: float | None, endpoint: str | None
) -> Reading | None:
    from perfusion_cam.thresholds import Reading

    if all(given is None for given in (crt_s, ci95_s, lower_bound_s, endpoint)):
        return None
    # Words are typed as they were written: `Reading` and `Subject` check them.
    known = cast("Endpoint", endpoint or "t90")
    return Reading("crt", crt_s, ci95_s, lower_bound_s, known)


def _ratio(quantity: Quantity, value: float | None, ci95: Interval | None) -> Reading | None:
    from perfusion_cam.thresholds import Reading

    return None if value is None and ci95 is None else Reading(quantity, value, ci95)


def _colour(text: str) -> Reading:
    from perfusion_cam.thresholds import Reading
    from perfusion_cam.thresholds.vocabulary import QUANTITIES, one_of

    name, _, number = text.partition("=")
    names = [one for one, meaning in QUANTITIES.items() if not meaning.logarithmic]
    if name not in names:
        raise ValueError(f"'{text}' should be NAME=VALUE, the name {one_of(names)}")
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"'{text}' should be {name}=NUMBER") from None
    return Reading(name, value)


def _subject(
    sex: str | None,
    age_years: float | None,
    site: str | None,
    press: str | None,
    presses_a_side: int | None,
) -> Subject:
    from perfusion_cam.thresholds import Subject

    return Subject(
        cast("Sex | None", sex),
        age_years,
        cast("Site | None", site),
        cast("Press | None", press),
        presses_a_side,
    )
