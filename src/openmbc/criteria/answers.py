"""What each value of a feature makes of the leaves that test it: worked out once, then looked up.

For one person, starting an expression for each leaf costs more than a hundred times what looking it up does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import Any

import numpy as np
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria.domain import bounds
from openmbc.criteria.kleene import Truth, as_bytes, places
from openmbc.criteria.nodes import Leaf


class Answers:
    """The truth of leaves by the values of their features. ``compiled``: the leaves as expressions."""

    def __init__(self, leaves: Sequence[Leaf], compiled: Sequence[pl.Expr]) -> None:
        tests: dict[str, list[Leaf]] = {}
        for leaf in leaves:
            tests.setdefault(leaf.feature, []).append(leaf)
        known = {name: _values(name, of) for name, of in tests.items()}
        columns = zip(known, zip(*zip_longest(*known.values()), strict=True), strict=True)
        frame = pl.DataFrame([pl.Series(name, values) for name, values in columns])
        self._truth = as_bytes(frame.select(compiled))  # a row a leaf, a column a place of a value
        self._names = list(tests)
        self._places = [_place(name, of, known[name]) for name, of in tests.items()]
        order = {name: number for number, name in enumerate(tests)}
        self._feature = places(order[leaf.feature] for leaf in leaves)

    def of(self, states: Iterable[Mapping[str, object]]) -> Truth:
        """The truth values of the leaves: one row a leaf, one column a state."""
        values = (map(state.__getitem__, self._names) for state in states)
        at = np.array([[place(v) for place, v in zip(self._places, of, strict=True)] for of in values], np.intp)
        found: Truth = np.take_along_axis(self._truth, at.T[self._feature], axis=1)
        return found


def _values(name: str, tests: Iterable[Leaf]) -> list[object]:
    """Not known, then every value; of numbers each bound, and between them one value that stands for all."""
    feature = by_name()[name]
    if feature.kind == "bool":
        return [None, False, True]
    if feature.kind == "category":
        return [None, *feature.all_values]
    edges = sorted(bounds(tests))
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    around = [edges[0] - 1, *between, edges[-1] + 1]
    inside = [value for pair in zip(around, edges, strict=False) for value in pair]
    return [None, *inside, around[-1]]


def _place(name: str, tests: Iterable[Leaf], values: Sequence[object]) -> Callable[[Any], int]:
    """Which of the `_values` a value is, or stands for it."""
    if by_name()[name].kind in ("bool", "category"):
        return {value: place for place, value in enumerate(values)}.__getitem__
    edges = sorted(bounds(tests))

    def of_number(value: Any) -> int:
        return 0 if value is None else 1 + bisect_left(edges, value) + bisect_right(edges, value)

    return of_number
