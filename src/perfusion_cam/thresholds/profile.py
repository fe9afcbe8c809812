"""What a profile file may hold, checked key by key; unknown keys are mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from perfusion_cam.thresholds.phrasing import without_all_clear, without_dose
from perfusion_cam.thresholds.vocabulary import (
    ENDPOINTS,
    QUANTITIES,
    Endpoint,
    Press,
    Quantity,
    Severity,
    Sex,
    Site,
    one_of,
)


def _formed(pattern: str, cure: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"found '{text}'; give {cure}")
        return text

    return AfterValidator(check)


Name = Annotated[
    str, _formed(r"[a-z0-9]+(-[a-z0-9]+)*", "lower-case words and numbers joined by hyphens")
]
Version = Annotated[str, _formed(r"\d+\.\d+\.\d+", "three numbers such as 1.0.0")]
Doi = Annotated[str, _formed(r"10\.\d{4,9}/\S+", "a DOI such as 10.1136/archdischild-2014-307079")]
Sentence = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(without_dose)
]
Limit = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AgeYears = Annotated[float, Field(ge=0, le=130)]
Presses = Annotated[int, Field(ge=1)]

Comparison = Literal[">", ">=", "<", "<="]
Evidence = Literal["expert text", "observational", "systematic review", "trial", "simulation"]
"""The kind of work behind a limit."""
ReadIn = Literal["protocol text", "abstract", "full text", "memory", "own simulation"]
"""How far the source was read when the rule was written."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Condition(_Part):
    """One comparison of one quantity with one limit.

    Attributes
    ----------
    quantity : str
    endpoint : "t90", "visual" or None
        The endpoint that the source used; only for times.
    also_applied_to : tuple of str
        Other endpoints to which the limit is applied all the same; such findings are marked.
    comparison : ">", ">=", "<" or "<="
        A value for which this is true is beyond.
    limit : float
    unit : str
        That of the quantity.
    needs_interval : bool
        Whether a value without an interval says nothing: where chance alone passes the limit.
    """

    quantity: Quantity
    endpoint: Endpoint | None = Field(default=None, validate_default=True)
    also_applied_to: tuple[Endpoint, ...] = Field(default=(), strict=False)
    comparison: Comparison
    limit: Limit
    unit: str
    needs_interval: bool = False

    @field_validator("endpoint")
    @classmethod
    def _endpoint_of_times(cls, endpoint: Endpoint | None, info: ValidationInfo) -> Endpoint | None:
        quantity = info.data.get("quantity")
        if quantity is None:
            return endpoint
        if QUANTITIES[quantity].timed and endpoint is None:
            raise ValueError(f"{quantity} needs the source's endpoint: {one_of(ENDPOINTS)}")
        if not QUANTITIES[quantity].timed and endpoint is not None:
            raise ValueError(f"{quantity} has no endpoint; take it out")
        return endpoint

    @field_validator("unit")
    @classmethod
    def _unit_of_quantity(cls, unit: str, info: ValidationInfo) -> str:
        quantity = info.data.get("quantity")
        if quantity is not None and unit != QUANTITIES[quantity].unit:
            raise ValueError(f"{quantity} is in '{QUANTITIES[quantity].unit}', found '{unit}'")
        return unit


class Population(_Part):
    """To whom, where and how pressed a limit applies; what is left out does not matter to it.

    Attributes
    ----------
    sex : "f", "m" or None
    age_from_years, age_below_years : float or None
        Including the first, excluding the second.
    sites : tuple of str
        Empty for any.
    press : "moderate_5s" or "glass_slide_10s"
    presses_from, presses_below : int or None
        Presses a side, of a side ratio; including the first, excluding the second.
    """

    sex: Sex | None = None
    age_from_years: AgeYears | None = None
    age_below_years: AgeYears | None = None
    sites: tuple[Site, ...] = Field(default=(), strict=False)
    press: Press = "moderate_5s"
    presses_from: Presses | None = None
    presses_below: Presses | None = None

    @field_validator("age_below_years", "presses_below")
    @classmethod
    def _above_its_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        start_name = str(info.field_name).replace("below", "from")
        start = info.data.get(start_name)
        if end is not None and start is not None and end <= start:
            raise ValueError(f"must be above {start_name}, {start:g}, found {end:g}")
        return end


