"""Rows of which most cells were met before: kept as what is their own, and the place of the rest.

Two thousand people give fifty thousand observations and a few hundred different ones. A row that repeats
a known one is five cells: whose, from where, when, a value or a last day, and which one. They are kept as
columns, and the table is put together from columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from openmbc import facts
from openmbc.records.fhir.dates import Day

# The cells that are a row's own, by table: its day, and what the fourth cell is.
_DAY: Final = {"treatments": ("start", "start_precision")}
_END: Final = {"treatments": ("end", "end_precision")}
_VALUE: Final = {"observations": "value"}


class Again:
    """The repeated rows of one table, and what they repeat."""

    __slots__ = ("_day", "_own", "days", "fourth", "known", "people", "places", "sources", "table")

    def __init__(self, table: str) -> None:
        self.table = table
        self.people: list[str] = []
        self.sources: list[str] = []
        self.days: list[Day] = []
        self.fourth: list[float | Day | None] = []  # the value that was measured; of a treatment the last day
        self.places: list[int] = []
        self.known: list[facts.Row] = []
        self._day = _DAY.get(table, ("date", "date_precision"))
        self._own = {"person", "source", *self._day, *_END.get(table, ())}

    def add(self, person: str, source: str, day: Day, fourth: float | Day | None, place: int) -> None:
        """One more row that repeats the known one at a place."""
        self.people.append(person)
        self.sources.append(source)
        self.days.append(day)
        self.fourth.append(fourth)
        self.places.append(place)

    def belong_to(self, person: str) -> None:
        """The rows added since the last one with a person are this one's."""
        self.people += [person] * (len(self.places) - len(self.people))

    def keep(self, row: facts.Row) -> int:
        """Keep what others may repeat of a row: all but whose, from where and when. Gives its place."""
        named = zip(facts.columns(self.table), row, strict=True)
        self.known.append(tuple(None if name in self._own else cell for name, cell in named))
        return len(self.known) - 1

    def clear(self) -> None:
        """Let go of the rows, not of what was known."""
        for column in (self.people, self.sources, self.days, self.fourth, self.places):
            column.clear()

    def frame(self) -> pl.DataFrame:
        """The rows as a table of the facts."""
        own = [pl.Series("person", self.people, pl.String), pl.Series("source", self.sources, pl.String)]
        own += _dates(self._day, self.days)
        if self.table in _END:
            own += _dates(_END[self.table], self.fourth)  # type: ignore[arg-type]
        found = facts.frame(self.table, self.known)[pl.Series(self.places, dtype=pl.UInt32)].with_columns(own)
        if (value := _VALUE.get(self.table)) is None:
            return found
        # A number that was measured is the row's own; one that the words stand for (ECOG 1) is in the rest.
        return found.with_columns(pl.coalesce(pl.Series(value, self.fourth, pl.Float64), value))


def _dates(names: tuple[str, str], days: Sequence[Day]) -> list[pl.Series]:
    iso = pl.Series(names[0], [day[0] for day in days], pl.String)
    return [iso.str.to_date("%Y-%m-%d"), pl.Series(names[1], [day[1] for day in days], facts.PRECISION)]
