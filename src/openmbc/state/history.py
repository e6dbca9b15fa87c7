"""What was given and what it did, by drug and class; and the other medicines taken now."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache

import polars as pl

from openmbc.catalogue import MEDICINE_EFFECTS, TREATMENT_KEYS
from openmbc.criteria.kleene import any_row, certain
from openmbc.state.episodes import keys_of_drugs
from openmbc.state.visits import Part, beside, facts_of, named_in
from openmbc.terms import classes_of

_FAMILIES = ["had", "had_metastatic", "progressed_on", "stopped_for_toxicity", "running"]
# Medicines that act on after their end: the time that the label of capecitabine asks to wait (drugs/capecitabine.yaml).
_ACTS_FOR = {"taking_brivudine": dt.timedelta(weeks=4)}
_EFFECTS = [f"taking_{effect}" for effect in MEDICINE_EFFECTS]


@cache
def feeds() -> dict[str, tuple[str, ...]]:
    """The features that each cancer drug and each other medicine feeds."""
    keys: dict[str, list[str]] = {}
    for drug, key in keys_of_drugs().iter_rows():
        keys.setdefault(f"given {drug}", []).extend(f"{family}_{key}" for family in _FAMILIES)
    return {drug: tuple(features) for drug, features in keys.items()} | {effect: (effect,) for effect in _EFFECTS}


def said_none(given: pl.LazyFrame) -> pl.LazyFrame:
    """Visits whose record says explicitly that no treatment was given: columns row, said_none (true)."""
    return given.filter(_none()).select("row", said_none=True).unique()


@cache
def _none() -> pl.Expr:
    return pl.col("treatment").is_null() & (pl.col("status") == "not_taken") & pl.col("text").is_null()


def by_key(eps: pl.LazyFrame) -> pl.LazyFrame:
    """The five families of exposure, one row a visit and key (drug or class)."""
    return eps.join(keys_of_drugs().lazy(), on="treatment").group_by("row", "key").agg(_exposed())


@cache
def _exposed() -> list[pl.Expr]:
    given = (pl.col("status") != "not_taken").fill_null(True)
    return [
        any_row(given).alias("had"),
        any_row(given & (pl.col("setting") == "metastatic")).alias("had_metastatic"),
        any_row(pl.col("progressed")).alias("progressed_on"),
        any_row(pl.col("toxic")).alias("stopped_for_toxicity"),
        any_row(pl.col("running")).alias("running"),
    ]


def exposure(visits: pl.LazyFrame, eps: pl.LazyFrame, keyed: pl.DataFrame, nothing: pl.DataFrame) -> Part:
    """The five families of exposure by drug and class: true, false, or null when not recorded.

    ``keyed`` is `by_key`; ``nothing`` is `said_none`: there silence is no. Keys that nobody in the table
    has are left out, unless somebody's record says "none given".
    """
    present = list(TREATMENT_KEYS) if len(nothing) else sorted(named_in(keyed["key"]))
    columns = visits.select("row")
    if present:
        # The five together: a pivot looks through all rows once a key, not once a key and family.
        together = keyed.lazy().select("row", "key", pl.struct(_FAMILIES).alias("families"))
        wide = together.pivot(on="key", on_columns=present, index="row", values="families")
        columns = beside(columns, wide.select(_apart(tuple(present))))
    if len(nothing):
        columns = beside(columns, nothing.lazy()).with_columns(_silence_is_no()).drop("said_none")
    return Part(columns, [facts_of(eps.with_columns(_GIVEN))])


@lru_cache(maxsize=64)
def _apart(keys: tuple[str, ...]) -> list[pl.Expr]:
    named = [pl.col(key).struct.field(family).alias(f"{family}_{key}") for family in _FAMILIES for key in keys]
    return [pl.col("row"), *named]


_GIVEN = (pl.lit("given ") + pl.col("treatment")).alias("concept")


@cache
def _silence_is_no() -> list[pl.Expr]:
    said = pl.when("said_none").then(pl.lit(False))
    names = [f"{family}_{key}" for family in _FAMILIES for key in TREATMENT_KEYS]
    return [pl.coalesce(pl.col(name), said).alias(name) for name in names]


def medicines(visits: pl.LazyFrame, given: pl.LazyFrame, names: list[str]) -> Part:
    """What the medicines taken now do to cancer drugs: a Boolean column per effect.

    ``given`` holds the treatments known at each visit, ``names`` their different names.
    """
    effects = [(drug, f"taking_{e}") for drug in names for e in classes_of(drug) if e in MEDICINE_EFFECTS]
    if not effects:
        return Part(visits.select("row"))
    table = pl.LazyFrame(effects, schema={"treatment": pl.String, "concept": pl.String}, orient="row")
    taken = given.join(table, on="treatment").with_columns(_now())
    by_effect = taken.group_by("row", "concept").agg(any_row(pl.col("now")).alias("now"))
    wide = by_effect.pivot(on="concept", on_columns=_EFFECTS, index="row", values="now")
    return Part(beside(visits.select("row"), wide), [facts_of(taken.filter(certain(pl.col("now"))))])


@cache
def _now() -> pl.Expr:
    """Taken at the visit, or so recently that it still acts; unknown where it ended on a day that is not recorded."""
    not_over = pl.col("end").is_null() | (pl.col("end") > pl.col("as_of"))
    running = (pl.col("status") == "running") & not_over
    given = certain(pl.col("status").is_in(["running", "ended"])) & pl.col("concept").is_in(list(_ACTS_FOR))
    acts_until = pl.col("end") + pl.col("concept").replace_strict(_ACTS_FOR, default=None, return_dtype=pl.Duration)
    return pl.when(given & ~certain(running)).then(acts_until >= pl.col("as_of")).otherwise(running).alias("now")
