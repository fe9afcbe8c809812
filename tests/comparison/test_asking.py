from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import synthetic

from perfusion_cam.comparison import Question, answer
from perfusion_cam.comparison.earlier import read_result
from perfusion_cam.comparison.pressed import presses_of
from perfusion_cam.errors import ComparisonError, RegionError
from perfusion_cam.report.comparison_document import comparison_document
from perfusion_cam.report.document import collection, document, to_json
from perfusion_cam.settings import Region
from perfusion_cam.thresholds import Subject
from perfusion_cam.types import Examination, PressResult

A, B, C = Path("a.mp4"), Path("b.mp4"), Path("c.mp4")


def pressed(at: int = 0, tau_s: float = 0.8, release_s: float = 8.0) -> PressResult:
    x_px, y_px = synthetic.SITE_AT[at]
    return PressResult(
        synthetic.press(release_s - 5, release_s, at),
        synthetic.site(x_px, y_px),
        synthetic.curve(release_s, tau_s),
        synthetic.measured(release_s, tau_s),
    )


def filmed(path: Path, presses=None, **changes) -> Examination:
    """What analysing a file of this name gives; its content is its name."""
    source = synthetic.source(path.name, sha256=f"{sum(path.name.encode()):064x}", **changes)
    return synthetic.examination(source=source, presses=presses or (pressed(),))


def both_sides(path: Path) -> Examination:
    return filmed(path, (pressed(0), pressed(2, 1.6, 28.0)))


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "result.json"
    path.write_text(to_json(document(filmed(C, (pressed(0, 0.4),)))))
    return path


class TestQuestion:
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({}, "give recordings of the affected and of the unaffected side"),
            ({"affected": (A,)}, "give recordings of the affected and of the unaffected side"),
            ({"unaffected": (A,)}, "give recordings of the affected"),
            ({"both": (A,)}, "which of the two sides in the picture is affected"),
            ({"both": (A,), "affected_site": Region.circle(1, 2, 3)}, "which of the two sides"),
            ({"both": (A,), "affected": (B,), "affected_is": "left"}, "not a mix"),
            ({"both": (A,), "affected_is": "up"}, "left or right, not 'up'"),
            ({"affected": (A,), "unaffected": (B,), "affected_is": "left"}, "shows both sides"),
            (
                {"both": (A,), "affected_is": "left", "affected_site": Region.circle(1, 2, 3)},
                "say left or right, or give sites",
            ),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, asked, said):
        with pytest.raises(ValueError, match=said):
            Question(**asked)

    @pytest.mark.parametrize(
        "asked",
        [
            {"affected": (A,), "unaffected": (A,)},
            {"affected": (A,), "unaffected": (Path("sub/../a.mp4"),)},
            {"affected": (A, A), "unaffected": (B,)},
        ],
    )
    def test_one_recording_given_twice_is_refused(self, asked):
        with pytest.raises(ComparisonError, match=r"same recording is given twice \(a\.mp4\)"):
            Question(**asked)

    def test_an_earlier_result_stands_in_for_the_other_side(self, written):
        assert Question(affected=(A,), baseline=written).unaffected == ()


class TestAnswer:
    def test_recordings_of_one_side_each(self):
        found = answer(Question(affected=(A, B), unaffected=(C,)), filmed).comparison
        assert found.sides.ratio == pytest.approx(1.0)
        assert [press.recording.file for press in found.affected.presses] == ["a.mp4", "b.mp4"]
        assert [one.id for one in found.evaluation.profiles] == ["filler-occlusion"]

    def test_left_and_right_of_one_recording(self):
        found = answer(Question(both=(A,), affected_is="right"), both_sides).comparison
        assert found.sides.ratio == pytest.approx(2.0)
        assert found.affected.presses[0].number == 2

    def test_sites_of_one_recording(self):
        sites = {
            "affected_site": Region.circle(460, 150, 20),
            "unaffected_site": Region.circle(200, 180, 20),
        }
        found = answer(Question(both=(A,), **sites), both_sides).comparison
        assert found.sides.ratio == pytest.approx(2.0)
        outside = {**sites, "unaffected_site": Region.circle(2000, 180, 20)}
        with pytest.raises(RegionError, match="circle 2000,180,20 lies outside"):
            answer(Question(both=(A,), **outside), both_sides)

    def test_a_site_narrows_a_recording_of_one_side(self):
        question = Question(
            affected=(A,), unaffected=(B,), affected_site=Region.circle(460, 150, 20)
        )
        found = answer(question, both_sides).comparison
        assert [press.number for press in found.affected.presses] == [2]
        assert [press.number for press in found.unaffected.presses] == [1, 2]
        assert found.remarks[0].mark.value == "place_elsewhere"

    def test_one_content_under_two_names_is_refused(self):
        def copied(path):
            found = filmed(A)
            return replace(found, source=replace(found.source, file=path.name))

        with pytest.raises(ComparisonError, match=r"\(a\.mp4 and b\.mp4\)"):
            answer(Question(affected=(A,), unaffected=(B,)), copied)

    def test_nothing_pressed_is_an_incomplete_comparison(self):
        def quiet(path):
            return synthetic.examination(source=filmed(path).source, presses=())

        found = answer(Question(affected=(A,), unaffected=(B,)), quiet).comparison
        assert found.sides.outcome == "incomplete"
        assert {one.verdict for one in found.evaluation.findings} == {"not_assessable"}

    def test_the_settings_hash_tells_questions_apart(self):
        asked = [
            Question(affected=(A,), unaffected=(B,), subject=subject)
            for subject in (Subject(), Subject(sex="f"), Subject())
        ]
        one, other, again = (answer(question, filmed).settings_sha256 for question in asked)
        assert one == again != other


