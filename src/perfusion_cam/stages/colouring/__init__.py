"""Measure the skin's colour at rest against the skin beside it."""

from perfusion_cam.stages.colouring.measuring import PRESSED_S, skin_colour

__all__ = ["PRESSED_S", "skin_colour"]
