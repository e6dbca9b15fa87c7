"""PERCIST 1.0: response on FDG PET by the peak of uptake (Wahl 2009; clarified in PMC4976461).

The hottest lesion of each scan is compared with the hottest at baseline; it need not be the same lesion.
"""

from __future__ import annotations

import polars as pl

from openmbc.tabular import known, listed, placed, problem, with_source

COLUMNS = ("person", "date", "lesion", "role", "sul", "assessment")
_KEY = ["person", "date", "lesion"]


def checked(uptake: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The uptake that `judge` takes, in its spelling, and the problems (`facts.PROBLEMS`).

    A row that contradicts itself or another, or that says nothing, counts as not evaluable.
    """
    rows, lost = placed(with_source(uptake))
    rows, roles = known(rows, "role", ("target", "new"))
    rows, words = known(rows, "assessment", ("absent", "not_evaluable"))
    sul, unsaid = pl.col("sul"), pl.col("assessment").is_null()
    rows = rows.with_columns(
        (pl.struct("role", "sul", "assessment").n_unique().over(_KEY) > 1).alias("differs"),
        (pl.len().over(_KEY) > 1).alias("again"),
    )
    found = [
        rows.filter(condition).select(*problem(severity, pl.format(f"lesion {{}} {what}", "lesion"), todo))
        for condition, severity, what, todo in (
            (sul < 0, "error", "has an uptake below zero: not evaluable", "Correct the value."),
            (sul.is_null() & unsaid, "warning", "has no uptake: not evaluable", "Add it, or 'absent'."),
            (pl.col("differs"), "error", "is given differently on one date: not evaluable", "Keep the right row."),
            (pl.col("again") & ~pl.col("differs"), "warning", "is given more than once on one date", "Keep one row."),
        )
    ]
    doubtful = (sul < 0).fill_null(False) | pl.col("differs") | pl.col("role").is_null()
    rows = rows.with_columns(
        pl.when(doubtful).then(pl.lit("not_evaluable")).otherwise("assessment").alias("assessment")
    )
    return rows.select(*COLUMNS), listed(lost, roles, words, *found)


def judge(uptake: pl.DataFrame) -> pl.DataFrame:
    """Metabolic response at each date after the first.

    ``uptake`` as from `checked`: person, date, lesion, role (target | new), ``sul`` (Float64: SUL peak) and assessment
    (absent: no more uptake than the surroundings | not_evaluable | null). Gives person, date, ``sul_peak``, ``change``
    (percent from baseline), ``metabolic`` (CMR | PMR | SMD | PMD | NE; null at baseline). Partial response: 30 percent
    and 0.8 SUL less; progression: 30 percent and 0.8 SUL more, or a new lesion. SUL is held in thousandths, so that
    the bounds are exact.
    """
    word = pl.col("assessment")
    milli = pl.when(word == "absent").then(0).otherwise((pl.col("sul") * 1000).round().cast(pl.Int64))
    judged = pl.when((word == "not_evaluable").fill_null(False)).then(None).otherwise(milli)
    new = ((pl.col("role") == "new") & (judged > 0)).fill_null(False)
    by_date = (
        uptake.with_columns(judged.alias("milli"), new.alias("new"))
        .group_by("person", "date")
        .agg(
            pl.col("milli").max(),
            pl.col("milli").is_null().sum().alias("unknown"),
            pl.col("new").sum(),
        )
        .sort("person", "date")
    )
    # A lesion that could not be judged at baseline may have been the hottest.
    base = pl.when(pl.col("unknown") == 0).then("milli").first().over("person")
    at_baseline = pl.col("date") == pl.col("date").first().over("person")
    more = pl.col("milli") - base
    response = (
        pl.when(at_baseline)
        .then(None)
        .when((pl.col("new") > 0) | ((10 * more >= 3 * base) & (more >= 800)))
        .then(pl.lit("PMD"))
        .when((pl.col("unknown") > 0) | base.is_null())
        .then(pl.lit("NE"))
        .when(pl.col("milli") == 0)
        .then(pl.lit("CMR"))
        .when((-10 * more >= 3 * base) & (-more >= 800))
        .then(pl.lit("PMR"))
        .otherwise(pl.lit("SMD"))
    )
    change = pl.when(base > 0).then(100 * more / base)
    return by_date.select(
        "person",
        "date",
        (pl.col("milli") / 1000).alias("sul_peak"),
        change.alias("change"),
        response.alias("metabolic"),
    )
