"""Find where the skin blanched, and the unpressed skin beside it."""

from perfusion_cam.stages.location.beside import lies_near, lying_beside
from perfusion_cam.stages.location.pallor import pallor_map
from perfusion_cam.stages.location.resting import (
    Rest,
    before_earlier,
    resting_skin,
    without_what_lay,
)
from perfusion_cam.stages.location.site import EARLY_S, NoSite, locate, rests_on

__all__ = [
    "EARLY_S",
    "NoSite",
    "Rest",
    "before_earlier",
    "lies_near",
    "locate",
    "lying_beside",
    "pallor_map",
    "resting_skin",
    "rests_on",
    "without_what_lay",
]
