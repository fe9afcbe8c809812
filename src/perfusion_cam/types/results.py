"""What a press and a recording gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.quality import Flag
from perfusion_cam.types.arrays import BoolArray, FloatArray
from perfusion_cam.types.pictures import GridShape, SourceInfo
from perfusion_cam.types.presses import Press, Site
from perfusion_cam.types.skin_colour import SkinColour

Status = Literal["measured", "not_recovered", "not_measurable"]


@dataclass(frozen=True, slots=True)
class RefillCurve:
    """Pallor of the site against its control over time.

    Attributes
    ----------
    t_s : array (n,)
        Time in the recording.
    signal : array (n,)
        Natural-log light of the site against its control along blood's colour direction, minus
        the pre-press baseline: 0 is the resting colour, positive is paler.
    signal_se : array (n,)
        Standard error of each sample.
    used : array (n,) bool
        True for samples that entered the fit.
    baseline_se : float
        Standard error of the baseline itself.
    """

    t_s: FloatArray
    signal: FloatArray
    signal_se: FloatArray
    used: BoolArray
    baseline_se: float


@dataclass(frozen=True, slots=True)
class Refill:
    """How the colour came back. Times are seconds after release; absent values are None.

    Attributes
    ----------
    status : "measured", "not_recovered" or "not_measurable"
    flags : tuple of Flag
    crt_s : float or None
        Capillary refill time: t90 against the pre-press baseline.
    crt_ci95_s : (float, float) or None
    lower_bound_s : float or None
        For *not_recovered*: the site was watched this long and was not back.
    recovered_fraction : float or None
        How much of the pressed-out colour was back at the end of the watch.
    t50_s, t90_s, t95_s, tau_s, visual_s : float or None
    overshoot : float or None
        Redness beyond the baseline as a share of the blanch depth.
    blanch_depth : float or None
        Pallor at release, natural-log units.
    signal_to_noise : float or None
        Blanch depth over the noise of one sample.
    model : str or None
    fit_t_s, fit_signal, fit_lo, fit_hi : arrays (m,) or None
        The fitted curve at recording times, and its 95 % band.
    """

    status: Status
    flags: tuple[Flag, ...]
    crt_s: float | None = None
    crt_ci95_s: tuple[float, float] | None = None
    lower_bound_s: float | None = None
    recovered_fraction: float | None = None
    t50_s: float | None = None
    t90_s: float | None = None
    t95_s: float | None = None
    tau_s: float | None = None
    visual_s: float | None = None
    overshoot: float | None = None
    blanch_depth: float | None = None
    signal_to_noise: float | None = None
    model: str | None = None
    fit_t_s: FloatArray | None = None
    fit_signal: FloatArray | None = None
    fit_lo: FloatArray | None = None
    fit_hi: FloatArray | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """The flags' meanings, fatal ones first, in words a clinician understands."""
        ordered = sorted(self.flags, key=lambda flag: not flag.meaning.fatal)
        return tuple(flag.meaning.says for flag in ordered)


@dataclass(frozen=True, slots=True)
class PressResult:
    """One press with all that was found out about it."""

    press: Press
    site: Site | None
    curve: RefillCurve | None
    refill: Refill
    colour: SkinColour | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """How the skin moved through the recording, small enough to keep whole.

    Attributes
    ----------
    t_s, hold : arrays (n,)
    to_frame : array (n, 2, 3)
        As in `GridSample`.
    registered : array (n,) bool
    """

    t_s: FloatArray
    hold: FloatArray
    to_frame: FloatArray
    registered: BoolArray


@dataclass(frozen=True, slots=True)
class Examination:
    """All that one recording gave.

    Attributes
    ----------
    source : SourceInfo
    grid : GridShape or None
        None where the source held no usable picture.
    presses : tuple of PressResult
        In order of contact.
    track : Track
    reference_rgb : array (height, width, 3) uint8
        The upright first picture, for drawing.
    software : dict
        Name, version, and the versions of the libraries that made the numbers.
    """

    source: SourceInfo
    grid: GridShape
    presses: tuple[PressResult, ...]
    track: Track
    reference_rgb: NDArray[np.uint8]
    software: dict[str, str] = field(default_factory=dict)
