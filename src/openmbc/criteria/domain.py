"""Can a condition hold at all, and must it? Decided feature by feature.

Only what one feature says is looked at: conditions that fail through the relation of two features are
not found. That finds the usual mistakes (a value asked for and excluded, bounds that leave nothing).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from openmbc.catalogue import Feature, by_name
from openmbc.criteria.nodes import All, AnyOf, Leaf, Node, Not, leaves

Value = str | int | float | bool


def never(node: Node) -> str | None:
    """The feature for which no value satisfies the condition, or None."""
    together = list(_conjuncts(node))
    for name in dict.fromkeys(leaf.feature for part in together for leaf in leaves(part)):
        own = [part for part in together if {leaf.feature for leaf in leaves(part)} == {name}]
        if own and not any(all(holds(part, value) for part in own) for value in values(name, own)):
            return name
    return None


def always(node: Node) -> bool:
    """True when the condition tests one feature and every value satisfies it."""
    names = {leaf.feature for leaf in leaves(node)}
    return len(names) == 1 and all(holds(node, value) for value in values(names.pop(), [node]))


def implied(by: Node, node: Node) -> bool:
    """True when every value that ``by`` allows for the one feature of ``node`` makes ``node`` true."""
    names = {leaf.feature for leaf in leaves(node)}
    if len(names) != 1:
        return False
    (name,) = names
    own = [part for part in _conjuncts(by) if {leaf.feature for leaf in leaves(part)} == {name}]
    allowed = [v for v in values(name, [*own, node]) if all(holds(part, v) for part in own)]
    return bool(own) and bool(allowed) and all(holds(node, v) for v in allowed)


def _conjuncts(node: Node) -> Iterable[Node]:
    if isinstance(node, All):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node


def values(name: str, nodes: Iterable[Node]) -> list[Value]:
    """Every value of a category; for numbers, each bound in its conditions and a value on each side."""
    feature: Feature = by_name()[name]
    if feature.kind == "bool":
        return [True, False]
    if feature.kind == "category":
        return list(feature.values)
    edges = sorted({0.0, *bounds(leaf for node in nodes for leaf in leaves(node) if leaf.feature == name)})
    if feature.kind == "integer":
        return sorted({int(v) for b in edges for v in (b - 1, b, b + 1) if v >= 0})
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    return sorted(v for v in (*edges, *between, edges[-1] + 1) if v >= 0)


def bounds(tests: Iterable[Leaf]) -> set[float]:
    """The numbers at which some of the tests change."""
    found = (b for leaf in tests for b in (leaf.low, leaf.high, *leaf.values))
    return {float(b) for b in found if b is not None and not isinstance(b, str)}


def holds(node: Node, value: Value) -> bool:
    """Truth of a condition over one feature for one known value."""
    match node:
        case All(parts):
            return all(holds(p, value) for p in parts)
        case AnyOf(parts):
            return any(holds(p, value) for p in parts)
        case Not(part):
            return not holds(part, value)
        case Leaf(_, values=wanted) if wanted:
            return value in wanted
        case Leaf():
            assert isinstance(value, int | float)
            above = node.low is None or value > node.low or (node.low_inside and value == node.low)
            below = node.high is None or value < node.high or (node.high_inside and value == node.high)
            return above and below
