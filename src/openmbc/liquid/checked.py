"""Findings in blood as they come, checked: one row per draw and finding, and the draws.

Shares of alleles are held as whole billionths: sums are exact and do not depend on the order of rows.

Steps are lazy and run together in a few stages (`now`), because starting one costs a person more than its work;
expressions that do not depend on the findings are made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import polars as pl

from openmbc.tabular import NOT_PLACED, PLACED, problem, with_source

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


def now(*plans: pl.LazyFrame) -> list[pl.DataFrame]:
    """Run several steps together: what is used later more than once would otherwise be run each time."""
    return pl.collect_all(plans, optimizations=PLAIN, engine="in-memory")


def typed(table: pl.DataFrame, columns: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """A table as it is given: the columns in their types, those that are missing as null; and the source."""
    given = with_source(table)
    made = [pl.col(n).cast(d) if n in given.columns else pl.lit(None, d).alias(n) for n, d in columns.items()]
    return given.lazy().select(*made, "source")


def checked(variants: pl.LazyFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """One row per draw, gene and change; and the problems. ``variants``: `typed`.

    The result has person, date, assay, panel, ``assay_key`` and ``panel_key`` (their spelling for comparing; null: not
    known), gene, change, result (null: contradicts itself, or not understood), ``ppb`` (Int64: share of alleles in
    billionths), ``lod`` (Int64, likewise), depth, clonal_haematopoiesis (Boolean), sources (list); and what only the
    problems need.
    """
    given = variants.with_columns(_as_written()).cache()
    usable, cleaned, keyed = _usable()
    rows = given.filter(usable).with_columns(cleaned).with_columns(keyed)
    one, odd = now(_one_row(rows), given.filter(_odd_rows().any))
    differing, denied = now(one.lazy().filter(_odd_findings().any), _denied(one.lazy()))
    return one, [*_noted(odd, _odd_rows()), *_noted(differing, _odd_findings()), denied]


class Odd(NamedTuple):
    """Rows that are odd: which have anything; and of each kind of problem, which have it, and its columns."""

    any: pl.Expr
    kinds: tuple[tuple[pl.Expr, list[pl.Expr]], ...]


def _odd(*kinds: tuple[pl.Expr, list[pl.Expr]]) -> Odd:
    return Odd(pl.any_horizontal(which for which, _ in kinds), kinds)


def _noted(rows: pl.DataFrame, odd: Odd) -> list[pl.DataFrame]:
    """The problems of odd rows; most tables have none."""
    return [] if rows.is_empty() else now(*(rows.lazy().filter(which).select(said) for which, said in odd.kinds))


@cache
def _as_written() -> list[pl.Expr]:
    """Words spelled alike, numbers that are none as null."""
    word = pl.col("result").str.strip_chars().str.to_lowercase().str.replace_all("[ -]", "_")
    return [pl.when(pl.col("result").is_in(FINDINGS)).then("result").otherwise(word).alias("result"),
            pl.col("vaf", "lod").fill_nan(None)]  # fmt: skip


@cache
def _usable() -> tuple[pl.Expr, list[pl.Expr], list[pl.Expr]]:
    """Which rows are used; their values without what cannot be; and the names of assay and panel to compare by."""
    cleaned = [
        pl.when(pl.col("result").is_in(FINDINGS)).then("result").alias("result"),
        _ppb("vaf").alias("ppb"),
        _ppb("lod").alias("lod"),
        pl.when(pl.col("depth") > 0).then("depth").alias("depth"),
    ]
    return PLACED & pl.col("gene").is_not_null(), cleaned, _keys()


@cache
def _odd_rows() -> Odd:
    strange = pl.col("result").is_not_null() & ~pl.col("result").is_in(FINDINGS)
    used, nameless = PLACED & pl.col("gene").is_not_null(), PLACED & pl.col("gene").is_null()
    not_known = pl.format("the result '{}' is not known", "result")
    no_gene = pl.lit("a finding without a gene was not used")
    words = f"Write one of: {', '.join(FINDINGS)}."
    return _odd(
        NOT_PLACED,
        (PLACED & strange, problem("error", not_known, words)),
        (nameless, problem("error", no_gene, "Name the gene.")),
        *((used & ((pl.col(name) < 0) | (pl.col(name) > 1)),
           problem("error", _of(f"a {what} of {{}}", name), "Write it from 0 to 1; it was not used."))
          for name, what in (("vaf", "share of alleles"), ("lod", "detection limit"))),
        (used & (pl.col("depth") < 1), problem("error", _of("a depth of {}", "depth"), "Correct it; it was not used.")),
    )  # fmt: skip


@cache
def _odd_findings() -> Odd:
    todo = "Keep the right row; it counts as not known."
    found = (("both", "stated as found and as not found"), ("shares", "different shares of alleles"))
    return _odd(*((pl.col(name), problem("warning", _of(what), todo)) for name, what in found))


def _of(what: str, *columns: str) -> pl.Expr:
    """What is wrong, with the gene and the day before it."""
    name = pl.concat_str(pl.col("gene"), pl.coalesce(pl.lit(" ") + pl.col("change"), pl.lit("")))
    return pl.format(f"{{}} in blood of {{}}: {what}", name, pl.col("date").cast(pl.String), *columns)


def _ppb(name: str) -> pl.Expr:
    """A share in billionths; null where it is none. A share of 0 of something that was found is not known."""
    share = pl.when((pl.col(name) > 0) & (pl.col(name) <= 1)).then(pl.col(name))
    return (share * WHOLE).round().cast(pl.Int64)


@cache
def _keys() -> list[pl.Expr]:
    """The spelling of assay and panel that draws are compared by: an empty name is none."""
    return [
        pl.col(name).str.strip_chars().str.to_lowercase().str.replace_all(r"[\s_-]+", " ").replace("", None).alias(key)
        for name, key in (("assay", "assay_key"), ("panel", "panel_key"))
    ]


def _one_row(rows: pl.LazyFrame) -> pl.LazyFrame:
    """What rows say together of one finding; where they differ it is not known, and that is a problem."""
    ordered = rows.sort(*_KEY, "assay", "panel", "result", "ppb", "lod", "depth", "source", nulls_last=True)
    return ordered.group_by(_KEY, maintain_order=True).agg(_together())


@cache
def _together() -> list[pl.Expr]:
    """What rows say of one finding. "Studied": the gene was looked at, no more; a row that says more stands over it."""
    said, shares, depths = (pl.col(name).drop_nulls() for name in ("result", "ppb", "depth"))
    more = said.filter(said != "studied")
    result = pl.when(more.n_unique() == 1).then(more.first()).when(more.n_unique() == 0).then(said.first())
    return [
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
    ]


def _denied(one: pl.LazyFrame) -> pl.LazyFrame:
    """A gene that is said to be clear in a draw that found a change of it: the change counts."""
    is_clear, is_found, said = _denial()
    clear = one.filter(is_clear).select(*DRAW, "gene")
    both = one.filter(is_found).join(clear, on=[*DRAW, "gene"], how="semi", nulls_equal=True)
    return both.select(said)


@cache
def _denial() -> tuple[pl.Expr, pl.Expr, list[pl.Expr]]:
    """Which findings are of a clear gene, which are of a change that is there; the problem (``source``: the first)."""
    clear = (pl.col("result") == "absent") & pl.col("change").is_null()
    found = (pl.col("result") == "present") & pl.col("change").is_not_null()
    what = _of("found, though the gene is stated as clear")
    person, _, *rest = problem("warning", what, "Keep the right row; what was found counts.")
    return clear, found, [person, pl.col("sources").list.first().alias("source"), *rest]


def with_results(
    rows: pl.LazyFrame, results: pl.LazyFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """The draws, the findings with the number of their draw, and the problems of ``results`` (`typed`; None: none).

    Draws: ``draw`` (number, in order of person, date, assay and panel), person, date, assay, panel, their keys,
    tumour_fraction (percent; null: not known, or stated differently), comparator (< <= > >= of a fraction that is only
    a bound), sources (list). A tumour fraction whose assay is not named belongs to the only draw of its day; else it is
    a draw by itself.
    """
    draws = rows.group_by(DRAW, maintain_order=True).agg(_of_draw())
    problems: list[pl.DataFrame] = []
    if results is None:
        draws = draws.with_columns(_no_fraction())
    else:
        draws, problems = _with_fractions(draws, results)
    draws = draws.sort(DRAW).with_row_index("draw").cache()
    numbered = rows.join(draws.select("draw", *DRAW), on=DRAW, how="left", nulls_equal=True, maintain_order="left")
    found, of_draws = now(draws, numbered)
    return found, of_draws, problems


@cache
def _of_draw() -> list[pl.Expr]:
    return [pl.col("assay", "panel").first(), pl.col("sources").explode().unique().sort()]


@cache
def _no_fraction() -> list[pl.Expr]:
    return [pl.lit(None, RESULTS[name]).alias(name) for name in _FRACTION]


def _with_fractions(plan: pl.LazyFrame, results: pl.LazyFrame) -> tuple[pl.LazyFrame, list[pl.DataFrame]]:
    """Draws with the tumour fractions that were measured in them, and those of draws that nothing else is known of."""
    odd, share, _, differing = _odd_fractions()
    given = results.with_columns(pl.col("tumour_fraction").fill_nan(None)).cache()
    usable = given.filter(share).with_columns(_NO_PANEL).with_columns(_keys()).drop("panel_key").with_row_index("n")
    draws, strange, rows = now(plan, given.filter(odd.any), usable)
    (one,) = now(_fractions(rows.lazy(), draws.lazy()))
    of, fractions = draws.lazy(), one.lazy()
    own = fractions.join(of, on=DRAW, how="anti", nulls_equal=True)
    columns = (*DRAW, "assay", "panel", "sources")
    both = pl.concat([of.select(columns), own.select(*DRAW, "assay", _NO_PANEL, "sources")])
    shown = fractions.select(*DRAW, *_FRACTION, more="sources")
    both = both.join(shown, on=DRAW, how="left", nulls_equal=True)
    problems = [*_noted(strange, odd), *_noted(one.filter("differs"), differing)]
    return both.with_columns(_all_sources()).drop("more"), problems


_FRACTION = ("tumour_fraction", "comparator")
_NO_PANEL = pl.lit(None, pl.String).alias("panel")


@cache
def _all_sources() -> pl.Expr:
    return pl.concat_list("sources", pl.col("more").fill_null([])).list.unique().list.sort().alias("sources")


def _fractions(rows: pl.LazyFrame, draws: pl.LazyFrame) -> pl.LazyFrame:
    """Tumour fractions, one row a draw: with the keys of the draw (`DRAW`), assay, sources; and whether they differ."""
    ordered = _at_draws(rows, draws).sort(*DRAW, "tumour_fraction", "assay", "source", nulls_last=True)
    return ordered.group_by(DRAW, maintain_order=True).agg(_odd_fractions()[2])


@cache
def _odd_fractions() -> tuple[Odd, pl.Expr, list[pl.Expr], Odd]:
    """Which results are odd, which are a share; what those of one draw say together; where they differ."""
    share, said = pl.col("tumour_fraction"), pl.struct("tumour_fraction", "comparator")
    day = pl.col("date").cast(pl.String)
    odd = problem("error", pl.format("tumour fraction in blood of {}: {} %", day, share),
                  "Write it in percent, 0 to 100; it was not used.")  # fmt: skip
    differing = problem("warning", pl.format("tumour fraction in blood of {}: different values", day),
                        "Keep the right one; it counts as not known.")  # fmt: skip
    together = [
        pl.col("assay").first(),
        *(pl.when(said.n_unique() == 1).then(pl.col(n).first()).alias(n) for n in _FRACTION),
        pl.col("source").unique().sort().alias("sources"),
        pl.col("source").first(),
        (said.n_unique() > 1).alias("differs"),
    ]
    return (
        _odd(NOT_PLACED, (PLACED & ((share < 0) | (share > 100)), odd)),
        PLACED & (share >= 0) & (share <= 100),
        together,
        _odd((pl.col("differs"), differing)),
    )


def _at_draws(rows: pl.LazyFrame, draws: pl.LazyFrame) -> pl.LazyFrame:
    """Results (numbered ``n``) with the panel of their draw, and its assay where one of the two is not known."""
    on_day, fits, fitting, key = _fitting()
    days = draws.select(*DRAW).with_columns(on_day)
    pairs = rows.select("n", "person", "date", asked="assay_key").join(days, on=["person", "date"])
    only = pairs.filter(fits).group_by("n").agg(fitting).filter(pl.col("fits") == 1)
    return rows.join(only, on="n", how="left", maintain_order="left").with_columns(key)


@cache
def _fitting() -> tuple[pl.Expr, pl.Expr, list[pl.Expr], pl.Expr]:
    """How many draws a day has; which of them a result fits; what is kept of those; and the assay of the result."""
    same = pl.col("asked") == pl.col("assay_key")
    only = (pl.col("on_day") == 1) & (pl.col("asked").is_null() | pl.col("assay_key").is_null())
    kept = [pl.col("assay_key").first().alias("key"), pl.col("panel_key").first(), pl.len().alias("fits")]
    key = pl.when(pl.col("fits").is_not_null()).then("key").otherwise("assay_key").alias("assay_key")
    return pl.len().over("person", "date").alias("on_day"), same | only, kept, key


def starts_of(starts: pl.DataFrame | None) -> pl.LazyFrame:
    """When lines of treatment began: person, start; those without a day are left out."""
    given = pl.DataFrame(schema=STARTS) if starts is None else starts
    typed_ = given.lazy().select(pl.col(n).cast(d) for n, d in STARTS.items())
    return typed_.drop_nulls().unique().sort("person", "start")
