"""How far comparisons of sides can be trusted: ``python -m benchmarks.comparison``.

Simulates readings of pairs of sides with a known ratio, and prints how often its interval holds it,
how often equal sides are called different, and from which true ratio on half are found. With
``--plot FILE`` it draws what is found against the number of presses instead.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from perfusion_cam.comparison.contrasting import Contrast, contrast
from perfusion_cam.comparison.pressed import Recording, SidePress
from perfusion_cam.comparison.readings import SideReading, combine
from perfusion_cam.comparison.variation import smallest_detectable_ratio
from perfusion_cam.simulate.readings import (
    OUTLIER_SHARE,
    Person,
    PressReading,
    press_site,
    somebody,
)

PRESSES = ((1, 1), (2, 2), (3, 3), (5, 5), (1, 3), (5, 1))
RATIOS = (0.7, 3.0)
UNAFFECTED_S = (0.8, 2.5)
_RECORDING = Recording("simulated", "0" * 64, 1, 1, None, "none", "none")

MakePerson = Callable[[np.random.Generator], Person]


def reading_of(presses: list[PressReading]) -> SideReading:
    """Combine simulated presses as if each had a recording of its own."""
    return combine(
        [
            SidePress(
                recording=_RECORDING,
                number=number,
                status="measured" if one.crt_s is not None else "not_recovered",
                crt_s=one.crt_s,
                crt_ci95_s=one.ci95_s,
                lower_bound_s=one.lower_bound_s,
                flags=(),
                reasons=(),
                contact_s=None,
                release_s=0.0,
            )
            for number, one in enumerate(presses, start=1)
        ]
    )


def compared(
    rng: np.random.Generator, ratio: float, presses: tuple[int, int], person: Person
) -> Contrast:
    """Press both sides of a person and compare them."""
    unaffected_s = float(rng.uniform(*UNAFFECTED_S))
    affected = press_site(rng, ratio * unaffected_s, presses[0], person)
    return contrast(
        reading_of(affected), reading_of(press_site(rng, unaffected_s, presses[1], person))
    )


def coverage(presses: tuple[int, int], make_person: MakePerson, tries: int) -> float:
    """Share of ratio intervals that hold the true ratio."""
    rng = np.random.default_rng(1)
    held = 0
    for ratio in np.exp(rng.uniform(*np.log(RATIOS), tries)):
        low, high = compared(rng, float(ratio), presses, make_person(rng)).ratio_ci95 or (0, 0)
        held += low <= ratio <= high
    return held / tries


def power(presses: tuple[int, int], ratios: NDArray[np.float64], tries: int) -> NDArray[np.float64]:
    """Share of pairs called slower on the affected side, for each true ratio.

    Shifting one side's times shifts the interval with them, so all ratios share their presses.
    """
    rng = np.random.default_rng(2)
    lows = []
    for _ in range(tries):
        interval = compared(rng, 1.0, presses, somebody(rng)).ratio_ci95
        assert interval is not None
        lows.append(interval[0])
    return np.mean(np.multiply.outer(ratios, lows) > 1, axis=1)


def found_half(presses: tuple[int, int], tries: int) -> tuple[float, float]:
    """Share of equal sides called slower, and the true ratio of which half are found."""
    ratios = np.geomspace(1, 3, 400)
    found = power(presses, ratios, tries)
    return float(found[0]), float(np.interp(0.5, found, ratios))


def plot(path: Path, tries: int) -> None:
    """Draw what is found against presses a side, and beside it the smallest detectable ratio."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.6), dpi=90, facecolor="white")
    left, right = figure.subplots(1, 2)
    counts = [1, 2, 3, 4, 5, 7, 10]
    ratios = np.geomspace(1, 3, 400)
    found = np.array([power((count, count), ratios, tries) for count in counts])
    for ratio in (1.0, 1.2, 1.3, 1.5, 1.75, 2.0):
        line = [float(np.interp(ratio, ratios, row)) for row in found]
        left.plot(counts, 100 * np.array(line), "o-", label=f"true ratio {ratio:g}")
    left.set_ylabel("called slower on the affected side (%)")
    left.set_ylim(-4, 122)
    left.legend(fontsize=8, ncols=3, loc="upper center")
    stated = np.array([smallest_detectable_ratio(count, count) for count in counts])
    right.fill_between(counts, stated / 1.1, stated * 1.1, alpha=0.15, color="#0072B2", linewidth=0)
    right.plot(counts, stated, color="#0072B2", label="smallest detectable ratio, stated, ± 10 %")
    for share, mark in ((0.5, "o"), (0.8, "^")):
        at = [float(np.interp(share, row, ratios)) for row in found]
        right.plot(counts, at, mark, color="#D55E00", label=f"{100 * share:.0f} % found, simulated")
    right.set_ylabel("true ratio")
    right.legend(fontsize=8)
    for axes in (left, right):
        axes.set_xlabel("presses a side")
        axes.set_xticks(counts)
        axes.grid(alpha=0.2)
    figure.tight_layout()
    figure.savefig(path, pil_kwargs={"optimize": True})


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=2000)
    parser.add_argument("--plot", type=Path, help="Draw only, into this file.")
    wanted = parser.parse_args()
    if wanted.plot is not None:
        plot(wanted.plot, wanted.tries)
        return
    print("presses  ratio interval holds the truth (%)            equal called  half found at")
    print("         persons differ  16 %   17 %   18 %  outliers  slower (%)    true ratio  stated")
    for presses in PRESSES:
        kinds: list[MakePerson] = [
            somebody,
            *(lambda _, sd=sd: Person(within_site_sd=sd) for sd in (0.16, 0.17, 0.18)),
            lambda rng: somebody(rng, outlier_share=OUTLIER_SHARE),
        ]
        held = [100 * coverage(presses, kind, wanted.tries) for kind in kinds]
        false, half = found_half(presses, wanted.tries)
        print(
            f"{presses[0]} and {presses[1]}  {held[0]:14.1f}  {held[1]:5.1f}  {held[2]:5.1f}  "
            f"{held[3]:5.1f}  {held[4]:8.1f}  {100 * false:10.1f}  {half:10.2f}  "
            f"{smallest_detectable_ratio(*presses):8.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
