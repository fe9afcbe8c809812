"""Presses of known truth painted into real film: ``python -m benchmarks.painted``.

Skin, camera, codec and the way people move are real, and so is the hand, cut out of one of the
recordings; only where it goes and how the colour returns is made up. Prints what becomes of each.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam import analyze
from perfusion_cam.simulate import Curve
from perfusion_cam.simulate.curve import first_time_below

Array = NDArray[np.floating[Any]]
Picture = NDArray[np.uint8]

FOLDER = Path("../shared/real")
REST_S, HOLD_S, WATCH_S = 3.0, 5.0, 10.0
BLOOD = np.array([0.15, 1.0, 0.8], np.float32)
"""What missing blood adds to natural-log light, of its depth."""
SHADOW = 0.25
HAND_FILM, HAND_S, HAND_TIP_PX = "forearm-thumb-press.mp4", 6.0, np.array([285.0, 190.0])
HAND_OUTLINE_PX = [
    *((186, 0), (245, 49), (290, 120), (312, 172), (311, 200), (290, 224), (262, 226)),
    *((235, 215), (186, 182), (117, 155), (39, 127), (0, 117), (0, 0)),
]
WHERE = np.array([-0.78, -0.62])
"""Where the hand comes from and goes to, unless it is turned."""


@dataclass(frozen=True)
class Painted:
    """One press in one stretch of film, which is played to and fro; a still if it has no length."""

    film: str
    from_s: float
    to_s: float
    x_px: float
    y_px: float
    radius_px: float
    depth: float
    curve: Curve
    hand: float = 1.0
    turned_deg: float = 0.0
    scale: float = 1.0
    crop_px: tuple[int, int, int, int] | None = None
    leaves_s: float = 0.35


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


def t90_s(one: Painted) -> float | None:
    """The truth, seconds after the hand begins to leave."""
    since_s = np.arange(0.0, 60.0, 0.002)
    return first_time_below(since_s, one.curve.missing(since_s), 0.1) if one.depth else None


def paint(one: Painted, folder: Path, path: Path) -> None:
    """Write a recording with a press, of the skin in a film of the folder."""
    rate, pictures, places = _filmed(one, folder)
    hand, outline = _hand(folder)
    height, width = pictures[0].shape[:2]
    rows, cols = np.mgrid[:height, :width].astype(np.float32)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(rate).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "20"}
        for index in range(round((REST_S + HOLD_S + WATCH_S) * rate)):
            turn = index % max(2 * len(pictures) - 2, 1)
            turn = min(turn, 2 * len(pictures) - 2 - turn)
            t_s, place = index / rate, places[turn]
            light = _light(pictures[turn])
            if t_s >= REST_S:
                missing = float(one.curve.missing(np.array([t_s - REST_S - HOLD_S]))[0])
                apart = np.hypot(cols - place[0], rows - place[1]) / one.radius_px
                pale = one.depth * missing * (1 - _smooth((apart - 0.75) / 0.5))
                light = light * np.exp(pale[..., None] * BLOOD)
            away = _away(one, t_s)
            if away < 1:
                light = _under(light, hand, outline, _motion(one, place, away * 1.4 * width))
            shown = np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        out.mux(stream.encode())


def _filmed(one: Painted, folder: Path) -> tuple[float, list[Picture], list[Array]]:
    """Pictures a second, pictures, and where the place is in each."""
    if one.to_s == one.from_s:
        still = cv2.cvtColor(cv2.imread(str(folder / one.film)), cv2.COLOR_BGR2RGB)
        random = np.random.default_rng(1)
        walk = cv2.blur(np.cumsum(random.normal(0, 0.25, (540, 2)), axis=0), (1, 31))
        shown = _shown(one, still)
        size = shown.shape[1::-1]
        shifts = [np.array([[1, 0, x], [0, 1, y]]) for x, y in walk - walk[0]]
        pictures = [cv2.warpAffine(shown, to, size, borderMode=2) for to in shifts]
        noisy = [_noisy(picture, random) for picture in pictures]
        return 30.0, noisy, [to[:, 2] + (one.x_px, one.y_px) for to in shifts]
    rate, pictures = _read(folder / one.film, one.from_s, one.to_s, lambda rgb: _shown(one, rgb))
    return rate, pictures, _followed(one, pictures)


def _read(
    path: Path, from_s: float, to_s: float, shown: Callable[[Picture], Picture]
) -> tuple[float, list[Picture]]:
    with av.open(str(path)) as film:
        rate = float(film.streams.video[0].average_rate or 30)
        decoded = enumerate(film.decode(video=0))
        kept = [frame for index, frame in decoded if from_s <= index / rate < to_s]
        return rate, [shown(frame.to_ndarray(format="rgb24")) for frame in kept]


def _shown(one: Painted, rgb: Picture) -> Picture:
    if one.crop_px is not None:
        left, top, right, bottom = one.crop_px
        rgb = rgb[top:bottom, left:right]
    sized = cv2.resize(rgb, None, fx=one.scale, fy=one.scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(sized[: sized.shape[0] // 2 * 2, : sized.shape[1] // 2 * 2], np.uint8)


def _noisy(picture: Picture, random: np.random.Generator) -> Picture:
    noise = random.normal(0, 1.5, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def _followed(one: Painted, pictures: list[Picture]) -> list[Array]:
    """Where the place is, by the skin round it."""
    greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in pictures]
    near = np.zeros(greys[0].shape, np.uint8)
    place = np.array([one.x_px, one.y_px])
    cv2.circle(near, (round(one.x_px), round(one.y_px)), round(4 * one.radius_px), 255, -1)
    points = np.reshape(cv2.goodFeaturesToTrack(greys[0], 80, 0.005, 4, mask=near), (-1, 1, 2))
    places = []
    for grey in greys:
        now, held, _ = cv2.calcOpticalFlowPyrLK(
            greys[0], grey, points, None, winSize=(31, 31), maxLevel=3
        )
        seen = np.reshape(held, -1) > 0
        motion, _ = cv2.estimateAffinePartial2D(points[seen], now[seen], ransacReprojThreshold=2)
        places.append(motion[:, :2] @ place + motion[:, 2])
    return places


def _hand(folder: Path) -> tuple[Array, Array]:
    """Light of the picture that shows the hand, and how far each pixel belongs to it."""
    _, (picture, *_) = _read(folder / HAND_FILM, HAND_S, HAND_S + 0.1, lambda rgb: rgb)
    outline = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(outline, [np.array(HAND_OUTLINE_PX)], 1.0)
    return _light(picture), np.asarray(cv2.GaussianBlur(outline, (0, 0), 1.5))


def _away(one: Painted, t_s: float) -> float:
    """How far out of the picture the hand is, 0 where it presses."""
    late_s = t_s - REST_S - HOLD_S
    out = (REST_S - t_s) / 0.4 if t_s < REST_S else max(late_s, 0.0) / one.leaves_s
    return float(_smooth(np.array(out)))


def _motion(one: Painted, place: Array, away_px: float) -> Array:
    """From the hand's picture to the film's: turned, enlarged, and its tip where it belongs."""
    turned = np.radians(one.turned_deg)
    cosine, sine = np.cos(turned), np.sin(turned)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    tip = place + turn @ WHERE * away_px
    return np.column_stack([one.hand * turn, tip - one.hand * turn @ HAND_TIP_PX])


def _under(light: Array, hand: Array, outline: Array, motion: Array) -> Array:
    size = light.shape[1::-1]

    def moved(what: Array, to: Array) -> Array:
        return np.asarray(cv2.warpAffine(what, to, size, borderMode=cv2.BORDER_REPLICATE))

    aside = motion + np.array([[0, 0, 0.03], [0, 0, 0.05]]) * size[0]
    shadow = cv2.GaussianBlur(moved(outline, aside), (0, 0), 0.03 * size[0])
    there = moved(outline, motion)[..., None]
    return (1 - there) * light * (1 - SHADOW * shadow[..., None]) + there * moved(hand, motion)


def _light(rgb: Picture) -> Array:
    return np.asarray((rgb.astype(np.float32) / 255) ** 2.2)


def _smooth(x: Array) -> Array:
    within = np.clip(x, 0, 1)
    return np.asarray(within * within * (3 - 2 * within))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the recordings are")
    parser.add_argument("--keep", type=Path, help="keep the clips here")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(PAINTED)}; all if none is given")
    given = parser.parse_args()
    if not (given.folder / HAND_FILM).is_file():
        parser.exit(1, f"no {HAND_FILM} in {given.folder}; give --folder\n")
    print("| painted into | true t90 | release | found |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for name in given.names or PAINTED:
            one, path = PAINTED[name], folder / f"{name.replace(', ', '-').replace(' ', '-')}.mp4"
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
