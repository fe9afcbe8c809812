"""Find where the skin blanched, and the unpressed skin beside it."""

from perfusion_cam.stages.location.locate import NoSite, locate
from perfusion_cam.stages.location.pallor import pallor_map

__all__ = ["NoSite", "locate", "pallor_map"]
