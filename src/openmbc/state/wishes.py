"""What matters to the person: the newest word on each wish."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import WISHES
from openmbc.state.visits import UNDATED, Part, beside, facts_of

_COLUMNS = [f"wish_{name}" for name in WISHES]
FEEDS = {column: (column,) for column in _COLUMNS}


def derive(visits: pl.LazyFrame, wishes: pl.LazyFrame | None) -> Part:
    """A Boolean column per wish: false only where the newest word is no. Where one day holds both, it is not known.

    ``wishes``: those known at each visit; None where nobody has any.
    """
    if wishes is None:
        return Part(visits.select("row"))
    newest, said = _newest(), _said()
    stated = wishes.filter(pl.col("wish").is_in(list(WISHES))).with_columns(_named()).filter(newest)
    found = stated.group_by("row", "concept").agg(said)
    wide = found.pivot(on="concept", on_columns=_COLUMNS, index="row", values="wished")
    return Part(beside(visits.select("row"), wide), [facts_of(stated)])


@cache
def _named() -> pl.Expr:
    return (pl.lit("wish_") + pl.col("wish")).alias("concept")


@cache
def _newest() -> pl.Expr:
    day = pl.col("date").fill_null(UNDATED)
    return day == day.max().over("row", "concept")


@cache
def _said() -> pl.Expr:
    wished = (pl.col("value") != "no").fill_null(True)
    return pl.when(wished.n_unique() == 1).then(wished.first()).alias("wished")
