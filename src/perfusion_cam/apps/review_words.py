"""A review in plain values: what the page shows, and what is written beside a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from perfusion_cam.apps.live_words import lines, listed_press
from perfusion_cam.apps.matching import Numbers
from perfusion_cam.apps.saved import Saved
from perfusion_cam.live.reviewing import Review
from perfusion_cam.report.document import document
from perfusion_cam.report.folder import RESULT
from perfusion_cam.types import PressResult


def _remarks(saved: Saved, numbers: Numbers) -> list[str]:
    """Say where the recording and the saved result do not tell of the same presses."""
    file = "The recording" if saved.recording is None else saved.recording.name
    known = set(numbers) - {None}
    there = saved.document.presses
    if there and not known:
        return [f"{file} cannot be matched to the presses of the saved result."]
    missing = [str(n) for n in range(1, 1 + len(there)) if n not in known]
    if not missing:
        return []
    return [f"{file} does not show press {', '.join(missing)} of the saved result."]


def analysed_words(saved: Saved, review: Review) -> dict[str, Any]:
    """What is known of a recording that is there."""
    source, track = review.examination.source, review.examination.track
    numbers, there = saved.numbers(review.examination), saved.document.presses
    return {
        "file": source.file,
        "pictures": None,
        "width": source.width,
        "height": source.height,
        "duration_s": float(track.t_s[-1]),
        "step_s": 1 / (source.median_fps or 30.0),
        "warnings": source.warnings,
        "presses": [refit_words(review, one) for one in review.examination.presses],
        "numbers": numbers,
        "saved": [there[n - 1].words() if n else None for n in numbers],
        "remarks": _remarks(saved, numbers) + saved.document.unfinished(),
    }


def saved_words(saved: Saved) -> dict[str, Any]:
    """What is known where the recording is gone."""
    presses = saved.presses()
    return {
        "file": saved.document.source.file,
        "pictures": saved.pictures(),
        "presses": presses,
        "numbers": list(range(1, 1 + len(presses))),
        "saved": [one["words"] for one in presses],
        "remarks": saved.document.unfinished(),
    }


def refit_words(review: Review, result: PressResult) -> dict[str, Any]:
    """A press as it was measured, now or again."""
    press = result.press
    return listed_press(result) | {
        "contact_s": press.contact_s,
        "release_s": press.release_s,
        "ended_s": press.ended_s,
        "lines": lines(result, review.examination.grid),
    }


def changed_words(
    review: Review, press: int, changes: dict[str, Any], result: PressResult, number: int
) -> dict[str, Any]:
    """The manual result of a press beside the automatic one, each as in result.json."""
    examination = review.examination
    automatic = document(examination)["presses"][press]
    manual = document(replace(examination, presses=(result,)))["presses"][0]
    return {
        "press": number,
        "file": examination.source.file,
        "sha256": examination.source.sha256,
        "changed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "changes": changes,
        "automatic": automatic,
        "manual": manual,
    }


def damaged_words(names: Sequence[str]) -> str | None:
    """Tell of saved examinations that cannot be read."""
    if not names:
        return None
    told = f"{len(names)} cannot be read ({RESULT} is damaged, or none of this program)"
    return f"{told}: {', '.join(names)}."


def listed_words(saved: Saved) -> dict[str, Any]:
    """A saved examination in a list."""
    count = len(saved.document.presses)
    unfinished = ", one more unfinished" if saved.document.unfinished() else ""
    return {
        "name": saved.name,
        "file": saved.document.source.file,
        "written": datetime.fromtimestamp(saved.written_s).strftime("%Y-%m-%d %H:%M"),
        "presses": ("1 press" if count == 1 else f"{count or 'no'} presses") + unfinished,
    }
