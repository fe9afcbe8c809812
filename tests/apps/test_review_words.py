"""What a list says of a saved examination."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfusion_cam.apps.review_words import listed_words
from perfusion_cam.apps.saved import Saved
from perfusion_cam.apps.saved_document import SavedDocument

PRESS = {
    "status": "measured",
    "reasons": [],
    "contact_s": 1.0,
    "release_s": 6.0,
    "hold_s": 5.0,
    "ended_s": 20.0,
    "crt_s": 1.5,
    "crt_ci95_s": [1.4, 1.6],
    "lower_bound_s": None,
    "recovered_fraction": 1.0,
    "blanch_depth": 0.1,
}


@pytest.mark.parametrize(
    ("presses", "more", "words"),
    [
        ([], {}, "no presses"),
        ([PRESS], {}, "1 press"),
        ([PRESS, PRESS], {}, "2 presses"),
        ([], {"provisional": {"press": PRESS}}, "no presses, one more unfinished"),
        ([PRESS], {"provisional": {"press": PRESS}}, "1 press, one more unfinished"),
    ],
)
def test_presses_are_counted_and_an_unfinished_one_is_not_hidden(
    presses: list[Any], more: dict[str, Any], words: str
) -> None:
    source = {"file": "affected-1", "sha256": "0", "duration_s": 9.0}
    content = {"schema": 1, "source": source, "presses": presses} | more
    saved = Saved("run/affected-1", Path("x"), 0.0, SavedDocument.model_validate(content), None)
    assert listed_words(saved)["presses"] == words
