"""Side effects as reported: the grade now, and which cancer drugs may cause them by their time.

Reports of one effect make episodes: one ends where a report says so (an end, or grade 0). The newest report tells the
grade now, unless it is over or older than the catalogue's ``stale_after``. A drug is a candidate when the record blames
it; where the record blames none, when it was given before the present grade began and had not ended long before. What
labels say of the candidates is the work of `guidance`. Columns cannot say episodes clearly, and few people have any
report: what happens to one of them is a loop over their reports.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
import polars as pl

from openmbc.catalogue import SIDE_EFFECTS, by_name
from openmbc.criteria.kleene import certain, either
from openmbc.state.visits import Part, computed, facts_of

# A side effect that began within this time after the last dose may come from the drug. Our choice: labels of checkpoint
# inhibitors name reactions after the end of treatment and give no limit.
AFTER_LAST_DOSE = dt.timedelta(days=90)
# Recovered: what comes after it at a higher grade has come again. Labels go on after grade 1 or less.
_RECOVERED = 1

# One row for each side effect that goes on and each drug that may cause it; ``drug`` is null where none may.
# grade: CTCAE now, null not stated; before: the grade of the report before; since: when the present grade began;
# again: the worst grade that it had on this drug and recovered from, null where none is recorded.
EVENT = pl.Struct(
    {
        "effect": pl.String,
        "grade": pl.Int64,
        "before": pl.Int64,
        "date": pl.Date,
        "since": pl.Date,
        "version": pl.String,
        "drug": pl.String,
        "running": pl.Boolean,
        "blamed": pl.Boolean,
        "again": pl.Int64,
    }
)
COLUMN = "side_effects"
NOBODY = pl.Series(COLUMN, [None], pl.List(EVENT))
FEEDS = {
    f"side effect {name}": (f"side_effect_{name}", *([effect.illness] if effect.illness else ()))
    for name, effect in SIDE_EFFECTS.items()
} | {"side effect pneumonitis": ("side_effect_pneumonitis", "pneumonitis_grade")}
_ROW = ["row", "as_of", "effect", "grade", "date", "date_precision", "end", "over", "version", "drug", "source"]


class Reported(msgspec.Struct, frozen=True):
    """The reports known at each visit: columns row, as_of, effect, grade, date, end, over, ..., in order of time."""

    rows: pl.DataFrame


class _Report(NamedTuple):
    row: int
    as_of: dt.date
    effect: str
    grade: int | None
    date: dt.date | None
    precision: str | None
    end: dt.date | None
    over: bool
    version: str | None
    drug: str | None


class _Given(NamedTuple):
    """A cancer drug of a person: when it first began, when it last ended, whether it runs."""

    drug: str
    start: dt.date | None
    end: dt.date | None
    running: bool


def reported(known: pl.LazyFrame) -> Reported | None:
    """The reports known at each visit; None where there is none. ``known`` is the table of facts joined to visits."""
    over = either([certain(pl.col("end") <= pl.col("as_of")), certain(_ended_undated())])
    ordered = known.filter(pl.col("effect").is_in(list(SIDE_EFFECTS))).with_columns(over.alias("over"))
    # On one day what goes on counts before what is over, a stated grade before none, and the worse grade.
    by = ["row", "effect", "date", pl.col("over").not_(), "grade", "end", "drug", "source"]
    (rows,) = computed(ordered.sort(by, nulls_last=False).select(_ROW))
    return Reported(rows) if len(rows) else None


def _ended_undated() -> pl.Expr:
    return (pl.col("status") == "ended") & pl.col("end").is_null()


def derive(visits: pl.LazyFrame, height: int, found: Reported | None, eps: pl.DataFrame) -> tuple[Part, pl.Series]:
    """``side_effect_<effect>`` for each effect that somebody has, and the column of events (`EVENT`), null for nobody.

    ``height`` is the number of visits; ``eps`` are the `episodes` of treatment.
    """
    if found is None:
        return Part(visits.select("row")), NOBODY if height == 1 else NOBODY.new_from_index(0, height)
    grades: dict[str, list[int | None]] = {}
    events: list[list[dict[str, Any]] | None] = [None] * height
    given = _given(eps, found.rows["row"].unique())
    reports = (_Report(*values) for values in found.rows.drop("source").iter_rows())
    for (row, effect), same in groupby(reports, key=lambda r: (r.row, r.effect)):
        history = list(same)
        if not _fresh(history[-1]):
            continue
        newest = history[-1]
        grades.setdefault(f"side_effect_{effect}", [None] * height)[row] = 0 if newest.over else newest.grade
        if not newest.over and newest.grade != 0:
            events[row] = [*(events[row] or []), *_events(history, given.get(row, []))]
    columns = [pl.Series(name, values, pl.Int64) for name, values in grades.items()]
    facts = found.rows.select("row", ("side effect " + pl.col("effect")).alias("concept"), "source")
    part = Part(pl.LazyFrame([pl.Series("row", range(height), pl.UInt32), *columns]), [facts_of(facts.lazy())])
    return part, pl.Series(COLUMN, events, pl.List(EVENT))


def _fresh(newest: _Report) -> bool:
    """Does the newest report still describe the present? Undated, as far as is known, it does."""
    said = max((d for d in (newest.date, newest.end if newest.over else None) if d is not None), default=None)
    limit = by_name()[f"side_effect_{newest.effect}"].stale_after or 0
    return said is None or (newest.as_of - said).days <= limit


def _given(eps: pl.DataFrame, rows: pl.Series) -> dict[int, list[_Given]]:
    """The cancer drugs of the visits with reports, by visit."""
    real = eps.filter(pl.col("row").is_in(rows.implode()) & (pl.col("status") != "not_taken").fill_null(True))
    runs = pl.col("running").fill_null(False)
    drugs = real.group_by("row", "treatment").agg(
        # Where one start is not known the drug may have been there all the time.
        pl.when(pl.col("start").null_count() == 0).then(pl.col("start").min()).alias("start"),
        pl.when(pl.col("end").null_count() == 0).then(pl.col("end").max()).alias("end"),
        runs.max().alias("running"),
    )
    found: dict[int, list[_Given]] = {}
    for row, *drug in drugs.sort("row", "treatment").iter_rows():
        found.setdefault(row, []).append(_Given(*drug))
    return found


def _events(history: list[_Report], given: list[_Given]) -> Iterator[dict[str, Any]]:
    """The episode that goes on, once for each drug that may cause it."""
    newest, earlier = history[-1], _times(history)
    episode = [r for r, (_, number) in zip(history, earlier, strict=True) if number == earlier[-1][1]]
    at_grade = next((r for r in episode if (r.grade or 0) >= (newest.grade or 0)), newest)
    shared = {
        "effect": newest.effect,
        "grade": newest.grade,
        "before": next((r.grade for r in reversed(episode[:-1]) if r.date != newest.date), None),
        "date": newest.date,
        "since": at_grade.date,
        "version": newest.version,
    }
    blamed = dict.fromkeys(r.drug for r in episode if r.drug is not None)
    known = {g.drug: g for g in given}
    if blamed:
        drugs = [known.get(name, _Given(name, None, None, False)) for name in blamed]
    else:
        drugs = [g for g in given if _may_cause(g, at_grade)]
    before = [r for r, (falls, _) in zip(history, earlier, strict=True) if falls < earlier[-1][0]]
    for drug in drugs:
        again = max((r.grade for r in before if r.grade is not None and _on(drug, r)), default=None)
        yield shared | {"drug": drug.drug, "running": drug.running, "blamed": bool(blamed), "again": again}
    if not drugs:
        yield shared | {"drug": None, "running": False, "blamed": False, "again": None}


def _times(history: list[_Report]) -> list[tuple[int, int]]:
    """For each report, how often the effect had recovered before it, and how often it had ended."""
    recovered = ended = 0
    found = []
    for report in history:
        found.append((recovered, ended))
        gone = report.over or report.grade == 0
        ended += gone
        recovered += gone or (report.grade is not None and report.grade <= _RECOVERED)
    return found


def _may_cause(drug: _Given, report: _Report) -> bool:
    """Was the drug there when the effect began, as far as the dates say? What they leave open does not rule it out."""
    if drug.start is not None and report.date is not None and _last_day(report.date, report.precision) < drug.start:
        return False
    if drug.running:
        return True
    return drug.end is not None and report.date is not None and report.date <= drug.end + AFTER_LAST_DOSE


def _on(drug: _Given, report: _Report) -> bool:
    """Was an earlier report certainly on this drug?"""
    if report.drug is not None:
        return report.drug == drug.drug
    return drug.start is not None and report.date is not None and report.date >= drug.start


def _last_day(date: dt.date, precision: str | None) -> dt.date:
    """The last day of the period that a date names."""
    if precision == "year":
        return date.replace(month=12, day=31)
    return date.replace(day=monthrange(date.year, date.month)[1]) if precision == "month" else date
