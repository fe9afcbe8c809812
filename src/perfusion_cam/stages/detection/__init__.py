"""Find presses: when something touched the skin, rested on it, and let go."""

from perfusion_cam.stages.detection.detector import PressDetector, PressWindow

__all__ = ["PressDetector", "PressWindow"]
