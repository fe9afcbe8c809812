"""How well signs of the skin's colour are told: ``python -m benchmarks.signs``.

Renders presses on skin with every sign, strength and skin type, with none, and with hair, freckles
or a shadow instead, under drawn exposure, white balance and side light; reads the signs, and prints
areas under the curve and false rates. ``--figure FILE`` draws detection against strength.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.sign_scenes import pressed_window
from perfusion_cam.measurement import sight_press
from perfusion_cam.simulate import sign_scenario
from perfusion_cam.stages.detection import PressWindow
from perfusion_cam.types import SignName, SkinColour

SIGNS: dict[str, SignName] = {
    "pallor": "pallor",
    "redness": "redness",
    "duskiness": "duskiness",
    "mottling": "mottling",
    "stain": "fixed_stain",
}
"""The simulator's signs, and what the estimator calls them."""
BLEMISHES = ("hair", "freckles", "shadow")
STRENGTHS = {"slight": 0.5, "moderate": 1.0, "strong": 2.0}
TYPES = range(1, 7)
TYPE_NAMES = ("I", "II", "III", "IV", "V", "VI")


@dataclass
class Told:
    """Strengths that were read, by what was shown: (kind, strength, skin type)."""

    strengths: dict[tuple[str, float, int], list[dict[str, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    unread: int = 0

    def show(self, kind: str, strength: float, fitzpatrick: int, seeds: Iterable[int]) -> None:
        """Render and read scenes of one kind; *none* is untouched skin."""
        for seed in seeds:
            colour = read_scene(kind, strength, fitzpatrick, seed)
            if colour is None or len(colour.signs) < len(SIGNS):
                self.unread += 1
                continue
            found = {sign.name: sign.strength.value for sign in colour.signs}
            self.strengths[kind, strength, fitzpatrick].append(found)  # type: ignore[arg-type]

    def of(self, sign: str, kind: str, strength: float, types: Iterable[int]) -> np.ndarray:
        """Strengths of one sign where one kind was shown."""
        return np.array(
            [found[sign] for one in types for found in self.strengths[kind, strength, one]]
        )


def read_scene(kind: str, strength: float, fitzpatrick: int, seed: int) -> SkinColour | None:
    """Render a scene and read its colour; None where no site was found."""
    shown = None if kind == "none" else kind
    scenario = sign_scenario(shown, strength, fitzpatrick, seed)  # type: ignore[arg-type]
    window, press = pressed_window(scenario)
    return sight_press(PressWindow(press, window)).colour


def area(with_sign: np.ndarray, without: np.ndarray) -> float:
    """Area under the receiver operating curve (Mann-Whitney)."""
    above = with_sign[:, None] > without[None]
    level = with_sign[:, None] == without[None]
    return float(above.mean() + level.mean() / 2)


def told(none: int, moderate: int, other: int, blemished: int) -> Told:
    """Read so many scenes a skin type: untouched, moderate, slight and strong, and blemished."""
    result = Told()
    for one in TYPES:
        result.show("none", 0.0, one, range(none))
        for kind in SIGNS:
            for strength in STRENGTHS.values():
                count = moderate if strength == 1 else other
                result.show(kind, strength, one, range(100, 100 + count))
        for kind in BLEMISHES:
            result.show(kind, 0.0, one, range(100, 100 + blemished))
    return result


def report(result: Told) -> str:
    """The figures as tables."""
    lines = ["area under the curve at moderate strength", f"{'':12}" + _heads(TYPE_NAMES)]
    for kind, sign in SIGNS.items():
        areas = [
            area(result.of(sign, kind, 1.0, [one]), result.of(sign, "none", 0.0, [one]))
            for one in TYPES
        ]
        lines.append(f"{sign:12}" + "".join(f"{value:8.3f}" for value in areas))
    lines += ["", "share said to stand out"]
    shown = [("none", 0.0), *((name, s) for name, s in STRENGTHS.items())]
    lines.append(f"{'':12}" + _heads([name for name, _ in shown] + list(BLEMISHES)))
    for kind, sign in SIGNS.items():
        rates = [
            np.mean(result.of(sign, "none" if name == "none" else kind, strength, TYPES) >= 1)
            for name, strength in shown
        ]
        rates += [np.mean(result.of(sign, other, 0.0, TYPES) >= 1) for other in BLEMISHES]
        lines.append(f"{sign:12}" + "".join(f"{rate:10.3f}" for rate in rates))
    lines += ["", "share said to stand out at moderate strength of (down) the sign (across)"]
    lines.append(f"{'':12}" + _heads(list(SIGNS.values())))
    for kind, sign in SIGNS.items():
        rates = [np.mean(result.of(other, kind, 1.0, TYPES) >= 1) for other in SIGNS.values()]
        lines.append(f"{sign:12}" + "".join(f"{rate:12.3f}" for rate in rates))
    lines += ["", "share said to stand out at moderate strength, by skin type"]
    for kind, sign in SIGNS.items():
        rates = [np.mean(result.of(sign, kind, 1.0, [one]) >= 1) for one in TYPES]
        lines.append(f"{sign:12}" + "".join(f"{rate:8.2f}" for rate in rates))
    count = sum(len(found) for found in result.strengths.values())
    lines += ["", f"{count} scenes read, {result.unread} not"]
    return "\n".join(lines)


def _heads(names: Iterable[str]) -> str:
    return "".join(f"{name:>{8 if len(name) < 5 else 12}}" for name in names)


def draw(result: Told, path: Path) -> None:
    """Plot strength as read against strength as painted, a panel a sign, a line a skin type."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, len(SIGNS), figsize=(14, 5.6), sharex="col", sharey="row")
    colours = plt.get_cmap("copper_r")(np.linspace(0.05, 0.95, len(TYPES)))
    xs = [0.0, *STRENGTHS.values()]
    for column, (kind, sign) in enumerate(SIGNS.items()):
        above, below = axes[:, column]
        for one, colour in zip(TYPES, colours, strict=True):
            read = [result.of(sign, kind if x else "none", x, [one]) for x in xs]
            middle = [np.median(values) for values in read]
            above.plot(xs, [np.mean(v >= 1) for v in read], "o-", color=colour, markersize=3)
            below.plot(xs, middle, "o-", color=colour, markersize=3, label=TYPE_NAMES[one - 1])
            low, high = np.array([np.quantile(values, (0.1, 0.9)) for values in read]).T
            below.fill_between(xs, low, high, color=colour, alpha=0.12, linewidth=0)
        below.axhline(1, color="0.4", linewidth=0.8, linestyle=":")
        above.set_title(sign.replace("_", " "))
        below.set_xlabel("painted strength (1 is moderate)")
    axes[0, 0].set_ylabel("share that stands out")
    axes[1, 0].set_ylabel("strength read (× detectable)")
    axes[1, 0].legend(title="skin type", fontsize=7, ncols=2)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def main() -> None:
    """Render, read and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--figure", type=Path, help="PNG to draw")
    parser.add_argument("--none", type=int, default=40, help="untouched scenes a skin type")
    parser.add_argument("--moderate", type=int, default=12, help="moderate ones a sign and type")
    parser.add_argument("--other", type=int, default=6, help="slight, strong, blemished ones")
    given = parser.parse_args()
    result = told(given.none, given.moderate, given.other, given.other)
    print(report(result))
    if given.figure is not None:
        draw(result, given.figure)


if __name__ == "__main__":
    main()
