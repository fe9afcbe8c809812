"""Figures, targets and tables of clips made by hand."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scored import BARE, GOOD, HELD, MISSED, REFUSED, STUCK, WRONG, clip

from perfusion_cam.validation.running import write_report
from perfusion_cam.validation.scoring import ClipScore
from perfusion_cam.validation.summary import figures, summed_up, unrelated
from perfusion_cam.validation.tables import as_csv, as_json, as_text
from perfusion_cam.validation.targets import Target, targets

GOOD_RUN = [
    *(clip(GOOD, name=f"good-{i}") for i in range(19)),
    clip(replace(WRONG, crt_s=2.4, low_s=2.2), name="off"),
    clip(STUCK, name="stuck"),
    clip(BARE, name="bare"),
    clip(HELD, name="held"),
    clip(name="nobody"),
]


def met(clips: list) -> dict[str, bool | None]:
    return {target.name: target.met for target in targets(clips)}


def test_figures_count_what_they_say() -> None:
    of = figures([clip(GOOD, WRONG), clip(MISSED, REFUSED, invented=("3 s, measured",))])
    assert (of.clips, of.presses, of.invented) == (2, 4, 1)
    assert (of.found.hits, of.found.count) == (3, 4)
    assert (of.covered.hits, of.covered.count) == (1, 2)
    assert of.error_s.value == pytest.approx((0.05 + 1.4) / 2)
    assert of.bias.value == pytest.approx((0.025 + 0.7) / 2)
    assert of.oracle_error_s.value == pytest.approx(0.04)
    assert of.statuses == {"measured": 2, "missed": 1, "not_measurable": 1}
    assert of.refusals == {"low_signal": 1}


def test_a_good_run_meets_its_targets() -> None:
    reached = met(GOOD_RUN)
    assert [name for name, it in reached.items() if it is False] == []
    assert reached["presses found"] is True
    assert reached["95 % intervals that hold the truth"] is True


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (clip(MISSED), "presses found"),
        (clip(invented=("3 s, measured",)), "presses invented where nobody presses"),
        (clip(replace(GOOD, release_error_s=0.6)), "release, largest error"),
        (clip(WRONG), "wrong by over 1 s and outside its interval"),
        (clip(replace(STUCK, status="measured", crt_s=5.0)), "not recovering, given a number"),
        (clip(replace(STUCK, status="not_measurable")), "not recovering, called so"),
        (clip(replace(BARE, status="measured", crt_s=1.0)), "not blanching, given a number"),
        (clip(replace(BARE, status="not_recovered")), "not blanching, given a number"),
        (clip(replace(HELD, status="not_recovered")), "a hand held above the skin, given a number"),
    ],
)
def test_each_target_can_be_missed(bad: object, name: str) -> None:
    assert met([*GOOD_RUN, bad])[name] is False


def test_targets_of_errors_coverage_and_the_oracle_can_be_missed() -> None:
    reached = met([clip(WRONG, name=str(i)) for i in range(40)])
    for name in (
        "t90, median error, at 5 Mbit/s or more",
        "the same, relative",
        "the same, 90th percentile",
        "median error over the oracle's",
        "95 % intervals that hold the truth",
        "the same by skin type",
        "the same by curve",
    ):
        assert reached[name] is False, name


def on_every_skin_type(errors_s: np.ndarray) -> list[ClipScore]:
    """Clips of scenes, each on all skin types, from their errors (types, scenes)."""
    return [
        replace(
            clip(
                replace(GOOD, skin_type=kind, crt_s=2.0 + error_s), name=f"skin-type-{kind}-{turn}"
            ),
            factor="skin type",
            level=str(kind),
        )
        for kind, some in enumerate(errors_s, start=1)
        for turn, error_s in enumerate(some)
    ]


def target_of(clips: list[ClipScore]) -> Target:
    (found,) = (target for target in targets(clips) if "worst skin type" in target.name)
    return found


def by_skin_type(errors_s: np.ndarray) -> Target:
    return target_of(on_every_skin_type(errors_s))


def test_a_skin_type_on_which_errors_are_greater_is_told() -> None:
    assert by_skin_type(np.outer([0.05] * 5 + [0.1], np.ones(10))).met is False


def test_skin_types_that_differ_by_chance_are_not_told_apart() -> None:
    found = by_skin_type(np.abs(np.random.default_rng(1).normal(0.0, 0.05, (6, 12))))
    assert float(found.reached.split()[0]) > 1.5
    assert found.met is None


def test_what_scenes_share_does_not_hide_how_skin_types_compare() -> None:
    of_scene = np.abs(np.random.default_rng(2).normal(0.0, 0.05, 40))
    assert by_skin_type(np.outer([1.0, 1.1, 1.0, 1.0, 1.2, 1.4], of_scene)).met is True
    assert by_skin_type(np.outer([1.0, 1.1, 1.0, 1.0, 1.2, 1.6], of_scene)).met is False


def test_skin_types_in_other_scenes_are_not_compared() -> None:
    alone = [
        replace(one, name=f"skin-type-{one.level}-{number}")
        for number, one in enumerate(on_every_skin_type(np.outer([0.05] * 5 + [0.5], np.ones(10))))
    ]
    assert target_of(alone).met is None
    assert "0 of 60 scenes" in target_of(alone).reached


@pytest.mark.parametrize("lost", [slice(0, 7), slice(0, 16)])
def test_a_skin_type_that_was_refused_or_not_run_yet_is_not_passed_over(lost: slice) -> None:
    run = on_every_skin_type(np.full((6, 16), 0.05))
    assert target_of(run).met is True
    refused = [
        replace(one, presses=(REFUSED,))
        if one.level == "6" and int(one.turn) in range(16)[lost]
        else one
        for one in run
    ]
    missing = [one for one in run if one.level != "6" or int(one.turn) not in range(16)[lost]]
    for some in (refused, missing):
        assert target_of(some).met is None
        assert f"{16 - len(range(16)[lost])} of 16 scenes" in target_of(some).reached


def test_a_scene_on_every_skin_type_counts_once() -> None:
    late = replace(WRONG, release_error_s=0.6)
    run = [
        replace(one, presses=(late,)) if one.turn == "3" else one
        for one in on_every_skin_type(np.zeros((6, 12)))
    ]
    reached = {target.name: target.reached for target in targets(run)}
    assert reached["95 % intervals that hold the truth"].endswith("11 of 12")
    assert reached["wrong by over 1 s and outside its interval"] == "6"
    assert reached["release, largest error"] == "0.60 s"
    assert len(unrelated(run)) == 12
    assert len({one.turn for one in unrelated(run)}) == 12
    assert len({one.level for one in unrelated(run)}) == 6
    assert unrelated(GOOD_RUN) == GOOD_RUN
    assert summed_up(run).clips == 72
    assert summed_up(run).overall.covered.count == 12
    assert "72 clips, 12 presses in 12 of them, one a scene" in as_text(
        summed_up(run), targets(run)
    )


def test_too_few_to_tell_is_not_told() -> None:
    reached = met([clip(GOOD)])
    assert reached["95 % intervals that hold the truth"] is None
    assert reached["not recovering, called so"] is None
    assert met([])["presses found"] is None


def test_low_bit_rates_do_not_count_where_5_mbit_are_asked() -> None:
    squeezed = replace(clip(WRONG), bits_per_pixel=0.05)
    assert met([*GOOD_RUN, squeezed])["t90, median error, at 5 Mbit/s or more"] is True


def test_remarks_tell_what_went_wrong_and_nothing_else() -> None:
    assert summed_up(GOOD_RUN[:19]).remarks == ()
    run = [clip(WRONG, name="w"), clip(MISSED, name="m"), clip(REFUSED, name="r")]
    told = summed_up(run).remarks
    assert [line.split(":")[0] for line in told] == ["missed", "outside its interval", "refused"]
    assert "3.40 [3.20, 3.60]" in told[1]
    assert "low_signal" in told[2]


def test_text_json_and_csv_say_the_same() -> None:
    summary, reached = summed_up(GOOD_RUN), targets(GOOD_RUN)
    text = as_text(summary, reached)
    assert "24 clips, 23 presses\n" in text
    assert "off: 2.40 [2.20, 3.60]" in text
    document = json.loads(as_json(GOOD_RUN, summary, reached, "1.0"))
    assert "not a medical device" in text.lower()
    assert document["notice"] in text
    assert document["summary"]["overall"]["covered"]["hits"] == 19
    rows = list(csv.DictReader(io.StringIO(as_csv(GOOD_RUN))))
    assert len(rows) == 23
    assert float(rows[0]["error_s"]) == pytest.approx(0.05)
    assert [row["inside"] for row in rows].count("False") == 1


def test_a_report_is_written_with_its_figures(tmp_path: Path) -> None:
    write_report(GOOD_RUN, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "validation.json",
        "validation.txt",
        "presses.csv",
        "times.png",
        "errors.png",
        "coverage.png",
    }
    write_report([clip(name="nobody")], tmp_path / "none")
    assert not (tmp_path / "none" / "times.png").exists()
