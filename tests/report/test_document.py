from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import synthetic
from jsonschema import Draft202012Validator
from synthetic import measured

from perfusion_cam.errors import SourceError
from perfusion_cam.quality import Flag
from perfusion_cam.report.document import collection, document, to_json, trace_document
from perfusion_cam.report.wording import RESEARCH_USE_ONLY
from perfusion_cam.schema import result_schema
from perfusion_cam.settings import Region
from perfusion_cam.types import PressResult


@pytest.fixture(scope="module")
def validator():
    schema = result_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_document_obeys_its_schema(validator, examination):
    content = json.loads(to_json(document(examination)))
    validator.validate(content)
    assert content["schema"] == 1
    assert content["notice"] == RESEARCH_USE_ONLY
    first, second, third = content["presses"]
    assert first["status"] == "measured"
    assert first["crt_s"] == pytest.approx(0.8 * np.log(10), abs=1e-4)
    assert first["site"] == {"x": 200.0, "y": 180.0, "radius": 36.0}
    assert second["crt_s"] is None
    assert second["lower_bound_s"] == 12.0
    assert third["flags"] == ["hold_short", "low_signal"]
    assert third["reasons"][0] == Flag.LOW_SIGNAL.meaning.says  # the fatal one leads
    assert third["signal_to_noise"] is None  # was NaN
    assert content["source"]["gaps"] == [[1.0, 1.4]]


def test_a_press_under_way_at_the_start_has_no_error_of_contact(validator):
    content = json.loads(to_json(document(synthetic.examination(presses=(synthetic.unseen(),)))))
    validator.validate(content)
    (press,) = content["presses"]
    assert press["contact_s"] == 0.0
    assert press["contact_se_s"] is None
    assert press["hold_s"] == 5.0


def test_a_recording_without_a_press_obeys_the_schema(validator):
    validator.validate(document(synthetic.examination(presses=())))


@pytest.mark.parametrize(
    ("region", "written"),
    [
        (Region.circle(31.5, 20.0, 8.0), {"x": 31.5, "y": 20.0, "radius": 8.0}),
        (
            Region.box(1.0, 2.0, 30.0, 40.0),
            {"left": 1.0, "top": 2.0, "width": 30.0, "height": 40.0},
        ),
    ],
)
def test_where_the_site_was_looked_for_is_kept(validator, examination, region, written):
    content = json.loads(to_json(document(examination, region=region)))
    validator.validate(content)
    assert content["region"] == written
    assert "region" not in document(examination)


def test_a_provisional_press_is_not_among_the_presses_and_always_measured(validator, examination):
    back, not_back, _ = examination.presses
    none = dataclasses.replace(examination, presses=())
    content = json.loads(to_json(document(none, provisional=back)))
    validator.validate(content)
    assert content["presses"] == []
    assert content["provisional"]["press"]["crt_s"] == document(examination)["presses"][0]["crt_s"]
    assert "not a result" in content["provisional"]["note"]
    assert "provisional" not in document(examination)
    assert not validator.is_valid(document(none, provisional=not_back))
    content["presses"] = [content["provisional"]]
    assert not validator.is_valid(content)


def test_collection_keeps_results_and_failures(validator, examination):
    content = collection([document(examination)], [("a.mp4", SourceError("a.mp4: no such file"))])
    validator.validate(content)
    assert content["failures"] == [
        {"file": "a.mp4", "error": "a.mp4: no such file", "exit_code": 3}
    ]


@dataclasses.dataclass
class Trace:
    curve: object
    refill: object
    contact_s: float | None
    release_s: float


@pytest.mark.parametrize("contact_s", [3.0, None])
def test_trace_document_obeys_the_schema(validator, tmp_path, contact_s):
    path = tmp_path / "trace.csv"
    path.write_text("t,R,G,B\n")
    trace = Trace(synthetic.curve(), measured(), contact_s, 8.0)
    content = trace_document(trace, path, {"name": "perfusion-cam"})
    validator.validate(content)
    (press,) = content["presses"]
    assert press["release_s"] == 8.0
    assert press["hold_s"] == (None if contact_s is None else 5.0)


@pytest.mark.parametrize(
    ("press", "change"),
    [
        (0, {"crt_s": None}),
        (0, {"crt_ci95_s": None}),
        (0, {"lower_bound_s": 3.0}),
        (1, {"crt_s": 3.0}),
        (1, {"lower_bound_s": None}),
        (2, {"crt_s": 1.0}),
        (2, {"reasons": []}),
        (0, {"flags": ["all_good"]}),
        (0, {"more": 1}),
        (0, {"contact_s": None}),
        (0, {"contact_se_s": None}),
        (0, {"flags": ["no_baseline"], "contact_se_s": None}),
        (2, {"flags": ["no_baseline"]}),
    ],
)
def test_schema_refuses_contradictions(validator, examination, press, change):
    content = document(examination)
    content["presses"][press] |= change
    assert not validator.is_valid(content)


def test_schema_names_exactly_the_flags_there_are():
    listed = result_schema()["$defs"]["press"]["properties"]["flags"]["items"]["enum"]
    assert sorted(listed) == sorted(flag.value for flag in Flag)


def test_infinities_become_null_and_never_reach_the_json(validator):
    refill = dataclasses.replace(measured(), crt_ci95_s=(1.0, np.inf), tau_s=np.nan)
    result = PressResult(synthetic.press(), synthetic.site(), synthetic.curve(), refill)
    content = json.loads(to_json(document(synthetic.examination(presses=(result,)))))
    validator.validate(content)
    assert content["presses"][0]["crt_ci95_s"] == [1.0, None]
    assert content["presses"][0]["tau_s"] is None
