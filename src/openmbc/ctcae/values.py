"""Results as numbers: comparators, and what cannot be a number of a laboratory."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
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


Floats = npt.NDArray[np.float64]


class Values(NamedTuple):
    """Results as numbers, NaN where one is missing; ``comparator``: its place in `COMPARATORS`; ``why`` (`Why`)."""

    value: Floats
    lower: Floats
    upper: Floats
    baseline: Floats
    comparator: npt.NDArray[np.int8]
    why: npt.NDArray[np.int16]


def numbers(labs: pl.DataFrame) -> Values:
    """Each result as numbers.

    What cannot be (a negative value, a lower limit above the upper one) is missing, and ``why`` says so.
    """
    if labs.schema["value"] == pl.String:
        read = _from_text(labs["value"])
        comparator, unreadable = read["comparator"].to_numpy(), read["unreadable"].to_numpy()
        value = _floats(read["value"])
    else:
        comparator, unreadable = np.zeros(labs.height, np.int8), np.zeros(labs.height, np.bool_)
        value = _floats(labs["value"])
    lower, upper, baseline = (_floats(labs[name]) for name in NUMBERS)
    # A missing limit contradicts nothing: no comparison with NaN is true.
    negative, before = value < 0, baseline <= 0
    range_ = (lower > upper) | (lower < 0) | (upper <= 0)
    why = (
        unreadable * np.int16(Why.UNREADABLE)
        | negative * np.int16(Why.NEGATIVE)
        | range_ * np.int16(Why.RANGE)
        | before * np.int16(Why.BASELINE)
    )
    value, baseline = np.where(negative, np.nan, value), np.where(before, np.nan, baseline)
    lower, upper = np.where(range_, np.nan, lower), np.where(range_, np.nan, upper)
    return Values(value, lower, upper, baseline, comparator, why)


def _floats(column: pl.Series) -> Floats:
    return column.cast(pl.Float64).to_numpy()


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
