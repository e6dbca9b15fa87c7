"""Other illnesses and complications of the cancer: true when recorded and not over, false when absent or over."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import COMPLICATIONS, ILLNESSES, LIFELONG
from openmbc.criteria.kleene import any_row, certain, either
from openmbc.state.visits import Part, beside

# An illness that is a kind of another one.
_BROADER = {"diabetes_type_1": "diabetes"}
_NAMES = [*ILLNESSES, *COMPLICATIONS]
# Complications that a record may also state as the answer to a question.
_STATED = ("spinal_cord_compression",)
_EVER = {"interstitial_lung_disease": "had_interstitial_lung_disease"}  # of which it matters that it was there once
FEEDS = {name: (name, *(m[name] for m in (_BROADER, _EVER) if name in m)) for name in _NAMES}


def derive(visits: pl.LazyFrame, conditions: pl.LazyFrame, codes: pl.LazyFrame) -> Part:
    """A Boolean column per illness and complication. The trace of conditions is with `disease`."""
    recorded, has = _has()
    found = conditions.filter(recorded).group_by("row", "concept").agg(has, _had())
    wide = found.pivot(on="concept", on_columns=_NAMES, index="row", values="has")
    ever = found.filter(pl.col("concept").is_in(list(_EVER))).pivot(
        on="concept", on_columns=list(_EVER), index="row", values="had"
    )
    stated = codes.select("row", *((pl.col(name) == "yes").alias(f"{name}_stated") for name in _STATED))
    columns = beside(beside(visits.select("row"), wide), ever.rename(_EVER))
    columns = beside(columns, stated).with_columns(_broader())
    return Part(columns.with_columns(_as_stated()).drop(f"{name}_stated" for name in _STATED))


@cache
def _as_stated() -> list[pl.Expr]:
    """The answer to the question where there is one, else the diagnosis."""
    return [pl.coalesce(f"{name}_stated", name).alias(name) for name in _STATED]


@cache
def _has() -> tuple[pl.Expr, pl.Expr]:
    over = pl.col("end").is_not_null() & (pl.col("end") <= pl.col("as_of"))
    past = (pl.col("status") == "resolved").fill_null(False) | over
    has = ~((pl.col("status") == "absent").fill_null(False) | (past & ~pl.col("concept").is_in(LIFELONG)))
    return pl.col("concept").is_in(_NAMES), any_row(has).alias("has")


@cache
def _had() -> pl.Expr:
    """Recorded as present or past."""
    return any_row((pl.col("status") != "absent").fill_null(True)).alias("had")


@cache
def _broader() -> list[pl.Expr]:
    """The narrower illness is one of the broader: either true is true; false only where one says so and none yes."""
    return [
        pl.when(pl.col(narrow).is_not_null() | pl.col(broad).is_not_null())
        .then(either([certain(pl.col(narrow)), certain(pl.col(broad))]))
        .alias(broad)
        for narrow, broad in _BROADER.items()
    ]
