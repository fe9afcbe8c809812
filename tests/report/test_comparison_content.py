from __future__ import annotations

import pytest
from synthetic_comparison import KINDS, compared

from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.comparison_page import comparison_text
from perfusion_cam.report.document import to_json
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose
from skin_colours import colour, light

COLOURS = {kind: colour() for kind in ("slow", "never", "open", "dull", "fast", "faster")}
COLOURS["slow"] = colour({"duskiness": 2.5})


def content_of(found):
    return comparison_content(found, comparison_document(found)["colour"])


@pytest.mark.parametrize(
    ("affected", "unaffected", "said"),
    [
        ("slow", "fast", "The affected side takes 3.33 times as long to refill as the unaffected"),
        ("never", "fast", "or longer (97.5 %): it was not back while it was watched; "),
        ("fast", "never", "or less (97.5 %): the unaffected side was not back while it was"),
        ("none", "fast", "The affected side cannot be compared with the unaffected side; no rule"),
        (
            "slow",
            "none",
            "with the unaffected side; refill time of the affected side 4.61 s (95",
        ),
    ],
)
def test_the_answer_is_one_sentence_for_every_outcome(affected, unaffected, said):
    answer = comparison_content(compared(affected, unaffected)).answer
    assert said in answer
    assert answer.endswith(".")
    assert ". " not in answer
    assert without_all_clear(without_dose(answer)) == answer


def test_the_answer_is_of_before_and_now_where_only_these_can_be_compared(tmp_path):
    (tmp_path / "a.json").write_text(to_json(comparison_document(compared("faster", "fast"))))
    found = compared("slow", "none", baseline=tmp_path / "a.json")
    content = comparison_content(found)
    assert content.answer.startswith("The affected side now takes 4.00 times as long to refill as")
    assert [one.heading for one in content.contrasts][1].startswith("Now against before")
    assert any(line.startswith("before: faster.mp4, sha256 ") for line in content.provenance.lines)


@pytest.mark.parametrize(("affected", "unaffected"), KINDS)
def test_the_terminal_says_all_of_it(affected, unaffected):
    content = content_of(compared(affected, unaffected, COLOURS))
    page = " ".join(comparison_text(content, 200).split())
    lines = [content.title, content.answer, *content.notes, *content.reasons, RESEARCH_USE_ONLY]
    for section in (*content.contrasts, *content.sections, content.provenance):
        lines += section.lines
    for profile in content.profiles:
        lines += [*profile.met, *profile.sources, *profile.others]
    for line in lines:
        assert line in page


def headings(colours):
    return [one.heading for one in content_of(compared("slow", "fast", colours)).sections]


def test_colour_is_told_only_where_it_was_seen():
    assert "Skin colour" not in headings({})
    assert headings(COLOURS)[0] == "Skin colour"
    says, strengths = content_of(compared("slow", "fast", COLOURS)).sections[0].lines
    assert says == (
        "Perhaps duskier, as of blood with less oxygen, against the other side: 1.8 times what "
        "just stands out (95 %: 1.0 to 2.6)."
    )
    assert "pallor 0.0 (-0.8 to 0.8), redness" in strengths
    assert "duskiness 1.8 (1.0 to 2.6)" in strengths


def test_colours_that_light_forbids_to_compare_are_told_each_by_itself():
    lit = COLOURS | {"fast": colour(light=light(slope=0.9), reasons=("Little skin was seen.",))}
    lines = content_of(compared("slow", "fast", lit)).sections[0].lines
    assert lines[0].startswith(
        "The sides' colours are not compared. Light falls on the unaffected side from one side"
    )
    assert lines[1].startswith("The affected side: Duskier, as of blood with less oxygen, against")
    assert lines[2].startswith("The unaffected side: No sign stands out against the skin beside")
    assert lines[3] == "The unaffected side: Little skin was seen."
    assert len(lines) == 4


def test_a_side_whose_colour_was_not_seen_is_named():
    lines = content_of(compared("slow", "fast", {"slow": colour()})).sections[0].lines
    assert lines[-1] == (
        "The unaffected side was not seen at rest before a press, so the sides' colours are not "
        "compared."
    )


def test_provenance_holds_every_hash():
    found = compared("slow", "fast faster")
    lines = " ".join(comparison_content(found).provenance.lines)
    hashes = [found.settings_sha256, *(item.source.sha256 for _, item in found.examinations)]
    hashes += [one.sha256 for one in found.comparison.evaluation.profiles]
    for sha256 in hashes:
        assert f"sha256 {sha256[:12]}" in lines
    assert "perfusion-cam 0.1.0" in lines


def test_what_holds_of_several_presses_is_told_once():
    content = comparison_content(compared("slow", "fast faster"))
    assert [line.partition(": ")[0] for line in content.reasons] == [
        "affected, press 1 of slow.mp4",
        "unaffected, press 1 of fast.mp4, press 1 of faster.mp4",
    ]
    assert "note on slow.mp4, fast.mp4, faster.mp4: The file" in " ".join(content.provenance.lines)
