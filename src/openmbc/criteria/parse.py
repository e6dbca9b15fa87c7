"""Conditions as read from YAML into nodes, each leaf checked against the catalogue.

Grammar::

    condition = {all: [condition, ...]} | {any: [...]} | {not: condition} | leaf
    leaf      = feature                       a yes/no feature that holds
              | {feature: true | false}
              | {feature: value | [value, ...]}
              | {feature: {at_least|above: number, at_most|below: number, between: [number, number]}}
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

from openmbc.catalogue import Feature, by_name
from openmbc.criteria.nodes import All, AnyOf, Leaf, Node, Not
from openmbc.errors import OpenmbcError

_BOUNDS = ("at_least", "above", "at_most", "below", "between")


class CriteriaError(OpenmbcError):
    """A condition that cannot be read; ``place`` is the path inside the condition."""

    exit_code = 2


def parse(condition: object, place: str = "") -> Node:
    """The node that a condition from YAML means.

    Raises `CriteriaError` with the path inside the condition and, for a misspelt name, the nearest one.
    """
    if isinstance(condition, str):
        return _leaf(condition, True, place)
    if not isinstance(condition, dict) or len(condition) != 1:
        raise CriteriaError(
            f"a condition is one feature, or one of all, any, not; this is {condition!r}",
            place=place,
            todo="Write each condition as its own list item.",
        )
    (word, inner), *_ = condition.items()
    if word in ("all", "any"):
        if not isinstance(inner, list) or not inner:
            raise CriteriaError(f"'{word}' needs a list of conditions", place=place)
        parts = tuple(parse(part, f"{place}.{word}[{i}]") for i, part in enumerate(inner))
        return All(parts) if word == "all" else AnyOf(parts)
    if word == "not":
        return Not(parse(inner, f"{place}.not"))
    return _leaf(str(word), inner, place)


def _leaf(name: str, test: object, place: str) -> Leaf:
    feature = by_name().get(name)
    if feature is None:
        raise CriteriaError(f"there is no feature '{name}'", place=place, todo=_nearest(name, list(by_name())))
    readers: dict[str, Callable[[Feature, object, str], Leaf]] = {
        "bool": _bool_leaf,
        "category": _value_leaf,
        "integer": _number_leaf,
        "number": _number_leaf,
    }
    if feature.kind not in readers:
        raise CriteriaError(f"'{name}' is text and cannot be tested", place=place)
    return readers[feature.kind](feature, test, f"{place}.{name}")


def _bool_leaf(feature: Feature, test: object, place: str) -> Leaf:
    if not isinstance(test, bool):
        raise CriteriaError(f"'{feature.name}' is yes or no, not {test!r}", place=place)
    return Leaf(feature.name, (test,))


def _value_leaf(feature: Feature, test: object, place: str) -> Leaf:
    wanted = test if isinstance(test, list) else [test]
    for value in wanted:
        if value not in feature.values:
            raise CriteriaError(
                f"'{feature.name}' has no value {value!r}", place=place, todo=_nearest(str(value), list(feature.values))
            )
    return Leaf(feature.name, tuple(v for v in feature.values if v in wanted))


def _number_leaf(feature: Feature, test: object, place: str) -> Leaf:
    if feature.kind == "integer" and isinstance(test, int | list):
        wanted = test if isinstance(test, list) else [test]
        return Leaf(feature.name, tuple(sorted(int(v) for v in wanted)))
    if not isinstance(test, dict) or not test or set(test) - set(_BOUNDS):
        raise CriteriaError(
            f"'{feature.name}' is a number: give {', '.join(_BOUNDS[:-1])} or between; this is {test!r}", place=place
        )
    if not all(isinstance(v, int | float) for v in test.values() if not isinstance(v, list)):
        raise CriteriaError(f"a bound of '{feature.name}' is not a number: {test!r}", place=place)
    low, high = test.get("between", (None, None))
    return Leaf(
        feature.name,
        low=test.get("at_least", test.get("above", low)),
        high=test.get("at_most", test.get("below", high)),
        low_inside="above" not in test,
        high_inside="below" not in test,
    )


def _nearest(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, n=3, cutoff=0.6)
    return (
        f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(words[:12])}{' ...' * (len(words) > 12)}."
    )
