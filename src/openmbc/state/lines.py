"""Lines of therapy, and what runs now and whether it works."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import any_row, certain
from openmbc.state.episodes import Numbered
from openmbc.state.numbering import endocrine_since, grew, is_endocrine
from openmbc.state.visits import UNDATED, Part, beside, facts_as, months

_COUNTS = ("lines_metastatic", "endocrine_lines_metastatic", "chemotherapy_lines_metastatic", "her2_lines_metastatic")
_COLUMNS = ["row", *_COUNTS, "on_treatment", "drugs_running", "current_treatment", "months_on_treatment"]
_COLUMNS += ["treatment_free_interval_months", "last_response"]
_TABLE = {
    "row": pl.UInt32,
    "line": pl.Int64,
    "start": pl.Date,
    "progressed": pl.Boolean,
    "grew_on": pl.Date,
    "endocrine": pl.Boolean,
    "chemotherapy": pl.Boolean,
    "her2": pl.Boolean,
}
_STARTS = {"row": pl.UInt32, "line": pl.Int64, "start": pl.Date, "immunotherapy": pl.Boolean}
FEEDS = {
    "line": _COUNTS,
    "running": ("on_treatment", "drugs_running", "current_treatment", "months_on_treatment"),
    "response": ("last_response",),
}


def line_table(numbered: Numbered) -> pl.DataFrame:
    """One row per line of systemic therapy for metastatic disease.

    Columns: row, line, start (of endocrine therapy in an endocrine line), progressed (Boolean, null where the record
    leaves it open), grew_on (Date), and whether it was an endocrine (`numbering.is_endocrine`), chemotherapy or HER2
    line.
    """
    rows: list[tuple[object, ...]] = []
    for visit in numbered.visits:
        for line in visit.lines:
            kinds, endocrine = line.kinds, is_endocrine(line)
            start = endocrine_since(line) if endocrine else line.start
            grown = grew(line, visit.growth, line is visit.lines[-1])
            rows.append((visit.row, line.number, start, *grown, endocrine, "chemotherapy" in kinds, "her2" in kinds))
    return pl.DataFrame(rows, schema=_TABLE, orient="row")


def starts(numbered: Numbered) -> pl.DataFrame:
    """When each line began, and whether it holds immunotherapy: row, line, start (Date), immunotherapy (Boolean)."""
    rows = [
        (visit.row, line.number, line.start, "immunotherapy" in line.kinds)
        for visit in numbered.visits
        for line in visit.lines
    ]
    return pl.DataFrame(rows, schema=_STARTS, orient="row")


def began(eps: pl.LazyFrame) -> pl.LazyFrame:
    """When the present systemic treatment began: row, since (Date)."""
    running = eps.filter(pl.col("systemic") & certain(pl.col("running")))
    return running.group_by("row").agg(pl.col("start").min().alias("since"))


def lines(
    visits: pl.LazyFrame, eps: pl.LazyFrame, table: pl.LazyFrame, responses: pl.LazyFrame, said_none: pl.DataFrame
) -> Part:
    """Counts of lines (``table`` is `line_table`), the present treatment, and the last word on whether it works."""
    systemic = eps.filter(pl.col("systemic"))
    now = systemic.group_by("row").agg(_present())
    columns = beside(beside(visits, table.group_by("row").agg(_counts())), now)
    columns = beside(columns, _last_response(systemic, responses))
    if len(said_none):
        columns = beside(columns, said_none.lazy())
    running = systemic.filter(certain(pl.col("running")))
    in_lines = eps.filter(pl.col("line").is_not_null())
    trace = [facts_as(in_lines, "line"), facts_as(running, "running"), facts_as(responses, "response")]
    return Part(columns.with_columns(_said(len(said_none) > 0)).select(_COLUMNS), trace)


@cache
def _counts() -> list[pl.Expr]:
    kinds = ("endocrine", "chemotherapy", "her2")
    counted = [pl.col(kind).cast(pl.Int64).sum().alias(f"{kind}_lines_metastatic") for kind in kinds]
    return [pl.len().cast(pl.Int64).alias("lines_metastatic"), *counted]


@cache
def _present() -> list[pl.Expr]:
    running = certain(pl.col("running"))
    return [
        any_row(pl.col("running")).alias("on_treatment"),
        pl.col("treatment").filter(running).unique().sort().str.join(" + ").alias("names"),
        pl.col("running").null_count().alias("unsure"),
        pl.col("treatment").filter(running).n_unique().cast(pl.Int64).alias("drugs"),
        pl.col("start").filter(running).min().alias("running_since"),
        pl.col("end").max().alias("last_end"),
    ]


@cache
def _said(none: bool) -> list[pl.Expr]:
    """The columns read from the groups; zero and false where the record says that nothing was given, if any does."""
    values = (pl.lit(0, pl.Int64), pl.lit(False))
    zero, no = (pl.when("said_none").then(value) if none else pl.lit(None) for value in values)
    on = pl.col("on_treatment")
    free = pl.when(~on).then(months(pl.col("as_of"), pl.col("last_end")))
    return [
        *(pl.coalesce(pl.col(c), zero).alias(c) for c in _COUNTS),
        pl.coalesce(on, no).alias("on_treatment"),
        # A drug of which it is not known whether it runs leaves the number open.
        pl.when(pl.col("unsure") == 0).then(pl.col("drugs")).otherwise(zero).alias("drugs_running"),
        pl.when(on).then(pl.col("names")).alias("current_treatment"),
        months(pl.col("as_of"), pl.col("running_since")).alias("months_on_treatment"),
        free.alias("treatment_free_interval_months"),
    ]


def _last_response(systemic: pl.LazyFrame, responses: pl.LazyFrame) -> pl.LazyFrame:
    """The newest response since the present treatment began; an undated one only if none is dated."""
    running, since, of_it, latest, word = _response()
    began = systemic.filter(running).group_by("row").agg(since)
    of = responses.join(began, on="row").filter(of_it).filter(latest).sort("row", "code")
    return of.group_by("row", maintain_order=True).agg(word)


@cache
def _response() -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    day = pl.col("date").fill_null(UNDATED)
    since = pl.col("start").min().alias("since")
    of_it = pl.col("date").is_null() | pl.col("since").is_null() | (pl.col("date") >= pl.col("since"))
    one = pl.when(pl.col("code").n_unique() == 1).then(pl.col("code").first()).otherwise(pl.lit("mixed"))
    return certain(pl.col("running")), since, of_it, day == day.max().over("row"), one.alias("last_response")
