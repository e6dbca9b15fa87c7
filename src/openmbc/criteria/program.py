"""Many conditions compiled together: every distinct node is one boolean column, computed once."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria.kleene import UNKNOWN, either, every
from openmbc.criteria.nodes import All, Leaf, Node, Not, children

# For plans that are written in the order in which they must run: optimising them costs more than it gives.
AS_WRITTEN = pl.QueryOptFlags.none()


class Program:
    """A set of conditions, ready to be evaluated over any number of states.

    `column` names the column of a node in the frame that `run` gives.
    """

    def __init__(self, conditions: Iterable[Node]) -> None:
        self._names: dict[Node, str] = {}
        # Equal nodes of different rules are one column; each object is found without comparing its content.
        self._objects: dict[int, tuple[Node, str]] = {}
        for condition in conditions:
            self._add(condition)
        leaves = [node for node in self._names if isinstance(node, Leaf)]
        self.features = tuple(sorted({leaf.feature for leaf in leaves}))
        self._leaves = [compile_leaf(leaf).alias(self._names[leaf]) for leaf in leaves]
        # Parts stand before the nodes that hold them, because `_add` registers them first.
        self._inner = [
            (self._names[n], n, [self._names[c] for c in children(n)]) for n in self._names if n not in leaves
        ]

    def _add(self, node: Node) -> None:
        """Register a node after its parts."""
        for child in children(node):
            self._add(child)
        self._names.setdefault(node, f"n{len(self._names)}")
        self._objects[id(node)] = (node, self._names[node])

    def column(self, node: Node) -> str:
        """Name of the node's column."""
        known = self._objects.get(id(node))
        return known[1] if known else self._names[node]

    def run(self, state: pl.DataFrame) -> pl.DataFrame:
        """A Boolean column for each node, one row a state, in the order of ``state``; null is unknown.

        Leaves are one select; the nodes above them combine whole columns, which keep unknown in Polars
        and for one person cost a tenth of an expression.
        """
        truth = {series.name: series for series in state.select(self._leaves).get_columns()}
        for name, node, parts in self._inner:
            truth[name] = _combined(node, [truth[part] for part in parts], len(state)).alias(name)
        return pl.DataFrame(list(truth.values()))


def _combined(node: Node, parts: list[pl.Series], height: int) -> pl.Series:
    if isinstance(node, Not):
        return ~parts[0]
    if not parts:
        return pl.repeat(isinstance(node, All), height, dtype=pl.Boolean, eager=True)
    return functools.reduce(operator.and_ if isinstance(node, All) else operator.or_, parts)


def compile_leaf(leaf: Leaf) -> pl.Expr:
    """The test of one feature as a Boolean expression over the state; null where it is unknown."""
    feature, column = by_name()[leaf.feature], pl.col(leaf.feature)
    if feature.kind == "bool":
        return column if leaf.values[0] else ~column
    if feature.kind == "category":
        wanted = set(leaf.values)
        hits = [column == v for v in leaf.values]
        hits += [column == c for c, fine in feature.coarse.items() if set(fine) <= wanted]
        # A coarse value leaves the answer open when only some of what it covers is wanted.
        open_ = [c for c, fine in feature.coarse.items() if wanted & set(fine) and not set(fine) <= wanted]
        return either([*hits, *((column == c) & UNKNOWN for c in open_)])
    if leaf.values:
        return either(column == v for v in leaf.values)
    bounds = []
    if leaf.low is not None:
        bounds.append(column >= leaf.low if leaf.low_inside else column > leaf.low)
    if leaf.high is not None:
        bounds.append(column <= leaf.high if leaf.high_inside else column < leaf.high)
    return every(bounds)
