"""States that could be: what would each missing fact change? Found by evaluating, not by a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from openmbc.catalogue import Feature, by_name
from openmbc.criteria.domain import values
from openmbc.guidance.evaluate import VERDICTS
from openmbc.guidance.plan import Plan

_OPEN, _NEEDS, _CLOSED = VERDICTS.index("possible"), VERDICTS.index("needs_information"), VERDICTS.index("unsuitable")


@dataclass(frozen=True)
class Effect:
    """What learning one feature could do: options that some value would open, or close."""

    feature: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    best: int  # position of the best option that it could open; large when none


def imagined(base: pl.DataFrame, plan: Plan) -> tuple[pl.DataFrame, list[str]]:
    """One row for every possible value of every unknown feature of one person.

    ``base`` is the person's row of the state. The second value names the feature that each row changes.
    """
    row = base.row(0, named=True)
    asked = {f: v for f, v in _choices(plan).items() if row[f] is None or row[f] in by_name()[f].coarse}
    changed = [feature for feature, choices in asked.items() for _ in choices]
    rows, schema = base[[0] * len(changed)], base.schema
    columns, start = [], 0
    for feature, choices in asked.items():
        column = [row[feature]] * len(changed)
        column[start : start + len(choices)] = choices
        start += len(choices)
        columns.append(pl.Series(feature, column, schema[feature]))
    return rows.with_columns(columns), changed


@cache
def _choices(plan: Plan) -> dict[str, list[object]]:
    """The values to try for each feature that a condition asks about."""
    return {name: list(_values(by_name()[name], plan)) for name in sorted(plan.features)}


def _values(feature: Feature, plan: Plan) -> Iterator[object]:
    """Every value; for numbers, every bound in use and a value on each side of it."""
    yield from values(feature.name, [node for o in plan.options for node in (o.indicated, o.contraindicated)])


def effects(before: pl.DataFrame, after: pl.DataFrame, changed: list[str], plan: Plan) -> list[Effect]:
    """The effect of learning each feature on the options of one person, the most helpful first.

    ``before`` is the person's row of verdicts, ``after`` those of the `imagined` rows.
    """
    opens: dict[str, list[str]] = {feature: [] for feature in changed}
    closes: dict[str, list[str]] = {feature: [] for feature in changed}
    best = dict.fromkeys(changed, len(plan.options))
    now = before.row(0, named=True)
    for option in plan.options:
        verdict = now[str(option.position)]
        if verdict == _CLOSED:
            continue
        then = list(zip(changed, after[str(option.position)].to_list(), strict=True))
        if verdict == _NEEDS:
            for feature in dict.fromkeys(f for f, v in then if v <= _OPEN):
                opens[feature].append(option.id)
                best[feature] = min(best[feature], option.position)
        for feature in dict.fromkeys(f for f, v in then if v == _CLOSED):
            closes[feature].append(option.id)
    found = [Effect(f, tuple(opens[f]), tuple(closes[f]), best[f]) for f in dict.fromkeys(changed)]
    return sorted(
        (e for e in found if e.opens or e.closes), key=lambda e: (not e.opens, e.best, -len(e.opens), e.feature)
    )
