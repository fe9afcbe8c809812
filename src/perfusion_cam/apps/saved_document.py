"""What a `result.json` tells, as far as it is shown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from perfusion_cam.report.wording import verdict
from perfusion_cam.settings import Region
from perfusion_cam.types import Refill


class SavedPress(BaseModel):
    """A press as `result.json` has it, as far as it is shown."""

    status: Literal["measured", "not_recovered", "not_measurable"]
    reasons: list[str]
    contact_s: float
    release_s: float
    hold_s: float
    ended_s: float
    crt_s: float | None
    crt_ci95_s: tuple[float, float] | None
    lower_bound_s: float | None
    recovered_fraction: float | None
    blanch_depth: float | None

    def words(self) -> str:
        """What was found, in the words of every other output."""
        return verdict(
            Refill(
                self.status,
                (),
                self.crt_s,
                self.crt_ci95_s,
                self.lower_bound_s,
                self.recovered_fraction,
            )
        )


class SavedSource(BaseModel):
    """The recording it was measured in."""

    file: str
    sha256: str
    duration_s: float


class SavedCircle(BaseModel):
    """Where the site was looked for: a circle."""

    x: float
    y: float
    radius: float

    def region(self) -> Region:
        """The same to look for it again."""
        return Region.circle(self.x, self.y, self.radius)


class SavedBox(BaseModel):
    """Where the site was looked for: a box."""

    left: float
    top: float
    width: float
    height: float

    def region(self) -> Region:
        """The same to look for it again."""
        return Region.box(self.left, self.top, self.width, self.height)


class SavedProvisional(BaseModel):
    """A press that was still being watched."""

    press: SavedPress


class SavedDocument(BaseModel):
    """A `result.json`."""

    number: Literal[1] = Field(alias="schema")
    source: SavedSource
    presses: list[SavedPress]
    searched: SavedCircle | SavedBox | None = Field(default=None, alias="region")
    provisional: SavedProvisional | None = None

    def region(self) -> Region | None:
        """Where the site was looked for; None is everywhere."""
        return None if self.searched is None else self.searched.region()

    def unfinished(self) -> list[str]:
        """What to say of a press whose watch the examination did not live to end."""
        if self.provisional is None:
            return []
        found = self.provisional.press.words()
        return [
            f"One more press was still being watched when this was written. {found} was "
            "provisional and is no result."
        ]
