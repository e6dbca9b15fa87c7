"""Recent laboratory values by CTCAE grade: what is not normal, and what cannot be graded though it is not."""

from __future__ import annotations

import datetime as dt

import polars as pl

from openmbc.ctcae import Version, grade_concepts
from openmbc.facts import Facts
from openmbc.report.course_types import LabGrade
from openmbc.state.visits import computed

# As for the state: a value of the blood describes the present for 90 days (`catalogue`).
_PRESENT = dt.timedelta(days=90)
_HEAD = ["concept", "date", "value", "unit", "low", "high", "comparator", "source"]


def graded(facts: Facts, as_of: dt.date, began: dt.date | None, version: Version = "5") -> list[LabGrade]:
    """The newest value of each test, worst grade first; normal values (grade 0) are left out.

    ``began``: when the present systemic treatment did. A value that cannot be graded stands here only where it lies
    outside its normal range.
    """
    valued = facts.observations.lazy().filter(pl.col("value").is_not_null() & (pl.col("date") <= as_of))
    (found,) = computed(valued.select(_HEAD).sort("concept", "date", "source"))
    known = found.lazy()
    newest = known.filter(pl.col("date") >= as_of - _PRESENT).group_by("concept", maintain_order=True).last()
    before = known.filter(pl.col("comparator").is_null() & (pl.col("date") <= (began or dt.date.min)))
    baseline = before.group_by("concept", maintain_order=True).agg(pl.col("value").last().alias("baseline"))
    (labs,) = computed(newest.join(baseline, on="concept", how="left", maintain_order="left"))
    rows = grade_concepts(labs, version)
    odd = (pl.col("value") > pl.col("high")) | (pl.col("value") < pl.col("low"))
    worth = rows.lazy().filter((pl.col("grade") > 0) | (pl.col("grade").is_null() & odd))
    (shown,) = computed(worth.sort(pl.col("grade").fill_null(-1), "term", descending=[True, False]))
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
        for row in shown.iter_rows(named=True)
    ]
