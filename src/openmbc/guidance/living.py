"""What helps to live with the disease, applied: which conditions of its entries hold, and what asks for a call.

One program holds every condition of these kinds of knowledge, for one person as for many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from openmbc.criteria import Program, parse
from openmbc.criteria.kleene import FALSE, TRUE, WORDS, Truth
from openmbc.criteria.nodes import Node
from openmbc.knowledge import Knowledge
from openmbc.knowledge.living import LIVING, RedFlag
from openmbc.knowledge.model import Condition
from openmbc.knowledge.parts import conditions_in


@dataclass(frozen=True, eq=False)
class Living:
    """The entries of a knowledge with their conditions made ready, and the red flags in the order to show them.

    ``nodes`` are the conditions by the identity of what the file says.
    """

    knowledge: Knowledge
    program: Program
    nodes: dict[int, Node]
    flags: tuple[tuple[str, RedFlag], ...]

    def row(self, condition: Condition) -> int:
        """The row of a condition in a matrix of truth values."""
        return self.program.at(self.nodes[id(condition)])


@cache
def living(knowledge: Knowledge, kinds: tuple[str, ...] = LIVING) -> Living:
    """The plan for some kinds of a knowledge; made once. A report needs few of them."""
    entries = [entry for kind in kinds for entry in getattr(knowledge, kind).values()]
    nodes = {id(c): parse(c) for entry in entries for _, c in conditions_in(entry)}
    flags = sorted(knowledge.red_flags.items(), key=lambda item: (URGENCY.index(item[1].do), item[1].order, item[0]))
    return Living(knowledge, Program(nodes.values()), nodes, tuple(flags))


URGENCY = ("emergency", "call_now", "call_today")


@dataclass(frozen=True, eq=False)
class Held:
    """Which conditions hold for one person."""

    plan: Living
    truth: list[bool | None]

    def __call__(self, condition: Condition | None) -> bool | None:
        """Whether a condition holds; one that is not there always does."""
        return True if condition is None else self.truth[self.plan.row(condition)]

    def node(self, condition: Condition) -> Node:
        """The condition as parsed."""
        return self.plan.nodes[id(condition)]


def held(truth: Truth, row: int, plan: Living) -> Held:
    """The conditions for one row of the state, from `Living.program`'s ``run``."""
    return Held(plan, [WORDS[value] for value in truth[:, row].tolist()])


def red_flags(truth: Truth, plan: Living) -> pl.DataFrame:
    """The red flags that are raised: row (of the state) and flag (place in `Living.flags`), the most urgent first.

    A flag is raised where its sign is true and where it is not refuted that it is for the person: a record that does
    not say which medicine is taken silences no alarm.
    """
    if not plan.flags:
        return pl.DataFrame(schema={"row": pl.UInt32, "flag": pl.UInt32})
    raised = [_raised(truth, flag, plan) for _, flag in plan.flags]
    flag, row = np.nonzero(np.vstack(raised))
    found = pl.DataFrame([pl.Series("row", row, pl.UInt32), pl.Series("flag", flag, pl.UInt32)])
    return found.sort("row", "flag")


def _raised(truth: Truth, flag: RedFlag, plan: Living) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    seen: np.ndarray[tuple[int], np.dtype[np.bool_]] = truth[plan.row(flag.sign)] == TRUE
    if flag.for_ is not None:
        seen = seen & (truth[plan.row(flag.for_)] != FALSE)
    return seen
