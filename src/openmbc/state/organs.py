"""Laboratory values, heart, weight: the newest measurement that still describes the present."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import FEATURES
from openmbc.state.disease import NUMBERS as DISEASE_NUMBERS
from openmbc.state.visits import Part, beside, newest

_STALE = {f.name: f.stale_after for f in FEATURES if f.stale_after is not None}
_RAW = (
    "calcium_total",
    "karnofsky",
    "height",
    "er_percent",
    "pr_percent",
    "ki67",
    "pdl1_cps",
    "tmb",
    "her2_ratio",
    "her2_copies",
    *DISEASE_NUMBERS,
)
NUMBERS = [*(f.name for f in FEATURES if f.kind == "number" and f.subject == "organs"), "ecog", *_RAW]
_RELATED_AGE = {"calcium_total": 90, "karnofsky": 180}
_WITH_LIMIT = ["bilirubin", "alt", "ast"]
_FROM = {
    "calcium": ("calcium_total", "albumin"),
    "creatinine_clearance": ("creatinine", "weight"),
    "bilirubin_uln": ("bilirubin",),
    "alt_uln": ("alt",),
    "ast_uln": ("ast",),
    "ecog": ("karnofsky",),
}


FEEDS = {c: (c, *(feature for feature, inputs in _FROM.items() if c in inputs)) for c in NUMBERS}
_WANTED = ["row", *(f.name for f in FEATURES if f.subject == "organs")]
_MEASURED = pl.col("concept").is_in(NUMBERS)


@cache
def _current() -> pl.Expr:
    age = (pl.col("as_of") - pl.col("date")).dt.total_days()
    limit = pl.col("concept").replace_strict(_STALE | _RELATED_AGE, default=None, return_dtype=pl.Int64)
    return (age <= limit).fill_null(True)


def picks(observations: pl.LazyFrame) -> pl.LazyFrame:
    """The newest number of every measured concept, in rows (`visits.newest`).

    A dated value older than the catalogue's ``stale_after`` is not current and is left out.
    """
    return newest(observations.filter(_MEASURED), "value").filter(_current())


def numbers(visits: pl.LazyFrame, picked: pl.LazyFrame) -> pl.LazyFrame:
    """The same with one row a visit and one column a concept.

    ``<concept>_high`` is the upper limit of normal that came with it (bilirubin, ALT, AST).
    """
    values = picked.pivot(on="concept", on_columns=NUMBERS, index="row", values="value")
    limits = picked.pivot(on="concept", on_columns=_WITH_LIMIT, index="row", values="high")
    limits = limits.rename({c: f"{c}_high" for c in _WITH_LIMIT})
    return beside(beside(visits.select("row"), values), limits)


def derive(values: pl.LazyFrame, person: pl.LazyFrame, codes: pl.LazyFrame) -> Part:
    """Organ function from the measured values.

    Calcium is corrected for albumin as total + 0.02 x (40 - albumin) mmol/L (Payne 1973); without
    albumin it stays unknown. Creatinine clearance, where not measured, is Cockcroft-Gault (mL/min).
    """
    joined = beside(beside(values, person.select("row", "age", "sex")), codes.select("row", "child_pugh"))
    return Part(joined.with_columns(_calculated()).select(_WANTED))


@cache
def _calculated() -> list[pl.Expr]:
    corrected = pl.col("calcium_total") + 0.02 * (40 - pl.col("albumin"))
    sex_factor = pl.when(pl.col("sex") == "male").then(1.23).when(pl.col("sex") == "female").then(1.04)
    clearance = (140 - pl.col("age")) * pl.col("weight") * sex_factor / pl.col("creatinine")
    return [
        pl.col("calcium").fill_null(corrected),
        pl.col("creatinine_clearance").fill_null(clearance),
        *(pl.col(f"{t}_uln").fill_null(pl.col(t) / pl.col(f"{t}_high")) for t in _WITH_LIMIT),
    ]
