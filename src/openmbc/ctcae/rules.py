"""A criterion as an expression over the columns of a result: true, false, or unknown where a number is missing."""

from __future__ import annotations

import polars as pl

from openmbc.criteria.kleene import UNKNOWN_VALUE, every, refuted
from openmbc.ctcae.tables import Rule

# Numbers are read as decimals and multiplied as binary ones: 3 x 1.1 is not 3.3. What differs by less than this share
# is the same number; no laboratory gives nine digits.
SAME = 1e-9
COMPARATORS = ("", "<", "<=", ">", ">=")  # by their number in the column `comparator`

_VALUE, _LOWER, _UPPER, _BASELINE = (pl.col(name) for name in ("value", "lower", "upper", "baseline"))
_NOT_KNOWN = pl.lit(None, dtype=pl.Float64)


def holds(rule: Rule, high: bool, scale: float | None, comparator: str) -> pl.Expr:
    """Whether the value meets a criterion.

    ``high``: the term is about high values. ``scale``: how many units of the rule one unit of the result is; None when
    the unit of the result is missing. ``comparator``: of results that are only a bound, such as ``<0.5``.

    An implied condition stands beside some rules: it can only refute. Where the baseline was above the upper limit,
    three times the baseline is above three times the limit; so a value below that is not beyond three times a baseline
    that nobody knows.
    """

    def beyond(of: pl.Expr) -> pl.Expr:
        return _beyond(of, high, rule.inclusive, comparator)

    match rule.when:
        case "baseline_normal":
            parts = [~_more(_BASELINE, _UPPER), beyond(_UPPER * rule.times), _implied(beyond(_BASELINE * rule.times))]
        case "baseline_high":
            beyond_upper = _beyond(_UPPER * rule.times, high, False, comparator)
            parts = [_more(_BASELINE, _UPPER), beyond(_BASELINE * rule.times), _implied(beyond_upper)]
        case "baseline_low":
            parts = [_more(_LOWER, _BASELINE), beyond(_BASELINE * rule.times)]
        case "above_upper":
            parts = [beyond(_UPPER), beyond(_BASELINE * rule.times)]
        case "below_lower":
            parts = [_beyond(_LOWER, high, False, comparator), beyond(_BASELINE * rule.times)]
        case _:
            parts = [beyond(_bound(rule, scale))]
    if rule.needs:
        parts.append(UNKNOWN_VALUE)
    return every(parts)


def _bound(rule: Rule, scale: float | None) -> pl.Expr:
    number = pl.lit(rule.number / scale) if scale is not None else _NOT_KNOWN
    if rule.of == "number":
        return number
    of = {"upper": _UPPER, "lower": _LOWER, "baseline": _BASELINE}[rule.of] * rule.times
    return of + number if rule.number else of


def _more(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    return a > b * (1 + SAME)


def _implied(condition: pl.Expr) -> pl.Expr:
    return ~refuted(condition)


def _beyond(bound: pl.Expr, high: bool, inclusive: bool, comparator: str) -> pl.Expr:
    """Whether the value is above (``high``) or below a bound, or on it where that counts (``inclusive``)."""
    if not comparator:
        return _compared(bound, high, inclusive)
    open_end = comparator in ("<", ">")
    if (comparator[0] == ">") == high:  # it may only be further out than the number that is given
        return pl.when(_compared(bound, high, inclusive or open_end)).then(pl.lit(True)).otherwise(UNKNOWN_VALUE)
    reaches = _compared(bound, high, inclusive and not open_end)
    return pl.when(~reaches).then(pl.lit(False)).otherwise(UNKNOWN_VALUE)


def _compared(bound: pl.Expr, high: bool, inclusive: bool) -> pl.Expr:
    limit = bound * (1 + SAME if high != inclusive else 1 - SAME)
    return limit < _VALUE if high else limit > _VALUE
