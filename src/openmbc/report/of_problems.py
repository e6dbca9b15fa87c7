"""What in the record was not used, looks wrong or disagrees."""

from __future__ import annotations

import datetime as dt

import polars as pl

from openmbc.facts import SEVERITY, Facts, rows_of
from openmbc.report.basics import Problem
from openmbc.state import State


def problems(facts: Facts, state: State, as_of: dt.date, today: dt.date | None) -> list[Problem]:
    """The problems of reading and of deriving, after what is dated later than the report."""
    later = [*_after(facts, as_of, today), *_answers_after(facts, as_of, today)]
    rows = [row for table in (facts.problems, state.problems) for row in rows_of(table, _SHOWN)]
    rows.sort(key=lambda row: (_SEVERITIES.index(row[0]), row[1], row[2] or ""))
    listed = [Problem(severity=severity, what=what, source=source, todo=todo) for severity, what, source, todo in rows]
    return [*later, *listed]


_SEVERITIES = list(SEVERITY.categories)
_SHOWN = ["severity", "what", "source", "todo"]


def _after(facts: Facts, as_of: dt.date, today: dt.date | None) -> list[Problem]:
    """Facts dated after the day of the report: not used; an error when the day has not come yet."""
    found = []
    for name, column in (
        ("conditions", "date"),
        ("observations", "date"),
        ("variants", "date"),
        ("side_effects", "date"),
        ("treatments", "start"),
    ):
        table: pl.DataFrame = getattr(facts, name)
        last = table[column].max()
        if not isinstance(last, dt.date) or last <= as_of:
            continue
        later = table.filter(pl.col(column) > as_of).select("source", column).unique()
        for row in later.sort("source", column).iter_rows():
            found.append(_later("Dated", row[1], row[0], as_of, today))
    return found


def _answers_after(facts: Facts, as_of: dt.date, today: dt.date | None) -> list[Problem]:
    """The answers of later check-ins, together for each day: a diary has many."""
    if facts.answers.is_empty():
        return []
    later = facts.answers.filter(pl.col("date") > as_of).sort("date", "source")
    days = later.group_by("date", maintain_order=True).agg(pl.len(), pl.col("source").first())
    return [_later(f"Answers ({n}) dated", day, source, as_of, today) for day, n, source in days.iter_rows()]


def _later(what: str, day: dt.date, source: str, as_of: dt.date, today: dt.date | None) -> Problem:
    future = today is not None and day > today
    return Problem(
        severity="error" if future else "note",
        what=f"{what} {day.isoformat()}, after the day of this report ({as_of.isoformat()}): not used",
        todo="Correct the date." if future else "Nothing, if the report is of an earlier day.",
        source=source,
    )
