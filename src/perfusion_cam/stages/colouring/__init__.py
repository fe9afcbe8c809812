"""Measure the skin's colour at rest against the skin beside it."""

from perfusion_cam.stages.colouring.measuring import skin_colour

__all__ = ["skin_colour"]
