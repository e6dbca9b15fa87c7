"""What a condition is made of: leaves over features, and `all`, `any`, `not` around them.

Nodes are frozen and compare by content, so equal conditions in different rules are one node and
are computed once. They are looked up often and nest deeply: their hash is computed once, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec


class Leaf(msgspec.Struct, frozen=True, cache_hash=True):
    """A test of one feature.

    ``values`` for categories, integers in a list and yes/no features (a single bool); otherwise the
    bounds ``low`` and ``high`` (None: open), each with whether the bound itself is inside.
    """

    feature: str
    values: tuple[str | int | bool, ...] = ()
    low: float | None = None
    high: float | None = None
    low_inside: bool = True
    high_inside: bool = True


class All(msgspec.Struct, frozen=True, cache_hash=True):
    """True when every part is true; true when empty."""

    parts: tuple[Node, ...]


class AnyOf(msgspec.Struct, frozen=True, cache_hash=True):
    """True when at least one part is true; false when empty."""

    parts: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True, cache_hash=True):
    """True when the part is false; unknown stays unknown."""

    part: Node


Node = Leaf | All | AnyOf | Not

ALWAYS = All(())
NEVER = AnyOf(())


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly inside a node."""
    if isinstance(node, All | AnyOf):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


@cache
def features(node: Node) -> tuple[str, ...]:
    """The features that a condition asks about, each once, in reading order."""
    return tuple(dict.fromkeys(leaf.feature for leaf in leaves(node)))


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf of a condition, in reading order, repeats included."""
    if isinstance(node, Leaf):
        yield node
    for child in children(node):
        yield from leaves(child)


def all_of(parts: list[Node]) -> Node:
    """`All`, without wrapping a single part and without parts that are always true."""
    kept = tuple(p for p in parts if p != ALWAYS)
    if NEVER in kept:
        return NEVER
    return kept[0] if len(kept) == 1 else All(kept)


def any_of(parts: list[Node]) -> Node:
    """`AnyOf`, without wrapping a single part and without parts that are never true."""
    kept = tuple(p for p in parts if p != NEVER)
    if ALWAYS in kept:
        return ALWAYS
    return kept[0] if len(kept) == 1 else AnyOf(kept)
