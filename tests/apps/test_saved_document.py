"""What a saved document tells besides its results."""

from __future__ import annotations

from dataclasses import replace

import pytest
import synthetic

from perfusion_cam.apps.saved_document import SavedDocument
from perfusion_cam.report.document import document, to_json
from perfusion_cam.settings import Region
from perfusion_cam.types import PressResult


def saved(region: Region | None = None, provisional: PressResult | None = None) -> SavedDocument:
    content = document(synthetic.examination(), region=region, provisional=provisional)
    return SavedDocument.model_validate_json(to_json(content))


@pytest.mark.parametrize(
    "region", [None, Region.circle(31.5, 20.0, 8.0), Region.box(1.0, 2.0, 30.5, 40.0)]
)
def test_where_the_site_was_looked_for_is_known_again(region: Region | None) -> None:
    assert saved(region).region() == region


def test_a_provisional_time_is_told_as_no_result() -> None:
    first = synthetic.examination().presses[0]
    later = replace(first, press=synthetic.press(53.0, 58.0))
    told = saved(provisional=later)
    assert len(told.presses) == 3
    (words,) = told.unfinished()
    assert "is no result" in words
    assert told.presses[0].words() in words
    assert saved().unfinished() == []
