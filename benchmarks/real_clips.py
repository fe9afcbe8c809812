"""Real recordings beside simulated ones, by the same numbers: ``python -m benchmarks.real_clips``.

Prints noise, what the codec holds back, steps of exposure, blanch depth and the tool's departure
of the recordings in a folder, each beside a simulated clip made to be like it.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from perfusion_cam import analyze
from perfusion_cam.simulate import Curve, Encoding, PressTruth, Scenario, render
from perfusion_cam.sources.video_file import VideoFile

FOLDER = Path("../shared/real")
BLOCK_PX = 8
QUIET_S = 1.0
"""A recording's first second, in which nobody presses."""
STEP, STEP_S = 0.015, 0.2
FAST_HZ = 5.0

_HAND = PressTruth(
    contact_s=1.6,
    release_s=9.7,
    x_px=330,
    y_px=170,
    radius_px=45,
    curve=Curve("two-rate", tau_s=0.4, fast_share=0.5),
    depth=0.12,
    tool="hand",
    lift_s=0.8,
)
_THUMB = PressTruth(6.5, 15.3, 105, 190, 26, Curve(tau_s=0.8), depth=0.25, tool="hand", lift_s=0.8)
LIKE = {
    "forearm-thumb-press.mp4": Scenario(
        "like-forearm",
        seed=2,
        width=640,
        height=352,
        duration_s=20.0,
        presses=(_HAND,),
        background=True,
        shake_px=1.5,
        exposure="stepped",
        exposure_ev=0.6,
        metered_ev=0.0,
        full_well_e=2500.0,
        encoding=Encoding(bit_rate=1_000_000, preset="veryfast"),
    ),
    "brown-forearm-3fps.mp4": Scenario(
        "like-brown-forearm",
        seed=3,
        width=216,
        height=384,
        fps=3.0,
        duration_s=21.0,
        fitzpatrick=4,
        presses=(_THUMB,),
        shake_px=2.0,
        exposure="stepped",
        exposure_ev=0.4,
        metered_ev=0.0,
        encoding=Encoding(bit_rate=33_000),
    ),
    "very-dark-cheek.avi": Scenario(
        "like-dark-cheek",
        seed=4,
        width=200,
        height=200,
        fps=15.0,
        duration_s=10.0,
        fitzpatrick=6,
        shake_px=1.5,
        encoding=Encoding(codec="mpeg4", bit_rate=90_000),
    ),
    "signing-forearm.mp4": Scenario(
        "like-signing-forearm",
        seed=5,
        width=620,
        height=1080,
        fps=25.0,
        duration_s=6.0,
        shake_px=2.0,
        metered_ev=0.0,
        encoding=Encoding(bit_rate=400_000),
    ),
}
"""Simulated clips of about the size, rate, light and skin of the real ones."""


@dataclass(frozen=True)
class Numbers:
    """What can be measured of any recording.

    Attributes
    ----------
    mbit_s : float
    brightness : float
        Mean luma code value of the quiet second.
    pixel_noise, block_noise : float
        Standard deviation over time of luma code values, of pixels and of 8 x 8 blocks, in the
        quiet second: lower quartile over the picture, which movement touches least.
    fast_share : float
        Share of the blocks' power above 5 Hz; 0.67 would be white at 30 pictures a second.
    luma_held, chroma_held : float
        Share of blocks that do not change at all from one picture to the next.
    steps : int
        Times that the whole picture's light changes by over 1.5 % within 0.2 s.
    largest_step : float
    blanch, departure_s : float or None
        Pallor at release, natural log, and from release until the tool has left.
    """

    mbit_s: float
    brightness: float
    pixel_noise: float
    block_noise: float
    fast_share: float
    luma_held: float
    chroma_held: float
    steps: int
    largest_step: float
    blanch: float | None
    departure_s: float | None


