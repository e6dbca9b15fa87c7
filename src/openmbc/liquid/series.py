"""Every variant at every draw of a person: what the draw says of it, and what changed since the draw before."""

from __future__ import annotations

import polars as pl

from openmbc.liquid.checked import DRAW, PLAIN, SHARE
from openmbc.liquid.noise import changed

STATUSES = ("detected", "below_lod", "not_detected", "not_tested", "not_known")
CHANGES = (
    "first", "new", "rising", "falling", "stable", "cleared", "back", "absent", "unclear", "not_comparable",
)  # fmt: skip
_VARIANT = ["person", "gene", "change"]
_COMPARED = ["person", "assay_key", "panel_key", "gene", "change"]


def series_of(rows: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
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
    grid = _grid(rows.lazy(), draws.lazy())
    told = grid.with_columns(_status()).sort(*_VARIANT, "date", "draw", nulls_last=True)
    told = told.with_columns(pl.when(pl.col("status") != "not_tested").then("lod").alias("lod"))
    blood = pl.col("clonal_haematopoiesis").fill_null(False).cum_max().over(_VARIANT)
    told = told.with_columns(blood.alias("clonal_haematopoiesis"))
    compared = _before(told).with_columns(changed(("ppb", "depth"), ("ppb_before", "depth_before")).alias("noise"))
    return compared.with_columns(_trend()).select(
        *_VARIANT, "draw", "date", "assay", "panel", "status", *_shares("ppb", "vaf"), *_shares("lod", "lod"), "depth",
        "clonal_haematopoiesis", "since", *_shares("ppb_before", "vaf_before"), "trend", _sure(),
        "sources", "ppb", "looked_for",
    ).collect(optimizations=PLAIN)  # fmt: skip


def _shares(name: str, shown: str) -> list[pl.Expr]:
    return [(pl.col(name) * SHARE).round(9).alias(shown)]


def _grid(rows: pl.LazyFrame, draws: pl.LazyFrame) -> pl.LazyFrame:
    """Each variant that a person ever had, at each draw of the person, with what the draw says of it and its gene."""
    present, named = pl.col("result") == "present", pl.col("change").is_not_null()
    variants = rows.filter(present | (pl.col("result").is_null() & named)).select(_VARIANT).unique()
    grid = variants.join(draws.select("draw", *DRAW, "assay", "panel"), on="person")
    said = rows.select(
        "draw", "gene", "change", "result", "ppb", "depth", "clonal_haematopoiesis", "sources",
        pl.col("lod").alias("own_lod"), pl.lit(True).alias("own"),
    )  # fmt: skip
    grid = grid.join(said, on=["draw", "gene", "change"], how="left", nulls_equal=True)
    # A change that was looked for by itself says nothing of others in its gene.
    of_gene = (
        rows.filter(pl.col("result").is_not_null() & (present | ~named))
        .group_by("draw", "gene")
        .agg(
            pl.col("lod").max().alias("gene_lod"),
            pl.lit(True).alias("looked"),
            (present & ~named).sum().alias("unnamed"),
            (present & named).sum().alias("named"),
            pl.col("sources").explode().unique().sort().alias("by"),
        )
    )
    limits = rows.group_by("draw").agg(pl.col("lod").max().alias("draw_lod"))
    grid = grid.join(of_gene, on=["draw", "gene"], how="left").join(limits, on="draw", how="left")
    limit = pl.coalesce("own_lod", "gene_lod", "draw_lod")
    return grid.with_columns(limit.alias("lod"), pl.coalesce("sources", "by").fill_null([]).alias("sources"))


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
    looked = pl.col("status").is_in(["detected", "below_lod", "not_detected"])
    seen = pl.col("status").is_in(["detected", "below_lod"])
    of_test = told.filter(looked & pl.col("assay_key").is_not_null())
    before = of_test.select(
        "draw", "gene", "change",
        *(pl.col(n).shift(1).over(_COMPARED).alias(f"{n}_before") for n in ("date", "status", "ppb", "depth", "lod")),
        seen.cum_max().shift(1).over(_COMPARED).alias("ever_before"),
    ).rename({"date_before": "since"})  # fmt: skip
    # Looked for in any test before: what is then found for the first time in this one cannot be compared.
    elsewhere = looked.cum_max().shift(1).over(_VARIANT).fill_null(False)
    told = told.with_columns(elsewhere.alias("elsewhere"), looked.alias("looked_for"))
    return told.join(before, on=["draw", "gene", "change"], how="left", nulls_equal=True, maintain_order="left")


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
