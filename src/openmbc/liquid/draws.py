"""Every draw of a person: how much tumour DNA, and against the draws that it can be compared with.

What is compared is the mean share of alleles of the tumour variants that both draws looked for: a variant that one did
not find counts as nothing there. Variants that may come from blood cells are left out of means and ratios.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.liquid.checked import SHARE, now

FIRST_DAYS = 7  # a draw of the first days of a treatment still shows how it was before
ENOUGH = 1.0  # tumour fraction in percent from which a negative is informative (Clin Cancer Res 2024;30:2452)


def draws_of(rows: pl.LazyFrame, draws: pl.LazyFrame, series: pl.LazyFrame, starts: pl.LazyFrame) -> pl.DataFrame:
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
    looked_at, number = _genes()
    genes = rows.filter(looked_at).group_by("draw").agg(number)
    found = series.group_by("draw").agg(_found())
    # In stages: a plan that is used twice would be run twice.
    known, seen = now(
        draws.join(found, on="draw", how="left").join(genes, on="draw", how="left"),
        rows.select("draw", "gene").unique(),
    )
    (table,) = now(_with_previous(known.lazy(), seen.lazy()))
    (table,) = now(_with_baseline(table.lazy(), starts).sort("draw"))
    (pairs,) = now(_compared(table.lazy(), series))
    with_all = table.lazy()
    for of_kind, said in _kinds():
        with_all = with_all.join(
            pairs.lazy().filter(of_kind).select(said), on="draw", how="left", maintain_order="left"
        )
    return now(with_all.with_columns(_shedding(), *_clearance()).select(_columns()))[0]


@cache
def _genes() -> tuple[pl.Expr, pl.Expr]:
    return pl.col("result").is_not_null(), pl.col("gene").n_unique().alias("genes")


@cache
def _kinds() -> list[tuple[pl.Expr, list[pl.Expr]]]:
    """What was compared, by what it was compared with."""
    columns = ("ratio_to", "compared", "clear", "against")
    return [
        (pl.col("kind") == kind, [pl.col("draw"), *(pl.col(c).alias(f"{c}_{kind}") for c in columns)])
        for kind in ("baseline", "previous")
    ]


@cache
def _columns() -> list[pl.Expr]:
    named: list[str | pl.Expr] = [
        "person", "draw", "date", "assay", "panel", _none_is_0("genes"), _none_is_0("variants"),
        _none_is_0("from_blood"), "mean_vaf", "highest_vaf", _none_is_0("without_vaf"), "tumour_fraction",
        "comparator", "shedding",
        "comparable_with", "why_not", "treated_since", "baseline", "ratio_to_baseline", "ratio_to_previous",
        pl.coalesce("compared_baseline", "compared_previous").alias("compared"), "clearance", "cleared_since",
        "sources",
    ]  # fmt: skip
    return [pl.col(column) if isinstance(column, str) else column for column in named]


def _none_is_0(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0).cast(pl.Int64)


@cache
def _found() -> list[pl.Expr]:
    """What a draw found; a mean is that of the variants whose share is known."""
    tumour = (pl.col("status") == "detected") & ~pl.col("clonal_haematopoiesis")
    shares = pl.col("ppb").filter(tumour)
    return [
        tumour.sum().alias("variants"),
        (pl.col("status").is_in(["detected", "below_lod"]) & pl.col("clonal_haematopoiesis")).sum().alias("from_blood"),
        (shares.sum() * SHARE / shares.count()).fill_nan(None).round(9).alias("mean_vaf"),
        (shares.max() * SHARE).round(9).alias("highest_vaf"),
        shares.null_count().alias("without_vaf"),
    ]


def _with_previous(table: pl.LazyFrame, seen: pl.LazyFrame) -> pl.LazyFrame:
    """With the draw before of the same test and panel, and why there is none; ``seen``: the genes of each draw."""
    named, before, why, comparable = _previous()
    previous = table.filter(named).sort("person", "date", "draw").select(before).cache()
    both = previous.drop_nulls().join(seen, on="draw").join(
        seen.rename({"draw": "previous_draw"}), on=["previous_draw", "gene"]
    )  # fmt: skip
    shared = both.select("draw", shared=True).unique()
    table = table.sort("person", "date", "draw").join(previous, on="draw", how="left", maintain_order="left")
    table = table.join(shared, on="draw", how="left", maintain_order="left")
    return table.with_columns(why).with_columns(comparable)


@cache
def _previous() -> tuple[pl.Expr, list[pl.Expr], pl.Expr, pl.Expr]:
    """Which draws name their test; the draw before, of the same test; why there is none; its day, where it counts."""
    by = ["person", "assay_key", "panel_key"]
    before = [pl.col("draw"), *(pl.col(n).shift(1).over(by).alias(f"previous_{n}") for n in ("draw", "date"))]
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
    comparable = pl.when(pl.col("why_not").is_null()).then("previous_date").alias("comparable_with")
    return pl.col("assay_key").is_not_null(), before, why.alias("why_not"), comparable


def _with_baseline(table: pl.LazyFrame, starts: pl.LazyFrame) -> pl.LazyFrame:
    """With the baseline of the line of treatment that ran at each draw: the newest draw of the test before it began.

    Where none was taken before, the first one since. A draw that is its own baseline has itself.
    """
    by = ["person", "assay_key", "panel_key"]
    named, begun, latest, others, earlier, chosen = _baseline()
    lines = table.select("draw", "person", "date").join(starts, on="person").filter(begun)
    lines = lines.group_by("draw").agg(latest).cache()
    of = table.filter(named).join(lines, on="draw").select("draw", *by, "date", "start")
    pairs = of.join(table.select(*by, *others), on=by, nulls_equal=True).filter(earlier)
    of_draw = pairs.group_by("draw").agg(chosen)
    known = of_draw.join(lines.rename({"start": "treated_since"}), on="draw", how="full", coalesce=True)
    return table.join(known, on="draw", how="left", maintain_order="left")


@cache
def _baseline() -> tuple[pl.Expr, pl.Expr, pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    """Draws that name their test; lines that had begun, and the latest; other draws, those before, and the baseline."""
    on = pl.col("on")
    before = on <= pl.col("start") + pl.duration(days=FIRST_DAYS)
    base = pl.coalesce(on.filter(before).max(), on.min())
    return (
        pl.col("assay_key").is_not_null(),
        pl.col("start") <= pl.col("date"),
        pl.col("start").max(),
        [pl.col("date").alias("on"), pl.col("draw").alias("of")],
        on <= pl.col("date"),
        [base.alias("baseline"), pl.col("of").filter(on == base).first().alias("baseline_draw")],
    )


def _compared(table: pl.LazyFrame, series: pl.LazyFrame) -> pl.LazyFrame:
    """Each draw against its baseline and against the draw before: ratio of the means, clearance, how many variants."""
    kinds, now, looked_for, then, tumour, said = _comparing()
    pairs = pl.concat([table.filter(which).select(pair) for which, pair in kinds])
    both = pairs.join(series.select(now), on="draw").join(
        series.filter(looked_for).select(then), on=["other", "gene", "change"], suffix="_then", nulls_equal=True
    )  # fmt: skip
    return both.filter(tumour).group_by("draw", "kind").agg(said)


_Kinds = list[tuple[pl.Expr, list[pl.Expr]]]


@cache
def _comparing() -> tuple[_Kinds, list[pl.Expr], pl.Expr, list[pl.Expr], pl.Expr, list[pl.Expr]]:
    """Which draws are compared with which; a variant now; whether it was looked for then, and as what; the answer."""
    draw, with_baseline = pl.col("draw"), pl.col("baseline_draw") != pl.col("draw")
    kinds = [
        (with_baseline, [draw, pl.lit("baseline").alias("kind"), pl.col("baseline_draw").alias("other")]),
        (
            pl.col("comparable_with").is_not_null(),
            [draw, pl.lit("previous").alias("kind"), pl.col("previous_draw").alias("other")],
        ),
    ]
    seen = pl.col("status").is_in(["detected", "below_lod"])
    value = pl.when(pl.col("status") == "not_detected").then(0).when(seen).then("ppb").alias("value")
    # What was found then and of which nothing is known now keeps clearance open: so all statuses, now.
    now = [pl.col("draw", "gene", "change", "status", "clonal_haematopoiesis"), value, pl.col("lod")]
    then = [draw.alias("other"), pl.col("gene", "change", "status", "date"), value]
    said = [*_ratio(), _clear(), pl.col("date").first().alias("against")]
    return kinds, now, pl.col("looked_for"), then, ~pl.col("clonal_haematopoiesis"), said


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


@cache
def _shedding() -> pl.Expr:
    share, bound = pl.col("tumour_fraction"), pl.col("comparator").fill_null("=")
    enough = (share >= ENOUGH) & bound.is_in(["=", ">", ">="])
    low = ((share < ENOUGH) & bound.is_in(["=", "<", "<="])) | ((share == ENOUGH) & (bound == "<"))
    said = pl.when(enough).then(pl.lit("enough")).when(low).then(pl.lit("low"))
    return said.otherwise(pl.lit("unknown")).alias("shedding")


@cache
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
