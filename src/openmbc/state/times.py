"""When things were: since when each drug runs, and the last day of each test. A long table beside the state."""

from __future__ import annotations

from functools import cache

import polars as pl
from polars.lazyframe.group_by import LazyGroupBy

from openmbc.catalogue import DRUGS, key
from openmbc.criteria.kleene import certain
from openmbc.terms import tests

TREATMENT = "treatment"  # the name of the start of the newest systemic treatment that runs
_NO_PICTURES = ("exam", "markers")  # how a response was seen that no picture shows
_IMAGING, _NAMED = "imaging", "test"  # concepts: a response read from pictures; a test of which only the day is known
_COLUMNS = ["row", "kind", "name", "date", "latest", "source"]
_FOUND = ["row", "name", "date", "latest", "source"]
_DATED = ["row", "as_of", "source", "date", "date_precision", "concept"]


def times(observations: pl.LazyFrame, variants: pl.LazyFrame, eps: pl.LazyFrame, lesions: pl.LazyFrame) -> pl.LazyFrame:
    """The long table: row (of the visit), kind, name, date, latest, source; sorted.

    ``kind`` is ``start`` (name: key of a drug that runs, or `TREATMENT`) or ``test`` (key of ``terms/tests.csv``).
    A date that names a month stands for each of its days: ``date`` is the first day on which it can have been,
    ``latest`` the last; both are null where the record has it without a date. A test that is not recorded has no row.
    All arguments hold what was known at each visit: ``eps`` is `episodes`, ``lesions`` the measured lesions.
    """
    parts = [_starts(eps), _tests(observations, variants, lesions)]
    return pl.concat(parts).select(_COLUMNS).sort("row", "kind", "name")


@cache
def _latest(date: str, precision: str) -> pl.Expr:
    """The last day that a date can stand for; never after the visit."""
    day = pl.col(date)
    end = (
        pl.when(pl.col(precision) == "year")
        .then(day.dt.offset_by("1y").dt.offset_by("-1d"))
        .when(pl.col(precision) == "month")
        .then(day.dt.month_end())
        .otherwise(day)
    )
    return pl.when(day.is_not_null()).then(pl.min_horizontal(end, "as_of")).alias("latest")


def _starts(eps: pl.LazyFrame) -> pl.LazyFrame:
    """The start of each drug that runs, and of the newest of the systemic ones together."""
    running = eps.filter(certain(pl.col("running"))).with_columns(_latest("start", "start_precision"))
    running = running.select("row", "treatment", "systemic", "source", "latest", date="start")
    # Undated ones come last: of a drug with two entries the dated one counts.
    first = _ordered(running, "row", "treatment", nulls_last=True).agg(
        pl.col("date", "latest").min(), pl.col("systemic", "source").first()
    )
    names = first.with_columns(name=pl.col("treatment").replace(_keys()), kind=pl.lit("start"))
    # Where one drug has no date, the newest start is not known.
    newest = _ordered(first.filter("systemic"), "row").agg(*_where_dated("max"), pl.col("source").last())
    together = newest.with_columns(name=pl.lit(TREATMENT), kind=pl.lit("start"))
    return pl.concat([names.select(_COLUMNS), together.select(_COLUMNS)])


def _ordered(rows: pl.LazyFrame, *by: str, nulls_last: bool = False) -> LazyGroupBy:
    """Groups in which the newest row comes last. Sorted once as a whole: a sort for each group costs ten times that."""
    return rows.sort(*by, "date", "source", nulls_last=nulls_last).group_by(*by, maintain_order=True)


@cache
def _keys() -> dict[str, str]:
    return {drug: key(drug) for drug in DRUGS}


def _tests(observations: pl.LazyFrame, variants: pl.LazyFrame, lesions: pl.LazyFrame) -> pl.LazyFrame:
    """The last day of each recorded test. One of several parts is as old as the oldest of its parts."""
    measured = observations.filter(_answers_something()).with_columns(_seen_in_pictures())
    seen = pl.concat([measured.select(_DATED), _ctdna(variants), _measured(lesions)])
    parts = _newest(seen, "concept").join(_parts(), on="concept")
    parts = _ordered(parts, "row", "name", "part").agg(_last())
    whole = _ordered(parts, "row", "name").agg(*_where_dated("min"), pl.col("source").first(), pl.len().alias("found"))
    whole = whole.join(_needed(), on="name").filter(pl.col("found") == pl.col("needed"))
    named = observations.filter(pl.col("concept") == _NAMED).with_columns(concept="code").select(_DATED)
    both = pl.concat([whole.select(_FOUND), _newest(named, "concept").rename({"concept": "name"}).select(_FOUND)])
    return _ordered(both, "row", "name").agg(_last()).with_columns(kind=pl.lit("test")).select(_COLUMNS)


def _newest(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The newest of each at each visit: row, name, date, latest, source."""
    return _ordered(rows.with_columns(_latest("date", "date_precision")), "row", name).agg(_last())


@cache
def _last() -> list[pl.Expr]:
    return [pl.col("date", "latest").max(), pl.col("source").last()]


@cache
def _where_dated(which: str) -> list[pl.Expr]:
    """The first or last of several days; null where one of them has no date."""
    dated = pl.col("date").null_count() == 0
    return [pl.when(dated).then(getattr(pl.col(c), which)()).alias(c) for c in ("date", "latest")]


@cache
def _answers_something() -> pl.Expr:
    concepts = {c for test in tests().values() for part in test.parts for c in part} | {"response"}
    return pl.col("concept").is_in(sorted(concepts)) & (pl.col("value").is_not_null() | pl.col("code").is_not_null())


@cache
def _seen_in_pictures() -> pl.Expr:
    pictures = (pl.col("concept") == "response") & ~certain(pl.col("method").is_in(_NO_PICTURES))
    return pl.when(pictures).then(pl.lit(_IMAGING)).otherwise(pl.col("concept")).alias("concept")


def _ctdna(variants: pl.LazyFrame) -> pl.LazyFrame:
    """Looks at ESR1 in blood, whatever they found."""
    looked = (pl.col("gene") == "ESR1") & (pl.col("specimen") == "plasma")
    return variants.filter(certain(looked)).with_columns(concept=pl.lit("esr1_ctdna")).select(_DATED)


def _measured(lesions: pl.LazyFrame) -> pl.LazyFrame:
    """Lesions were measured in pictures."""
    return lesions.with_columns(concept=pl.lit(_IMAGING)).select(_DATED)


@cache
def _parts() -> pl.LazyFrame:
    rows = [(c, test.key, i) for test in tests().values() for i, part in enumerate(test.parts) for c in part]
    return pl.LazyFrame(rows, schema={"concept": pl.String, "name": pl.String, "part": pl.Int64}, orient="row")


@cache
def _needed() -> pl.LazyFrame:
    rows = [(test.key, len(test.parts)) for test in tests().values()]
    return pl.LazyFrame(rows, schema={"name": pl.String, "needed": pl.UInt32}, orient="row")
