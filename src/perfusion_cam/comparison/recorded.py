"""Recordings compared in one call, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from perfusion_cam.comparison.asking import Answer, Question, answer
from perfusion_cam.comparison.assigning import Half
from perfusion_cam.settings import Region
from perfusion_cam.thresholds import Profile, Subject

Paths = str | Path | Sequence[str | Path]
_NOBODY = Subject()


def compare(
    affected: Paths = (),
    unaffected: Paths = (),
    *,
    both: Paths = (),
    affected_is: Half | None = None,
    affected_site: Region | None = None,
    unaffected_site: Region | None = None,
    baseline: str | Path | None = None,
    subject: Subject = _NOBODY,
    profiles: Sequence[Profile] | None = None,
) -> Answer:
    """Compare the refill of the affected with that of the unaffected side.

    Parameters
    ----------
    affected, unaffected : path or sequence of paths
        Recordings of one side each.
    both : path or sequence of paths
        Or recordings that show both sides.
    affected_is : "left" or "right", optional
        Where the affected side is in the upright picture of `both`.
    affected_site, unaffected_site : Region, optional
        Or where the two are.
    baseline : path, optional
        A result of the affected site from before treatment.
    subject : Subject, optional
        What is not known of the person is not guessed.
    profiles : sequence of Profile, optional
        That for filler injections unless given.

    Returns
    -------
    Answer
        Its ``comparison`` has both readings, their ratio with intervals, remarks and findings.

    Raises
    ------
    ValueError
        Something is missing or contradicts itself.
    PerfusionCamError
        A recording cannot be read, is given twice, or the like.
    """
    from perfusion_cam.analysis import analyze

    question = Question(
        affected=_paths(affected),
        unaffected=_paths(unaffected),
        both=_paths(both),
        affected_site=affected_site,
        unaffected_site=unaffected_site,
        affected_is=affected_is,
        baseline=None if baseline is None else Path(baseline),
        subject=subject,
    )
    return answer(question, analyze, profiles)


def _paths(given: Paths) -> tuple[Path, ...]:
    if isinstance(given, str | Path):
        return (Path(given),)
    return tuple(map(Path, given))
