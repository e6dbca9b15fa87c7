"""Local treatment that was given: operations on the breast, and the places that were radiated."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import PART_OF, RADIATED
from openmbc.criteria.kleene import any_row, certain
from openmbc.state.visits import Part, beside, named_in

_LOCAL = ("radiation", "surgery")
_BREAST_SURGERY = ("mastectomy", "lumpectomy")
_COLUMNS = ["had_breast_surgery", *(f"radiated_{place}" for place in RADIATED)]
FEEDS = {column: (column,) for column in _COLUMNS}


def derive(visits: pl.LazyFrame, given: pl.DataFrame, nothing: pl.DataFrame) -> Part:
    """A Boolean column each: true when recorded, false where the record says that nothing was given, else null.

    ``given`` holds the treatments known at each visit, ``nothing`` is `history.said_none`.
    """
    if named_in(given["kind"]).isdisjoint(_LOCAL) and nothing.is_empty():
        return Part(visits.select("row"))
    done = given.lazy().filter(_done()).with_columns(_kinds())
    found = done.group_by("row").agg(any_row(pl.col(name)).alias(name) for name in _COLUMNS)
    columns = beside(beside(visits.select("row"), found), nothing.lazy()).with_columns(_as_said()).drop("said_none")
    return Part(columns, [done.select("row", _facts(), "source").explode("fact")])


@cache
def _done() -> pl.Expr:
    local = pl.col("kind").is_in(list(_LOCAL))
    return local & ~pl.col("status").is_in(["planned", "not_taken"]).fill_null(False)


@cache
def _kinds() -> list[pl.Expr]:
    radiation = pl.col("kind") == "radiation"
    surgery = pl.col("treatment").is_in(_BREAST_SURGERY).alias("had_breast_surgery")
    # Radiation of which the place is not recorded may have been anywhere: nothing is said of any place.
    # Who was radiated in a part was radiated in what it is part of.
    at = {place: [place, *(part for part, whole in PART_OF.items() if whole == place)] for place in RADIATED}
    return [surgery, *((radiation & pl.col("site").is_in(names)).alias(f"radiated_{p}") for p, names in at.items())]


@cache
def _facts() -> pl.Expr:
    """The features that a row speaks of, as a list; null stands for each of the others."""
    return pl.concat_list(pl.when(certain(pl.col(name))).then(pl.lit(name)) for name in _COLUMNS).alias("fact")


@cache
def _as_said() -> list[pl.Expr]:
    """Only what was done is known, unless the record says that there was nothing."""
    known = [pl.when(certain(pl.col(name))).then(pl.lit(True)) for name in _COLUMNS]
    none = pl.when("said_none").then(pl.lit(False))
    return [pl.coalesce(yes, none).alias(name) for yes, name in zip(known, _COLUMNS, strict=True)]
