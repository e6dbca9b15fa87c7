"""Findings in blood as they come, checked: one row per draw and finding, and the draws.

Shares of alleles are held as whole billionths: sums are exact and do not depend on the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from openmbc.tabular import known, listed, placed, problem, with_source

COLUMNS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "assay": pl.String(),
    "panel": pl.String(),
    "gene": pl.String(),
    "change": pl.String(),
    "result": pl.String(),
    "vaf": pl.Float64(),
    "lod": pl.Float64(),
    "depth": pl.Int64(),
    "clonal_haematopoiesis": pl.Boolean(),
}
RESULTS: dict[str, pl.DataType] = {
    "person": pl.String(),
    "date": pl.Date(),
    "assay": pl.String(),
    "tumour_fraction": pl.Float64(),
    "comparator": pl.String(),
}
STARTS: dict[str, pl.DataType] = {"person": pl.String(), "start": pl.Date()}

FINDINGS = ("present", "absent", "studied")
WHOLE = 1_000_000_000  # all alleles, in the unit that shares are held in
SHARE = 1e-9  # multiplied, not divided: a column gives the same last digit for one row as for many
PLAIN = pl.QueryOptFlags.none()  # the plans are written in the order in which they should run
DRAW = ["person", "date", "assay_key", "panel_key"]
_KEY = [*DRAW, "gene", "change"]


def checked(variants: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per draw, gene and change; and the problems.

    The result has person, date, assay, panel, ``assay_key`` and ``panel_key`` (their spelling for comparing; null: not
    known), gene, change, result (null: contradicts itself, or not understood), ``ppb`` (Int64: share of alleles in
    billionths), ``lod`` (Int64, likewise), depth, clonal_haematopoiesis (Boolean), sources (list).
    """
    given, lost = placed(_typed(with_source(variants), COLUMNS).with_columns(pl.col("vaf", "lod").fill_nan(None)))
    rows, words = known(given, "result", FINDINGS)
    nameless = rows.filter(pl.col("gene").is_null())
    no_gene = nameless.select(*problem("error", pl.lit("a finding without a gene was not used"), "Name the gene."))
    rows = rows.filter(pl.col("gene").is_not_null())
    shares = [
        _not_a_share(rows, name, what) for name, what in (("vaf", "share of alleles"), ("lod", "detection limit"))
    ]
    no_reads = rows.filter(pl.col("depth") < 1)
    depths = no_reads.select(*problem("error", _of("a depth of {}", "depth"), "Correct it; it was not used."))
    rows = _keyed(rows).with_columns(
        _ppb("vaf").alias("ppb"), _ppb("lod").alias("lod"), pl.when(pl.col("depth") > 0).then("depth").alias("depth")
    )
    one, differing = _one_row(rows)
    return one, listed(lost, words, no_gene, *shares, depths, differing, _denied(one))


