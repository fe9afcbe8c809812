"""What a person changes is measured anew; what nobody changes stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from pressing import pictures
from recorded import Kind, write_video
from test_engine import assert_identical
from test_examining import AtOnce

from perfusion_cam.apps.saved_document import SavedDocument
from perfusion_cam.errors import RegionError
from perfusion_cam.live.clip import ClipWriter
from perfusion_cam.live.examining import Examining
from perfusion_cam.live.reviewing import BY_HAND_SE_S, Change, Review
from perfusion_cam.live.saving import Saver
from perfusion_cam.live.source import SourceFacts
from perfusion_cam.picture import upright_rgb
from perfusion_cam.quality import Flag
from perfusion_cam.settings import Region
from perfusion_cam.sources.video_file import VideoFile

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "normal.mp4"
TRUTH = json.loads(SAMPLE.with_suffix(".json").read_text(encoding="utf-8"))["presses"][0]


@pytest.fixture(scope="module")
def review() -> Iterator[Review]:
    made = Review(SAMPLE)
    yield made
    made.close()


def test_nothing_changed_changes_nothing_that_was_measured(review: Review) -> None:
    (automatic,) = review.examination.presses
    found = review.refit(0, Change())
    assert_identical(found, automatic)


def test_a_later_release_finds_what_is_left_of_an_exponential(review: Review) -> None:
    """Its time constant is the same wherever it is begun; its depth is what is left."""
    (automatic,) = review.examination.presses
    later_s = automatic.press.release_s + 0.4
    found = review.refit(0, Change(release_s=later_s))
    assert found.press.release_s == later_s
    assert found.press.release_se_s == BY_HAND_SE_S
    assert found.refill.crt_s == pytest.approx(automatic.refill.crt_s, rel=0.1)
    assert automatic.refill.blanch_depth is not None
    left = np.exp(-0.4 / TRUTH["tau_s"])
    assert found.refill.blanch_depth == pytest.approx(left * automatic.refill.blanch_depth, rel=0.1)
    assert review.examination.presses == (automatic,)


def test_the_true_release_gives_the_true_time(review: Review) -> None:
    found = review.refit(0, Change(release_s=TRUTH["release_s"]))
    assert found.refill.crt_ci95_s is not None
    low, high = found.refill.crt_ci95_s
    assert low <= TRUTH["t90_s"] <= high


def test_a_watch_that_ends_before_the_colour_is_back_gives_no_time(review: Review) -> None:
    found = review.refit(0, Change(end_s=TRUTH["release_s"] + 0.9))
    assert found.press.ended_s == TRUTH["release_s"] + 0.9
    assert found.refill.status != "measured"


def test_a_site_is_looked_for_where_it_was_put(review: Review) -> None:
    (automatic,) = review.examination.presses
    found = review.refit(0, Change(site_px=(TRUTH["x_px"], TRUTH["y_px"])))
    assert found.site is not None
    assert automatic.site is not None
    assert np.hypot(found.site.x_px - TRUTH["x_px"], found.site.y_px - TRUTH["y_px"]) < 8
    elsewhere = review.refit(0, Change(site_px=(60.0, 60.0)))
    assert elsewhere.refill.crt_s is None
    assert any(flag.meaning.fatal for flag in elsewhere.refill.flags)
    assert Flag.TIME_GAPS not in elsewhere.refill.flags


@pytest.mark.parametrize("change", [Change(release_s=1.0), Change(end_s=7.5)])
def test_a_change_that_cannot_be_is_refused(review: Review, change: Change) -> None:
    with pytest.raises(ValueError, match="must"):
        review.refit(0, change)
    with pytest.raises(IndexError):
        review.refit(1, Change())
    with pytest.raises(RegionError):
        review.refit(0, Change(site_px=(-5.0, 20.0)))


@pytest.mark.parametrize("number", [0, 100, 37, 479])
def test_any_picture_can_be_had_by_its_time(review: Review, number: int) -> None:
    with VideoFile(SAMPLE) as video:
        wanted = next(frame for frame in video if frame.index == number)
        found = review.picture(wanted.t_s)
        assert found.t_s == pytest.approx(wanted.t_s, abs=1e-6)
        np.testing.assert_array_equal(upright_rgb(found), upright_rgb(wanted))
    assert review.to_frame(wanted.t_s).shape == (2, 3)
    assert review.picture(99.0).t_s == pytest.approx(479 / 30, abs=0.01)
    assert review.picture(99.0, onward=1).t_s == review.picture(99.0).t_s
    assert review.picture(0.0, onward=-1).t_s == 0.0


def test_one_picture_on_is_the_next_however_soon_it_comes(tmp_path: Path) -> None:
    stamps = [0, 30, 60, 63, 64, 90, 120]
    path = write_video(tmp_path / "uneven.mp4", Kind(".mp4", "libx264"), stamps=stamps)
    with closing(Review(path)) as review:
        times_s = review.examination.track.t_s.tolist()
        assert len(times_s) == len(stamps)
        there = [review.picture(t_s, onward=1).t_s for t_s in times_s[:-1]]
        back = [review.picture(t_s, onward=-1).t_s for t_s in times_s[1:]]
    assert there == times_s[1:]
    assert back == times_s[:-1]


def test_a_site_that_was_chosen_is_looked_for_again_in_the_clip(tmp_path: Path) -> None:
    """Looked for elsewhere than where the skin was pressed: everywhere, it would be found."""
    saver = Saver(tmp_path)
    examining = Examining(saver, AtOnce())
    examining.start("affected", SourceFacts("camera"), Region.circle(260.0, 40.0, 30.0))
    writer = ClipWriter(tmp_path / "clip.mp4")
    for frame in pictures():
        examining.push(frame)
        writer._frames.put(frame)  # unlike `offer`, waits: here nothing may be missing
    examining.close()
    writer.close()
    saver.close()
    content = (tmp_path / "affected-1" / "result.json").read_text(encoding="utf-8")
    saved = SavedDocument.model_validate_json(content)
    with closing(Review(tmp_path / "clip.mp4", region=saved.region())) as again:
        found = [one.refill for one in again.examination.presses]
        same = [(one.status, one.reasons[0]) for one in saved.presses]
        assert [(one.status, one.reasons[0]) for one in found] == same
        assert [one.crt_s for one in found] == [None] * len(same)
        for number, one in enumerate(found):
            assert again.refit(number, Change()).refill.flags == one.flags
    with closing(Review(tmp_path / "clip.mp4")) as everywhere:
        assert [one.refill.status for one in everywhere.examination.presses] == ["measured"]
