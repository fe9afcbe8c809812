"""Presses of known truth painted into real film: ``python -m benchmarks.painted``.

Prints what becomes of each; with ``--drawn N``, of N more whose place, depth, curve and time are
drawn.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.painting import HAND_FILM, HOLD_S, REST_S, Painted, paint, t90_s
from perfusion_cam import analyze
from perfusion_cam.simulate import Curve

FOLDER = Path("../shared/real")
ARM = Painted("forearm-thumb-press.mp4", 13, 33, 330, 180, 45, 0.25, Curve(tau_s=0.8))
FACE = Painted("face-selfie.mp4", 0, 2.2, 185, 300, 24, 0.3, Curve(tau_s=0.7), 0.55, 20)
TALKING = replace(FACE, to_s=4.0, radius_px=30, curve=Curve(tau_s=1.2), hand=0.8, turned_deg=0)
CLOSE = replace(FACE, x_px=130, y_px=340, radius_px=55, hand=1.2, scale=2.3, turned_deg=0)
CLOSE = replace(CLOSE, crop_px=(120, 150, 400, 400), depth=0.25)
STILL = Painted("face-frontal.jpg", 0, 0, 230, 330, 28, 0.3, Curve(tau_s=0.6), 0.7, 10, 0.5)
NEVER = Curve("stuck", tau_s=0.8, recovered=0.4)
PAINTED = {
    "forearm": ARM,
    "forearm, faint": replace(ARM, x_px=200, y_px=120, radius_px=50, depth=0.15, hand=0.9),
    "forearm, two rates": replace(ARM, x_px=420, y_px=300, curve=Curve("two-rate", 0.4, 2.0, 0.5)),
    "forearm, never": replace(ARM, curve=NEVER),
    "forearm, no blanch": replace(ARM, x_px=250, y_px=200, depth=0.0),
    "cheek": FACE,
    "cheek, faint": replace(FACE, x_px=180, y_px=310, depth=0.15, turned_deg=0),
    "cheek, quick": replace(FACE, x_px=180, y_px=310, curve=Curve(tau_s=0.45), turned_deg=-30),
    "other cheek": replace(FACE, x_px=322, curve=Curve("two-rate", 0.3, 1.5, 0.6), turned_deg=90),
    "other cheek, never": replace(FACE, x_px=330, y_px=305, curve=NEVER, turned_deg=100),
    "cheek, no blanch": replace(FACE, x_px=330, y_px=305, depth=0.0, turned_deg=100),
    "chin": replace(FACE, x_px=262, y_px=370, radius_px=20, turned_deg=180),
    "forehead": replace(FACE, x_px=255, y_px=130, curve=Curve(tau_s=1.6), turned_deg=50),
    "forehead, beside hair": replace(FACE, x_px=235, y_px=125, turned_deg=40, leaves_s=0.2),
    "beside the nose, slow": replace(
        FACE, x_px=210, y_px=268, radius_px=20, depth=0.2, curve=Curve(tau_s=1.8)
    ),
    "cheek, talking": TALKING,
    "cheek, close up": CLOSE,
    "nose, close up": replace(CLOSE, x_px=300, y_px=240, depth=0.3, turned_deg=90),
    "still face, cheek": STILL,
    "still face, forehead": replace(STILL, x_px=250, y_px=180, depth=0.2, curve=Curve(tau_s=2.0)),
    "still face, never": replace(
        STILL, x_px=325, y_px=262, radius_px=22, curve=NEVER, turned_deg=90
    ),
    "still face, half on hair, never": replace(STILL, x_px=320, curve=NEVER, turned_deg=90),
}
PLACES = (
    replace(FACE, turned_deg=20),
    replace(FACE, x_px=322, radius_px=22, turned_deg=90),
    replace(FACE, x_px=262, y_px=370, radius_px=20, turned_deg=180),
    replace(FACE, x_px=255, y_px=130, turned_deg=50),
    replace(FACE, x_px=215, y_px=270, radius_px=20, turned_deg=0),
    STILL,
    replace(STILL, x_px=300, y_px=255, radius_px=22, turned_deg=90),
    replace(STILL, x_px=250, y_px=180, radius_px=26, turned_deg=0),
    replace(STILL, x_px=330, y_px=260, radius_px=20, turned_deg=90),
    replace(STILL, x_px=270, y_px=335, radius_px=16, turned_deg=120),
    ARM,
    replace(ARM, x_px=420, y_px=300, radius_px=40),
    replace(ARM, x_px=250, y_px=210, radius_px=40),
)
"""Where presses are drawn, one after the other: cheeks, chin, forehead, nose, mouth, arm, wrist."""
DEPTHS = (0.15, 0.2, 0.3, 0.4)
T90_S = (1.2, 7.0)


def drawn(turn: int) -> Painted:
    """One of the places, a little off, pressed in a way of its own."""
    random = np.random.default_rng([7, turn])
    place = PLACES[turn % len(PLACES)]
    time_s = float(np.exp(random.uniform(*np.log(T90_S))))
    curve = (
        Curve(tau_s=time_s / np.log(10)),
        Curve("two-rate", time_s / 8, time_s / 2, 0.5),
        replace(NEVER, recovered=float(random.uniform(0, 0.6))),
    )[int(random.choice(3, p=(0.5, 0.25, 0.25)))]
    return replace(
        place,
        x_px=place.x_px + random.uniform(-8, 8),
        y_px=place.y_px + random.uniform(-8, 8),
        radius_px=place.radius_px * random.uniform(0.85, 1.15),
        depth=float(random.choice(DEPTHS)),
        curve=curve,
        turned_deg=place.turned_deg + random.uniform(-25, 25),
        leaves_s=random.uniform(0.2, 0.6),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the recordings are")
    parser.add_argument("--keep", type=Path, help="keep the clips here")
    parser.add_argument("--drawn", type=int, default=0, metavar="N", help="so many drawn ones")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PAINTED)}; all if none is given")
    given = parser.parse_args()
    if not (given.folder / HAND_FILM).is_file():
        parser.exit(1, f"no {HAND_FILM} in {given.folder}; give --folder\n")
    presses = {name: PAINTED[name] for name in given.names or (() if given.drawn else PAINTED)}
    presses |= {f"drawn {turn}": drawn(turn) for turn in range(given.drawn)}
    print("| painted into | true t90 | release | found |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for name, one in presses.items():
            path = folder / f"{name.replace(', ', '-').replace(' ', '-')}.mp4"
            paint(one, given.folder, path)
            true_s = t90_s(one)
            truth = f"{true_s:.2f} s" if true_s else "never" if one.depth else "no blanch"
            for line in _told(path) or [("-", "no press")]:
                print(f"| {name} | {truth} | {' | '.join(line)} |", flush=True)


def _told(path: Path) -> list[tuple[str, str]]:
    lines = []
    for result in analyze(path).presses:
        refill, late_s = result.refill, result.press.release_s - REST_S - HOLD_S
        words = refill.status.replace("_", " ")
        if refill.crt_s is not None and refill.crt_ci95_s is not None:
            words = "{:.2f} [{:.2f}, {:.2f}] s".format(refill.crt_s, *refill.crt_ci95_s)
        elif refill.lower_bound_s is not None:
            words += f" after {refill.lower_bound_s:.1f} s"
        reasons = (
            f" ({', '.join(flag.value for flag in refill.flags)})"
            if refill.crt_s is None and refill.flags
            else ""
        )
        lines.append((f"{late_s:+.2f} s", words + reasons))
    return lines


if __name__ == "__main__":
    main()
