"""One reading against one limit."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist

from perfusion_cam.thresholds.finding import Comparand, Verdict
from perfusion_cam.thresholds.measured import Reading
from perfusion_cam.thresholds.profile import Comparison, Condition
from perfusion_cam.thresholds.vocabulary import ENDPOINT_WORDS, QUANTITIES, Endpoint

BEYOND: Mapping[Comparison, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

NO_INTERVAL = (
    "No interval of {quantity} was given: whether the limit lies within its error is not known, "
    "and borderline cannot be told."
)
OTHER_ENDPOINT = (
    "The limit is for a time {source}, the value is {given}. No paper gives the fraction at "
    "which an eye stops, so the two may differ either way."
)

_HALF_WIDTH_SD = NormalDist().inv_cdf(0.975)


def compare(
    condition: Condition, readings: Sequence[Reading], endpoint: Endpoint | None
) -> Comparand:
    """Compare what was measured with a limit.

    Parameters
    ----------
    condition : Condition
    readings : sequence of Reading
    endpoint : "t90", "visual" or None
        Which of several times to compare; it does not matter to other quantities.
    """
    timed = QUANTITIES[condition.quantity].timed
    reading = next(
        (
            one
            for one in readings
            if one.quantity == condition.quantity and (not timed or one.endpoint == endpoint)
        ),
        None,
    )
    if reading is None:
        return _comparand(condition, None, "not_assessable", missing=(condition.quantity,))
    if not timed or reading.endpoint == condition.endpoint:
        return _judged(condition, reading, ())
    assert condition.endpoint is not None
    assert reading.endpoint is not None
    if reading.endpoint not in condition.also_applied_to:
        missing = f"{condition.quantity} {ENDPOINT_WORDS[condition.endpoint]}"
        return _comparand(condition, reading, "not_assessable", missing=(missing,))
    mark = OTHER_ENDPOINT.format(
        source=ENDPOINT_WORDS[condition.endpoint], given=ENDPOINT_WORDS[reading.endpoint]
    )
    return _judged(condition, reading, (mark,))


def probability_beyond(condition: Condition, value: float, ci95: tuple[float, float]) -> float:
    """Probability that the true value is beyond a limit.

    The value is taken as the median and the interval's ends as the 2.5 % and 97.5 % points of a
    normal distribution, of the logarithm for times and ratios. Its two halves have standard
    deviations of their own, so that an uneven interval keeps its ends.

    Parameters
    ----------
    condition : Condition
    value : float
    ci95 : (float, float)
        Holding `value`; both in the condition's unit.
    """
    scale = math.log if QUANTITIES[condition.quantity].logarithmic else float
    distance = scale(condition.limit) - scale(value)
    end = ci95[0] if distance < 0 else ci95[1]
    sd = abs(scale(end) - scale(value)) / _HALF_WIDTH_SD
    if distance == 0 and ci95[0] < ci95[1]:
        return 0.5
    if sd == 0:
        return float(BEYOND[condition.comparison](value, condition.limit))
    below_limit = NormalDist().cdf(distance / sd)
    return 1 - below_limit if condition.comparison in (">", ">=") else below_limit


def _judged(condition: Condition, reading: Reading, notes: tuple[str, ...]) -> Comparand:
    if reading.lower_bound is not None:
        return _judged_bound(condition, reading, reading.lower_bound, notes)
    assert reading.value is not None
    is_beyond = BEYOND[condition.comparison]
    if reading.ci95 is None and condition.needs_interval:
        missing = (f"the interval of {condition.quantity}",)
        return _comparand(condition, reading, "not_assessable", missing=missing, notes=notes)
    if reading.ci95 is None:
        verdict: Verdict = "beyond" if is_beyond(reading.value, condition.limit) else "within"
        if not QUANTITIES[condition.quantity].holds_error:
            notes = (*notes, NO_INTERVAL.format(quantity=condition.quantity))
        return _comparand(condition, reading, verdict, notes=notes)
    ends = [is_beyond(end, condition.limit) for end in reading.ci95]
    verdict = "beyond" if all(ends) else "borderline" if any(ends) else "within"
    probability = probability_beyond(condition, reading.value, reading.ci95)
    return _comparand(condition, reading, verdict, probability, notes=notes)


def _judged_bound(
    condition: Condition, reading: Reading, bound: float, notes: tuple[str, ...]
) -> Comparand:
    # The true value is above the bound, so a bound on the limit is already past it.
    if bound >= condition.limit:
        verdict: Verdict = "beyond" if condition.comparison in (">", ">=") else "within"
        return _comparand(condition, reading, verdict, notes=notes)
    missing = (f"{condition.quantity} beyond its lower bound of {bound:g} {condition.unit}",)
    return _comparand(condition, reading, "not_assessable", missing=missing, notes=notes)


def _comparand(
    condition: Condition,
    reading: Reading | None,
    verdict: Verdict,
    probability: float | None = None,
    missing: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Comparand:
    return Comparand(
        quantity=condition.quantity,
        comparison=condition.comparison,
        limit=condition.limit,
        unit=condition.unit,
        limit_endpoint=condition.endpoint,
        endpoint=reading.endpoint if reading else None,
        verdict=verdict,
        probability_beyond=probability,
        value=reading.value if reading else None,
        ci95=reading.ci95 if reading else None,
        lower_bound=reading.lower_bound if reading else None,
        missing=missing,
        notes=notes,
    )
