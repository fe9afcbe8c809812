"""The records, in flow order: frozen, slotted, units in their names, arrays read-only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.colour_records import SkinColour
from perfusion_cam.quality import Flag

FloatArray = NDArray[np.floating[Any]]
BoolArray = NDArray[np.bool_]
PlaneArray = NDArray[np.uint8] | NDArray[np.uint16]

Status = Literal["measured", "not_recovered", "not_measurable"]


class ColourCode(NamedTuple):
    """How a picture's numbers mean light.

    Attributes
    ----------
    matrix : "bt601", "bt709" or "bt2020"
        Which luma/chroma matrix.
    full_range : bool
        True where 0..max is black..white, False for studio range.
    bits : int
        Bits a sample (8 to 16).
    transfer : "srgb", "hlg" or "pq"
        Opto-electronic curve.
    assumed : bool
        True where the file did not say and the matrix was decided here.
    """

    matrix: Literal["bt601", "bt709", "bt2020"] = "bt709"
    full_range: bool = False
    bits: int = 8
    transfer: Literal["srgb", "hlg", "pq"] = "srgb"
    assumed: bool = False


class Orientation(NamedTuple):
    """How stored planes become upright: first turn, then mirror left to right."""

    quarter_turns: int = 0
    """Quarter turns counter-clockwise (0 to 3), as ``numpy.rot90`` counts them."""
    mirrored: bool = False


UPRIGHT = Orientation()


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture with its capture time.

    Attributes
    ----------
    t_s : float
        Capture time (container time stamp or monotonic clock), seconds from the first picture.
    index : int
        Running number of the picture in its source, from 0.
    luma : array (H, W) uint8 or uint16
        Y' as stored.
    cb, cr : arrays (h, w) of the same type
        Chroma as stored, perhaps subsampled.
    colour : ColourCode
    orientation : Orientation
        Turn and mirror that make the stored planes upright.
    """

    t_s: float
    index: int
    luma: PlaneArray
    cb: PlaneArray
    cr: PlaneArray
    colour: ColourCode
    orientation: Orientation = UPRIGHT

    @property
    def size_px(self) -> tuple[int, int]:
        """Upright (width, height)."""
        height, width = self.luma.shape
        return (height, width) if self.orientation.quarter_turns % 2 else (width, height)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a recording once it was read to its end.

    Attributes
    ----------
    file : str
        File name without its folder.
    sha256 : str
    width, height : int
        Upright picture, pixels.
    frames : int
        Pictures read.
    duration_s : float
        Last minus first time stamp.
    median_fps : float or None
    gaps : tuple of (start_s, end_s)
        Stretches without a picture longer than 100 ms and 2.5 frame intervals.
    codec, pixel_format : str
    colour : ColourCode
    orientation : Orientation
    torn : bool
        True where the file could not be read as far as it announces.
    warnings : tuple of str
        One clear sentence each.
    """

    file: str
    sha256: str
    width: int
    height: int
    frames: int
    duration_s: float
    median_fps: float | None
    gaps: tuple[tuple[float, float], ...]
    codec: str
    pixel_format: str
    colour: ColourCode
    orientation: Orientation
    torn: bool
    warnings: tuple[str, ...]


class GridShape(NamedTuple):
    """The grid of cells laid over the upright first picture."""

    rows: int
    cols: int
    cell_px: float
    """Side of a cell in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class GridSample:
    """The skin at one moment: registered light per cell.

    Attributes
    ----------
    t_s : float
    log_rgb : array (rows, cols, 3) float32
        Natural logarithm of linear light.
    valid : array (rows, cols) bool
        False where a cell lies outside the picture.
    clipped : array (rows, cols, 3) bool
        True where that colour is at the end of its range.
    to_frame : array (2, 3) float64
        Maps upright pixels of the reference to pixels of this frame.
    hold : float
        How well registration held: share of reference features found in place, 0 to 1.
    registered : bool
        False while the skin is lost; the cells then are not to be trusted.
    """

    t_s: float
    log_rgb: FloatArray
    valid: BoolArray
    clipped: BoolArray
    to_frame: FloatArray
    hold: float
    registered: bool


LIGHT_CODE = 4096.0
"""Steps a natural-log unit in which grids are kept: 0.02 %, far below a camera's noise."""


_OUTSIDE = 8


def marks_of(valid: BoolArray, clipped: BoolArray) -> NDArray[np.uint8]:
    """Pack `GridSample.valid` and `GridSample.clipped` into a byte a cell."""
    bits = clipped.view(np.uint8)
    inside = bits[..., 0] | (bits[..., 1] << 1) | (bits[..., 2] << 2)
    return np.where(valid, inside, inside | _OUTSIDE)