class TestBaseline:
    def asked(self, baseline):
        question = Question(affected=(A,), unaffected=(B,), baseline=baseline)
        return answer(question, filmed)

    def test_a_result_of_analyze(self, written):
        found = self.asked(written)
        assert found.comparison.earlier.change.ratio == pytest.approx(2.0, rel=1e-3)
        assert [one.file for one in found.before.recordings] == ["c.mp4"]

    def test_a_collection(self, tmp_path):
        path = tmp_path / "all.json"
        documents = [document(filmed(one, (pressed(0, 0.4),))) for one in (C, Path("d.mp4"))]
        path.write_text(to_json(collection(documents)))
        assert len(self.asked(path).comparison.earlier.reading.used) == 2

    def test_the_affected_side_of_a_comparison(self, tmp_path):
        path = tmp_path / "comparison.json"
        before = answer(Question(both=(C,), affected_is="right"), both_sides)
        path.write_text(to_json(comparison_document(before)))
        earlier = self.asked(path).comparison.earlier
        assert earlier.change.ratio == pytest.approx(0.5, rel=1e-3)
        assert earlier.reading.presses[0].hold_s == pytest.approx(5.0)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("no", "it is not JSON"),
            ("[1]", "no schema number 1"),
            ('{"schema": 2}', "no schema number 1"),
            ('{"schema": 1}', "KeyError at 'source'"),
            ('{"schema": 1, "source": 3}', "TypeError"),
        ],
    )
    def test_what_is_no_result_is_one_line(self, tmp_path, text, said):
        path = tmp_path / "b.json"
        path.write_text(text)
        with pytest.raises(ComparisonError, match=said) as caught:
            self.asked(path)
        assert "b.json is no result of perfusion-cam" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_provisional_time_is_refused_and_left_out_beside_final_ones(self, tmp_path):
        path = tmp_path / "result.json"
        provisional = pressed(0, 9.0)
        path.write_text(to_json(document(replace(filmed(C), presses=()), provisional=provisional)))
        with pytest.raises(ComparisonError, match="provisional time only"):
            self.asked(path)
        path.write_text(to_json(document(filmed(C, (pressed(0, 0.4),)), provisional=provisional)))
        (final,) = read_result(path).presses
        assert final.crt_s == pytest.approx(0.4 * np.log(10), abs=1e-3)

    def test_a_missing_file_is_said(self, tmp_path):
        with pytest.raises(ComparisonError, match="No such file"):
            self.asked(tmp_path / "none.json")

    def test_now_is_not_before(self, tmp_path):
        path = tmp_path / "result.json"
        path.write_text(to_json(document(filmed(A))))
        with pytest.raises(ComparisonError, match="given twice"):
            self.asked(path)


def test_a_press_keeps_what_a_comparison_needs():
    first, second, third = presses_of(synthetic.examination())
    assert first.name == "press 1 of clip.mp4"
    assert first.hold_s == pytest.approx(5.0)
    assert first.place_px == (200.0, 180.0)
    assert first.radius_share == pytest.approx(36 / np.hypot(640, 360))
    linear = ((np.array([166, 125, 102]) / 255 + 0.055) / 1.055) ** 2.4
    np.testing.assert_allclose(first.light_log_rgb, np.log(linear), rtol=1e-6)
    assert (second.status, second.at_least_s) == ("not_recovered", 12.0)
    assert (third.status, third.at_least_s, third.crt_s) == ("not_measurable", None, None)


def test_an_open_interval_survives_json(tmp_path):
    result = pressed()
    open_above = replace(result.refill, crt_ci95_s=(1.2, np.inf))
    path = tmp_path / "result.json"
    path.write_text(to_json(document(filmed(C, (replace(result, refill=open_above),)))))
    found = TestBaseline().asked(path).comparison.earlier
    assert found.reading.presses[0].at_least_s == pytest.approx(1.2)
    assert json.loads(path.read_text())["presses"][0]["crt_ci95_s"] == [1.2, None]
