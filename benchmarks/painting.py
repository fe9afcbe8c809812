"""Paint a press of known truth into a real recording.

Skin, camera, codec and the way people move are real, and so is the hand, cut out of one of the
recordings; only where it goes and how the colour returns is made up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from perfusion_cam.simulate import Curve
from perfusion_cam.simulate.curve import first_time_below

Array = NDArray[np.floating[Any]]
Picture = NDArray[np.uint8]

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
