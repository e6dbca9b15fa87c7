"""Rows of which most cells were met before: kept as what is their own, and the place of the rest.

Two thousand people give fifty thousand observations and a few hundred different ones. A row that repeats
a known one is five cells: whose, from where, when, a value or a last day, and which one. The table is put together
from columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from openmbc import facts
from openmbc.records.fhir.dates import Day

# The cells that are a row's own, by table: its day, and what the fourth cell is.
_DAY: Final = {"treatments": ("start", "start_precision")}
_END: Final = {"treatments": ("end", "end_precision")}
_VALUE: Final = {"observations": "value"}


class Again:
    """The repeated rows of one table, and what they repeat."""

    __slots__ = ("_day", "_own", "known", "rows", "table")

    def __init__(self, table: str) -> None:
        self.table = table
        # Row after row of five cells in one flat list, which spares a tuple for each: whose, from where, when; the
        # value that was measured, or the last day of a treatment; the place of the rest.
        self.rows: list[Any] = []
        self.known: list[facts.Row] = []
        self._day = _DAY.get(table, ("date", "date_precision"))
        self._own = {"person", "source", *self._day, *_END.get(table, ())}

    def keep(self, row: facts.Row) -> int:
        """Keep what others may repeat of a row: all but whose, from where and when. Gives its place."""
        named = zip(facts.columns(self.table), row, strict=True)
        self.known.append(tuple(None if name in self._own else cell for name, cell in named))
        return len(self.known) - 1

    def frame(self) -> pl.DataFrame:
        """The rows as a table of the facts."""
        people, sources, days, fourth, places = (self.rows[cell::5] for cell in range(5))
        own = [pl.Series("person", people, pl.String), pl.Series("source", sources, pl.String)]
        own += _dates(self._day, days)
        if self.table in _END:
            own += _dates(_END[self.table], fourth)
        found = facts.frame(self.table, self.known)[pl.Series(places, dtype=pl.UInt32)].with_columns(own)
        if (value := _VALUE.get(self.table)) is None:
            return found
        # A number that was measured is the row's own; one that the words stand for (ECOG 1) is in the rest.
        return found.with_columns(pl.coalesce(pl.Series(value, fourth, pl.Float64), value))


def _dates(names: tuple[str, str], days: Sequence[Day]) -> list[pl.Series]:
    """Two columns of days, of which there are few: each is read once."""
    few = {day: place for place, day in enumerate(dict.fromkeys(days))}
    places = pl.Series(list(map(few.__getitem__, days)), dtype=pl.UInt32)
    iso = pl.Series(names[0], [day.iso for day in few], pl.String).str.to_date("%Y-%m-%d")
    return [iso[places], pl.Series(names[1], [day.precision for day in few], facts.PRECISION)[places]]
