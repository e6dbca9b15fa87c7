"""What helps to live with the disease, applied: which conditions of its entries hold, and what asks for a call.

One program holds every condition of these kinds of knowledge, for one person as for many.
"""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import polars as pl

from openmbc.catalogue import by_name
from openmbc.criteria import Program, parse
from openmbc.criteria.kleene import FALSE, TRUE, WORDS, Truth
from openmbc.criteria.nodes import Node
from openmbc.knowledge import Knowledge
from openmbc.knowledge.living import LIVING, RedFlag
from openmbc.knowledge.model import Condition
from openmbc.knowledge.parts import conditions_in
from openmbc.wellbeing.diary import GRADED


class Living(msgspec.Struct, frozen=True, eq=False):
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


class Held(msgspec.Struct, frozen=True, eq=False):
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
    raised = [_raised(truth, flag, plan) for _, flag in plan.flags]
    if not np.count_nonzero(raised):  # the usual case of one person
        return _NONE
    flag, row = np.nonzero(np.vstack(raised))
    found = pl.DataFrame([pl.Series("row", row, pl.UInt32), pl.Series("flag", flag, pl.UInt32)])
    return found.sort("row", "flag")


_NONE = pl.DataFrame(schema={"row": pl.UInt32, "flag": pl.UInt32})

# How soon a decision is to be made when a red flag is raised, the least urgent first.
_SOON = ("routine", "soon", "now")
_WAITS = "The next dose waits until this has been looked at."
_HOW_SOON = {"emergency": 2, "call_now": 2, "call_today": 1}


def heard(decided: pl.DataFrame, raised: pl.DataFrame, plan: Living) -> pl.DataFrame:
    """Decisions (`decision.decide`) with the red flags of their people (`red_flags`).

    A flag stands first in ``because`` and makes the decision as urgent as it is. One that ``holds`` turns "continue" to
    "adjust": the next dose waits. Whether the treatment goes on is for those who look at what it is.
    """
    if raised.is_empty():
        return decided
    said = [f"The person reports: {flag.name.rstrip('.')}." for _, flag in plan.flags]
    holds = [int(flag.holds) for _, flag in plan.flags]
    soon = [_HOW_SOON[flag.do] for _, flag in plan.flags]
    told = raised.select(
        "row", pl.Series(said, dtype=pl.String).gather(raised["flag"]).alias("said"),
        pl.Series(soon, dtype=pl.Int8).gather(raised["flag"]).alias("soon"),
        pl.Series(holds, dtype=pl.Int8).gather(raised["flag"]).alias("holds"),
    )  # fmt: skip
    told = told.group_by("row", maintain_order=True).agg("said", pl.col("soon", "holds").max())
    both = decided.with_row_index("row").join(told, on="row", how="left", maintain_order="left")
    level = pl.col("urgency").cast(pl.String).replace_strict(_SOON, [0, 1, 2], return_dtype=pl.Int8)
    worst = pl.max_horizontal(level, "soon").replace_strict([0, 1, 2], _SOON, return_dtype=pl.String)
    waits = (pl.col("now") == "continue") & pl.col("holds").fill_null(0).gt(0)
    wait = pl.when(waits).then(pl.lit([_WAITS])).otherwise(pl.lit([], pl.List(pl.String)))
    return both.with_columns(
        now=pl.when(waits).then(pl.lit("adjust", decided.schema["now"])).otherwise("now"),
        because=pl.when(pl.col("said").is_null()).then("because").otherwise(pl.concat_list("said", wait, "because")),
        urgency=worst.cast(decided.schema["urgency"]),
    ).select(decided.columns)


def told(diary: pl.DataFrame | None, as_of: pl.Series) -> pl.DataFrame:
    """What the team is to be told of the newest check-in, the worst first: rows of `State.diary`.

    Symptoms and daily life; a sign is a matter of red flags. Columns row, item, answer, before, date; ``as_of`` are
    the days of the visits, in the order of their rows.
    """
    if diary is None:
        return _NOTHING
    days = pl.DataFrame([as_of.alias("as_of")]).with_row_index("row")
    newest = (pl.col("date") == pl.col("date").max().over("row")) & (pl.col("as_of") - pl.col("date")).le(_LATELY)
    found = diary.join(days, on="row").filter(newest & pl.col("tell") & pl.col("item").is_in(list(GRADED)))
    return found.select(*_TOLD).sort("row", "answer", "item", descending=[False, True, False])


_TOLD = {"row": pl.UInt32(), "item": pl.String(), "answer": pl.Int64(), "before": pl.Int64(), "date": pl.Date()}
_NOTHING = pl.DataFrame(schema=_TOLD)
# An answer describes the present for so long: what was told before is no alert of today.
_LATELY = pl.duration(days=by_name()["daily_life"].stale_after)


def alerts(read: pl.DataFrame, raised: pl.DataFrame, diary: pl.DataFrame | None, plan: Living) -> pl.DataFrame:
    """Everything that asks for a call, of many people: person, as_of, alert, do, grade.

    ``alert`` is the id of a red flag, or the item of the check-in of which the team is to be told (``do`` is tell_team,
    and ``grade`` is that of the newest check-in). ``read`` is a state, ``raised`` its red flags, ``diary`` its
    `State.diary`.
    """
    names = pl.Series("alert", [name for name, _ in plan.flags], pl.String)
    do = pl.Series("do", [flag.do for _, flag in plan.flags], pl.String)
    no_grade = pl.lit(None, pl.Int64).alias("grade")
    flags = raised.select("row", names.gather(raised["flag"]), do.gather(raised["flag"]), no_grade)
    tell = told(diary, read["as_of"]).select("row", alert="item", do=pl.lit("tell_team"), grade="answer")
    found = pl.concat([flags, tell]).sort("row", maintain_order=True)
    return pl.concat([read.select("person", "as_of")[found["row"]], found.drop("row")], how="horizontal")


def _raised(truth: Truth, flag: RedFlag, plan: Living) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    seen: np.ndarray[tuple[int], np.dtype[np.bool_]] = truth[plan.row(flag.sign)] == TRUE
    if flag.for_ is not None:
        seen = seen & (truth[plan.row(flag.for_)] != FALSE)
    return seen
