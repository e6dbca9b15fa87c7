"""Terms applied to results: all results of one term in one unit at a time, so that its bounds are constants."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from openmbc import terms
from openmbc.criteria.kleene import FALSE, TRUE, Places
from openmbc.ctcae.naming import Asked
from openmbc.ctcae.rules import COMPARATORS, SAME, Results, holds
from openmbc.ctcae.tables import NO_GRADE, Rule, Term
from openmbc.ctcae.values import WRONG, Values, Why

_NOTHING = "no criterion of a grade is met"


class Graded(msgspec.Struct, frozen=True):
    """For each result: the lowest and the highest grade that it can have, its criterion (a place in a list), why.

    Where both grades are equal, that is the grade. `NO_GRADE` says that the term has none for such a value.
    """

    lowest: npt.NDArray[np.int8]
    highest: npt.NDArray[np.int8]
    criterion: npt.NDArray[np.int16]
    why: npt.NDArray[np.int16]


class Evaluator:
    """The rules for all that is asked, made once and applied to any number of results.

    ``worst_case``: where symptoms or other facts beside the value decide between two grades, take the higher one.
    """

    def __init__(self, asked: Sequence[Asked], worst_case: bool) -> None:
        self._plans, rules = _plans(asked, worst_case)
        self._grades = np.array([0, *(rule.grade for rule in rules)], dtype=np.int8)
        self.criteria = (_NOTHING, *(rule.criterion for rule in rules))

    def grades(self, of: Values, row: Places, asked: npt.NDArray[np.int32]) -> Graded:
        """Of results: ``row``: the place of each among the values; ``asked``: what it asks for, a place in the list."""
        low, high = (np.zeros(row.size, np.int16) for _ in range(2))
        why = of.why[row]
        kind = (asked * len(COMPARATORS) + of.comparator[row]).astype(np.int32)
        # Results of one kind one after the other, in their order.
        order = np.argsort(kind, kind="stable")
        ends = np.flatnonzero(np.diff(kind[order], append=-1)) + 1
        for rows in np.split(order, ends)[:-1]:
            place, comparator = divmod(int(kind[rows[0]]), len(COMPARATORS))
            if place not in self._plans:
                why[rows] = 0
                continue
            plan, before = self._plans[place]
            at = row[rows]
            numbers = of.value[at], of.lower[at], of.upper[at], of.baseline[at]
            found = plan.run(Results(*numbers, COMPARATORS[comparator], plan.scale), why[rows])
            low[rows], high[rows], why[rows] = _numbered(found[0], before), _numbered(found[1], before), found[2]
        lowest, highest = self._grades[low], self._grades[high]
        settled = (lowest == highest) & (lowest != NO_GRADE)
        return Graded(lowest, highest, low, np.where(settled, why & np.int16(WRONG), why))


Rules = npt.NDArray[np.int16]


def _numbered(rules: Rules, before: int) -> Rules:
    """Numbers among the rules of one plan as numbers among all; 0 stays none."""
    return np.where(rules > 0, rules + np.int16(before), np.int16(0))


class _Plan:
    """One term in one unit: its bounds are constants."""

    def __init__(self, term: Term, scale: float | None, rules: tuple[Rule, ...]) -> None:
        self.term, self.scale, self.rules = term, scale, rules  # rules of the unit, highest grade first
        self._limits = self._plausible()
        asks = {rule.of for rule in rules} | {_ALSO[rule.when] for rule in rules if rule.when}
        self._asks = [(name, why) for name, why in _MISSING if any(name in part for part in asks)]
        self._always = Why(0)
        if scale is None and any(rule.unit for rule in rules):
            self._always |= Why.NO_UNIT
        if any(rule.needs == "fasting" for rule in rules):
            self._always |= Why.NOT_FASTING
        self._without = [i for i, rule in enumerate(rules, 1) if rule.grade == NO_GRADE]

    def run(self, results: Results, why: Rules) -> tuple[Rules, Rules, Rules]:
        """The lowest and the highest rule that a value may meet (numbers from 1, 0: none), and why it is open."""
        if self._limits is not None:
            low, high = self._limits
            outside = (results.value < low) | (results.value > high)
            results = replace(results, value=np.where(outside, np.nan, results.value))
            why = why | outside * np.int16(Why.IMPOSSIBLE)
        truth = [holds(rule, self.term.high, results) for rule in self.rules]
        lowest = _first([condition == TRUE for condition in truth], results.value.size)
        highest = _first([condition != FALSE for condition in truth], results.value.size)
        return lowest, highest, why | self._why(results, lowest, highest)

    def _plausible(self) -> tuple[float, float] | None:
        """What a living person can have in this unit; beyond it the unit is wrong."""
        limits = terms.plausible(self.term.lab)
        if self.scale is None or limits is None:
            return None
        one = self._in_canonical()
        return limits[0] / one * (1 - SAME), limits[1] / one * (1 + SAME)

    def _in_canonical(self) -> float:
        """How many canonical units one unit of the result is."""
        unit = next((rule.unit for rule in self.rules if rule.unit), None)
        linear = terms.linear(self.term.lab, unit) if unit else None
        return (self.scale or 1.0) * (linear[0] if linear else 1.0)

    def _why(self, results: Results, lowest: Rules, highest: Rules) -> Rules:
        """What is missing where the grade is open; what the term does not ask for is not missing."""
        always = self._always | (Why.ONLY_A_BOUND if results.comparator else Why(0))
        open_why = np.full(lowest.size, int(always), np.int16)
        for name, why in [("value", Why.NO_VALUE), *self._asks]:
            open_why |= np.isnan(getattr(results, name)) * np.int16(why)
        open_why[lowest == highest] = 0
        if self._without:
            open_why[np.isin(lowest, self._without)] = int(Why.NO_GRADE)
        return open_why


def _first(met: list[npt.NDArray[np.bool_]], height: int) -> Rules:
    """The number of the first rule that is met, from 1; 0 for none."""
    found = np.zeros(height, np.int16)
    for number, rule in reversed(list(enumerate(met, 1))):
        found[rule] = number
    return found


_MISSING = (("upper", Why.NO_UPPER), ("lower", Why.NO_LOWER), ("baseline", Why.NO_BASELINE))
# What the condition `when` of a rule compares, beside its bound.
_ALSO = {
    "baseline_normal": "baseline upper",
    "baseline_high": "baseline upper",
    "baseline_low": "baseline lower",
    "above_upper": "baseline upper",
    "below_lower": "baseline lower",
}


_plan = cache(_Plan)


def _plans(asked: Sequence[Asked], worst_case: bool) -> tuple[dict[int, tuple[_Plan, int]], list[Rule]]:
    """A plan for each that can be graded, with how many rules come before its own, and all rules in one list."""
    plans: dict[int, tuple[_Plan, int]] = {}
    rules: list[Rule] = []
    for place, one in enumerate(asked):
        if one.term is None or one.why:
            continue
        own = [rule for rule in one.term.rules if rule.unit in ("", one.unit) or one.scale is None]
        claimed = tuple(_claimed(rule, worst_case) for rule in own if worst_case or rule.needs in ("", "fasting"))
        plans[place] = (_plan(one.term, one.scale, claimed), len(rules))
        rules.extend(claimed)
    return plans, rules


def _claimed(rule: Rule, worst_case: bool) -> Rule:
    """In the worst case what is not known holds; whether a glucose was fasting is asked even then."""
    return replace(rule, needs="") if worst_case and rule.needs != "fasting" else rule
