"""Find where the skin blanched, and the unpressed skin beside it."""

from perfusion_cam.stages.location.pallor import pallor_map
from perfusion_cam.stages.location.site import NoSite, locate

__all__ = ["NoSite", "locate", "pallor_map"]
