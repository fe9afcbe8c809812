"""What rules say of a measurement: the records and their plain form for JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from perfusion_cam.thresholds.measured import Subject
from perfusion_cam.thresholds.profile import Comparison, Profile
from perfusion_cam.thresholds.vocabulary import Endpoint, Quantity, Severity

Verdict = Literal["within", "borderline", "beyond", "not_assessable"]


@dataclass(frozen=True, slots=True)
class Comparand:
    """One comparison as it was made.

    Attributes
    ----------
    quantity : str
    comparison : str
        Beyond is where this is true.
    limit : float
    unit : str
    limit_endpoint, endpoint : "t90", "visual" or None
        That for which the limit was given, and that of the value.
    verdict : "within", "borderline", "beyond" or "not_assessable"
    probability_beyond : float or None
        None without an interval.
    value : float or None
    ci95 : (float, float) or None
    lower_bound : float or None
    missing : tuple of str
        What it would need.
    notes : tuple of str
    """

    quantity: Quantity
    comparison: Comparison
    limit: float
    unit: str
    limit_endpoint: Endpoint | None
    endpoint: Endpoint | None
    verdict: Verdict
    probability_beyond: float | None = None
    value: float | None = None
    ci95: tuple[float, float] | None = None
    lower_bound: float | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says.

    Attributes
    ----------
    rule : str
        ``profile/rule``.
    verdict : "within", "borderline", "beyond" or "not_assessable"
        *Within* means that the rule's limit is not reached, never that there is no occlusion.
    probability_beyond : float or None
        That the true value is beyond; None without an interval.
    severity : "notice", "warning" or "urgent"
        Of the rule, whatever the verdict.
    says : str
    look_again_s : float or None
        When to look again, where the source says so.
    citation : str
    compared : tuple of Comparand
        The rule's own comparison first, then those that must hold as well.
    missing : tuple of str
        What a verdict would need.
    notes : tuple of str
        What to know about the verdict.
    superseded_by : str or None
        The rule that takes this one's place, having been found beyond.
    """

    rule: str
    verdict: Verdict
    probability_beyond: float | None
    severity: Severity
    says: str
    look_again_s: float | None
    citation: str
    compared: tuple[Comparand, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    superseded_by: str | None = None

    @property
    def main(self) -> Comparand:
        """The rule's own comparison."""
        return self.compared[0]

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint of the time that was compared."""
        return next((item.endpoint for item in self.compared if item.endpoint), None)

    def plain(self) -> dict[str, Any]:
        """Write it as plain values: the rule's own comparison on top, the others in ``also``."""
        main, *also = (asdict(item) for item in self.compared)
        return {
            "rule": self.rule,
            "verdict": self.verdict,
            "probability_beyond": self.probability_beyond,
            "quantity": main["quantity"],
            "endpoint": main["endpoint"],
            "value": main["value"],
            "ci95": main["ci95"],
            "lower_bound": main["lower_bound"],
            "comparison": main["comparison"],
            "limit": main["limit"],
            "limit_endpoint": main["limit_endpoint"],
            "unit": main["unit"],
            "severity": self.severity,
            "says": self.says,
            "look_again_s": self.look_again_s,
            "citation": self.citation,
            "missing": self.missing,
            "notes": self.notes,
            "superseded_by": self.superseded_by,
            "also": also,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that disagree about the same value.

    Attributes
    ----------
    beyond, within : str
        The rules, as ``profile/rule``.
    """

    beyond: str
    within: str


@dataclass(frozen=True, slots=True)
class Inapplicable:
    """A rule that is not about this person, place or press.

    Attributes
    ----------
    rule, because : str
    """

    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What profiles say of a measurement.

    Attributes
    ----------
    subject : Subject
    profiles : tuple of Profile
    findings : tuple of Finding
        In the order of the profiles and their rules.
    conflicts : tuple of Conflict
    not_applicable : tuple of Inapplicable
    """

    subject: Subject
    profiles: tuple[Profile, ...]
    findings: tuple[Finding, ...]
    conflicts: tuple[Conflict, ...]
    not_applicable: tuple[Inapplicable, ...]

    def plain(self) -> dict[str, Any]:
        """Write it as plain values, with the version and hash of every profile."""
        return {
            "subject": asdict(self.subject),
            "profiles": [
                {"id": one.id, "version": one.version, "sha256": one.sha256, "title": one.title}
                for one in self.profiles
            ],
            "findings": [finding.plain() for finding in self.findings],
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
            "not_applicable": [asdict(item) for item in self.not_applicable],
        }
