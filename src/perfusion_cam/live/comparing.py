"""Both sides of a live examination, by the one way in which sides are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfusion_cam.comparison import Answer, Question, answer
from perfusion_cam.live.placement import Examined
from perfusion_cam.report.atomic import make_folder
from perfusion_cam.report.comparison_content import ComparisonContent, comparison_content
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.comparison_folder import write_comparison
from perfusion_cam.report.document import document, to_json
from perfusion_cam.report.folder import write_examination
from perfusion_cam.thresholds import Profile, Subject


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison of sides, and what its page says."""

    answer: Answer
    content: ComparisonContent


def compare_placements(
    examinations: Sequence[Examined], subject: Subject, profiles: Sequence[Profile]
) -> Compared | None:
    """Compare the sides as far as they were examined.

    Parameters
    ----------
    examinations : sequence of Examined
        Those without a press are passed over.
    subject : Subject
    profiles : sequence of Profile

    Returns
    -------
    Compared or None
        None until both sides have a press.
    """
    pressed = {
        Path(one.examination.source.file): one for one in examinations if one.examination.presses
    }
    sides = {
        wanted: tuple(path for path, one in pressed.items() if one.side == wanted)
        for wanted in ("affected", "unaffected")
    }
    if not all(sides.values()):
        return None
    question = Question(affected=sides["affected"], unaffected=sides["unaffected"], subject=subject)
    found = answer(question, lambda path: pressed[path].examination, profiles)
    return Compared(found, comparison_content(found, comparison_document(found)["colour"]))


def write_placements(
    examinations: Sequence[Examined], found: Compared | None, folder: Path
) -> None:
    """Write the files of placements that are over, and of the comparison if there is one.

    Raises
    ------
    OutputError
    """
    for _, examination, region in examinations:
        place = make_folder(folder / examination.source.file)
        write_examination(examination, document(examination, region=region), place)
    if found is not None:
        written = to_json(comparison_document(found.answer))
        write_comparison(found.answer, found.content, written, folder)
