"""Equal statements read once.

Most of what a cohort says was said before: ER positive, ribociclib active, creatinine 71 umol/L. What a
resource says, apart from whom, when and under which id, is the key; what its reader made of it the first
time (rows, of which only the first cells differ, and problems) is said again for every later one. That is
the reader's own work, so the quick way and the careful way cannot differ. Of a measured value the number is
not part of the key: what is kept is the way from the number to the row (`measures.Scale`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import msgspec

from openmbc.facts import Row
from openmbc.records.fhir.again import Again
from openmbc.records.fhir.dates import UNDATED, Day
from openmbc.records.fhir.problems import UNREADABLE, Message, Problems, unreadable
from openmbc.records.fhir.resources import type_name

if TYPE_CHECKING:
    from openmbc.records.fhir.chart import Chart
    from openmbc.records.fhir.measures import Scale

T = TypeVar("T")
_MOST = 1 << 15  # statements kept from one chunk of people to the next
TEXT = b"\0".join  # the texts of a `resources.Told` as one key; the byte does not occur in JSON
NOT_READABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # what a text that stayed text may raise
_TABLES = ("conditions", "observations", "variants", "treatments")


class Said(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What was made of a statement: which known rows, in which tables, and which problems."""

    place: int | None  # of the known row, where all that it says is one observation
    scale: Scale | None  # and where that, or the first of several rows, is a measured value: the way from number to row
    rows: tuple[tuple[Again, int], ...]
    problems: tuple[tuple[Message, str], ...]


class Memo:
    """What was made of the statements read so far, for one run and one set of tables."""

    __slots__ = ("_parts", "again", "known")

    def __init__(self) -> None:
        self.again = {name: Again(name) for name in _TABLES}
        self.known: dict[Hashable, Said] = {}
        self._parts: dict[Hashable, tuple[Any, tuple[tuple[Message, str], ...]]] = {}

    def next_chunk(self) -> None:
        """Let go of the rows; of what was learnt only when it is too much."""
        for again in self.again.values():
            again.rows.clear()
        if len(self.known) + len(self._parts) > _MOST:
            self.known.clear()
            self._parts.clear()
            for again in self.again.values():
                again.known.clear()

    def once(self, key: Hashable, chart: Chart, source: str, work: Callable[..., T], *given: object) -> T:
        """The result of ``work(chart, *given, source)``, worked out once for each key. Its problems count each time."""
        kept = self._parts.get(key)
        if kept is None:
            known, chart.problems = chart.problems, Problems()
            try:
                result = work(chart, *given, source)
                said = chart.problems.kinds()
            finally:
                known.merge(chart.problems)
                chart.problems = known
            self._parts[key] = result, said
            return result
        for message, of in kept[1]:
            chart.problems.count(message, of, source)
        return cast("T", kept[0])

    def learn(
        self, key: Hashable, chart: Chart, day: Day, source: str, read: Callable[[Chart, Any, str], None],
        resource: Any, end: Day | None = None,
    ) -> None:  # fmt: skip
        """Let the reader read, and keep what it made of it, where only whose, whence and when can differ.

        Its rows then stand among the repeated ones, so that they do so whether it is the first to say it or not.
        """
        made = watched(chart, read, resource, source)
        head = (chart.person, source, *day)
        ends = (*head, *(end or UNDATED))
        if all(row[:6] == ends if table == "treatments" else row[:4] == head for table, row in made.rows):
            rows = tuple((self.again[table], self.again[table].keep(row)) for table, row in made.rows)
            alone = len(rows) == 1 and not made.said and made.rows[0][0] == "observations"
            self.known[key] = Said(rows[0][1] if alone else None, None, rows, made.said)
            take_back(chart, made)
            repeat(Said(None, None, rows, ()), chart, day, source, end)  # its problems are counted already


def repeat(said: Said, chart: Chart, day: Day, source: str, end: Day | None = None) -> None:
    """Say again what was said, of another person or day. ``end`` is the last day of a treatment."""
    for again, place in said.rows:
        again.rows.extend((chart.person, source, day, end if again.table == "treatments" else None, place))
    for message, of in said.problems:
        chart.problems.count(message, of, source)


def whole(chart: Chart, told: Any, source: str) -> Any:
    """All of a resource; None, and a problem, where it cannot be read."""
    try:
        return told.opened()
    except NOT_READABLE as error:
        chart.say(UNREADABLE, unreadable(type_name(told), told.id, str(error)), source)
        return None


class Made(NamedTuple):
    """What a reader made of a resource: rows by table, and problems."""

    rows: list[tuple[str, Row]]
    said: tuple[tuple[Message, str], ...]


def watched(chart: Chart, read: Callable[[Chart, Any, str], None], resource: Any, source: str) -> Made:
    """Let the reader read, and say what it made of it."""
    before = [len(chart.tables[name]) for name in _TABLES]
    known, chart.problems = chart.problems, Problems()
    try:
        read(chart, resource, source)
        said = chart.problems.kinds()
    finally:
        known.merge(chart.problems)
        chart.problems = known
    return Made([(name, row) for name, n in zip(_TABLES, before, strict=True) for row in chart.tables[name][n:]], said)


def take_back(chart: Chart, made: Made) -> None:
    """Take away the rows that a reader has just made."""
    for table, _ in made.rows:
        chart.tables[table].pop()
