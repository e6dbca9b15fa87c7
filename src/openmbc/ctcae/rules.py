"""A criterion over the numbers of results: true, false, or unknown where a number is missing."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from openmbc.criteria.kleene import FALSE, TRUE, UNKNOWN, Truth, less
from openmbc.ctcae.tables import Rule

# Numbers are read as decimals and multiplied as binary ones: 3 x 1.1 is not 3.3. What differs by less than this share
# is the same number; no laboratory gives nine digits.
SAME = 1e-9
COMPARATORS = ("", "<", "<=", ">", ">=")  # by their number in the column `comparator`

Numbers = npt.NDArray[np.float64]


class Results(msgspec.Struct, frozen=True):
    """Results of one term in one unit, with one comparator: their numbers, NaN where one is missing.

    ``scale``: how many units of the rules one unit of the results is; None when the unit is missing.
    """

    value: Numbers
    lower: Numbers
    upper: Numbers
    baseline: Numbers
    comparator: str
    scale: float | None


def holds(rule: Rule, high: bool, of: Results) -> Truth:
    """Whether each value meets a criterion; ``high``: the term is about high values.

    An implied condition stands beside some rules: it can only refute. Where the baseline was above the upper limit,
    three times the baseline is above three times the limit; so a value below that is not beyond three times a baseline
    that nobody knows.
    """

    def beyond(bound: Numbers | np.float64, inclusive: bool = rule.inclusive) -> Truth:
        return _beyond(bound, high, inclusive, of)

    of_baseline = of.baseline * rule.times if rule.when else of.baseline
    match rule.when:
        case "baseline_normal":
            parts = [TRUE - _more(of.baseline, of.upper), beyond(of.upper * rule.times), _implied(beyond(of_baseline))]
        case "baseline_high":
            parts = [_more(of.baseline, of.upper), beyond(of_baseline), _implied(beyond(of.upper * rule.times, False))]
        case "baseline_low":
            parts = [_more(of.lower, of.baseline), beyond(of_baseline)]
        case "above_upper":
            parts = [beyond(of.upper), beyond(of_baseline)]
        case "below_lower":
            parts = [beyond(of.lower, False), beyond(of_baseline)]
        case _:
            parts = [beyond(_bound(rule, of))]
    found = parts[0]
    for part in parts[1:]:
        found = np.minimum(found, part)
    return np.minimum(found, UNKNOWN) if rule.needs else found


def _bound(rule: Rule, of: Results) -> Numbers | np.float64:
    """The bound of each result; one number where it is the same for all."""
    number = np.float64(np.nan if of.scale is None else rule.number / of.scale)
    if rule.of == "number":
        return number
    limit = {"upper": of.upper, "lower": of.lower, "baseline": of.baseline}[rule.of] * rule.times
    return limit + number if rule.number else limit


def _more(a: Numbers, b: Numbers) -> Truth:
    return less(b * (1 + SAME), a)


def _implied(condition: Truth) -> Truth:
    return np.where(condition == FALSE, FALSE, TRUE)


def _beyond(bound: Numbers | np.float64, high: bool, inclusive: bool, of: Results) -> Truth:
    """Whether the value is above (``high``) or below a bound, or on it where that counts (``inclusive``)."""
    if not of.comparator:
        return _compared(bound, high, inclusive, of)
    open_end = of.comparator in ("<", ">")
    if (of.comparator[0] == ">") == high:  # it may only be further out than the number that is given
        return np.where(_compared(bound, high, inclusive or open_end, of) == TRUE, TRUE, UNKNOWN)
    reaches = _compared(bound, high, inclusive and not open_end, of)
    return np.where(reaches == FALSE, FALSE, UNKNOWN)


def _compared(bound: Numbers | np.float64, high: bool, inclusive: bool, of: Results) -> Truth:
    limit = bound * (1 + SAME if high != inclusive else 1 - SAME)
    return less(limit, of.value) if high else less(of.value, limit)
