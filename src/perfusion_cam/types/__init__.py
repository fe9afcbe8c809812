"""The records, in flow order: frozen, slotted, units in their names, arrays read-only."""

from perfusion_cam.types.arrays import (
    BoolArray,
    FloatArray,
    PlaneArray,
)
from perfusion_cam.types.pictures import (
    LIGHT_CODE,
    UPRIGHT,
    ColourCode,
    Frame,
    GridSample,
    GridShape,
    GridWindow,
    Orientation,
    SourceInfo,
    marks_of,
)
from perfusion_cam.types.presses import (
    REST_S,
    WATCH_S,
    BareSkin,
    Press,
    Site,
    SiteLight,
    SiteTraces,
)
from perfusion_cam.types.results import (
    Examination,
    PressResult,
    Refill,
    RefillCurve,
    Status,
    Track,
)
from perfusion_cam.types.skin_colour import (
    ColourComparison,
    Estimate,
    Lighting,
    PatchColour,
    SignName,
    SignReading,
    SkinColour,
)
from perfusion_cam.types.stacked import Stacked

__all__ = [
    "LIGHT_CODE",
    "REST_S",
    "UPRIGHT",
    "WATCH_S",
    "BareSkin",
    "BoolArray",
    "ColourCode",
    "ColourComparison",
    "Estimate",
    "Examination",
    "FloatArray",
    "Frame",
    "GridSample",
    "GridShape",
    "GridWindow",
    "Lighting",
    "Orientation",
    "PatchColour",
    "PlaneArray",
    "Press",
    "PressResult",
    "Refill",
    "RefillCurve",
    "SignName",
    "SignReading",
    "Site",
    "SiteLight",
    "SiteTraces",
    "SkinColour",
    "SourceInfo",
    "Stacked",
    "Status",
    "Track",
    "marks_of",
]
