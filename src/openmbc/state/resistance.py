"""Endocrine resistance by the ABC definition, and the named windows of relapse after treatment of early disease.

ABC: primary endocrine resistance is relapse in the first two years of adjuvant endocrine therapy or
progression within six months of first-line endocrine therapy; secondary is relapse later on it or
within twelve months of its end, or progression after six months.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import ADJUVANT_CLASSES
from openmbc.criteria.kleene import any_row, certain, either
from openmbc.state.episodes import keys_of_drugs
from openmbc.state.visits import Part, beside, facts_as, months, named_in

_ADJUVANT_YEARS_MONTHS, _AFTER_END_MONTHS, _FIRST_LINE_MONTHS = 24, 12, 6
_WINDOWS = [f"relapse_within_{n}_months_of" for n in (6, 12)]
_WORDS = {0: "none", 1: "secondary", 2: "primary"}
_FED = (*(f"{window}_{k}" for window in _WINDOWS for k in ADJUVANT_CLASSES), "endocrine_resistance")
FEEDS = {"before relapse": _FED}


def adjuvant(eps: pl.LazyFrame) -> pl.LazyFrame:
    """Treatments of early disease by the classes that have a named relapse window."""
    early, keys = _early()
    return eps.filter(early).join(keys.lazy(), on="treatment")


@cache
def _early() -> tuple[pl.Expr, pl.DataFrame]:
    early = (pl.col("setting") != "metastatic") & pl.col("systemic") & (pl.col("status") != "not_taken")
    return early, keys_of_drugs().filter(pl.col("key").is_in(list(ADJUVANT_CLASSES)))


def resistance(visits: pl.LazyFrame, eps: pl.LazyFrame, table: pl.DataFrame, adjuvant: pl.DataFrame) -> Part:
    """Endocrine resistance and the relapse windows. ``table`` is `lines.line_table`, ``adjuvant`` that."""
    keyed = adjuvant.lazy()
    columns = visits.select("row")
    if len(table) or len(adjuvant):
        columns = beside(columns, _endocrine(keyed, table.lazy()))
    if len(adjuvant):
        present = sorted(named_in(adjuvant["key"]))
        relapse = keyed.group_by("row", "key").agg(_relapses())
        columns = beside(columns, relapse.pivot(on="key", on_columns=present, index="row", values=_WINDOWS))
    in_lines = eps.filter(pl.col("line").is_not_null())
    return Part(columns, [facts_as(rows, "before relapse") for rows in (keyed, in_lines)])


@cache
def _relapses() -> list[pl.Expr]:
    """The metastatic disease appeared while the treatment ran or at most some months after its end."""
    met, start, end = pl.col("metastatic_on"), pl.col("start"), pl.col("end")
    during = (met >= start) & end.is_null() & pl.col("running")
    after = [(met >= start) & (months(met, end) <= limit) for limit in (6, 12)]
    return [any_row(either([during, soon])).alias(name) for soon, name in zip(after, _WINDOWS, strict=True)]


def _endocrine(keyed: pl.LazyFrame, table: pl.LazyFrame) -> pl.LazyFrame:
    """Primary, secondary or none, where there was endocrine therapy; the worst finding counts."""
    after_adjuvant, on_line, word = _ranks()
    of_lines = table.filter(pl.col("endocrine"))
    adjuvant = keyed.filter(pl.col("key") == "endocrine_therapy")
    ranks = pl.concat([adjuvant.select("row", after_adjuvant), of_lines.select("row", on_line)])
    return ranks.group_by("row").agg(pl.col("rank").max()).select("row", word)


@cache
def _ranks() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Ranks (0 none, 1 secondary, 2 primary) from adjuvant treatment and from a line; and the word for a rank."""
    met, start, end = pl.col("metastatic_on"), pl.col("start"), pl.col("end")
    on_it = (met >= start) & (end.is_null() | (met <= end))
    soon = months(met, start) < _ADJUVANT_YEARS_MONTHS
    shortly_after = (met > end) & (months(met, end) <= _AFTER_END_MONTHS)
    after_adjuvant = (
        pl.when(certain(on_it & soon))
        .then(2)
        .when(certain(on_it) | certain(shortly_after))
        .then(1)
        .when(met.is_not_null() & end.is_not_null())
        .then(0)
    )
    quick = (months(pl.col("grew_on"), start) < _FIRST_LINE_MONTHS) & (pl.col("line") == 1)
    on_line = (
        pl.when(certain(pl.col("progressed") & quick))
        .then(2)
        .when(certain(pl.col("progressed")))
        .then(1)
        .when(~pl.col("progressed"))
        .then(0)
    )
    word = pl.col("rank").replace_strict(_WORDS, default=None)
    return after_adjuvant.alias("rank"), on_line.alias("rank"), word.alias("endocrine_resistance")
