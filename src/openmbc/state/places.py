"""Local treatment that was given: operations on the breast, and the places that were radiated."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

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
    # Where nobody's record says that there was nothing, a place that none names is not known for all.
    names = _names(named_in(given["site"])) if nothing.is_empty() else tuple(_COLUMNS)
    kinds, found, facts, said = _expressions(names)
    done = given.lazy().filter(_done()).with_columns(kinds)
    columns = beside(visits.select("row"), done.group_by("row").agg(found))
    columns = beside(columns, nothing.lazy()).with_columns(said).drop("said_none")
    return Part(columns, [done.select("row", facts, "source").explode("fact")])


@cache
def _done() -> pl.Expr:
    local = pl.col("kind").is_in(list(_LOCAL))
    return local & ~pl.col("status").is_in(["planned", "not_taken"]).fill_null(False)


# Who was radiated in a part was radiated in what it is part of.
_AT = {place: [place, *(part for part, whole in PART_OF.items() if whole == place)] for place in RADIATED}


def _names(sites: frozenset[str]) -> tuple[str, ...]:
    """The columns that something is said of, where these places are named."""
    return ("had_breast_surgery", *(f"radiated_{place}" for place, names in _AT.items() if not sites.isdisjoint(names)))


class _Expressions(NamedTuple):
    """What a row says of each column, then all rows of a visit; the features of a row; what is known at a visit."""

    kinds: list[pl.Expr]
    found: list[pl.Expr]
    facts: pl.Expr
    said: list[pl.Expr]


@lru_cache(maxsize=256)
def _expressions(names: tuple[str, ...]) -> _Expressions:
    radiation = pl.col("kind") == "radiation"
    # Radiation of which the place is not recorded may have been anywhere: nothing is said of any place.
    at = {f"radiated_{place}": radiation & pl.col("site").is_in(places) for place, places in _AT.items()}
    kinds = {"had_breast_surgery": pl.col("treatment").is_in(_BREAST_SURGERY), **at}
    known = {name: pl.when(certain(pl.col(name))) for name in names}
    none = pl.when("said_none").then(pl.lit(False))
    return _Expressions(
        [kinds[name].alias(name) for name in names],
        [any_row(pl.col(name)).alias(name) for name in names],
        # Null stands for each of the others.
        pl.concat_list(yes.then(pl.lit(name)) for name, yes in known.items()).alias("fact"),
        # Only what was done is known, unless the record says that there was nothing.
        [pl.coalesce(yes.then(pl.lit(True)), none).alias(name) for name, yes in known.items()],
    )
