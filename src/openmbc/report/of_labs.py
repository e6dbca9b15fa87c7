"""Recent laboratory values by CTCAE grade: what is not normal, and what cannot be graded though it is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from openmbc.ctcae import Version, grade_concepts
from openmbc.facts import Facts, rows_of
from openmbc.report.course_types import LabGrade

# As for the state: a value of the blood describes the present for 90 days (`catalogue`).
_PRESENT = dt.timedelta(days=90)
_HEAD = ["concept", "date", "value", "unit", "low", "high", "comparator", "source"]
_COMPARED = ["concept", "date", "source", "value", "comparator"]


def graded(facts: Facts, as_of: dt.date, began: dt.date | None, version: Version = "5") -> list[LabGrade]:
    """The newest value of each test, worst grade first; normal values (grade 0) are left out.

    ``began``: when the present systemic treatment did. A value that cannot be graded stands here only where it lies
    outside its normal range.
    """
    known = sorted(
        (concept, date, source, place, value, comparator)
        for place, (concept, date, source, value, comparator) in enumerate(rows_of(facts.observations, _COMPARED))
        if value is not None and date is not None and date <= as_of
    )
    newest: dict[str, int] = {}
    before: dict[str, float] = {}
    for concept, date, _, place, value, comparator in known:
        if date >= as_of - _PRESENT:
            newest[concept] = place
        if comparator is None and began is not None and date <= began:
            before[concept] = value
    baseline = pl.Series("baseline", [before.get(concept) for concept in newest], pl.Float64)
    found = facts.observations[_HEAD][pl.Series(list(newest.values()), dtype=pl.UInt32)]
    rows = grade_concepts(found.hstack([baseline]), version)
    shown = [row for row in rows.iter_rows(named=True) if row["grade"] or (row["grade"] is None and _odd(row))]
    shown.sort(key=lambda row: (1 if row["grade"] is None else -row["grade"], row["term"]))
    return [
        LabGrade(
            term=row["term"],
            grade=row["grade"],
            test=row["concept"],
            value=row["value"],
            unit=row["unit"] or "",
            date=row["date"],
            baseline=row["baseline"],
            ctcae=version,
            criterion=row["criterion"],
            reason=row["reason"],
            from_=[row["source"]],
        )
        for row in shown
    ]


def _odd(row: dict[str, Any]) -> bool:
    """Does a value lie outside its normal range?"""
    value, low, high = row["value"], row["low"], row["high"]
    return (high is not None and value > high) or (low is not None and value < low)
