"""States that could be: what would each missing fact change? Found by evaluating, not by a list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria import Leaf
from openmbc.criteria.domain import values
from openmbc.criteria.nodes import leaves
from openmbc.guidance.evaluate import NEEDS, POSSIBLE, UNSUITABLE, Verdicts
from openmbc.guidance.plan import Plan


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
    columns, start = {series.name: series.new_from_index(0, len(changed)) for series in base.get_columns()}, 0
    for feature, choices in asked.items():
        column = [row[feature]] * len(changed)
        column[start : start + len(choices)] = choices
        start += len(choices)
        columns[feature] = pl.Series(feature, column, columns[feature].dtype)
    return pl.DataFrame(list(columns.values())), changed


@cache
def _choices(plan: Plan) -> dict[str, list[object]]:
    """What to try for each feature that options ask for: every value; of numbers, each bound and both sides of it."""
    asked: dict[str, list[Leaf]] = {}
    for option in plan.options:
        for leaf in (*leaves(option.indicated), *leaves(option.contraindicated)):
            asked.setdefault(leaf.feature, []).append(leaf)
    return {name: list(values(name, asked[name])) for name in sorted(asked)}


def effects(before: Verdicts, after: Verdicts, changed: list[str]) -> list[Effect]:
    """The effect of learning each feature on the options of one person, the most helpful first.

    ``before`` are the verdicts of the person, ``after`` those of the `imagined` states.
    """
    options = before.plan.options
    now = before.verdict[:, :1]
    opened = np.argwhere((now == NEEDS) & (after.verdict <= POSSIBLE))
    closed = np.argwhere((now != UNSUITABLE) & (after.verdict == UNSUITABLE))
    opens, closes = _by_feature(opened, changed), _by_feature(closed, changed)
    found = []
    for feature in dict.fromkeys(changed):
        ids = [tuple(options[place].id for place in found_[feature]) for found_ in (opens, closes)]
        found.append(Effect(feature, ids[0], ids[1], min(opens[feature], default=len(options))))
    return sorted(
        (e for e in found if e.opens or e.closes), key=lambda e: (not e.opens, e.best, -len(e.opens), e.feature)
    )


def _by_feature(found: npt.NDArray[np.intp], changed: list[str]) -> dict[str, list[int]]:
    """Places of options by the feature that was changed, each once."""
    places: dict[str, dict[int, None]] = {feature: {} for feature in changed}
    for option, state in found.tolist():
        places[changed[state]][option] = None
    return {feature: list(options) for feature, options in places.items()}
