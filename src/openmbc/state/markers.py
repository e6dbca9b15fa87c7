"""Tumour markers over time: CA 15-3, CA 27-29, CEA.

An adjunct only: a rise is a reason to look, never alone a reason to change treatment (ASCO). In the first weeks of a
treatment markers may rise because it works, and two laboratories cannot be compared.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.criteria.kleene import any_row
from openmbc.state.visits import Part, beside, computed, facts_of

MARKERS = {"ca15_3": "CA 15-3", "ca27_29": "CA 27-29", "cea": "CEA"}
# Published rises that were called meaningful are 20 to 30 percent; 25 is that of the European Group on Tumor Markers.
RISE = 1.25
FALL = 0.75
FLARE_DAYS = 42  # the first weeks of a treatment do not count
FEEDS = dict.fromkeys(MARKERS, ("tumour_markers_rising",))


def trends(observations: pl.LazyFrame, began: pl.LazyFrame, recorded: frozenset[str]) -> pl.DataFrame | None:
    """One row per visit and marker: the newest value against the lowest since the present treatment began.

    ``began`` has row and ``since`` (Date). Columns: row, concept, date, value, high (upper limit of normal), since,
    lowest, lowest_on, values (how many can be compared), change (percent from the lowest), sources (list), and trend:

    - rising: 25 percent above the lowest in the last two values, and above normal; may_rise: in the last value alone
    - falling: 25 percent below the first; stable: neither
    - early: in the first weeks of the treatment; single: one value
    - other_range: the normal range changed, so it may be another laboratory or test

    None where nobody has any marker.
    """
    if recorded.isdisjoint(MARKERS):
        return None
    dated = observations.filter(
        pl.col("concept").is_in(list(MARKERS)) & pl.col("value").is_not_null() & pl.col("date").is_not_null()
        & pl.col("comparator").is_null()
    ).join(began, on="row", how="left")  # fmt: skip
    of_treatment = dated.filter(pl.col("since").is_null() | (pl.col("date") >= pl.col("since") - pl.duration(days=28)))
    ordered = of_treatment.sort("row", "concept", "date", "source")
    compared = ordered.with_columns(_newest()).with_columns(_comparable())
    series = compared.group_by("row", "concept", maintain_order=True).agg(_of_series()).with_columns(_trend())
    return computed(series)[0]


@cache
def _newest() -> list[pl.Expr]:
    """The range of the newest value, and whether a value is from after the first weeks."""
    late = pl.col("date") >= pl.col("since") + pl.duration(days=FLARE_DAYS)
    return [pl.col("high").last().over("row", "concept").alias("newest_high"), late.alias("late")]


@cache
def _comparable() -> list[pl.Expr]:
    """The value where its range is that of the newest, and the same where it is not from the first weeks."""
    same = pl.col("high").is_null() | (pl.col("high") == pl.col("newest_high"))
    settled = same & pl.col("late").fill_null(True)
    return [pl.when(which).then("value").alias(name) for name, which in (("comparable", same), ("settled", settled))]


@cache
def _of_series() -> list[pl.Expr]:
    comparable = pl.col("comparable")
    return [
        pl.col("date", "value", "high").last(),
        pl.col("since").first(),
        comparable.min().alias("lowest"),
        pl.col("date").get(comparable.arg_min()).alias("lowest_on"),
        comparable.count().cast(pl.Int64).alias("values"),
        pl.col("settled").drop_nulls().slice(-2).alias("last_two"),
        comparable.first(ignore_nulls=True).alias("first_value"),
        pl.col("high").drop_nulls().n_unique().alias("ranges"),
        pl.col("late").last(),
        pl.col("source").unique().sort().alias("sources"),
    ]


@cache
def _trend() -> list[pl.Expr]:
    bound = pl.col("lowest") * RISE
    abnormal = pl.col("high").is_null() | (pl.col("value") > pl.col("high"))
    risen = (pl.col("value") >= bound) & abnormal
    twice = (pl.col("last_two").list.len() == 2) & (pl.col("last_two").list.min() >= bound)
    trend = (
        pl.when((pl.col("values") < 2) & (pl.col("ranges") > 1))
        .then(pl.lit("other_range"))
        .when(pl.col("values") < 2)
        .then(pl.lit("single"))
        .when(~pl.col("late").fill_null(True))
        .then(pl.lit("early"))
        .when(risen & twice)
        .then(pl.lit("rising"))
        .when(risen)
        .then(pl.lit("may_rise"))
        .when(pl.col("value") <= FALL * pl.col("first_value"))
        .then(pl.lit("falling"))
        .otherwise(pl.lit("stable"))
    )
    change = pl.when(pl.col("lowest") > 0).then(100 * (pl.col("value") - pl.col("lowest")) / pl.col("lowest"))
    return [trend.alias("trend"), change.alias("change")]


def derive(visits: pl.LazyFrame, observations: pl.LazyFrame, table: pl.DataFrame | None) -> Part:
    """Whether a marker rises; ``table`` is `trends`. Unknown where none can be compared."""
    if table is None:
        return Part(visits.select("row"))
    said = table.lazy().filter(pl.col("trend").is_in(["rising", "falling", "stable"]))
    rises = said.group_by("row").agg(any_row(pl.col("trend") == "rising").alias("tumour_markers_rising"))
    of = observations.filter(pl.col("concept").is_in(list(MARKERS)))
    return Part(beside(visits.select("row"), rises), [facts_of(of)])
