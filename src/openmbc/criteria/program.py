"""Many conditions compiled together: every distinct node is one row of a matrix, computed once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import msgspec
import numpy as np
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria.answers import Answers
from openmbc.criteria.kleene import (
    FALSE,
    TRUE,
    UNKNOWN_VALUE,
    Places,
    Truth,
    all_of,
    any_of,
    as_bytes,
    either,
    every,
    in_columns,
    negated,
    places,
)
from openmbc.criteria.nodes import All, Leaf, Node, Not, children

# For plans that are written in the order in which they must run: optimising them costs more than it gives.
AS_WRITTEN = pl.QueryOptFlags.none()
_STATES_AT_ONCE = 8_192  # wide enough that the fixed cost of the leaves is small, and some 14 MB, which caches hold

_FEW = 16  # states that are looked up; for more, expressions cost less


def in_parts(states: int, work: Callable[[slice], None]) -> None:
    """Do ``work`` for some states at a time, side by side: Polars and NumPy let go of the interpreter."""
    parts = [slice(start, start + _STATES_AT_ONCE) for start in range(0, states, _STATES_AT_ONCE)]
    if len(parts) == 1:
        work(parts[0])
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(work, parts))


class _Step(msgspec.Struct, frozen=True):
    """Nodes of one kind whose parts are all known: their rows, and the rows of their parts."""

    kind: type[Node]
    rows: slice
    parts: tuple[Places, ...]

    def run(self, truth: Truth) -> None:
        if self.kind is Not:
            truth[self.rows] = negated(truth[self.parts[0]])
        else:
            truth[self.rows] = (all_of if self.kind is All else any_of)(truth, self.parts)


class Program:
    """A set of conditions, ready to be evaluated over any number of states.

    `at` gives the row of a node in the matrix that `run` gives.
    """

    def __init__(self, conditions: Iterable[Node]) -> None:
        depths: dict[Node, int] = {}
        self._seen: dict[int, Node] = {}  # by identity; kept, so that no other object gets the same
        for condition in conditions:
            self._add(condition, depths)
        leaves = [node for node in depths if isinstance(node, Leaf)]
        constants = [node for node in depths if not isinstance(node, Leaf) and not children(node)]
        inner = [node for node in depths if children(node)]
        inner.sort(key=lambda node: (depths[node], type(node).__name__, -len(children(node))))
        self._rows = {node: row for row, node in enumerate([*leaves, *constants, *inner])}
        self._by_identity = {identity: self._rows[node] for identity, node in self._seen.items()}
        asking: dict[str, list[int]] = {}
        for row, leaf in enumerate(leaves):
            asking.setdefault(leaf.feature, []).append(row)
        self.features = tuple(sorted(asking))
        self._tests = leaves
        self._leaves = [compile_leaf(leaf).alias(str(row)) for row, leaf in enumerate(leaves)]
        self._leaves_of = {name: places(asking[name]) for name in self.features}
        self._constants = np.array([TRUE if isinstance(node, All) else FALSE for node in constants], np.uint8)
        self._steps = self._ordered(inner, depths)

    def _add(self, node: Node, depths: dict[Node, int]) -> int:
        """Note a node and its parts; its depth is one more than that of its deepest part."""
        if id(node) in self._seen:
            return depths[node]
        depth = 1 + max((self._add(child, depths) for child in children(node)), default=0)
        depths.setdefault(node, depth)
        self._seen[id(node)] = node
        return depth

    def _ordered(self, inner: list[Node], depths: dict[Node, int]) -> list[_Step]:
        """The nodes above the leaves, in steps: what stands together has the same depth and kind."""
        together: dict[tuple[int, type[Node]], list[Node]] = {}
        for node in inner:
            together.setdefault((depths[node], type(node)), []).append(node)
        steps = []
        for (_, kind), nodes in together.items():
            parts = [[self._rows[part] for part in children(node)] for node in nodes]
            first = self._rows[nodes[0]]
            steps.append(_Step(kind, slice(first, first + len(nodes)), in_columns(parts)))
        return steps

    def at(self, node: Node) -> int:
        """The row of a node. An object that was seen before is found without comparing its content."""
        known = self._by_identity.get(id(node))
        return self._rows[node] if known is None else known

    def run(self, state: pl.DataFrame) -> Truth:
        """Truth values (`kleene`): one row a node, one column a state, in the order of ``state``."""
        truth = np.empty((len(self._rows), len(state)), np.uint8)
        in_parts(len(state), lambda part: self._run(state[part], truth[:, part]))
        return truth

    def leaves(self, state: pl.DataFrame) -> Truth:
        """The truth values of the leaves alone, which are the first rows of `run`."""
        if not self._leaves:
            return np.empty((0, len(state)), np.uint8)
        if 0 < len(state) <= _FEW:
            return self._answers.of(state.select(self.features).rows(named=True))
        return as_bytes(state.select(self._leaves))

    def leaves_of_rows(self, states: Sequence[Mapping[str, object]]) -> Truth:
        """As `leaves`, of a few states that are rows with names already."""
        return self._answers.of(states) if self._leaves else np.empty((0, len(states)), np.uint8)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._tests, self._leaves)

    def leaves_of(self, feature: str) -> Places:
        """The rows of the leaves that test a feature."""
        return self._leaves_of[feature]

    def above(self, leaves: Truth) -> Truth:
        """The truth values of all nodes, from those of the leaves."""
        truth = np.empty((len(self._rows), leaves.shape[1]), np.uint8)
        truth[: len(leaves)] = leaves
        self._above(truth)
        return truth

    def _run(self, state: pl.DataFrame, truth: Truth) -> None:
        truth[: len(self._leaves)] = self.leaves(state)
        self._above(truth)

    def _above(self, truth: Truth) -> None:
        count = len(self._leaves)
        truth[count : count + len(self._constants)] = self._constants[:, None]
        for step in self._steps:
            step.run(truth)


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
        return either([*hits, *((column == c) & UNKNOWN_VALUE for c in open_)])
    if leaf.values:
        return either(column == v for v in leaf.values)
    bounds = []
    if leaf.low is not None:
        bounds.append(column >= leaf.low if leaf.low_inside else column > leaf.low)
    if leaf.high is not None:
        bounds.append(column <= leaf.high if leaf.high_inside else column < leaf.high)
    return every(bounds)
