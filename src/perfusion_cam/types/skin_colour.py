"""What the skin's colour tells: records of one site at rest, and of two sides compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from perfusion_cam.types.arrays import FloatArray

SignName = Literal["pallor", "redness", "duskiness", "mottling", "fixed_stain"]


class Estimate(NamedTuple):
    """A number with its standard error."""

    value: float
    se: float

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % interval."""
        return self.value - 1.96 * self.se, self.value + 1.96 * self.se


@dataclass(frozen=True, slots=True)
class PatchColour:
    """Colour of a patch of skin as this camera shows it: uncalibrated unless light was measured.

    Uncalibrated phone colour errs by over 10 ΔE00; the intervals hold noise and texture, not that.

    Attributes
    ----------
    log_rgb : array (3,)
        Natural-log linear light.
    log_rgb_covariance : array (3, 3)
        Of the patch's mean.
    lab : (Estimate, Estimate, Estimate)
        CIELAB (D65).
    ita_deg : Estimate
        Individual typology angle.
    erythema_index, melanin_index : Estimate
        log10(R / G) and log10(1 / R) of linear light (Takiwaki 1998).
    """

    log_rgb: FloatArray
    log_rgb_covariance: FloatArray
    lab: tuple[Estimate, Estimate, Estimate]
    ita_deg: Estimate
    erythema_index: Estimate
    melanin_index: Estimate


@dataclass(frozen=True, slots=True)
class SignReading:
    """How strongly the site shows one sign.

    Attributes
    ----------
    name : str
        *pallor*: less blood than beside it. *redness*: more. *duskiness*: desaturated blood.
        *mottling*: a pattern of dusky strands. *fixed_stain*: blood's colour that was not pressed
        out; a bruise or fixed ischaemia, which a camera cannot tell apart.
    strength : Estimate
        In multiples of `detectable`: 1 just stands out. Negative where it is the other way round.
        Never further from 0 than what speaks against a mere shadow on the site.
    change : Estimate
        In natural-log light: of green for *pallor* and *redness*, of red for *duskiness*; of
        either, whichever stands out more, for *fixed_stain*; for *mottling*, the natural
        logarithm of the strands' contrast over that of skin elsewhere.
    detectable : float
        Least change that chance, texture, shading and freckles of this skin do not make in 99 of
        100 cases, by the same reading of untouched skin.
    """

    name: SignName
    strength: Estimate
    change: Estimate
    detectable: float

    @property
    def stands_out(self) -> bool:
        """Whether it is more than chance makes on this skin."""
        return self.strength.value >= 1


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light on the skin beside the site, for what comparing sides needs to know.

    Attributes
    ----------
    log_light : float
        Mean natural-log light of red, green and blue.
    log_red_green, log_blue_green : float
        Natural-log ratios: tint of light, white balance and skin together.
    slope : float
        Natural-log difference of light from one end of the surrounding skin to the other.
    clipped_share : float
        Share of colours of site and control at the end of the camera's range.
    """

    log_light: float
    log_red_green: float
    log_blue_green: float
    slope: float
    clipped_share: float


@dataclass(frozen=True, slots=True)
class SkinColour:
    """Colour of a site at rest, against the skin beside it.

    Attributes
    ----------
    rested_s : (float, float)
        From when to when the resting skin was seen.
    site, control : PatchColour
    delta_e : Estimate
        CIEDE2000 difference of the site from what the control foretells there.
    delta_e_by_chance : float or None
        What 99 of 100 patches of untouched skin stay below; None without such patches.
    signs : tuple of SignReading
        Those that could be read.
    light : Lighting
    placebos : int
        Patches of untouched skin that tell what chance does.
    reasons : tuple of str
        Why signs are missing, one sentence each.
    """

    rested_s: tuple[float, float]
    site: PatchColour
    control: PatchColour
    delta_e: Estimate
    delta_e_by_chance: float | None
    signs: tuple[SignReading, ...]
    light: Lighting
    placebos: int
    reasons: tuple[str, ...]

    @property
    def dusky_red(self) -> float:
        """Natural-log light of red that the site clearly lacks for want of oxygen, else 0."""
        dusky = self.sign("duskiness")
        return dusky.change.value if dusky is not None and dusky.stands_out else 0.0

    def sign(self, name: SignName) -> SignReading | None:
        """One of the signs, or None where it could not be read."""
        return next((sign for sign in self.signs if sign.name == name), None)


@dataclass(frozen=True, slots=True)
class ColourComparison:
    """The affected side's colour against the other side's.

    Attributes
    ----------
    refused : tuple of str
        Why the sides' colours may not be compared; all else is then empty.
    delta_e : Estimate or None
        CIEDE2000 difference between the sites.
    delta_e_of_controls : float or None
        The same between the skin beside them: what light and place alone do.
    signs : tuple of SignReading
        Affected minus unaffected; `strength` 1 is the least that stands out between sides.
    """

    refused: tuple[str, ...]
    delta_e: Estimate | None = None
    delta_e_of_controls: float | None = None
    signs: tuple[SignReading, ...] = ()
