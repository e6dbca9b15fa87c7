"""Other illnesses and complications of the cancer: true when recorded and not over, false when absent or over."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import COMPLICATIONS, ILLNESSES, LIFELONG, SIDE_EFFECTS
from openmbc.criteria.kleene import any_row, certain, either
from openmbc.state.side_effects import Reported
from openmbc.state.visits import Part, beside, named_in, side_by_side

# An illness that is a kind of another one.
_BROADER = {"diabetes_type_1": "diabetes"}
_NAMES = [*ILLNESSES, *COMPLICATIONS]
# Complications that a record may also state as the answer to a question.
_STATED = ("spinal_cord_compression",)
_EVER = {"interstitial_lung_disease": "had_interstitial_lung_disease"}  # of which it matters that it was there once
# A side effect that is an illness counts as one from this CTCAE grade: of a lower one nothing is felt.
_FELT = 2
_FROM_EFFECTS = {name: effect.illness for name, effect in SIDE_EFFECTS.items() if effect.illness}
# Columns that others are made of are there even where nobody has the illness.
_NEEDED = {*_STATED, *_BROADER, *_BROADER.values(), *_FROM_EFFECTS.values()}
FEEDS = {name: (name, *(m[name] for m in (_BROADER, _EVER) if name in m)) for name in _NAMES}


def derive(visits: pl.LazyFrame, conditions: pl.DataFrame, codes: pl.LazyFrame, reported: Reported | None) -> Part:
    """A Boolean column per illness and complication that somebody has; some side effects are one (``reported``).

    The trace of conditions is with `disease`, that of side effects with `side_effects`.
    """
    known = named_in(conditions["concept"])
    columns = side_by_side(visits.select("row"), codes.select(_stated()))
    if reported is None and known.isdisjoint(_NAMES):
        return Part(columns.rename({f"{name}_stated": name for name in _STATED}))
    recorded, has = _has()
    found = conditions.lazy().filter(recorded).group_by("row", "concept").agg(has, _had())
    names = [name for name in _NAMES if name in known or name in _NEEDED]
    columns = beside(columns, found.pivot(on="concept", on_columns=names, index="row", values="has"))
    if not known.isdisjoint(_EVER):
        of_life = found.filter(pl.col("concept").is_in(list(_EVER)))
        ever = of_life.pivot(on="concept", on_columns=list(_EVER), index="row", values="had")
        columns = beside(columns, ever.rename(_EVER))
    columns = columns.with_columns(_broader())
    if reported is not None:
        columns = _with_effects(columns, reported)
    return Part(columns.with_columns(_as_stated()).drop(f"{name}_stated" for name in _STATED))


def _with_effects(columns: pl.LazyFrame, reported: Reported) -> pl.LazyFrame:
    """The same, true also where the newest report of a side effect says that the illness is there.

    A report that is over says nothing of the illness; of what counts for life the worst report does.
    """
    rows = reported.rows.lazy().filter(pl.col("effect").is_in(list(_FROM_EFFECTS)))
    illness = pl.col("effect").replace_strict(_FROM_EFFECTS, default=None, return_dtype=pl.String)
    there = (pl.col("grade") >= _FELT).fill_null(True)
    found = (
        rows.with_columns(illness.alias("illness"))
        .group_by("row", "illness", maintain_order=True)
        .agg(there.last().alias("felt"), pl.col("over").last(), any_row(there).alias("ever"))
    )
    names = sorted(set(_FROM_EFFECTS.values()))
    says = pl.when(pl.col("illness").is_in(LIFELONG)).then("ever").otherwise(pl.col("felt") & ~pl.col("over"))
    true = found.with_columns(says.alias("says")).filter("says")
    wide = true.pivot(on="illness", on_columns=names, index="row", values="says")
    joined = beside(columns, wide.rename({name: f"{name}_effect" for name in names}))
    both = [pl.when(pl.col(f"{name}_effect").is_not_null()).then(True).otherwise(name).alias(name) for name in names]
    return joined.with_columns(both).drop(f"{name}_effect" for name in names)


@cache
def _stated() -> list[pl.Expr]:
    return [(pl.col(name) == "yes").alias(f"{name}_stated") for name in _STATED]


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
