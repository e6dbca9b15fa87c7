"""The person: age, sex, menopause, pregnancy, performance status."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.state.visits import Part, beside, facts_as, side_by_side

# NCCN and ASCO define menopause by age 60, bilateral oophorectomy, or 12 months without periods and
# hormone values. Amenorrhoea under ovarian suppression or chemotherapy proves nothing, so hormone
# values alone decide nothing here.
_MENOPAUSE_AGE = 60
_KARNOFSKY_TO_ECOG = {100: 0, 90: 0, 80: 1, 70: 1, 60: 2, 50: 2, 40: 3, 30: 3, 20: 4, 10: 4}
_CODES = ["menopausal_status", "pregnant", "breastfeeding", "frail"]
FEEDS = {"birth": ("age",), "sex": ("sex",)}


def known(visits: pl.LazyFrame, people: pl.DataFrame) -> pl.LazyFrame:
    """Who each visit is of: columns row, source, birth, sex, age (full years)."""
    one_each = people.lazy()
    if len(people) > 1:
        of_them = one_each.join(visits, on="person", how="semi").sort("source")
        one_each = of_them.unique("person", keep="first", maintain_order=True)
    return visits.join(one_each, on="person", how="left", maintain_order="left").select(_age_and_sex())


def derive(who: pl.LazyFrame, numbers: pl.LazyFrame, codes: pl.LazyFrame, given: pl.LazyFrame) -> Part:
    """Age (years), sex, menopausal status, pregnancy and ECOG at each visit.

    ``who`` is `known`, ``given`` the treatments by then.
    """
    ovaries_out = given.filter(pl.col("treatment") == "oophorectomy").select("row", ovaries_out=True).unique()
    columns = side_by_side(who.select("row", "age", "sex"), codes.select(_CODES), numbers.select("ecog", "karnofsky"))
    columns = beside(columns, ovaries_out).with_columns(_function_and_menopause()).with_columns(_yes_no())
    trace = [facts_as(who.filter(pl.col(c).is_not_null()), c) for c in FEEDS]
    return Part(columns.drop("karnofsky", "ovaries_out"), trace)


def _calendar(date: str) -> pl.Expr:
    """A date as the number YYYYMMDD: the difference of two, in ten thousands, is full years."""
    parts = pl.col(date).dt
    return parts.year() * 10_000 + parts.month().cast(pl.Int32) * 100 + parts.day()


@cache
def _age_and_sex() -> list[pl.Expr]:
    age = ((_calendar("as_of") - _calendar("birth")) // 10_000).cast(pl.Float64)
    return [pl.col("row", "source", "birth", "sex"), age.alias("age")]


@cache
def _function_and_menopause() -> list[pl.Expr]:
    from_karnofsky = pl.col("karnofsky").cast(pl.Int64).replace_strict(_KARNOFSKY_TO_ECOG, default=None)
    menopause = (
        pl.when(pl.col("sex") == "male")
        .then(pl.lit("not_applicable"))
        .when((pl.col("age") >= _MENOPAUSE_AGE) | pl.col("ovaries_out"))
        .then(pl.lit("postmenopausal"))
        .otherwise(pl.col("menopausal_status"))
    )
    return [pl.col("ecog").fill_null(from_karnofsky), menopause.alias("menopausal_status")]


@cache
def _yes_no() -> list[pl.Expr]:
    impossible = pl.col("menopausal_status").is_in(["not_applicable", "postmenopausal"])
    pregnant = pl.when(impossible).then(pl.lit(False)).otherwise(pl.col("pregnant") == "yes")
    return [pregnant.alias("pregnant"), pl.col("breastfeeding", "frail") == "yes"]
