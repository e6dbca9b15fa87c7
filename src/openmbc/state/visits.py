"""Facts as they stood at a date, and the newest of them.

A *visit* is a person at a date (`as_of`), numbered by ``row``. Every derivation works on facts
joined to visits, so one person at many dates and many people at one date are the same thing. The
derivations are lazy and are computed together in a few stages (`settle`): one stage for everything
would make Polars repeat shared work, one per step would cost a person a third of a second. For the
same reason expressions that do not depend on the facts are built once (constants, cached functions).
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import msgspec
import polars as pl

# Undated facts count as older than any dated one: they are used only where nothing dated exists.
UNDATED = dt.date(1000, 1, 1)
# A column divided by a number gives another last digit for one row than for many; multiplied, the same.
MONTHS_A_DAY = 12 / 365.25

_SHORT = 1000  # rows

# The plans are written in the order in which they should run; optimising them costs more than it gives.
PLAIN = pl.QueryOptFlags.none()


class Part(msgspec.Struct, frozen=True):
    """What one subject contributes: columns by ``row``, in the order of the visits, and the facts used.

    A column that nobody in the table has may be left out; it is null for all. ``trace`` holds frames
    with row, fact and source; which features a kind of fact feeds stands in the subject's ``FEEDS``.
    """

    columns: pl.LazyFrame
    trace: list[pl.LazyFrame] = msgspec.field(default_factory=list)


def computed(*frames: pl.LazyFrame) -> list[pl.DataFrame]:
    """Compute several lazy frames together. In memory: the streaming engine costs a person five times as much."""
    return pl.collect_all(frames, optimizations=PLAIN, engine="in-memory")


def settle(*frames: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Compute several lazy frames together, and go on lazily from the results."""
    return [frame.lazy() for frame in computed(*frames)]


def visits_of(at: pl.DataFrame) -> pl.LazyFrame:
    """Number the visits of a frame with ``person`` and ``as_of`` (Date): columns row, person, as_of."""
    return pl.DataFrame([at["person"], at["as_of"]]).with_row_index("row").lazy()


def named_in(column: pl.Series) -> frozenset[str]:
    """The different texts of a column. What nobody has is left out of the plans."""
    # Of a short column Python finds them in a tenth of the time.
    return frozenset((column if len(column) < _SHORT else column.unique()).to_list())


@cache
def _known_by(date: str) -> pl.Expr:
    return pl.col(date).is_null() | (pl.col(date) <= pl.col("as_of"))


def as_of(table: pl.LazyFrame, visits: pl.LazyFrame, date: str = "date") -> pl.LazyFrame:
    """The rows of a fact table known at each visit: undated, or dated on the day or before."""
    return visits.join(table, on="person").filter(_known_by(date))


def beside(columns: pl.LazyFrame, other: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of ``other`` joined by ``row``; the rows stay as they are, and in their order."""
    return columns.join(other, on="row", how="left", maintain_order="left")


def side_by_side(first: pl.LazyFrame, *others: pl.LazyFrame) -> pl.LazyFrame:
    """Frames that have one row a visit each, in the order of the visits; ``row`` stands in the first alone.

    For one person a join costs five times as much.
    """
    return pl.concat([first, *others], how="horizontal")


def spread(
    visits: pl.LazyFrame, rows: pl.DataFrame, names: tuple[str, ...], values: str, recorded: frozenset[str]
) -> pl.LazyFrame:
    """One row a visit and a column for each of ``names``: the ``values`` of the rows with that ``concept``.

    Columns that nobody has (which is not ``recorded``) are null for all: asking each of the rows for them is most of a
    pivot for one person.
    """
    present = [name for name in names if name in recorded]
    columns = visits.select("row")
    if present:
        columns = beside(columns, rows.lazy().pivot(on="concept", on_columns=present, index="row", values=values))
    absent = _without_rows(names, rows.schema[values]).drop(present)
    return pl.concat([columns, absent], how="horizontal_extend")


@cache
def _without_rows(names: tuple[str, ...], kind: pl.DataType) -> pl.LazyFrame:
    """Columns without rows: beside others they become as long as these, with nulls."""
    return pl.LazyFrame(schema=dict.fromkeys(names, kind))


@cache
def _newest(what: str) -> tuple[list[str], pl.Expr, pl.Expr, list[pl.Expr], pl.Expr]:
    """The columns used, what is usable, which of it is the newest, what is kept, the value where the day agrees."""
    used = ["row", "as_of", "source", "date", "concept", what, "high"]
    usable = pl.col(what).is_not_null()
    if what == "value":
        usable &= pl.col("comparator").is_null()
        used.append("comparator")
    day = pl.col("date").fill_null(UNDATED)
    kept = [
        pl.col(what, "date", "high", "as_of").first(),
        pl.col("source").alias("sources"),
        (pl.col(what).n_unique() == 1).alias("agreed"),
    ]
    return used, usable, day == day.max().over("row", "concept"), kept, pl.when("agreed").then(pl.col(what)).alias(what)


def newest(observations: pl.LazyFrame, what: str, asked: pl.Expr) -> pl.LazyFrame:
    """The newest value of each concept at each visit, of the observations that are ``asked`` for.

    ``what`` is ``value`` or ``code``. Gives row, concept, value/code, date, high, sources (list), and
    ``agreed``: false where one day holds values that differ, and then the value is null, because
    nothing says which is right. Rows that are only a bound (``<5``) are not numbers and are left out.
    """
    used, usable, latest, kept, where_agreed = _newest(what)
    # Filters and sorts copy every column: those that are not used are left out before.
    given = observations.select(used).filter(asked & usable)
    # Sorted, so that the answer does not depend on the order in which facts were read.
    ordered = given.filter(latest).sort("row", "concept", what, "source")
    return ordered.group_by("row", "concept", maintain_order=True).agg(kept).with_columns(where_agreed)


@cache
def _fact(name: str, source: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    return pl.col("row"), pl.col(name).alias("fact"), pl.col(source).alias("source")


def facts_of(rows: pl.LazyFrame, name: str = "concept") -> pl.LazyFrame:
    """The facts behind rows with ``row``, ``source`` and, in column ``name``, the kind of fact: for a trace."""
    return rows.select(_fact(name, "source"))


def facts_in(picked: pl.LazyFrame, name: str = "concept") -> pl.LazyFrame:
    """The same from rows with a list of ``sources``."""
    return picked.select(_fact(name, "sources")).explode("source")


def facts_as(rows: pl.LazyFrame, fact: str) -> pl.LazyFrame:
    """The same, where all rows are one kind of fact."""
    return rows.select("row", pl.lit(fact).alias("fact"), "source")


def months(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Months between two dates, as a number."""
    return (later - earlier).dt.total_days() * MONTHS_A_DAY
