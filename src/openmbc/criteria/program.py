"""Many conditions compiled together: every distinct node is one boolean column, computed once."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria.kleene import UNKNOWN, either, every
from openmbc.criteria.nodes import All, AnyOf, Leaf, Node, Not, children

# The levels stand in the order in which they must run; optimising them costs more than it gives.
AS_WRITTEN = pl.QueryOptFlags.none()


class Program:
    """A set of conditions, ready to be evaluated over any number of states.

    `column` names the column of a node in the frame that `run` gives.
    """

    def __init__(self, conditions: Iterable[Node]) -> None:
        self._names: dict[Node, str] = {}
        # Equal nodes of different rules are one column; each object is found without comparing its content.
        self._objects: dict[int, tuple[Node, str]] = {}
        levels: list[list[Node]] = []
        for condition in conditions:
            self._add(condition, levels)
        self.features = tuple(sorted({leaf.feature for leaf in self._names if isinstance(leaf, Leaf)}))
        self._levels = [[self._expr(node).alias(self._names[node]) for node in level] for level in levels]

    def _add(self, node: Node, levels: list[list[Node]]) -> int:
        """Register a node under its parts; gives its depth (leaves are 0)."""
        depth = 1 + max((self._add(child, levels) for child in children(node)), default=-1)
        if node not in self._names:
            self._names[node] = f"n{len(self._names)}"
            levels.extend([] for _ in range(depth + 1 - len(levels)))
            levels[depth].append(node)
        self._objects[id(node)] = (node, self._names[node])
        return depth

    def column(self, node: Node) -> str:
        """Name of the node's column."""
        known = self._objects.get(id(node))
        return known[1] if known else self._names[node]

    def run(self, state: pl.DataFrame) -> pl.DataFrame:
        """A Boolean column for each node, one row a state, in the order of ``state``; null is unknown."""
        if not self._levels:
            return pl.DataFrame()
        truth = state.lazy().select(self._levels[0])
        for level in self._levels[1:]:
            truth = truth.with_columns(level)
        return truth.collect(engine="in-memory", optimizations=AS_WRITTEN)

    def _expr(self, node: Node) -> pl.Expr:
        match node:
            case Leaf():
                return compile_leaf(node)
            case All(()) | AnyOf(()):
                # A bare literal would be one row high.
                return pl.repeat(isinstance(node, All), pl.len(), dtype=pl.Boolean)
            case All(parts):
                return every(pl.col(self._names[p]) for p in parts)
            case AnyOf(parts):
                return either(pl.col(self._names[p]) for p in parts)
            case Not(part):
                return ~pl.col(self._names[part])


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
