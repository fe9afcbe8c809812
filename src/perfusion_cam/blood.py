"""What blood does to the colour of skin."""

from __future__ import annotations

import numpy as np

from perfusion_cam.types import FloatArray

BLOOD = np.array([0.3, 1.0, 0.95])
"""Natural-log light of R, G, B when blood leaves skin, green 1: a simulation of skin optics with
Jacques' scattering and Prahl's haemoglobin tables, as in `simulate.skin`. Red is 0.33 of green in
simulated skin of types I to VI, 0 to 0.3 on real forearms."""
BLOOD_AXIS: FloatArray = np.asarray(BLOOD / BLOOD[1:].mean())
"""The same, mean of green and blue 1."""