@dataclass(frozen=True, slots=True)
class GridWindow:
    """Consecutive grid samples stacked, packed so that a minute fits in memory.

    Attributes
    ----------
    shape : GridShape
    t_s : array (n,)
    light_code : array (n, rows, cols, 3) int16
        Natural-log light times `LIGHT_CODE`.
    marks : array (n, rows, cols) uint8
        What `marks_of` packed.
    registered : array (n,) bool
    """

    shape: GridShape
    t_s: FloatArray
    light_code: NDArray[np.int16]
    marks: NDArray[np.uint8]
    registered: BoolArray

    def log_rgb(self, index: slice | int | BoolArray) -> FloatArray:
        """Natural-log light, float32, of some samples."""
        return self.light_code[index].astype(np.float32) / np.float32(LIGHT_CODE)

    def mean_log_rgb(self, index: slice | BoolArray) -> FloatArray:
        """Natural-log light averaged over some samples, array (rows, cols, 3) float32."""
        codes = self.light_code[index].mean(axis=0, dtype=np.float32)
        return np.asarray(codes / np.float32(LIGHT_CODE))

    def log_rgb_of(self, cells: BoolArray, index: slice) -> FloatArray:
        """Natural-log light of some cells in some samples, array (samples, 3, cells) float32."""
        codes = self.light_code[index]
        codes = codes.reshape(len(codes), -1, 3).take(np.flatnonzero(cells), axis=1)
        return codes.transpose(0, 2, 1).astype(np.float32, order="C") / np.float32(LIGHT_CODE)

    def valid(self) -> BoolArray:
        """Which cells lie inside the picture, array (n, rows, cols)."""
        return self.marks < _OUTSIDE

    def clipped(self, index: BoolArray, cells: BoolArray) -> BoolArray:
        """Which colours are at the end of their range, array (samples, cells, 3)."""
        marks = self.marks[index][:, cells]
        return np.asarray((marks[..., None] & np.array([1, 2, 4], np.uint8)) > 0)


@dataclass(frozen=True, slots=True)
class Press:
    """One press: when something touched the skin and when it let go.

    Attributes
    ----------
    contact_s, contact_se_s : float
        When the tool came to rest on the skin, and its standard error. Where the recording begins
        with the tool on the skin, the time of its first picture, and infinite.
    release_s, release_se_s : float
        When pressure ended, and its standard error.
    tool : "opaque" or "clear"
        Whether the skin was hidden while pressed.
    tool_cells : array (rows, cols) bool
        Where the tool (and its deep shadow) was while it pressed.
    ended_s : float
        End of the watched recovery.
    ended_by : "recording", "touch" or "watched"
        Why the watch ended.
    tool_contrast : float
        Median natural-log difference between tool and skin.
    tool_hides : float
        How far the tool took the skin's texture out of sight: 0 for a mere change of light.
    baseline_s : (float, float)
        When the skin was last seen untouched before the press; both ends are the contact where it
        never was.
    uncovered_s : float
        When the tool had left the picture or come to rest beside the site.
    since_last_s : float or None
        From the last release at the same place to this contact; None for a first press.
    """

    contact_s: float
    contact_se_s: float
    release_s: float
    release_se_s: float
    tool: Literal["opaque", "clear"]
    tool_cells: BoolArray
    ended_s: float
    ended_by: Literal["recording", "touch", "watched"]
    tool_contrast: float
    tool_hides: float
    baseline_s: tuple[float, float]
    uncovered_s: float
    since_last_s: float | None = None

    @property
    def hold_s(self) -> float:
        """How long the press lasted; at least so long where the skin was not seen bare before."""
        return self.release_s - self.contact_s

    @property
    def seen_bare(self) -> bool:
        """Whether the skin was seen untouched before the press."""
        return self.baseline_s[1] > self.baseline_s[0]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the skin blanched, and the unpressed skin beside it.

    Attributes
    ----------
    x_px, y_px, radius_px : float
        Centre and equivalent radius in pixels of the upright first picture.
    cells, control_cells : arrays (rows, cols) bool
    stands_out : float
        Pallor of the site over what chance, shading or movement give elsewhere in the picture;
        above 1 it is the site of a press.
    detectable : float
        Least pallor (natural log) that would have stood out.
    """

    x_px: float
    y_px: float
    radius_px: float
    cells: BoolArray
    control_cells: BoolArray
    stands_out: float = np.inf
    detectable: float = 0.0


@dataclass(frozen=True, slots=True)
class SiteTraces:
    """Log light of the site against its control, and the same of skin that nobody pressed.

    Attributes
    ----------
    t_s : array (n,)
    rgb : array (n, 3)
        Site minus control, natural log, minus its own pre-press mean.
    placebo_rgb : array (k, n, 3)
        The same shape of site and control laid over untouched skin: what noise, codec, shadow and
        drift do where nothing happened.
    used : array (n,) bool
        False while the tool or its shadow is on the site or its control, the skin is lost, or the
        site is clipped.
    baseline : array (n,) bool
        True for samples before the press.
    clipped : array (3,) bool
        Colours at the end of the camera's range on the site: they tell nothing.
    resting_log_rgb : array (3,) or None
        Natural-log light of the site before the press.
    """

    t_s: FloatArray
    rgb: FloatArray
    placebo_rgb: FloatArray
    used: BoolArray
    baseline: BoolArray
    clipped: BoolArray
    resting_log_rgb: FloatArray | None = None


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
