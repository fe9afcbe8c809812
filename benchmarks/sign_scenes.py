"""A few pictures of a simulated press, without codec or shake, as the grids that stages get."""

from __future__ import annotations

import cv2
import numpy as np

from perfusion_cam.colour import LUMA_WEIGHTS
from perfusion_cam.simulate import Scenario
from perfusion_cam.simulate.scene import Scene
from perfusion_cam.stages.gridding import Gridder
from perfusion_cam.types import LIGHT_CODE, ColourCode, GridSample, GridWindow, Press, marks_of

REST_S = (0.3, 0.5, 0.7, 0.9, 1.1, 1.3)
AFTER_S = (0.05, 0.15, 0.25, 0.35, 2.5)
"""Pictures before the press, and from when the tool has left."""


def pressed_window(scenario: Scenario) -> tuple[GridWindow, Press]:
    """Render a scenario's one press where it matters, with the press as a perfect detector's."""
    (truth,) = scenario.presses
    uncovered_s = truth.release_s + truth.lift_s
    t_s = np.array([*REST_S, *(uncovered_s + after_s for after_s in AFTER_S)])
    scene = Scene(scenario, t_s)
    gridder = Gridder((scenario.height, scenario.width), 1, ColourCode())
    samples = [_gridded(gridder, moment_s, scene.picture(i)) for i, moment_s in enumerate(t_s)]
    shape = gridder.shape
    window = GridWindow(
        shape,
        t_s,
        np.rint(np.stack([one.log_rgb for one in samples]) * LIGHT_CODE).astype(np.int16),
        np.stack([marks_of(one.valid, one.clipped) for one in samples]),
        np.ones(len(t_s), bool),
    )
    rows, cols = np.mgrid[: shape.rows, : shape.cols]
    away_px = np.hypot(
        (cols + 0.5) * shape.cell_px - truth.x_px, (rows + 0.5) * shape.cell_px - truth.y_px
    )
    press = Press(
        contact_s=truth.contact_s,
        contact_se_s=0.05,
        release_s=truth.release_s,
        release_se_s=0.02,
        tool_cells=away_px < 2.2 * truth.radius_px,
        ended_s=float(t_s[-1]),
        ended_by="recording",
        tool_contrast=0.6,
        tool_hides=1.0,
        baseline_s=(0.0, truth.contact_s - truth.approach_s),
        uncovered_s=uncovered_s,
    )
    return window, press


def _gridded(gridder: Gridder, t_s: float, rgb: np.ndarray) -> GridSample:
    """Code a picture as 4:2:0 BT.709 of eight bits, and lay it into the grid."""
    red, blue = LUMA_WEIGHTS["bt709"]
    share = rgb.astype(np.float32) / 255
    luma = share @ np.array([red, 1 - red - blue, blue], np.float32)
    chroma = np.stack(
        [
            (share[..., 2] - luma) / (2 * (1 - blue)),
            (share[..., 0] - luma) / (2 * (1 - red)),
        ],
        axis=-1,
    )
    height, width = luma.shape
    halved = cv2.resize(chroma, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    flat = np.zeros((gridder.shape.rows, gridder.shape.cols, 2), np.float32)
    return gridder.push(
        float(t_s),
        np.rint(16 + 219 * luma),
        np.rint(128 + 224 * halved),
        np.eye(2, 3),
        flat,
        1.0,
        True,
    )