def _typed(table: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The columns in their types, those that are missing as null; and the source."""
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in table.columns]
    return table.with_columns(absent).select(*(pl.col(n).cast(d) for n, d in columns.items()), "source")


def _of(what: str, *columns: str) -> pl.Expr:
    """What is wrong, with the gene and the day before it."""
    name = pl.concat_str(pl.col("gene"), pl.coalesce(pl.lit(" ") + pl.col("change"), pl.lit("")))
    return pl.format(f"{{}} in blood of {{}}: {what}", name, pl.col("date").cast(pl.String), *columns)


def _not_a_share(rows: pl.DataFrame, name: str, what: str) -> pl.DataFrame:
    wrong = rows.filter((pl.col(name) < 0) | (pl.col(name) > 1))
    return wrong.select(*problem("error", _of(f"a {what} of {{}}", name), "Write it from 0 to 1; it was not used."))


def _ppb(name: str) -> pl.Expr:
    """A share in billionths; null where it is none. A share of 0 of something that was found is not known."""
    share = pl.when((pl.col(name) > 0) & (pl.col(name) <= 1)).then(pl.col(name))
    return (share * WHOLE).round().cast(pl.Int64)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    """With the spelling of assay and panel that draws are compared by: an empty name is none."""
    return rows.with_columns(
        pl.col(name).str.strip_chars().str.to_lowercase().str.replace_all(r"[\s_-]+", " ").replace("", None).alias(key)
        for name, key in (("assay", "assay_key"), ("panel", "panel_key"))
    )


def _one_row(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What rows say together of one finding; where they differ it is not known, and that is a problem.

    "Studied" says only that the gene was looked at: a row that says more stands over it.
    """
    ordered = rows.sort(*_KEY, "assay", "panel", "result", "ppb", "lod", "depth", "source", nulls_last=True)
    said, shares, depths = (pl.col(name).drop_nulls() for name in ("result", "ppb", "depth"))
    more = said.filter(said != "studied")
    result = pl.when(more.n_unique() == 1).then(more.first()).when(more.n_unique() == 0).then(said.first())
    one = ordered.group_by(_KEY, maintain_order=True).agg(
        pl.col("assay", "panel").first(),
        result.alias("result"),
        pl.when(shares.n_unique() == 1).then(shares.first()).alias("ppb"),
        pl.when(depths.n_unique() == 1).then(depths.first()).alias("depth"),
        pl.col("lod").max(),  # of two limits the one that promises less
        pl.col("clonal_haematopoiesis").max().fill_null(False),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("source").first(),
        (more.n_unique() > 1).alias("both"),
        (shares.n_unique() > 1).alias("shares"),
    )
    todo = "Keep the right row; it counts as not known."
    found = [
        one.filter(pl.col(name)).select(*problem("warning", _of(what), todo))
        for name, what in (("both", "stated as found and as not found"), ("shares", "different shares of alleles"))
    ]
    return one.drop("both", "shares", "source"), listed(*found)


def _denied(one: pl.DataFrame) -> pl.DataFrame:
    """A gene that is said to be clear in a draw that found a change of it: the change counts."""
    clear = one.filter((pl.col("result") == "absent") & pl.col("change").is_null()).select(*DRAW, "gene")
    found = one.filter((pl.col("result") == "present") & pl.col("change").is_not_null())
    both = found.join(clear, on=[*DRAW, "gene"], how="semi", nulls_equal=True)
    named = both.with_columns(pl.col("sources").list.first().alias("source"))
    what = _of("found, though the gene is stated as clear")
    return named.select(*problem("warning", what, "Keep the right row; what was found counts."))


def with_results(rows: pl.DataFrame, results: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The draws, the findings with the number of their draw, and the problems of ``results``.

    Draws: ``draw`` (number, in order of person, date, assay and panel), person, date, assay, panel, their keys,
    tumour_fraction (percent; null: not known, or stated differently), comparator (< <= > >= of a fraction that is only
    a bound), sources (list). A tumour fraction whose assay is not named belongs to the only draw of its day; else it is
    a draw by itself.
    """
    of_findings = rows.group_by(DRAW, maintain_order=True).agg(
        pl.col("assay", "panel").first(), pl.col("sources").explode().unique().sort()
    )
    fractions, found = _fractions(results, of_findings)
    own = fractions.join(of_findings, on=DRAW, how="anti", nulls_equal=True)
    by_itself = own.with_columns(pl.lit(None, pl.String).alias("panel"))
    draws = pl.concat([of_findings, by_itself.select(of_findings.columns)])
    shown = fractions.select(*DRAW, "tumour_fraction", "comparator", pl.col("sources").alias("more"))
    draws = draws.join(shown, on=DRAW, how="left", nulls_equal=True).sort(DRAW)
    sources = pl.concat_list("sources", pl.col("more").fill_null([])).list.unique().list.sort().alias("sources")
    draws = draws.with_columns(sources).drop("more").with_row_index("draw")
    numbered = rows.join(draws.select("draw", *DRAW), on=DRAW, how="left", nulls_equal=True, maintain_order="left")
    return draws, numbered, found


def _fractions(results: pl.DataFrame | None, draws: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tumour fractions, one row a draw: with the keys of the draw (`DRAW`), assay, sources; and the problems."""
    given = pl.DataFrame(schema=RESULTS) if results is None else results
    rows, lost = placed(_typed(with_source(given), RESULTS).with_columns(pl.col("tumour_fraction").fill_nan(None)))
    share, said = pl.col("tumour_fraction"), pl.struct("tumour_fraction", "comparator")
    wrong = rows.filter((share < 0) | (share > 100))
    day = pl.col("date").cast(pl.String)
    odd = wrong.select(*problem("error", pl.format("tumour fraction in blood of {}: {} %", day, share),
                                "Write it in percent, 0 to 100; it was not used."))  # fmt: skip
    rows = rows.filter((share >= 0) & (share <= 100)).with_columns(pl.lit(None, pl.String).alias("panel"))
    placed_rows = _at_draws(_keyed(rows), draws)
    ordered = placed_rows.sort(*DRAW, "tumour_fraction", "assay", "source", nulls_last=True)
    one = ordered.group_by(DRAW, maintain_order=True).agg(
        pl.col("assay").first(),
        *(pl.when(said.n_unique() == 1).then(pl.col(n).first()).alias(n) for n in ("tumour_fraction", "comparator")),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("source").first(),
        (said.n_unique() > 1).alias("differs"),
    )
    differing = one.filter(pl.col("differs")).select(
        *problem("warning", pl.format("tumour fraction in blood of {}: different values", day),
                 "Keep the right one; it counts as not known.")
    )  # fmt: skip
    return one.drop("differs", "source"), listed(lost, odd, differing)


def _at_draws(rows: pl.DataFrame, draws: pl.DataFrame) -> pl.DataFrame:
    """Results with the panel, and where one of the two is not known the assay, of the draw that they belong to."""
    rows = rows.drop("panel_key").with_row_index("n")
    days = draws.select(*DRAW).with_columns(pl.len().over("person", "date").alias("on_day"))
    pairs = rows.select("n", "person", "date", pl.col("assay_key").alias("asked")).join(days, on=["person", "date"])
    same = pl.col("asked") == pl.col("assay_key")
    only = (pl.col("on_day") == 1) & (pl.col("asked").is_null() | pl.col("assay_key").is_null())
    fitting = (
        pairs.filter(same | only)
        .group_by("n")
        .agg(pl.col("assay_key").first().alias("key"), pl.col("panel_key").first(), pl.len().alias("fits"))
    )
    one = rows.join(fitting.filter(pl.col("fits") == 1), on="n", how="left", maintain_order="left")
    there = pl.col("fits").is_not_null()
    return one.with_columns(pl.when(there).then("key").otherwise("assay_key").alias("assay_key"))


def starts_of(starts: pl.DataFrame | None) -> pl.DataFrame:
    """When lines of treatment began: person, start; those without a day are left out."""
    given = pl.DataFrame(schema=STARTS) if starts is None else starts
    return given.select(pl.col(n).cast(d) for n, d in STARTS.items()).drop_nulls().unique().sort("person", "start")
