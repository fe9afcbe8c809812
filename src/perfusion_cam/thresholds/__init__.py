"""Published limits as data, and what they say of a measurement; usable on its own.

A limit never clears a patient: no verdict says that a vessel is open.

Examples
--------
>>> from perfusion_cam.thresholds import Reading, Subject, evaluate
>>> crt = Reading("crt", 3.4, ci95=(3.0, 3.9), endpoint="t90")
>>> found = evaluate([crt], Subject(sex="f", age_years=41))
>>> {finding.rule: finding.verdict for finding in found.findings}["filler-occlusion/impairment"]
'beyond'
"""

from __future__ import annotations

from perfusion_cam.thresholds.errors import ProfileError
from perfusion_cam.thresholds.evaluation import evaluate
from perfusion_cam.thresholds.finding import Conflict, Evaluation, Finding, Verdict
from perfusion_cam.thresholds.loading import (
    available_profiles,
    load_profile,
    select_profiles,
    shipped_profiles,
)
from perfusion_cam.thresholds.measured import Reading, Subject
from perfusion_cam.thresholds.profile import Profile, Rule

__all__ = [
    "Conflict",
    "Evaluation",
    "Finding",
    "Profile",
    "ProfileError",
    "Reading",
    "Rule",
    "Subject",
    "Verdict",
    "available_profiles",
    "evaluate",
    "load_profile",
    "select_profiles",
    "shipped_profiles",
]
