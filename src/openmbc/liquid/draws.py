"""Every draw of a person: how much tumour DNA, and against the draws that it can be compared with.

What is compared is the mean share of alleles of the tumour variants that both draws looked for: a variant that one did
not find counts as nothing there. Variants that may come from blood cells are left out of means and ratios.
"""

from __future__ import annotations

import polars as pl

from openmbc.liquid.checked import PLAIN, SHARE

FIRST_DAYS = 7  # a draw of the first days of a treatment still shows how it was before
ENOUGH = 1.0  # tumour fraction in percent from which a negative is informative (Clin Cancer Res 2024;30:2452)


def draws_of(rows: pl.DataFrame, draws: pl.DataFrame, series: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    """A row per person and draw, sorted by these.

    Columns: person, draw, date, assay, panel, genes (how many were looked at), ``variants`` (tumour variants found;
    those below the detection limit are not counted), ``from_blood`` (found and perhaps from blood cells),
    ``mean_vaf``, ``highest_vaf`` (of those with a share), ``without_vaf`` (found without one), tumour_fraction
    (percent), comparator (< <= > >= of a fraction that is only a bound), ``shedding`` (enough | low | unknown),
    ``comparable_with`` (Date: the draw before, of the same test and
    panel), ``why_not`` (first | no_assay | other_assay | other_panel | no_shared_gene; null where it can be compared),
    ``treated_since`` (Date: when the line of treatment began), ``baseline`` (Date: that of the line),
    ``ratio_to_baseline``, ``ratio_to_previous`` (of the means over what both looked for; null where there is nothing
    to divide by), ``compared`` (how many variants that were), ``clearance`` (of all that was found at the baseline,
    else at the draw before: null where it is not known, or nothing was there), ``cleared_since`` (Date: against which
    draw), sources (list).
    """
    found, seen = rows.lazy(), series.lazy()
    genes = found.filter(pl.col("result").is_not_null()).group_by("draw").agg(pl.col("gene").n_unique().alias("genes"))
    table = draws.lazy().join(_found(seen), on="draw", how="left").join(genes, on="draw", how="left")
    # Computed in stages: a plan that is used twice would be run twice.
    table = _with_previous(_now(table), found)
    table = _now(_with_baseline(_now(table), starts.lazy()).sort("draw"))
    pairs = _now(_compared(table, seen))
    for name in ("baseline", "previous"):
        of = pairs.filter(pl.col("kind") == name)
        said = [pl.col(c).alias(f"{c}_{name}") for c in ("ratio_to", "compared", "clear", "against")]
        table = table.join(of.select("draw", *said), on="draw", how="left", maintain_order="left")
    return table.with_columns(_shedding(), *_clearance()).select(
        "person", "draw", "date", "assay", "panel", _none_is_0("genes"), _none_is_0("variants"),
        _none_is_0("from_blood"), "mean_vaf", "highest_vaf", _none_is_0("without_vaf"), "tumour_fraction",
        "comparator", "shedding",
        "comparable_with", "why_not", "treated_since", "baseline", "ratio_to_baseline", "ratio_to_previous",
        pl.coalesce("compared_baseline", "compared_previous").alias("compared"), "clearance", "cleared_since",
        "sources",
    ).collect(optimizations=PLAIN)  # fmt: skip


def _now(plan: pl.LazyFrame) -> pl.LazyFrame:
    return plan.collect(optimizations=PLAIN).lazy()


def _none_is_0(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0).cast(pl.Int64)


def _found(series: pl.LazyFrame) -> pl.LazyFrame:
    """What each draw found; a mean is that of the variants whose share is known."""
    tumour = (pl.col("status") == "detected") & ~pl.col("clonal_haematopoiesis")
    shares = pl.col("ppb").filter(tumour)
    return series.group_by("draw").agg(
        tumour.sum().alias("variants"),
        (pl.col("status").is_in(["detected", "below_lod"]) & pl.col("clonal_haematopoiesis")).sum().alias("from_blood"),
        (shares.sum() * SHARE / shares.count()).fill_nan(None).round(9).alias("mean_vaf"),
        (shares.max() * SHARE).round(9).alias("highest_vaf"),
        shares.null_count().alias("without_vaf"),
    )


def _with_previous(table: pl.LazyFrame, rows: pl.LazyFrame) -> pl.LazyFrame:
    """With the draw before of the same test and panel, and why there is none."""
    of_test = table.filter(pl.col("assay_key").is_not_null()).sort("person", "date", "draw")
    by = ["person", "assay_key", "panel_key"]
    previous = of_test.select("draw", *(pl.col(n).shift(1).over(by).alias(f"previous_{n}") for n in ("draw", "date")))
    seen = rows.select("draw", "gene").unique()
    shared = (
        previous.drop_nulls().join(seen, on="draw").join(
            seen.rename({"draw": "previous_draw"}), on=["previous_draw", "gene"]
        ).select("draw", shared=True).unique()
    )  # fmt: skip
    table = table.sort("person", "date", "draw").join(previous, on="draw", how="left", maintain_order="left")
    table = table.join(shared, on="draw", how="left", maintain_order="left")
    place = pl.int_range(pl.len()).over("person")
    same_test = pl.int_range(pl.len()).over("person", "assay_key")
    why = (
        pl.when(place == 0)
        .then(pl.lit("first"))
        .when(pl.col("assay_key").is_null())
        .then(pl.lit("no_assay"))
        .when(pl.col("previous_draw").is_null() & (same_test == 0))
        .then(pl.lit("other_assay"))
        .when(pl.col("previous_draw").is_null())
        .then(pl.lit("other_panel"))
        .when(pl.col("shared").is_null())
        .then(pl.lit("no_shared_gene"))
    )
    table = table.with_columns(why.alias("why_not"))
    comparable = pl.when(pl.col("why_not").is_null()).then("previous_date").alias("comparable_with")
    return table.with_columns(comparable)


def _with_baseline(table: pl.LazyFrame, starts: pl.LazyFrame) -> pl.LazyFrame:
    """With the baseline of the line of treatment that ran at each draw: the newest draw of the test before it began.

    Where none was taken before, the first one since. A draw that is its own baseline has itself.
    """
    begun = table.select("draw", "person", "date").join(starts, on="person").filter(pl.col("start") <= pl.col("date"))
    lines = begun.group_by("draw").agg(pl.col("start").max())
    of = table.filter(pl.col("assay_key").is_not_null()).join(lines, on="draw")
    others = table.select("person", "assay_key", "panel_key", pl.col("date").alias("on"), pl.col("draw").alias("of"))
    pairs = of.select("draw", "person", "assay_key", "panel_key", "date", "start").join(
        others, on=["person", "assay_key", "panel_key"], nulls_equal=True
    ).filter(pl.col("on") <= pl.col("date"))  # fmt: skip
    before = pl.col("on") <= pl.col("start") + pl.duration(days=FIRST_DAYS)
    base = pl.coalesce(pl.col("on").filter(before).max(), pl.col("on").min())
    chosen = pairs.group_by("draw").agg(
        base.alias("baseline"), pl.col("of").filter(pl.col("on") == base).first().alias("baseline_draw")
    )
    known = chosen.join(lines.rename({"start": "treated_since"}), on="draw", how="full", coalesce=True)
    return table.join(known, on="draw", how="left", maintain_order="left")


def _compared(table: pl.LazyFrame, series: pl.LazyFrame) -> pl.LazyFrame:
    """Each draw against its baseline and against the draw before: ratio of the means, clearance, how many variants."""
    comparable = pl.col("comparable_with").is_not_null()
    pairs = pl.concat([
        table.filter(pl.col("baseline_draw") != pl.col("draw")).select(
            "draw", pl.lit("baseline").alias("kind"), pl.col("baseline_draw").alias("other")
        ),
        table.filter(comparable).select(
            "draw", pl.lit("previous").alias("kind"), pl.col("previous_draw").alias("other")
        ),
    ])  # fmt: skip
    seen = pl.col("status").is_in(["detected", "below_lod"])
    value = pl.when(pl.col("status") == "not_detected").then(0).when(seen).then("ppb")
    # What was found then and of which nothing is known now keeps clearance open: so all statuses, now.
    now = series.select("draw", "gene", "change", "status", "clonal_haematopoiesis", value.alias("value"), "lod")
    then = series.filter("looked_for").select("draw", "gene", "change", "status", "date", value.alias("value"))
    both = pairs.join(now, on="draw").join(
        then.rename({"draw": "other"}), on=["other", "gene", "change"], suffix="_then", nulls_equal=True
    )  # fmt: skip
    tumour = both.filter(~pl.col("clonal_haematopoiesis"))
    return tumour.group_by("draw", "kind").agg(*_ratio(), _clear(), pl.col("date").first().alias("against"))


def _ratio() -> list[pl.Expr]:
    """Ratio of the sums over variants that one draw found and whose share is known in both, and their number."""
    now, then = pl.col("value"), pl.col("value_then")
    known = now.is_not_null() & then.is_not_null() & ((now > 0) | (then > 0))
    total = then.filter(known).sum()
    return [
        pl.when(total > 0).then(now.filter(known).sum() / total).alias("ratio_to"),
        pl.when(known.sum() > 0).then(known.sum()).alias("compared"),
    ]


def _clear() -> pl.Expr:
    """Whether all that was found then is gone now; null where nothing was there, or where one variant is open."""
    found, then = pl.col("status") == "detected", pl.col("status_then") == "detected"
    visible = (pl.col("value_then") * SHARE > pl.col("lod")).fill_null(True)
    gone = (pl.col("status") == "not_detected") & visible
    open_ = (then & ~gone).sum() + (pl.col("status") == "below_lod").sum()
    return (
        pl.when(found.sum() > 0)
        .then(pl.lit(False))
        .when((then.sum() > 0) & (open_ == 0))
        .then(pl.lit(True))
        .alias("clear")
    )


def _shedding() -> pl.Expr:
    share, bound = pl.col("tumour_fraction"), pl.col("comparator").fill_null("=")
    enough = (share >= ENOUGH) & bound.is_in(["=", ">", ">="])
    low = ((share < ENOUGH) & bound.is_in(["=", "<", "<="])) | ((share == ENOUGH) & (bound == "<"))
    said = pl.when(enough).then(pl.lit("enough")).when(low).then(pl.lit("low"))
    return said.otherwise(pl.lit("unknown")).alias("shedding")


def _clearance() -> list[pl.Expr]:
    by_baseline = pl.col("clear_baseline").is_not_null()
    clear = pl.when(by_baseline).then("clear_baseline").otherwise("clear_previous")
    # A variant that was not looked for before is tumour DNA all the same.
    more = (pl.col("variants") > 0).fill_null(False)
    against = pl.when(by_baseline).then("against_baseline").otherwise("against_previous")
    known = clear.is_not_null()
    return [
        pl.when(known).then(clear & ~more).alias("clearance"),
        pl.when(known).then(against).alias("cleared_since"),
    ]
