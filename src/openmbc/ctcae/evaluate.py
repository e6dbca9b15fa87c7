"""Terms applied to results: all results of one term in one unit at a time, so that its bounds are constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc import terms
from openmbc.criteria.kleene import certain, refuted
from openmbc.ctcae.naming import Asked
from openmbc.ctcae.rules import COMPARATORS, SAME, holds
from openmbc.ctcae.tables import NO_GRADE, Rule, Term
from openmbc.ctcae.values import WRONG, Why, bit

_NOTHING = "no criterion of a grade is met"


@dataclass(frozen=True)
class Graded:
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

    def grades(self, results: pl.DataFrame) -> Graded:
        """Of results: columns ``asked`` (a place in the list), value, comparator, lower, upper, baseline, why."""
        low, high, why = (np.zeros(results.height, np.int16) for _ in range(3))
        of_kind = (pl.col("asked") * len(COMPARATORS) + pl.col("comparator")).alias("kind")
        parts = results.with_row_index("row").with_columns(of_kind).partition_by("kind", as_dict=True)
        kinds = [(*divmod(kind, len(COMPARATORS)), part) for (kind,), part in parts.items()]
        known = [(self._plans[place], comparator, part) for place, comparator, part in kinds if place in self._plans]
        # All together: of one person's results, starting a query costs more than the query.
        frames = pl.collect_all(
            [plan.run(part, comparator) for (plan, _), comparator, part in known], optimizations=_PLAIN
        )
        for ((_, before), _, part), found in zip(known, frames, strict=True):
            rows = part["row"].to_numpy()
            low[rows], high[rows] = (_numbered(found[name].to_numpy(), before) for name in ("low", "high"))
            why[rows] = found["why"].to_numpy()
        lowest, highest = self._grades[low], self._grades[high]
        settled = (lowest == highest) & (lowest != NO_GRADE)
        why = np.where(settled, why & np.int16(WRONG), why)
        return Graded(lowest, highest, low, why)


_PLAIN = pl.QueryOptFlags.none()


def _numbered(rules: npt.NDArray[np.int16], before: int) -> npt.NDArray[np.int16]:
    """Numbers among the rules of one plan as numbers among all; 0 stays none."""
    return np.where(rules > 0, rules + np.int16(before), np.int16(0))


class _Plan:
    """One term in one unit: its bounds are constants, its expressions made once."""

    def __init__(self, term: Term, scale: float | None, rules: tuple[Rule, ...]) -> None:
        self.term, self.scale, self.rules = term, scale, rules  # rules of the unit, highest grade first
        self._steps: dict[int, tuple[list[pl.Expr], ...]] = {}

    def run(self, results: pl.DataFrame, comparator: int) -> pl.LazyFrame:
        """Columns low, high (numbers of rules from 1, 0: none) and why, in the order of the results."""
        if comparator not in self._steps:
            self._steps[comparator] = self._expressions(COMPARATORS[comparator])
        lazy = results.lazy()
        for step in self._steps[comparator]:
            lazy = lazy.with_columns(step)
        return lazy.select("low", "high", "why")

    def _expressions(self, comparator: str) -> tuple[list[pl.Expr], ...]:
        conditions = [holds(r, self.term.high, self.scale, comparator) for r in self.rules]
        named = [pl.col(f"rule{i}") for i in range(len(self.rules))]
        low = self._first([certain(condition) for condition in named])
        high = self._first([~refuted(condition) for condition in named])
        return (
            self._possible(),
            [condition.alias(f"rule{i}") for i, condition in enumerate(conditions)],
            [low.alias("low"), high.alias("high")],
            [(pl.col("why") | self._why(comparator)).alias("why")],
        )

    def _possible(self) -> list[pl.Expr]:
        """Without values that no living person has in this unit: the unit is wrong then."""
        limits = terms.plausible(self.term.lab)
        if self.scale is None or limits is None:
            return []
        one = self._in_canonical()
        inside = pl.col("value").is_between(limits[0] / one * (1 - SAME), limits[1] / one * (1 + SAME))
        return [pl.when(inside).then("value").alias("value"), pl.col("why") | bit(~inside, Why.IMPOSSIBLE)]

    def _in_canonical(self) -> float:
        """How many canonical units one unit of the result is."""
        unit = next((rule.unit for rule in self.rules if rule.unit), None)
        linear = terms.linear(self.term.lab, unit) if unit else None
        return (self.scale or 1.0) * (linear[0] if linear else 1.0)

    def _first(self, conditions: Sequence[pl.Expr]) -> pl.Expr:
        chain: pl.Expr = pl.lit(0, pl.Int16)
        for i, condition in reversed(list(enumerate(conditions, 1))):
            chain = pl.when(condition).then(pl.lit(i, pl.Int16)).otherwise(chain)
        return chain

    def _why(self, comparator: str) -> pl.Expr:
        """What is missing where the grade is open; what the term does not ask for is not missing."""
        asks = {rule.of for rule in self.rules} | {_ALSO[rule.when] for rule in self.rules if rule.when}
        bits = [
            bit(pl.col("value").is_null(), Why.NO_VALUE),
            *(bit(pl.col(name).is_null(), why) for name, why in _MISSING if any(name in part for part in asks)),
        ]
        always = Why(0)
        if self.scale is None and any(rule.unit for rule in self.rules):
            always |= Why.NO_UNIT
        if any(rule.needs == "fasting" for rule in self.rules):
            always |= Why.NOT_FASTING
        if comparator:
            always |= Why.ONLY_A_BOUND
        open_why = pl.lit(int(always), pl.Int16)
        for missing in bits:
            open_why = open_why | missing
        no_grade = [i for i, rule in enumerate(self.rules, 1) if rule.grade == NO_GRADE]
        return (
            pl.when(pl.col("low").is_in(no_grade))
            .then(pl.lit(int(Why.NO_GRADE), pl.Int16))
            .when(pl.col("low") != pl.col("high"))
            .then(open_why)
            .otherwise(pl.lit(0, pl.Int16))
        )


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
