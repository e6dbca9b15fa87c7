"""States that could be: what would each missing fact change? Found by evaluating, not by a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import cast

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria import Leaf
from openmbc.criteria.domain import Value, bounds, values
from openmbc.criteria.kleene import UNKNOWN, Truth
from openmbc.criteria.nodes import leaves as leaves_in
from openmbc.guidance.evaluate import NEEDS, POSSIBLE, UNSUITABLE, Verdicts
from openmbc.guidance.plan import Plan
from openmbc.state import genomics, receptors
from openmbc.state.build import dtype


class Answer(msgspec.Struct, frozen=True):
    """One possible result of learning a feature: a value, or of a number every value of a range that changes the same.

    ``value`` is one that was tried, ``leaf`` tests for the result (and so says it in words).
    """

    value: Value
    leaf: Leaf
    opens: tuple[str, ...]
    closes: tuple[str, ...]


class Effect(msgspec.Struct, frozen=True):
    """What learning one feature could do: options that some value would open, or close, and which value does."""

    feature: str
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    best: int  # position of the best option that it could open; large when none
    answers: tuple[Answer, ...] = ()


Ids = tuple[str, ...]
Tried = tuple[str, Value]  # a feature, and the value that it is imagined to have


def imagined(known: Mapping[str, object], leaves: Truth, plan: Plan) -> tuple[Truth, list[Tried]]:
    """The states of one person in which one unknown feature has one of its possible values.

    ``known`` are the person's features, ``leaves`` (one column) what they make of the leaves of the program. Gives
    the leaves of each state that could be, a column each, and what each of them changes. Of a feature that is known
    in part (HER2 negative) only what it leaves open is tried.
    """
    choices, parts = _choices(plan), []
    for feature, truth in _tried(plan).items():
        if known[feature] is None:
            parts.append((feature, choices[feature], truth))
        elif (coarse := by_name()[feature].coarse) and known[feature] in coarse:
            open_ = [i for i, value in enumerate(choices[feature]) if value in coarse[str(known[feature])]]
            parts.append((feature, tuple(choices[feature][i] for i in open_), truth[:, open_]))
    changed = [(feature, value) for feature, values_, _ in parts for value in values_]
    found, start = np.repeat(leaves, len(changed), axis=1), 0
    for feature, _, truth in parts:
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
def _choices(plan: Plan) -> dict[str, tuple[Value, ...]]:
    """What to try for each feature that options ask for: every value; of numbers, each bound and a value between."""
    return {name: tuple(values(name, leaves)) for name, leaves in _asked(plan).items()}


@cache
def _asked(plan: Plan) -> dict[str, list[Leaf]]:
    """The tests of each feature that options ask for, by name."""
    asked: dict[str, list[Leaf]] = {}
    for option in plan.options:
        for leaf in (*leaves_in(option.indicated), *leaves_in(option.contraindicated)):
            asked.setdefault(leaf.feature, []).append(leaf)
    return dict(sorted(asked.items()))


@cache
def _edges(plan: Plan) -> dict[str, frozenset[float]]:
    """The bounds that the tests of each number draw."""
    return {name: frozenset(bounds(leaves)) for name, leaves in _asked(plan).items()}


def effects(before: Verdicts, after: Verdicts, changed: list[Tried]) -> list[Effect]:
    """The effect of learning each feature on the options of one person, the most helpful first.

    ``before`` are the verdicts of the person, ``after`` those of the `imagined` states.
    """
    now = before.verdict[:, :1]
    opened = _by_state((now == NEEDS) & (after.verdict <= POSSIBLE))
    closed = _by_state((now != UNSUITABLE) & (after.verdict == UNSUITABLE))
    moved = {changed[state][0] for state in (*opened, *closed)}
    states: dict[str, list[int]] = {}
    for state, (feature, _) in enumerate(changed):
        if feature in moved:
            states.setdefault(feature, []).append(state)
    found = [_effect(feature, opened, closed, of, changed, before.plan) for feature, of in states.items()]
    return sorted(found, key=lambda e: (not e.opens, e.best, -len(e.opens), e.feature))


def _effect(
    feature: str,
    opened: dict[int, list[int]],
    closed: dict[int, list[int]],
    states: list[int],
    changed: list[Tried],
    plan: Plan,
) -> Effect:
    """The effect of one feature, whose values are imagined in ``states``."""
    opens, closes = (sorted({o for s in states for o in of.get(s, ())}) for of in (opened, closed))
    best = opens[0] if opens else len(plan.options)
    each = [(changed[s][1], _ids(opened.get(s, ()), plan), _ids(closed.get(s, ()), plan)) for s in states]
    return Effect(feature, _ids(opens, plan), _ids(closes, plan), best, _answers(feature, each, plan))


def _answers(feature: str, each: list[tuple[Value, Ids, Ids]], plan: Plan) -> tuple[Answer, ...]:
    """The results of a feature; numbers beside each other that change the same are one range."""
    if by_name()[feature].kind not in ("integer", "number"):
        return tuple(Answer(value, Leaf(feature, (value,)), *change) for value, *change in each)  # type: ignore[arg-type]
    runs: list[tuple[int, int]] = []
    for place, (_, *change) in enumerate(each):
        if runs and list(each[runs[-1][0]][1:]) == change:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    numbers = [cast("float", value) for value, _, _ in each]
    edges = _edges(plan)[feature]
    return tuple(
        Answer(each[first][0], _range(feature, numbers, first, last, edges), *each[first][1:]) for first, last in runs
    )


def _range(feature: str, numbers: list[float], first: int, last: int, edges: frozenset[float]) -> Leaf:
    """A test for the range from one number that was tried to another: its ends are bounds, or lie just beyond one."""
    whole = by_name()[feature].kind == "integer"
    at_low, at_high = whole or numbers[first] in edges, whole or numbers[last] in edges
    low = None if first == 0 else numbers[first if at_low else first - 1]
    high = None if last == len(numbers) - 1 else numbers[last if at_high else last + 1]
    if low is not None and low == high:
        return Leaf(feature, (cast("int", low),))
    return Leaf(feature, (), low, high, at_low, at_high)


def _ids(places: Iterable[int], plan: Plan) -> Ids:
    return tuple(plan.options[place].id for place in places)


def _by_state(found: npt.NDArray[np.bool_]) -> dict[int, list[int]]:
    """Places of options in static order, by the state in which they move."""
    places: dict[int, list[int]] = {}
    for state, option in np.argwhere(found.T).tolist():
        places.setdefault(state, []).append(option)
    return places


def otherwise(
    known: Mapping[str, object], leaves: Truth, features: Iterable[str], plan: Plan
) -> tuple[Truth, list[str]]:
    """The states of one person in which a known feature is otherwise: not found where it is altered, else not known.

    ``known`` and ``leaves`` as of `imagined`. Gives the leaves of each state, a column each, and the feature that it
    changes; with it change the features that follow from it.
    """
    asked = [feature for feature in features if known[feature] is not None]
    found = np.repeat(leaves, len(asked), axis=1)
    for column, feature in enumerate(asked):
        value = "not_found" if known[feature] == "altered" else None
        for name, then in {feature: value, **_following(feature, value, known)}.items():
            if name in _choices(plan):
                found[plan.program.leaves_of(name), column] = _leaves_for(name, then, plan)
    return found, asked


# What follows from another feature, and how.
_FOLLOWS = {
    "germline_brca1": ("germline_brca", ("germline_brca1", "germline_brca2"), genomics.either_brca),
    "germline_brca2": ("germline_brca", ("germline_brca1", "germline_brca2"), genomics.either_brca),
    "er": ("hormone_receptor", ("er", "pr"), receptors.hormone_receptor),
    "pr": ("hormone_receptor", ("er", "pr"), receptors.hormone_receptor),
}


def _following(feature: str, value: str | None, known: Mapping[str, object]) -> dict[str, str | None]:
    """The feature that follows from another one, when that has the value."""
    if feature not in _FOLLOWS:
        return {}
    name, of, _ = _FOLLOWS[feature]
    return {name: _worked_out(feature, tuple(value if of_ == feature else known[of_] for of_ in of))}


@cache
def _worked_out(feature: str, values: tuple[object, ...]) -> str | None:
    """What follows from values of a feature and of those beside it."""
    _, of, rule = _FOLLOWS[feature]
    asked = pl.DataFrame({name: pl.Series([v], dtype=pl.String) for name, v in zip(of, values, strict=True)})
    found: str | None = asked.select(rule()).item()
    return found


def _leaves_for(name: str, value: str | None, plan: Plan) -> npt.NDArray[np.uint8]:
    """What a value of a category makes of the leaves that test it; of one known in part, unknown."""
    choices = _choices(plan)[name]
    if value not in choices:
        return np.full(len(plan.program.leaves_of(name)), UNKNOWN, np.uint8)
    return _tried(plan)[name][:, choices.index(value)]


def differences(before: Verdicts, other: Verdicts, features: list[str]) -> dict[str, tuple[Ids, Ids]]:
    """What each known feature opens and closes: options that would stand worse, and such that would not be out.

    ``before`` are the verdicts of the person, ``other`` those of the states in which it is `otherwise`.
    """
    now, then = (np.maximum(verdicts.verdict, POSSIBLE) for verdicts in (before, other))
    opened, closed = _by_state(now[:, :1] < then), _by_state((now[:, :1] == UNSUITABLE) & (then != UNSUITABLE))
    return {
        feature: (_ids(opened.get(state, ()), before.plan), _ids(closed.get(state, ()), before.plan))
        for state, feature in enumerate(features)
    }