class Citation(_Part):
    """Where a limit comes from.

    Attributes
    ----------
    authors : str
    year : int or None
    doi, seed, where : str or None
        At least one: a DOI, a seed of the project, or words that lead there.
    """

    authors: Sentence
    year: Annotated[int, Field(ge=1800, le=2100)] | None = None
    doi: Doi | None = None
    seed: Sentence | None = None
    where: Sentence | None = Field(default=None, validate_default=True)

    @field_validator("where")
    @classmethod
    def _leads_somewhere(cls, where: str | None, info: ValidationInfo) -> str | None:
        if (
            "doi" in info.data
            and "seed" in info.data
            and not any((where, info.data["doi"], info.data["seed"]))
        ):
            raise ValueError("give at least one of doi, seed and where")
        return where

    def text(self) -> str:
        """Write it in one line."""
        year = "" if self.year is None else f" {self.year}"
        places = (self.where, self.doi and f"doi:{self.doi}", self.seed and f"seed {self.seed}")
        return ", ".join([self.authors + year, *filter(None, places)])


class Rule(Condition):
    """A limit with all that must be known to use it.

    The rule's own comparison must hold, and all of `also` as well.

    Attributes
    ----------
    id : str
    also : tuple of Condition
    population : Population
    severity : "notice", "warning" or "urgent"
    says : str
        What being beyond suggests, in the source's terms.
    look_again_s : float or None
        When the source says to look again; None where it does not say.
    gives_way_to : str or None
        The rule of this profile whose being beyond takes the place of what this one suggests.
    note : str or None
        What to know about the limit.
    citation : Citation
    evidence, read_in : str
        The kind of work behind the limit, and how far it was read.
    """

    id: Name
    also: tuple[Condition, ...] = Field(default=(), strict=False)
    population: Population = Population()
    severity: Severity
    says: Annotated[Sentence, AfterValidator(without_all_clear)]
    look_again_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    gives_way_to: Name | None = None
    note: Annotated[Sentence, AfterValidator(without_all_clear)] | None = None
    citation: Citation
    evidence: Evidence
    read_in: ReadIn

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that must hold, the rule's own first."""
        return (self, *self.also)


class ProfileContent(_Part):
    """What stands in a profile file.

    Attributes
    ----------
    id : str
    version : str
        Three numbers; any change of a limit or a text makes a new one.
    title, about : str
    rules : tuple of Rule
    """

    id: Name
    version: Version
    title: Annotated[Sentence, AfterValidator(without_all_clear)]
    about: Annotated[Sentence, AfterValidator(without_all_clear)]
    rules: tuple[Rule, ...] = Field(strict=False)

    @field_validator("rules")
    @classmethod
    def _agree_with_each_other(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        for path, problem in _disagreements(rules):
            raise PydanticCustomError("located", "{problem}", {"path": path, "problem": problem})
        return rules


class Profile(ProfileContent):
    """A profile as it was read.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    origin : str
        ``shipped``, or the file it was read from.
    """

    sha256: str
    origin: str


def _disagreements(rules: tuple[Rule, ...]) -> Iterator[tuple[str, str]]:
    if not rules:
        yield "", "holds no rule; add one"
    ids = [rule.id for rule in rules]
    for index, rule in enumerate(rules):
        if rule.id in ids[:index]:
            yield f"[{index}].id", f"'{rule.id}' is the id of an earlier rule: give it its own"
        if rule.gives_way_to is not None and rule.gives_way_to not in set(ids) - {rule.id}:
            yield (
                f"[{index}].gives_way_to",
                f"'{rule.gives_way_to}' is no other rule of this profile",
            )
