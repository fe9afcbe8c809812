"""Every situation has its words, and none of them reassures."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import Any, get_args

import pytest

from perfusion_cam.live.guidance import REPEAT_S, Prompt, prompt
from perfusion_cam.live.state import Guided, Interruption, Phase, Refused, Running
from perfusion_cam.live.trouble import Trouble
from perfusion_cam.quality import Flag

READY = Guided("running", "ready", 1.0, (), "affected", 0, 0)


REASSURING = re.compile(
    r"\b(safe|normal|healthy|fine|good|ok|okay|well perfused|no (problem|occlusion|danger))\b", re.I
)


def assert_short_and_sober(found: Prompt) -> None:
    words = f"{found.says} {found.more}"
    assert not REASSURING.search(words), words
    assert 0 < len(found.says) <= 42
    assert len(found.more) <= 160


def told(**changes: Any) -> Prompt:
    return prompt(replace(READY, **changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phase": "idle"}, "choose_side"),
        ({"phase": "idle", "here": 1}, "paused"),
        ({"running": "starting"}, "starting"),
        ({"running": "lost"}, "camera_lost"),
        ({"running": "ended"}, "ended"),
        ({"running": "failed", "phase": "idle"}, "failed"),
        ({"phase": "settling"}, "hold_still"),
        ({}, "press_now"),
        ({"phase": "pressing"}, "keep_pressing"),
        ({"phase": "pressing", "phase_s": 5.2}, "release"),
        ({"phase": "pressing", "phase_s": 9.5}, "held_long"),
        ({"phase": "lifted"}, "release_seen"),
        ({"phase": "recovering"}, "wait"),
        ({"phase": "recovering", "blanched": True, "back": True}, "back_so_far"),
        ({"phase": "recovering", "phase_s": 3.0, "blanched": False}, "no_blanching"),
        ({"phase": "recovering", "troubles": (Trouble.MOVING,)}, "hold_still_recovering"),
        ({"phase": "unrecognised"}, "unrecognised"),
        ({"phase": "done", "here": 1}, "other_side"),
        ({"phase": "done", "here": 1, "there": 1, "rest_s": 31.0}, "next_site"),
        ({"phase": "done", "here": 1, "there": 1, "rest_s": 131.0}, "repeat"),
        ({"phase": "ready", "here": 1, "rest_s": 31.0}, "next_site"),
        ({"phase": "done", "refused": Refused(None), "rest_s": 31.0}, "not_measured"),
        ({"phase": "settling", "interruption": Interruption(5.0, False)}, "resumed"),
        ({"interruption": Interruption(5.0, False)}, "press_now"),
        ({"phase": "settling", "interruption": Interruption(0.0, True)}, "resized"),
    ],
)
def test_each_situation_has_its_prompt(changes: dict[str, Any], code: str) -> None:
    assert told(**changes).code == code


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.TOO_DARK,
        Trouble.CLIPPED,
        Trouble.MOVING,
        Trouble.SITE_LOST,
        Trouble.SLOW_CAMERA,
    ],
)
def test_a_trouble_is_told_before_a_press_is_asked_for(trouble: Trouble) -> None:
    found = told(troubles=(trouble,))
    assert (found.says, found.more) == trouble.value
    assert found.cue == "trouble"


@pytest.mark.parametrize(
    "trouble", [Trouble.FLICKER, Trouble.TOO_FAR, Trouble.DROPPING, Trouble.ARRIVING_BADLY]
)
def test_what_only_widens_an_interval_does_not_hold_up(trouble: Trouble) -> None:
    assert told(troubles=(trouble,)).code == "press_now"


def test_the_hold_is_counted_down() -> None:
    counts = [told(phase="pressing", phase_s=t_s).count_s for t_s in (0.2, 1.1, 2.4, 3.0, 4.9, 5.0)]
    assert counts == [5, 4, 3, 2, 1, 0]
    assert told(phase="pressing", phase_s=5.0).cue == "release"


def test_only_the_same_place_is_told_to_wait_and_the_next_one_is_not() -> None:
    for phase in ("done", "ready"):
        found = told(phase=phase, here=1, there=1, rest_s=31.0)
        assert "ext place" in found.says
        assert found.says.endswith("the same in 1:29")
        assert "next place of this side, or choose the other side" in found.more
        assert "2 minutes" in found.more
        over = told(phase=phase, here=1, there=1, rest_s=REPEAT_S + 0.5)
        assert "wait" not in f"{over.says} {over.more}"
        assert over.code in ("repeat", "press_now")
    assert REPEAT_S == 120


def test_the_other_side_is_named() -> None:
    assert "unaffected side" in told(phase="done", here=1).more
    assert "affected side" in told(phase="done", here=1, side="unaffected").more
    assert "unaffected" in told(running="ended", here=1).more


@pytest.mark.parametrize("flag", [flag for flag in Flag if flag.meaning.fatal])
def test_a_press_that_cannot_be_measured_is_not_called_done(flag: Flag) -> None:
    found = told(phase="done", here=1, there=1, rest_s=31.0, refused=Refused(flag))
    assert found.says == "Could not be measured"
    assert found.cue == "trouble"
    assert found.more.endswith(" Press the next place, or here after 2 minutes of rest.")
    assert len(found.more) > len(told(phase="done", refused=Refused(None)).more) + 20
    assert_short_and_sober(found)


@pytest.mark.parametrize(
    ("silent_s", "words"), [(5.4, "5 s"), (130.0, "2 min"), (9000.0, "more than an hour")]
)
def test_a_silence_is_told(silent_s: float, words: str) -> None:
    for phase, cue in (("settling", "trouble"), ("ready", "press")):
        found = told(phase=phase, interruption=Interruption(silent_s, resized=False))
        assert found.more.startswith(f"No picture came for {words}.")
        assert found.cue == cue
        assert_short_and_sober(found)


def test_a_changed_size_is_told_with_the_site_to_choose_again() -> None:
    for phase in ("settling", "ready"):
        found = told(phase=phase, interruption=Interruption(0.0, resized=True))
        assert "chosen again" in found.more
        assert_short_and_sober(found)


def test_missing_blanching_is_no_verdict() -> None:
    more = told(phase="recovering", phase_s=3.0, blanched=False).more
    assert "cannot tell which" in more


def test_a_provisional_time_is_called_so() -> None:
    assert "provisional" in told(phase="recovering", back=True).more


def test_nothing_reassures_and_all_is_short() -> None:
    phases, runnings = get_args(Phase), get_args(Running)
    for running, phase, back, blanched, counts, troubles, t_s, rest_s in product(
        runnings,
        phases,
        (True, False),
        (True, False, None),
        ((0, 0), (1, 0), (0, 1), (1, 1)),
        ((), *((trouble,) for trouble in Trouble)),
        (0.5, 6.0, 20.0),
        (None, 10.0, 200.0),
    ):
        known = Guided(
            running, phase, t_s, troubles, "affected", *counts, blanched, back, 4.0, rest_s
        )
        assert_short_and_sober(prompt(known))
