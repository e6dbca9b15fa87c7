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
_PARTS = ("concept", "name", "test", "part", "needed")
_UNNAMED = ["row", "as_of", "source", "date", "date_precision"]
_DATED = [*_UNNAMED, "concept"]


def times(
    observations: pl.LazyFrame,
    variants: pl.LazyFrame | None,
    eps: pl.LazyFrame,
    lesions: pl.LazyFrame | None,
    recorded: frozenset[str],
) -> pl.LazyFrame:
    """The long table: row (of the visit), kind, name, date, latest, source; sorted.

    ``kind`` is ``start`` (name: key of a drug that runs, or `TREATMENT`) or ``test`` (key of ``terms/tests.csv``).
    A date that names a month stands for each of its days: ``date`` is the first day on which it can have been,
    ``latest`` the last; both are null where the record has it without a date. A test that is not recorded has no row.
    All arguments hold what was known at each visit: ``eps`` is `episodes`, ``lesions`` the measured lesions; None where
    nobody has any. ``recorded``: the concepts of the observations.
    """
    parts = [_starts(eps), _tests(observations, variants, lesions, recorded)]
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
    of_drug, named, together = _started()
    first = _ordered(running, "row", "treatment", nulls_last=True).agg(of_drug)
    # Where one drug has no date, the newest start is not known.
    newest = _ordered(first.filter("systemic"), "row").agg(*_where_dated("max"), pl.col("source").last())
    return pl.concat([first.select(named), newest.select(together)])


@cache
def _started() -> tuple[list[pl.Expr], list[pl.Expr], list[pl.Expr]]:
    """What is kept of the entries of a drug; the columns of a start of a drug, and of the treatment as a whole."""
    of_drug = [pl.col("date", "latest").min(), pl.col("systemic", "source").first()]
    kind, rest = pl.lit("start").alias("kind"), pl.col("date", "latest", "source")
    names = (pl.col("treatment").replace(_keys()), pl.lit(TREATMENT))
    named, together = ([pl.col("row"), kind, name.alias("name"), rest] for name in names)
    return of_drug, named, together


def _ordered(rows: pl.LazyFrame, *by: str, nulls_last: bool = False) -> LazyGroupBy:
    """Groups in which the newest row comes last. Sorted once as a whole: a sort for each group costs ten times that."""
    return rows.sort(*by, "date", "source", nulls_last=nulls_last).group_by(*by, maintain_order=True)


@cache
def _keys() -> dict[str, str]:
    return {drug: key(drug) for drug in DRUGS}


def _tests(
    observations: pl.LazyFrame, variants: pl.LazyFrame | None, lesions: pl.LazyFrame | None, recorded: frozenset[str]
) -> pl.LazyFrame:
    """The last day of each recorded test. One of several parts is as old as the oldest of its parts."""
    given = observations.select(*_UNNAMED, "concept", "value", "code", "method").filter(_answers_something())
    seen = [given.select(*_UNNAMED, _seen_in_pictures())]
    if variants is not None:
        seen.append(_ctdna(variants))
    if lesions is not None:
        seen.append(_measured(lesions))
    of_parts = pl.concat(seen).join(_parts(), on="concept").with_columns(_latest("date", "date_precision"))
    parts = _ordered(of_parts, "row", "part").agg(_of_part())
    found = _ordered(parts, "row", "test").agg(_of_test()).filter(pl.col("found") == pl.col("needed")).select(_FOUND)
    if _NAMED in recorded:
        named = observations.filter(pl.col("concept") == _NAMED).with_columns(_latest("date", "date_precision"))
        both = pl.concat([found, named.with_columns(name="code").select(_FOUND)])
        found = _ordered(both, "row", "name").agg(_last())
    return found.with_columns(kind=pl.lit("test")).select(_COLUMNS)


@cache
def _last() -> list[pl.Expr]:
    return [pl.col("date", "latest").max(), pl.col("source").last()]


@cache
def _of_part() -> list[pl.Expr]:
    return [pl.col("name", "test", "needed").first(), *_last()]


@cache
def _of_test() -> list[pl.Expr]:
    return [pl.col("name", "needed", "source").first(), *_where_dated("min"), pl.len().alias("found")]


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
    """Which part of which test a concept is (``part`` and ``test`` are numbers), and how many parts the test has."""
    parts = [(test, number, part) for number, test in enumerate(tests().values()) for part in test.parts]
    rows = [
        (concept, test.key, number, place, len(test.parts))
        for place, (test, number, part) in enumerate(parts)
        for concept in part
    ]
    kinds = (pl.String, pl.String, pl.UInt32, pl.UInt32, pl.UInt32)
    return pl.LazyFrame(rows, schema=dict(zip(_PARTS, kinds, strict=True)), orient="row")
