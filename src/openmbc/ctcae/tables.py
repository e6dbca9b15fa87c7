"""The CTCAE terms that a laboratory value can grade, and their criteria, from the CSV files beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from openmbc import terms
from openmbc.terms.tables import rows, words

Version = Literal["5", "6"]
VERSIONS: tuple[Version, ...] = get_args(Version)

_HERE = Path(__file__).parent
NO_GRADE = -1  # the grade of a criterion that says "this term has no grade for such a value"


class Rule(msgspec.Struct, frozen=True):
    """One criterion: the value is beyond ``times`` x ``of`` + ``number``, on the side that the term names.

    ``of``: ``number`` (then ``number`` alone is the bound), ``upper`` or ``lower`` (limit of the normal range), or
    ``baseline`` (the value before treatment). ``number`` is in ``unit``; without a unit the rule holds in any.
    ``when``: what else must hold (`rules.py`). ``needs``: a fact that no laboratory value shows.
    """

    grade: int
    of: str
    times: float
    number: float
    unit: str
    inclusive: bool
    when: str
    needs: str
    criterion: str


class Term(msgspec.Struct, frozen=True):
    """A term of one version for one laboratory test; ``not_graded`` says why no number grades it."""

    name: str
    lab: str
    detail: str
    high: bool
    not_graded: str
    rules: tuple[Rule, ...]  # highest grade first

    @property
    def units(self) -> tuple[str, ...]:
        """The units that CTCAE gives numbers in, SI first."""
        return tuple(dict.fromkeys(rule.unit for rule in self.rules if rule.unit))

    def in_unit(self, unit: str | None) -> tuple[str, float] | None:
        """The unit of CTCAE that stands for a unit, and how many of it one is; None when it is no unit of the test.

        Numbers are compared in the unit of the result: mg/dL with the mg/dL that CTCAE prints, g/dL with its g/L.
        Only where no printed unit differs by a power of ten (potassium in mg/dL) are they converted.
        """
        factor = _factor(self.lab, unit)
        if factor is None:
            return None
        if not self.units:
            return "", factor
        ratios = {name: factor / (_factor(self.lab, name) or factor) for name in self.units}
        near = [name for name, ratio in ratios.items() if _power_of_ten(ratio)]
        chosen = min(near, key=lambda name: abs(ratios[name] - 1)) if near else self.units[0]
        return chosen, ratios[chosen]


def _factor(lab: str, unit: str | None) -> float | None:
    if unit is None or not unit.strip():
        return 1.0 if terms.convert(lab, 1.0, None) else None
    linear = terms.linear(lab, unit)
    return linear[0] if linear is not None and linear[1] == 0 else None


def _power_of_ten(ratio: float) -> bool:
    return any(abs(ratio / 10.0**power - 1) < 1e-9 for power in range(-12, 13))


@cache
def listed(version: Version) -> tuple[Term, ...]:
    """Every term of a version, in the order of the table."""
    rules = _rules(version)
    return tuple(
        Term(
            row["term"],
            row["lab"],
            row["detail"],
            row["direction"] == "high",
            row["not_graded"],
            () if row["not_graded"] else rules[row["term"]],
        )
        for row in rows("terms", _HERE)
        if version in row["versions"].split()
    )


@cache
def by_name(version: Version) -> dict[tuple[str, ...], Term]:
    """Terms by the words of their names; where a name is that of several, the one that a number grades."""
    found: dict[tuple[str, ...], Term] = {}
    of_version = [row for row in rows("terms", _HERE) if version in row["versions"].split()]
    for row, term in zip(of_version, listed(version), strict=True):
        for name in (row["term"], *filter(None, row["names"].split("|"))):
            spelled = words(name)
            if spelled not in found or (found[spelled].not_graded and not term.not_graded):
                found[spelled] = term
    return found


@cache
def by_lab(version: Version) -> dict[tuple[str, str], tuple[Term, ...]]:
    """The terms of a laboratory test, by its concept and the detail of it (``fasting``)."""
    found: dict[tuple[str, str], tuple[Term, ...]] = {}
    for term in listed(version):
        found[term.lab, term.detail] = (*found.get((term.lab, term.detail), ()), term)
    return found


def _rules(version: Version) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for row in rows(f"criteria{version}", _HERE):
        found.setdefault(row["term"], []).append(
            Rule(
                NO_GRADE if row["grade"] == "none" else int(row["grade"]),
                row["of"],
                float(row["times"] or 0),
                float(row["number"] or 0),
                row["unit"],
                row["inclusive"] == "yes",
                row["when"],
                row["needs"],
                row["criterion"],
            )
        )
    return {term: tuple(sorted(rules, key=_rank)) for term, rules in found.items()}


def _rank(rule: Rule) -> tuple[bool, int]:
    return rule.grade != NO_GRADE, -rule.grade
