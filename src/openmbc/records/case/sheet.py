"""The facts of one case file while they are collected: rows, sources, problems, dates, words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from openmbc.facts import TABLES, Facts, Row, build, columns
from openmbc.records.case.words import UNKNOWN, Vocabulary, answers, nearest, plain, said
from openmbc.yamlfile import Lines, Step

Path = tuple[Step, ...]

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?\Z", re.ASCII)
_YEARS = range(1900, 2101)


class Day(NamedTuple):
    """A date as the first day of the period it names, and the precision; both None when undated."""

    date: dt.date | None
    precision: str | None

    @property
    def cells(self) -> dict[str, object]:
        """As columns of a dated table."""
        return {"date": self.date, "date_precision": self.precision}


UNDATED = Day(None, None)


class Sheet:
    """Collects the rows of one person; every method takes the path of the value it speaks of."""

    def __init__(self, person: str, file: str, lines: Lines) -> None:
        self._person, self._file, self._lines = person, file, lines
        self._rows: dict[str, list[Row]] = {name: [] for name in (*TABLES, "problems")}

    def facts(self) -> Facts:
        """Everything collected."""
        return build(self._rows)

    def add(self, table: str, path: Path, **cells: object) -> None:
        """One fact; columns not named stay empty."""
        known = columns(table)
        row = dict.fromkeys(known) | {"person": self._person, "source": self._source(path)} | cells
        if "by" in known and row["by"] is None:
            row["by"] = "code"  # a known key and a known word
        if len(row) != len(known):
            raise KeyError(f"{table} has no column {set(row) - set(known)}")
        self._rows[table].append(tuple(row.values()))

    def coded(self, path: Path, concept: str, code: str | None, text: object, **cells: object) -> None:
        """One coded observation; nothing when there is no code."""
        if code is not None:
            self.add("observations", path, concept=concept, code=code, text=said(text), **cells)

    def error(self, path: Path, what: str, todo: str) -> None:
        """Something that was written and could not be used."""
        self._problem("error", path, what, todo)

    def warning(self, path: Path, what: str, todo: str) -> None:
        """Something that was used and looks wrong or says less than it could."""
        self._problem("warning", path, what, todo)

    def note(self, path: Path, what: str, todo: str) -> None:
        """Something the reader should know."""
        self._problem("note", path, what, todo)

    def _problem(self, severity: str, path: Path, what: str, todo: str) -> None:
        self._rows["problems"].append((self._person, self._source(path), severity, what, todo.strip()))

    def _source(self, path: Path) -> str:
        return f"{self._file}:{self._lines.of(path)}"

    def day(self, path: Path, value: object) -> Day:
        """The date of a value; one that cannot be read is a problem, and undated."""
        if value is None or plain(value) in UNKNOWN:
            return UNDATED
        matched = None if isinstance(value, float) else _DATE.match(str(value).strip())
        if matched and int(matched[1]) in _YEARS:
            year, month, day = (int(part) if part else None for part in matched.groups())
            try:
                date = dt.date(year or 0, month or 1, day or 1)
            except ValueError:
                pass
            else:
                return Day(date, "day" if day else "month" if month else "year")
        self.error(path, f"'{said(value)}' is not a date", "Write 2019, 2019-03 or 2019-03-14. It is read as undated.")
        return UNDATED

    def word(self, path: Path, value: object, vocabulary: Vocabulary) -> str | None:
        """The answer that a word stands for; None when unknown. A word not understood is a problem."""
        spelling = plain(said(value))
        if spelling in vocabulary:
            return vocabulary[spelling]
        if value is not None and spelling not in UNKNOWN:
            self.not_understood(path, value, vocabulary, answers(vocabulary))
        return None

    def not_understood(self, path: Path, value: object, near: Iterable[str], known: Iterable[str] = ()) -> None:
        """A word that stands for nothing here: a problem, with the nearest spelling that would."""
        listed = ", ".join(known)
        todo = nearest(value, near) or (f"Write one of: {listed}." if listed else "Check the spelling.")
        self.error(path, f"'{said(value)}' is not understood", todo)


def each(value: object, path: Path, visit: Callable[[Path, object], None]) -> None:
    """Call ``visit`` for a value, or for every entry of a list of values."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            visit((*path, index), item)
    elif value is not None:
        visit(path, value)