def measure(path: Path) -> Numbers:
    """Measure one recording."""
    times, blocks, chroma, quiet = [], [], [], []
    with VideoFile(path) as video:
        for frame in video:
            times.append(frame.t_s)
            luma = np.asarray(frame.luma, np.float32)
            blocks.append(_blocks(luma, BLOCK_PX))
            chroma.append(_blocks(np.asarray(frame.cb, np.float32), BLOCK_PX // 2))
            if frame.t_s < QUIET_S:
                quiet.append(luma)
    t_s, by_block = np.array(times), np.array(blocks)
    still = by_block[: max(2, len(quiet))]
    steps = _steps(t_s, by_block)
    presses = analyze(path).presses
    press = presses[0] if presses else None
    return Numbers(
        mbit_s=path.stat().st_size * 8e-6 / (t_s[-1] - t_s[0]),
        brightness=float(np.mean(quiet)),
        pixel_noise=_noise(np.array(quiet)),
        block_noise=_noise(still),
        fast_share=_fast_share(still, float(np.median(np.diff(t_s)))),
        luma_held=float(np.mean(np.diff(by_block, axis=0) == 0)),
        chroma_held=float(np.mean(np.diff(chroma, axis=0) == 0)),
        steps=len(steps),
        largest_step=max(steps, default=0.0),
        blanch=None if press is None else press.refill.blanch_depth,
        departure_s=None if press is None else press.press.uncovered_s - press.press.release_s,
    )


def _blocks(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    rows, cols = plane.shape[0] // side, plane.shape[1] // side
    cut = plane[: rows * side, : cols * side].reshape(rows, side, cols, side)
    return np.asarray(cut.mean(axis=(1, 3)))


def _noise(series: NDArray[np.float32]) -> float:
    """Standard deviation from one picture to the next, lower quartile over places."""
    if len(series) < 2:
        return float("nan")
    sd = np.sqrt(np.mean(np.diff(series, axis=0) ** 2, axis=0) / 2)
    return float(np.quantile(sd, 0.25))


def _fast_share(series: NDArray[np.float32], step_s: float) -> float:
    """Share of power above 5 Hz of blocks' light over time, median over quiet blocks."""
    if len(series) < 8:
        return float("nan")
    power = np.abs(np.fft.rfft(series - series.mean(axis=0), axis=0)[1:]) ** 2
    fast = np.fft.rfftfreq(len(series), step_s)[1:] > FAST_HZ
    total = power.sum(axis=0)
    seen = total > 0
    return float(np.median(power[fast].sum(axis=0)[seen] / total[seen]))


def _steps(t_s: NDArray[np.float64], blocks: NDArray[np.float32]) -> list[float]:
    """Sizes of the picture's steps of light: medians over blocks, so that a hand is none."""
    light = np.log(np.maximum(blocks, 1.0)).reshape(len(t_s), -1)
    later = np.minimum(np.searchsorted(t_s, t_s + STEP_S), len(t_s) - 1)
    change = np.abs(np.median(light[later] - light, axis=1))
    steps: list[float] = []
    last_s = -np.inf
    for i in np.flatnonzero(change > STEP):
        if t_s[i] - last_s > 2 * STEP_S:
            steps.append(float(change[i]))
        else:
            steps[-1] = max(steps[-1], float(change[i]))
        last_s = t_s[i]
    return steps


def line(name: str, of: Numbers) -> str:
    """One row of the table."""
    blanch = "-" if of.blanch is None else f"{of.blanch:.3f}"
    departure = "-" if of.departure_s is None else f"{of.departure_s:.2f} s"
    return (
        f"| {name} | {of.mbit_s:.2f} | {of.brightness:.0f} | "
        f"{of.pixel_noise:.2f} | {of.block_noise:.2f} | {of.fast_share:.2f} | "
        f"{of.luma_held:.0%} | {of.chroma_held:.0%} | {of.steps} ({of.largest_step:.1%}) | "
        f"{blanch} | {departure} |"
    )


def main() -> None:
    """Print the table, in the form of the docs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    folder = parser.parse_args().folder
    print(
        "| recording | Mbit/s | brightness | pixel noise | block noise | over 5 Hz | luma held | "
        "chroma held | steps of light (largest) | blanch | departure |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, scenario in LIKE.items():
            if not (folder / name).is_file():
                print(f"| {name}: not in {folder} |")
                continue
            print(line(name, measure(folder / name)), flush=True)
            clip = Path(scratch) / f"{scenario.name}.mp4"
            render(scenario, clip)
            print(line(f"simulated: {scenario.name}", measure(clip)), flush=True)


if __name__ == "__main__":
    main()
