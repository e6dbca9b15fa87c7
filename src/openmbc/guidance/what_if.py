"""States that could be: what would each missing fact change? Found by evaluating, not by a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria import Leaf
from openmbc.criteria.domain import values
from openmbc.criteria.kleene import Truth
from openmbc.criteria.nodes import leaves as leaves_in
from openmbc.guidance.evaluate import NEEDS, POSSIBLE, UNSUITABLE, Verdicts
from openmbc.guidance.plan import Plan
from openmbc.state.build import dtype


@dataclass(frozen=True)
class Effect:
    """What learning one feature could do: options that some value would open, or close."""

    feature: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    best: int  # position of the best option that it could open; large when none


def imagined(known: Mapping[str, object], leaves: Truth, plan: Plan) -> tuple[Truth, list[str]]:
    """The states of one person in which one unknown feature has one of its possible values.

    ``known`` are the person's features, ``leaves`` (one column) what they make of the leaves of the program. Gives
    the leaves of each state that could be, a column each, and the feature that each of them changes.
    """
    tried = {f: t for f, t in _tried(plan).items() if known[f] is None or known[f] in by_name()[f].coarse}
    changed = [feature for feature, truth in tried.items() for _ in range(truth.shape[1])]
    found, start = np.repeat(leaves, len(changed), axis=1), 0
    for feature, truth in tried.items():
        found[plan.program.leaves_of(feature), start : start + truth.shape[1]] = truth
        start += truth.shape[1]
    return found, changed


@cache
def _tried(plan: Plan) -> dict[str, Truth]:
    """What each choice for a feature makes of the leaves that test it: a row a leaf, a column a choice."""
    choices = _choices(plan)
    most = max(map(len, choices.values()), default=0)
    padded = {f: [*choices.get(f, ()), *[None] * (most - len(choices.get(f, ())))] for f in plan.program.features}
    truth = plan.program.leaves(pl.DataFrame({f: pl.Series(v, dtype=dtype(by_name()[f])) for f, v in padded.items()}))
    return {f: truth[plan.program.leaves_of(f), : len(values)] for f, values in choices.items()}


@cache
def _choices(plan: Plan) -> dict[str, list[object]]:
    """What to try for each feature that options ask for: every value; of numbers, each bound and both sides of it."""
    asked: dict[str, list[Leaf]] = {}
    for option in plan.options:
        for leaf in (*leaves_in(option.indicated), *leaves_in(option.contraindicated)):
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
