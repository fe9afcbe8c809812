"""Make the pictures of the documentation from the sample videos."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
from PIL import Image

from perfusion_cam import analyze, compare
from perfusion_cam.report.comparison_content import comparison_content
from perfusion_cam.report.comparison_pdf import comparison_sheets
from perfusion_cam.report.figures import press_figure
from perfusion_cam.report.still import still
from perfusion_cam.thresholds import Subject

ROOT = Path(__file__).parents[1]
SAMPLES, FIGURES = ROOT / "sample_videos", ROOT / "docs" / "figures"


def draw(name: str) -> None:
    """Analyse a sample video and write its still and the plot of its first press."""
    examination = analyze(SAMPLES / f"{name}.mp4")
    figure = press_figure(examination.presses[0], title=f"press 1 of {name}.mp4")
    figure.savefig(FIGURES / f"{name}-curve.png", dpi=90, pil_kwargs={"optimize": True})
    picture = still(examination)
    cv2.imwrite(str(FIGURES / f"{name}-still.png"), picture[..., ::-1])
    print(f"{name}: {len(examination.presses)} press(es) drawn")


def draw_report() -> None:
    """Compare the sides of a sample video and write the first sheet of their report."""
    found = compare(both=SAMPLES / "two-sides.mp4", affected_is="right", subject=Subject("f", 41))
    sheet = comparison_sheets(found, comparison_content(found))[0]
    written = io.BytesIO()
    sheet.savefig(written, format="png", dpi=110)
    few_colours = Image.open(written).convert("RGB").quantize(256)
    few_colours.save(FIGURES / "report.png", optimize=True)
    print("two-sides: report drawn")


if __name__ == "__main__":
    for sample in ("normal", "not-recovering"):
        draw(sample)
    draw_report()
