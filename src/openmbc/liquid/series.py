"""Every variant at every draw of a person: what the draw says of it, and what changed since the draw before."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from openmbc.liquid.checked import DRAW, SHARE
from openmbc.liquid.noise import changed

STATUSES = ("detected", "below_lod", "not_detected", "not_tested", "not_known")
CHANGES = (
    "first", "new", "rising", "falling", "stable", "cleared", "back", "absent", "unclear", "not_comparable",
)  # fmt: skip
_VARIANT = ["person", "gene", "change"]
_COMPARED = ["person", "assay_key", "panel_key", "gene", "change"]


def series_of(rows: pl.LazyFrame, draws: pl.LazyFrame) -> pl.LazyFrame:
    """A row per person, variant and draw, sorted by these.

    Columns: person, gene, change, draw, date, assay, panel, ``status`` (`STATUSES`), vaf and lod (shares), depth,
    clonal_haematopoiesis (said here or at a draw before), ``since`` (Date: the last draw of the same test and panel in
    which it was looked for), vaf_before, ``trend`` (`CHANGES`; null where nothing was looked for, or where it was
    looked for the first time and not there), ``sure`` (Boolean: the depths behind rising, falling and stable are
    known), sources (list).

    - detected, below_lod: found, from the detection limit on or below it
    - not_detected: the gene was looked at and this was not found; not_tested: nothing says that it was looked at
    - not_known: rows contradict each other, or a change of this gene was found that is not named
    - new: not there at the draw before; back: not there then, and there at a draw before that; first: no draw before
    - cleared: there at the draw before and not found now; absent: at neither
    - unclear: a share is not known, or lies where the detection limit of the other draw cannot see it
    - not_comparable: earlier draws were of another test or panel, or of one that is not known
    """
    told = _grid(rows, draws).with_columns(_status()).sort(*_VARIANT, "date", "draw", nulls_last=True)
    told = told.with_columns(_over_time())
    ends, moved, noise = _noise()
    compared = _before(told).with_columns(ends).with_columns(moved).with_columns(noise)
    return compared.with_columns(_trend()).select(_columns())


@cache
def _over_time() -> list[pl.Expr]:
    """The limit where something was looked for; from blood cells, when this or a draw before says so."""
    return [
        pl.when(pl.col("status") != "not_tested").then("lod").alias("lod"),
        (_so_far(pl.col("clonal_haematopoiesis").fill_null(False), _begins(_VARIANT)) > 0).alias(
            "clonal_haematopoiesis"
        ),
    ]


def _begins(keys: list[str]) -> pl.Expr:
    """Whether another group begins with a row, in a table that is sorted by groups: windows take ten times as long."""
    return pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys)


def _so_far(what: pl.Expr, begins: pl.Expr) -> pl.Expr:
    """Of how many rows of the group, up to this one, something is true."""
    number = what.cast(pl.Int64)
    before = pl.when(begins).then(number.cum_sum() - number).forward_fill()
    return number.cum_sum() - before


@cache
def _noise() -> tuple[list[pl.Expr], list[pl.Expr], pl.Expr]:
    ends, moved, said = changed(("ppb", "depth"), ("ppb_before", "depth_before"))
    return ends, moved, said.alias("noise")


@cache
def _columns() -> list[pl.Expr]:
    named: list[str | pl.Expr] = [
        *_VARIANT, "draw", "date", "assay", "panel", "status", _share("ppb", "vaf"), _share("lod", "lod"), "depth",
        "clonal_haematopoiesis", "since", _share("ppb_before", "vaf_before"), "trend", _sure(),
        "sources", "ppb", "looked_for",
    ]  # fmt: skip
    return [pl.col(column) if isinstance(column, str) else column for column in named]


def _share(name: str, shown: str) -> pl.Expr:
    return (pl.col(name) * SHARE).round(9).alias(shown)


def _grid(rows: pl.LazyFrame, draws: pl.LazyFrame) -> pl.LazyFrame:
    """Each variant that a person ever had, at each draw of the person, with what the draw says of it and its gene."""
    of = _expressions()
    variants = rows.filter(of.listed).select(_VARIANT).unique()
    grid = variants.join(draws.select("draw", *DRAW, "assay", "panel"), on="person")
    grid = grid.join(rows.select(of.said), on=["draw", "gene", "change"], how="left", nulls_equal=True)
    of_gene = rows.filter(of.of_gene).group_by("draw", "gene").agg(of.gene)
    limits = rows.group_by("draw").agg(of.limit)
    grid = grid.join(of_gene, on=["draw", "gene"], how="left").join(limits, on="draw", how="left")
    return grid.with_columns(of.filled)


class _Expressions(NamedTuple):
    """Of findings: which make a variant; what one says; which say something of its whole gene, and what."""

    listed: pl.Expr
    said: list[pl.Expr]
    of_gene: pl.Expr
    gene: list[pl.Expr]
    limit: pl.Expr
    filled: list[pl.Expr]


@cache
def _expressions() -> _Expressions:
    present, named = pl.col("result") == "present", pl.col("change").is_not_null()
    own = ["draw", "gene", "change", "result", "ppb", "depth", "clonal_haematopoiesis", "sources"]
    return _Expressions(
        present | (pl.col("result").is_null() & named),
        [pl.col(own), pl.col("lod").alias("own_lod"), pl.lit(True).alias("own")],
        # A change that was looked for by itself says nothing of others in its gene.
        pl.col("result").is_not_null() & (present | ~named),
        [
            pl.col("lod").max().alias("gene_lod"),
            pl.lit(True).alias("looked"),
            (present & ~named).sum().alias("unnamed"),
            (present & named).sum().alias("named"),
            pl.col("sources").explode().alias("by"),
        ],
        pl.col("lod").max().alias("draw_lod"),
        [
            pl.coalesce("own_lod", "gene_lod", "draw_lod").alias("lod"),
            pl.coalesce("sources", pl.col("by").list.unique().list.sort()).fill_null([]).alias("sources"),
        ],
    )


@cache
def _status() -> pl.Expr:
    result, own = pl.col("result"), pl.col("own").fill_null(False)
    below = (pl.col("ppb") < pl.col("lod")).fill_null(False)
    # A change of the gene that is not named may be this one, or one that is named may be the one that is not.
    other = pl.when(pl.col("change").is_null()).then("named").otherwise("unnamed").fill_null(0) > 0
    silent = (result != "present").fill_null(True)
    return (
        pl.when(own & result.is_null() | (silent & other))
        .then(pl.lit("not_known"))
        .when(result == "present")
        .then(pl.when(below).then(pl.lit("below_lod")).otherwise(pl.lit("detected")))
        .when(own | pl.col("looked").fill_null(False))
        .then(pl.lit("not_detected"))
        .otherwise(pl.lit("not_tested"))
        .alias("status")
    )


def _before(told: pl.LazyFrame) -> pl.LazyFrame:
    """With the last draw of the same test and panel in which the variant was looked for, and what it said."""
    of_test, begins, before, elsewhere = _looked()
    told = told.with_columns(elsewhere).cache()
    earlier = told.filter(of_test).sort(*_COMPARED, "date", "draw").with_columns(begins).select(before)
    return told.join(earlier, on=["draw", "gene", "change"], how="left", nulls_equal=True, maintain_order="left")


@cache
def _looked() -> tuple[pl.Expr, pl.Expr, list[pl.Expr], list[pl.Expr]]:
    """Where a test looked, where another begins, what it said before, and whether any test had looked before."""
    looked = pl.col("status").is_in(["detected", "below_lod", "not_detected"])
    seen = pl.col("status").is_in(["detected", "below_lod"])
    names = {"date": "since", **{n: f"{n}_before" for n in ("status", "ppb", "depth", "lod")}}
    before = [
        pl.col("draw", "gene", "change"),
        *(pl.when(~pl.col("begins")).then(pl.col(n).shift(1)).alias(name) for n, name in names.items()),
        (_so_far(seen, pl.col("begins")) > seen.cast(pl.Int64)).alias("ever_before"),
    ]
    # Looked for in any test before: what is then found for the first time in this one cannot be compared.
    elsewhere = (_so_far(looked, _begins(_VARIANT)) > looked.cast(pl.Int64)).alias("elsewhere")
    of_test = looked & pl.col("assay_key").is_not_null()
    return of_test, _begins(_COMPARED).alias("begins"), before, [elsewhere, looked.alias("looked_for")]


@cache
def _trend() -> pl.Expr:
    now, before = pl.col("status"), pl.col("status_before")
    seen = before.is_in(["detected", "below_lod"])
    hidden = (pl.col("ppb") <= pl.col("lod_before")).fill_null(False)  # the draw before could not have seen it
    unseen = (pl.col("ppb_before") <= pl.col("lod")).fill_null(False)  # this draw could not see what was there
    first = pl.when("elsewhere").then(pl.lit("not_comparable")).otherwise(pl.lit("first"))
    there = (
        pl.when(before.is_null())
        .then(first)
        .when(seen)
        .then(pl.col("noise").fill_null("unclear"))
        .when(hidden)
        .then(pl.lit("unclear"))
        .when(pl.col("ever_before"))
        .then(pl.lit("back"))
        .otherwise(pl.lit("new"))
    )
    trace = (
        pl.when(before.is_null())
        .then(first)
        .when(seen & (pl.col("noise") == "falling"))
        .then(pl.lit("falling"))
        .otherwise(pl.lit("unclear"))
    )
    gone = (
        pl.when(before == "not_detected")
        .then(pl.lit("absent"))
        .when(before == "detected")
        .then(pl.when(unseen).then(pl.lit("unclear")).otherwise(pl.lit("cleared")))
        .when(before == "below_lod")
        .then(pl.lit("unclear"))
        .when(pl.col("elsewhere"))
        .then(pl.lit("not_comparable"))
    )
    return (
        pl.when(now == "detected")
        .then(there)
        .when(now == "below_lod")
        .then(trace)
        .when(now == "not_detected")
        .then(gone)
    ).alias("trend")


def _sure() -> pl.Expr:
    """Whether the noise behind a trend is known; null where the trend needs none."""
    by_noise = pl.col("trend").is_in(["rising", "falling", "stable"])
    return pl.when(by_noise).then(pl.col("depth").is_not_null() & pl.col("depth_before").is_not_null()).alias("sure")
