"""Make the pictures of the documentation from the sample videos."""

from __future__ import annotations

from pathlib import Path

import cv2

from perfusion_cam import analyze
from perfusion_cam.report.figures import press_figure
from perfusion_cam.report.still import still

ROOT = Path(__file__).parents[1]


def draw(name: str) -> None:
    """Analyse a sample video and write its still and the plot of its first press."""
    examination = analyze(ROOT / "sample_videos" / f"{name}.mp4")
    folder = ROOT / "docs" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    figure = press_figure(examination.presses[0], title=f"press 1 of {name}.mp4")
    figure.savefig(folder / f"{name}-curve.png", dpi=90, pil_kwargs={"optimize": True})
    picture = still(examination)
    cv2.imwrite(str(folder / f"{name}-still.png"), picture[..., ::-1])
    print(f"{name}: {len(examination.presses)} press(es) drawn")


if __name__ == "__main__":
    for sample in ("normal", "not-recovering"):
        draw(sample)
