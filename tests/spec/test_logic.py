"""The three-valued operators as drawn truth tables."""

from __future__ import annotations

import polars as pl
import pytest

from openmbc.criteria import All, AnyOf, Leaf, Not, Program
from openmbc.criteria.kleene import WORDS
from openmbc.criteria.nodes import ALWAYS, NEVER

A, B = Leaf("visceral_crisis", (True,)), Leaf("frail", (True,))
WORD = {"T": True, "F": False, "?": None}

TABLES = {
    "all": (
        All((A, B)),
        """
        a  T F ?
        T  T F ?
        F  F F F
        ?  ? F ?
    """,
    ),
    "any": (
        AnyOf((A, B)),
        """
        a  T F ?
        T  T T T
        F  T F ?
        ?  T ? ?
    """,
    ),
    "not a": (
        Not(A),
        """
        a  T F ?
        T  F F F
        F  T T T
        ?  ? ? ?
    """,
    ),
    "all of nothing": (
        ALWAYS,
        """
        a  T
        T  T
    """,
    ),
    "any of nothing": (
        NEVER,
        """
        a  T
        T  F
    """,
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_operator(name: str) -> None:
    node, drawn = TABLES[name]
    head, *rows = [line.split() for line in drawn.strip().splitlines()]
    cells = [(row[0], column, answer) for row in rows for column, answer in zip(head[1:], row[1:], strict=True)]
    state = pl.DataFrame(
        {"visceral_crisis": [WORD[a] for a, _, _ in cells], "frail": [WORD[b] for _, b, _ in cells]},
        schema={"visceral_crisis": pl.Boolean, "frail": pl.Boolean},
    )
    program = Program([node])
    assert [WORDS[value] for value in program.run(state)[program.at(node)]] == [WORD[answer] for _, _, answer in cells]
