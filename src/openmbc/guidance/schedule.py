"""The tests that the knowledge asks for as one table: what, for whom, from which day on, how often.

A statement of a label ("every 2 weeks for 2 months, then monthly") becomes one row for each of its timings. The table
is made once for a knowledge and a region, and applied to any number of people by `monitoring`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

import msgspec
import polars as pl

from openmbc.criteria import Node, Program, parse
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Drug, Given, Region, Test
from openmbc.knowledge.tests import Monitoring
from openmbc.knowledge.timing import Timing

# How a timing finds its day; `none`: the source names no interval, `dose`: the days of the doses are not known.
Way = Literal["at", "every", "grid", "before", "symptoms", "visit", "need", "none", "dose"]

# How far from its planned day a test still counts as that of the day, and when a missed one is overdue: a quarter of
# the interval, at least 1 and at most 14 days. Labels name days and no window; visits move with holidays, doses with
# blood counts. The bound is our choice and no label's (docs/monitoring.md).
_SHARE, _LEAST, _MOST = 4, 1, 14


class Asked(msgspec.Struct, frozen=True):
    """One test that one statement asks for. ``drug`` is its drug's key; None where the disease asks."""

    what: str
    name: str
    drug: str | None
    statement: Test | Monitoring


class Piece(NamedTuple):
    """One timing of a statement, in days after the start; a row of `Schedule`.

    ``slack``: how far from its planned day a test may lie. ``late``: so many days after its day a test is overdue.
    ``gap``: the longest time between two doses (`grid`). ``node``: the place of its condition, None for everybody.
    """

    asked: int
    what: str
    anchor: str | None
    way: Way
    first: int = 0
    every: int | None = None
    until: int | None = None
    slack: int = 0
    late: int = 0
    gap: int = 0
    within: int | None = None
    node: int | None = None
    of_disease: bool = False
    discuss: bool = False
    since: dt.date | None = None


_TYPES = {
    "asked": pl.UInt32, "what": pl.String, "anchor": pl.String, "way": pl.String, "first": pl.Int32, "every": pl.Int32,
    "until": pl.Int32, "slack": pl.Int32, "late": pl.Int32, "gap": pl.Int32, "within": pl.Int32, "node": pl.Int64,
    "of_disease": pl.Boolean, "discuss": pl.Boolean, "since": pl.Date,
}  # fmt: skip


class Schedule(msgspec.Struct, frozen=True, eq=False):
    """Every statement in the order of the tests, its timings, and the program of the conditions that say for whom.

    ``of_drugs`` and ``of_disease`` have a row for each `Piece`, with its place (``piece``); ``names`` says who asks:
    asked, for.
    """

    asked: tuple[Asked, ...]
    of_drugs: pl.DataFrame
    of_disease: pl.DataFrame
    names: pl.DataFrame
    program: Program


@cache
def schedule(knowledge: Knowledge, region: Region) -> Schedule:
    """The schedule of a knowledge in a region; made once for each."""
    statements: list[tuple[Asked, Node | None, Given | None]] = []
    for drug, test in _of_drugs(knowledge):
        who = parse(test.for_) if test.for_ is not None else None
        key = _key(knowledge, drug)
        statements += [(Asked(what, drug.name, key, test), who, drug.given) for what in test.what]
    for entry_id, entry in knowledge.monitoring.items():
        if entry.status == "active" and entry.region in (None, region):
            statements.append((Asked(entry.what, f"monitoring/{entry_id}", None, entry), parse(entry.for_), None))
    # By test, so that the number of a statement orders lines by their test, too.
    statements.sort(key=lambda statement: statement[0].what)
    found = [(p, who) for n, (said, who, given) in enumerate(statements) for p in _pieces(n, said, given)]
    nodes = [node for _, node in found if node is not None]
    program = Program(nodes)
    rows = [piece._replace(node=None if node is None else program.at(node)) for piece, node in found]
    pieces = pl.DataFrame(rows, schema=_TYPES, orient="row").with_row_index("piece")
    asked = tuple(said for said, _, _ in statements)
    names = pl.DataFrame({"for": [a.name for a in asked]}, schema={"for": pl.String}).with_row_index("asked")
    of_drugs, of_disease = pieces.filter(~pl.col("of_disease")), pieces.filter("of_disease")
    return Schedule(asked, of_drugs, of_disease, names, program)


def _of_drugs(knowledge: Knowledge) -> Iterator[tuple[Drug, Test]]:
    for drug in knowledge.drugs.values():
        yield from ((drug, test) for test in (*drug.baseline, *drug.monitoring))


def _key(knowledge: Knowledge, drug: Drug) -> str:
    return next(entry_id for entry_id, entry in knowledge.drugs.items() if entry is drug)


def _pieces(number: int, asked: Asked, given: Given | None) -> Iterator[Piece]:
    """The rows of one statement. One without a timing is a row, too: its source names no interval."""
    statement = asked.statement
    of_disease = isinstance(statement, Monitoring)
    piece = Piece(number, asked.what, "treatment" if of_disease else asked.drug, "none", of_disease=of_disease)
    if isinstance(statement, Monitoring):
        piece = piece._replace(discuss=statement.kind == "discuss", since=statement.since)
    if not statement.due:
        yield piece
    for timing in statement.due:
        yield from _of_timing(piece, timing, given)


def _of_timing(piece: Piece, timing: Timing, given: Given | None) -> Iterator[Piece]:
    if timing.at is not None:
        for before, day in zip([0, *timing.at], timing.at, strict=False):
            slack = _slack(day - before)
            yield piece._replace(way="at", first=day, until=day, slack=slack, late=slack)
    elif timing.every is not None:
        slack = _slack(timing.every)
        late = slack if timing.at_most is None else timing.at_most - timing.every
        first = timing.every if timing.from_ is None else timing.from_
        yield piece._replace(way="every", first=first, every=timing.every, until=timing.until, slack=slack, late=late)
    elif timing.each_dose:
        yield from _doses(piece, given)
    elif timing.before is not None:
        yield piece._replace(way="before", within=timing.within)
    elif timing.on is not None:
        yield piece._replace(way=timing.on)


def _doses(piece: Piece, given: Given | None) -> Iterator[Piece]:
    """A row for each day of the cycle on which the drug is given; day 1 of a label is day 0 here."""
    if given is None:
        yield piece._replace(way="dose")
        return
    days = [day - 1 for day in given.on]
    gaps = [later - day for day, later in zip(days, [*days[1:], days[0] + given.every], strict=True)]
    slack = _slack(min(gaps))
    for day in days:
        yield piece._replace(way="grid", first=day, every=given.every, slack=slack, late=slack, gap=max(gaps))


def _slack(interval: int) -> int:
    return max(_LEAST, min(_MOST, interval // _SHARE))
