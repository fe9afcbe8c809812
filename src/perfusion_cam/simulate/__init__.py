"""Presses on skin with known truth: scenario -> frames -> encoded clip.

The simulator never imports the estimator, so that a test of one against the other is not circular.
"""

from perfusion_cam.simulate.background import Background
from perfusion_cam.simulate.blemishes import Blemish
from perfusion_cam.simulate.catalogue import SCENARIOS, mild_grid, random_curve, random_scenario
from perfusion_cam.simulate.curve import Curve
from perfusion_cam.simulate.encode import Encoding
from perfusion_cam.simulate.events import Event
from perfusion_cam.simulate.render import frames, render
from perfusion_cam.simulate.scenario import PressTruth, Scenario
from perfusion_cam.simulate.sign_catalogue import sign_scenario
from perfusion_cam.simulate.signs import Sign
from perfusion_cam.simulate.truth import RefillTruth, Truth, truth_of

__all__ = [
    "SCENARIOS",
    "Background",
    "Blemish",
    "Curve",
    "Encoding",
    "Event",
    "PressTruth",
    "RefillTruth",
    "Scenario",
    "Sign",
    "Truth",
    "frames",
    "mild_grid",
    "random_curve",
    "random_scenario",
    "render",
    "sign_scenario",
    "truth_of",
]
