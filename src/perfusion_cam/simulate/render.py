"""From a scenario to pictures, and from pictures to a clip with its truth beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from perfusion_cam.simulate.arrays import ByteArray, FloatArray
from perfusion_cam.simulate.encode import ClipWriter
from perfusion_cam.simulate.scenario import Scenario
from perfusion_cam.simulate.scene import Scene
from perfusion_cam.simulate.truth import Truth, truth_of

_SWING_S = 4.0
_CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".avi": "avi", ".webm": "webm"}


def frame_times_s(scenario: Scenario) -> FloatArray:
    """Capture times (n,) of a scenario's pictures, rising from 0, perhaps unevenly or with gaps."""
    count = max(2, round(scenario.duration_s * scenario.fps))
    times = np.arange(count) / scenario.fps
    swing = 2 * np.pi / _SWING_S
    times = times + scenario.rate_swing / swing * np.sin(swing * times)
    rng = np.random.default_rng([scenario.seed, 31])
    jitter = scenario.frame_jitter * np.clip(rng.standard_normal(count), -1.5, 1.5)
    kept = rng.random(count) >= scenario.drop_share
    jitter[0], kept[0] = 0.0, True
    return np.asarray((times + jitter / scenario.fps)[kept])


def frames(scenario: Scenario) -> Iterator[tuple[float, ByteArray]]:
    """Render a scenario without any codec.

    Parameters
    ----------
    scenario : Scenario

    Yields
    ------
    t_s : float
        Capture time, seconds from the first picture.
    rgb : array (height, width, 3) uint8
        In sRGB.
    """
    scene = Scene(scenario, frame_times_s(scenario))
    for index, t_s in enumerate(scene.t_s):
        yield float(t_s), scene.picture(index)


def render(scenario: Scenario, path: str | os.PathLike[str]) -> Truth:
    """Render a scenario into a video file, and its truth into a JSON file of the same name.

    Both are written beside their final place and renamed when complete.

    Parameters
    ----------
    scenario : Scenario
    path : path of the video
        Its ending names the container: .mp4, .mov, .mkv, .avi or .webm.

    Returns
    -------
    Truth
        What the JSON file says; see `Truth.as_document` for its keys.

    Raises
    ------
    ValueError
        Where the ending names no container that is known here.
    """
    target = Path(path)
    container = _CONTAINERS.get(target.suffix.lower())
    if container is None:
        raise ValueError(f"{target.name} should end in one of {', '.join(_CONTAINERS)}")
    truth = truth_of(scenario, target.name)
    part = target.with_name(target.name + ".part")
    try:
        with ClipWriter(
            part,
            scenario.width,
            scenario.height,
            scenario.fps,
            scenario.encoding,
            container,
        ) as writer:
            for t_s, rgb in frames(scenario):
                writer.write(t_s, rgb)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    truth.write(target.with_suffix(".json"))
    return truth
