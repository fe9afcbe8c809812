"""The words in which every output says a comparison."""

from __future__ import annotations

from collections.abc import Iterator

from perfusion_cam.comparison.contrasting import Contrast
from perfusion_cam.comparison.pressed import SidePress
from perfusion_cam.comparison.readings import SideReading
from perfusion_cam.comparison.sides import AFFECTED, BEFORE, UNAFFECTED, Comparison
from perfusion_cam.report.findings_words import verdict_words
from perfusion_cam.report.wording import seconds
from perfusion_cam.thresholds.describing import look_again_words

_NOT_RULED_OUT = "That does not rule out a blocked vessel."


def reading_words(reading: SideReading) -> str:
    """Say a side's refill time, such as ``4.43 s (95 %: 3.02 to 6.51 s)``."""
    if reading.crt_s is not None and reading.crt_ci95_s is not None:
        low, high = reading.crt_ci95_s
        return f"{seconds(reading.crt_s)} (95 %: {_bare(low)} to {seconds(high)})"
    if reading.lower_bound_s is not None:
        return f"above {seconds(reading.lower_bound_s)} (97.5 %): not back while watched"
    return "not measurable"


def press_words(press: SidePress) -> str:
    """Say what one press gave."""
    if press.crt_s is not None and press.crt_ci95_s is not None:
        low, high = press.crt_ci95_s
        if press.at_least_s is not None:
            return f"{seconds(press.crt_s)} (95 %: above {seconds(low)})"
        return f"{seconds(press.crt_s)} (95 %: {_bare(low)} to {seconds(high)})"
    if press.lower_bound_s is not None:
        return f"not back after {seconds(press.lower_bound_s)}"
    return "not measurable"


def counts_words(reading: SideReading) -> str:
    """Say how many presses were used and left out, such as ``3 of 4, 1 left out``."""
    words = f"{len(reading.used)} of {len(reading.presses)}"
    if reading.rejected:
        words += f", {len(reading.rejected)} left out"
    if reading.presses_not_recovered:
        words += f", {reading.presses_not_recovered} not back"
    return words


def spread_words(sd: float | None) -> str:
    """Write a standard deviation of log times as a percentage."""
    return "-" if sd is None else f"{100 * sd:.0f} %"


def contrast_words(found: Contrast, one: str, other: str) -> Iterator[str]:
    """Say what comparing two sites gave, a sentence each.

    Parameters
    ----------
    found : Contrast
    one, other : str
        What to call the sites, such as ``affected side``.
    """
    if found.outcome == "incomplete":
        yield f"Incomplete: the {one} cannot be compared with the {other}."
        return
    if found.ratio is not None and found.ratio_ci95 is not None:
        low, high = found.ratio_ci95
        yield f"Ratio {found.ratio:.2f} (95 %: {low:.2f} to {high:.2f}){_difference(found)}."
        yield _chance(found, one, other)
    elif found.ratio_lower_bound is not None:
        low_s = found.difference_lower_bound_s or 0.0
        yield (
            f"Ratio {found.ratio_lower_bound:.2f} or more, difference {low_s:+.2f} s or more "
            "(97.5 %)."
        )
        yield f"The {one} was not back while it was watched."
    elif found.ratio_upper_bound is not None:
        high_s = found.difference_upper_bound_s or 0.0
        yield (
            f"Ratio {found.ratio_upper_bound:.2f} or less, difference {high_s:+.2f} s or less "
            "(97.5 %)."
        )
        yield f"The {other} was not back while it was watched."
    if found.smallest_detectable_ratio is not None:
        yield (
            f"With these presses, a ratio between {1 / found.smallest_detectable_ratio:.2f} and "
            f"{found.smallest_detectable_ratio:.2f} cannot be told from chance; single presses of "
            f"a site are taken to differ by {spread_words(found.single_press_sd)}."
        )


def answer_words(comparison: Comparison) -> str:
    """Say in one sentence what the comparison gave and what the rules make of it.

    It is of the sides, or of now and before treatment where only these could be compared.
    """
    found, one, other = comparison.sides, AFFECTED, UNAFFECTED
    change = None if comparison.earlier is None else comparison.earlier.change
    if found.outcome == "incomplete" and change is not None and change.outcome != "incomplete":
        found, one, other = change, f"{AFFECTED} now", BEFORE
    parts = [_ratio_words(found, one, other)]
    if found.outcome == "incomplete" and comparison.affected.used:
        parts.append(f"refill time of the {AFFECTED} {reading_words(comparison.affected)}")
    return f"{'; '.join([*parts, verdict_words(comparison.evaluation)])}."


def look_again(comparison: Comparison) -> str | None:
    """Say when to look again, where a rule that is met or may be met says so."""
    soonest_s = soonest_look_again_s(comparison)
    return None if soonest_s is None else look_again_words(soonest_s)


def soonest_look_again_s(comparison: Comparison) -> float | None:
    """When to look again, seconds: the soonest of those that findings give."""
    times = [one.look_again_s for one in comparison.evaluation.findings]
    return min((time for time in times if time is not None), default=None)


def _ratio_words(found: Contrast, one: str, other: str) -> str:
    if found.ratio is not None and found.ratio_ci95 is not None:
        low, high = found.ratio_ci95
        return (
            f"The {one} takes {found.ratio:.2f} times as long to refill as the {other} "
            f"(95 %: {low:.2f} to {high:.2f})"
        )
    if found.ratio_lower_bound is not None:
        return (
            f"The {one} takes {found.ratio_lower_bound:.2f} times as long to refill as the "
            f"{other}, or longer (97.5 %): it was not back while it was watched"
        )
    if found.ratio_upper_bound is not None:
        return (
            f"The {one} takes {found.ratio_upper_bound:.2f} times as long to refill as the "
            f"{other}, or less (97.5 %): the {other} was not back while it was watched"
        )
    return f"The {one} cannot be compared with the {other}"


def _difference(found: Contrast) -> str:
    if found.difference_s is None or found.difference_ci95_s is None:
        return ""
    low, high = found.difference_ci95_s
    return f", difference {found.difference_s:+.2f} s ({low:+.2f} to {high:+.2f} s)"


def _chance(found: Contrast, one: str, other: str) -> str:
    low, high = found.ratio_ci95 or (0.0, 0.0)
    if low > 1:
        return f"Slower on the {one} than on the {other}, by more than chance."
    if high < 1:
        return f"Faster on the {one} than on the {other}, by more than chance. {_NOT_RULED_OUT}"
    chance = 100 * (found.probability_above_one or 0.0)
    return (
        f"Whether the {one} or the {other} is slower cannot be told; slower on the {one} with a "
        f"probability of {chance:.0f} %. {_NOT_RULED_OUT}"
    )


def _bare(value_s: float) -> str:
    return seconds(value_s).removesuffix(" s")
