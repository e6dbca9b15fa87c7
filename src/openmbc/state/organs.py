"""Laboratory values, heart, weight: the newest measurement that still describes the present."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import FEATURES
from openmbc.state.disease import NUMBERS as DISEASE_NUMBERS
from openmbc.state.visits import Part, beside, facts_in, newest, side_by_side, spread

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
    "anthracycline_sum",
    "pregnancy_weeks",
    *DISEASE_NUMBERS,
)
_DERIVED = ("lvef_fall",)
_MEASURES = [f.name for f in FEATURES if f.kind == "number" and f.subject == "organs" and f.name not in _DERIVED]
NUMBERS = (*_MEASURES, "ecog", *_RAW)
_LONGEST_PREGNANCY = 43
_RELATED_AGE = {"calcium_total": 90, "karnofsky": 180}
_WITH_LIMIT = ("bilirubin", "alt", "ast", "alp")
_FIRST_LVEF = "first lvef"
_FROM = {
    "calcium": ("calcium_total", "albumin"),
    "creatinine_clearance": ("creatinine", "weight"),
    "bilirubin_uln": ("bilirubin",),
    "alt_uln": ("alt",),
    "ast_uln": ("ast",),
    "alp_uln": ("alp",),
    "lvef_fall": ("lvef", _FIRST_LVEF),
    "ecog": ("karnofsky",),
}


FEEDS = {c: (c, *(feature for feature, inputs in _FROM.items() if c in inputs)) for c in (*NUMBERS, _FIRST_LVEF)}
_WANTED = ["row", "anthracycline_sum", "pregnancy_weeks", *(f.name for f in FEATURES if f.subject == "organs")]
_NO_LVEF = pl.lit(None, pl.Float64).alias("first_lvef")
_MEASURED = pl.col("concept").is_in(list(NUMBERS))


@cache
def _current() -> pl.Expr:
    age = (pl.col("as_of") - pl.col("date")).dt.total_days()
    limit = pl.col("concept").replace_strict(_STALE | _RELATED_AGE, default=None, return_dtype=pl.Int64)
    return (age <= limit).fill_null(True)


def picks(observations: pl.LazyFrame) -> pl.LazyFrame:
    """The newest number of every measured concept, in rows (`visits.newest`).

    A dated value older than the catalogue's ``stale_after`` is not current and is left out.
    """
    return newest(observations, "value", _MEASURED).filter(_current()).with_columns(_weeks_go_on())


@cache
def _weeks_go_on() -> pl.Expr:
    """Weeks of pregnancy grow by themselves; what lies beyond any pregnancy is not known."""
    weeks = pl.col("value") + (pl.col("as_of") - pl.col("date")).dt.total_days() * (1 / 7)
    now = pl.when(weeks <= _LONGEST_PREGNANCY).then(weeks)
    return pl.when(pl.col("concept") == "pregnancy_weeks").then(now).otherwise("value").alias("value")


def numbers(visits: pl.LazyFrame, picked: pl.DataFrame, recorded: frozenset[str]) -> pl.LazyFrame:
    """The same with one row a visit and one column a concept; ``recorded``: the concepts that somebody has.

    ``<concept>_high`` is the upper limit of normal that came with it (bilirubin, ALT, AST, ALP).
    """
    values = spread(visits, picked, NUMBERS, "value", recorded)
    limits = spread(visits, picked, _WITH_LIMIT, "high", recorded)
    return side_by_side(values, limits.select(_named_limits()))


@cache
def _named_limits() -> list[pl.Expr]:
    return [pl.col(c).alias(f"{c}_high") for c in _WITH_LIMIT]


def _first_lvef(observations: pl.LazyFrame) -> pl.LazyFrame:
    """The first recorded ejection fraction of those who have a later one: columns row, first_lvef, sources."""
    return observations.filter(_dated_lvef()).group_by("row").agg(_earliest()).filter(pl.col("days") > 1).drop("days")


@cache
def _dated_lvef() -> pl.Expr:
    return (pl.col("concept") == "lvef") & pl.all_horizontal(
        pl.col("value", "date").is_not_null(), pl.col("comparator").is_null()
    )


@cache
def _earliest() -> list[pl.Expr]:
    first = pl.col("date") == pl.col("date").min()
    value = pl.col("value").filter(first)
    return [
        pl.col("date").n_unique().alias("days"),
        pl.when(value.n_unique() == 1).then(value.first()).alias("first_lvef"),
        pl.col("source").filter(first).alias("sources"),
    ]


def derive(
    values: pl.LazyFrame,
    person: pl.LazyFrame,
    codes: pl.LazyFrame,
    observations: pl.LazyFrame,
    recorded: frozenset[str],
) -> Part:
    """Organ function from the measured values.

    Calcium is corrected for albumin as total + 0.02 x (40 - albumin) mmol/L (Payne 1973); without
    albumin it stays unknown. Creatinine clearance, where not measured, is Cockcroft-Gault (mL/min).
    The fall of the ejection fraction is from the first recorded value, in points; 0 when it did not fall.
    """
    joined = side_by_side(values, person.select("age", "sex"), codes.select("child_pugh"))
    if "lvef" not in recorded:
        return Part(joined.with_columns(_NO_LVEF).with_columns(_calculated()).select(_WANTED))
    first = _first_lvef(observations)
    joined = beside(joined, first.drop("sources"))
    seen = first.select("row", pl.lit(_FIRST_LVEF).alias("fact"), "sources")
    return Part(joined.with_columns(_calculated()).select(_WANTED), [facts_in(seen, "fact")])


@cache
def _calculated() -> list[pl.Expr]:
    corrected = pl.col("calcium_total") + 0.02 * (40 - pl.col("albumin"))
    sex_factor = pl.when(pl.col("sex") == "male").then(1.23).when(pl.col("sex") == "female").then(1.04)
    clearance = (140 - pl.col("age")) * pl.col("weight") * sex_factor / pl.col("creatinine")
    return [
        pl.col("calcium").fill_null(corrected),
        pl.col("creatinine_clearance").fill_null(clearance),
        (pl.col("first_lvef") - pl.col("lvef")).clip(lower_bound=0).alias("lvef_fall"),
        *(pl.col(f"{t}_uln").fill_null(pl.col(t) / pl.col(f"{t}_high")) for t in _WITH_LIMIT),
    ]
