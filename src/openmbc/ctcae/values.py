"""Results as numbers: comparators, and what cannot be a number of a laboratory."""

from __future__ import annotations

from enum import IntFlag
from functools import cache
from typing import NamedTuple

import polars as pl

from openmbc.ctcae.rules import COMPARATORS

NUMBERS = ("lower", "upper", "baseline")


class Why(IntFlag):
    """Why a result could not be graded, or what is wrong with it; added up in the column ``why``."""

    NO_VALUE = 1
    UNREADABLE = 2
    NEGATIVE = 4
    IMPOSSIBLE = 8
    NO_UNIT = 16
    NO_UPPER = 32
    NO_LOWER = 64
    NO_BASELINE = 128
    NOT_FASTING = 256
    ONLY_A_BOUND = 512
    RANGE = 1024
    BASELINE = 2048
    NO_GRADE = 4096


WRONG = Why.UNREADABLE | Why.NEGATIVE | Why.IMPOSSIBLE | Why.RANGE | Why.BASELINE

_TEXT = r"^\s*([<>≤≥]=?)?\s*([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*$"
# A comma before three digits may stand for thousands or for decimals.
_TWO_READINGS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+$"
_COMPARATOR = {"≤": "<=", "≥": ">="}


def numbers(labs: pl.DataFrame) -> pl.DataFrame:
    """The columns value, comparator (its place in `COMPARATORS`), lower, upper, baseline and why, of each result.

    What cannot be (a negative value, a lower limit above the upper one) is null, and ``why`` says so.
    """
    of = _checks()
    if labs.schema["value"] == pl.String:
        read = _from_text(labs["value"]).hstack(labs.select(NUMBERS)).with_columns(of.numbers)
    else:
        read = labs.select(of.numbers, *of.plain)
    if not read.select(of.anything).item():
        return read.select("value", "comparator", *NUMBERS, why=pl.lit(0, pl.Int16))
    return read.select(of.checked)


class _Checks(NamedTuple):
    """The columns as numbers; those of a value that is no text; is anything wrong; the columns without what is."""

    numbers: pl.Expr
    plain: list[pl.Expr]
    anything: pl.Expr
    checked: list[pl.Expr]


@cache
def _checks() -> _Checks:
    value, lower, upper, baseline = (pl.col(name) for name in ("value", *NUMBERS))
    negative = _known(value < 0)
    range_ = _known(lower > upper) | _known(lower < 0) | _known(upper <= 0)
    before = _known(baseline <= 0)
    why = (
        bit(pl.col("unreadable"), Why.UNREADABLE)
        | bit(negative, Why.NEGATIVE)
        | bit(range_, Why.RANGE)
        | bit(before, Why.BASELINE)
    )
    return _Checks(
        pl.col("value", *NUMBERS).cast(pl.Float64).fill_nan(None),
        [pl.lit(0, pl.Int8).alias("comparator"), pl.lit(False).alias("unreadable")],
        (negative | range_ | before).any() | pl.col("unreadable").any(),
        [
            pl.when(~negative).then(value).alias("value"),
            pl.col("comparator"),
            pl.when(~range_).then(lower).alias("lower"),
            pl.when(~range_).then(upper).alias("upper"),
            pl.when(~before).then(baseline).alias("baseline"),
            why.alias("why"),
        ],
    )


def _known(condition: pl.Expr) -> pl.Expr:
    """True only where it is known: a missing limit contradicts nothing."""
    return condition.fill_null(False)


def bit(condition: pl.Expr, why: Why) -> pl.Expr:
    """The number of a reason where the condition is true, else 0."""
    return _known(condition).cast(pl.Int16) * pl.lit(int(why), pl.Int16)


def _from_text(values: pl.Series) -> pl.DataFrame:
    """The columns value, comparator and unreadable. Only cells that are no plain number are taken apart."""
    plain = values.cast(pl.Float64, strict=False)
    number = plain.is_finite().fill_null(False)
    others = (~number & values.is_not_null()).arg_true()
    parts = _taken_apart(values.gather(others))
    read = pl.select(
        pl.when(number).then(plain).alias("value"),
        comparator=pl.repeat(0, values.len(), dtype=pl.Int8),
        unreadable=pl.repeat(False, values.len(), dtype=pl.Boolean),
    )
    return read.with_columns(read[name].scatter(others, parts[name]) for name in read.columns)


def _taken_apart(values: pl.Series) -> pl.DataFrame:
    cell = pl.col("value")
    said = cell.str.extract_groups(_TEXT)
    sign, digits = said.struct[0].replace(_COMPARATOR), said.struct[1]
    plain = pl.when(~digits.str.contains(_TWO_READINGS)).then(digits.str.replace(",", ".", literal=True))
    read = values.to_frame("value").select(
        plain.cast(pl.Float64, strict=False).alias("number"),
        sign.fill_null("").replace_strict(
            list(COMPARATORS), range(len(COMPARATORS)), default=None, return_dtype=pl.Int8
        ),
        cell.is_not_null() & (cell.str.strip_chars() != ""),
    )
    names = dict(zip(read.columns, ("number", "comparator", "given"), strict=True))
    read = read.rename(names)
    understood = pl.col("number").is_finite() & pl.col("comparator").is_not_null()
    return read.select(
        pl.when(understood).then("number").alias("value"),
        pl.col("comparator").fill_null(0),
        unreadable=pl.col("given") & ~understood.fill_null(False),
    )
