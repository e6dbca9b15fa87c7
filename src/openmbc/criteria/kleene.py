"""The only places where truth values are combined down rows or turned into values.

Polars' `&`, `|` and `~` keep unknown; `when`, `filter`, plain `.any()`, `.all()`, `.max()` and
`.sum()` on booleans do not. Everything in `state` and `guidance` that aggregates truth values
goes through these helpers (held by a house test).

Where many conditions meet many states, truth values are bytes: `FALSE` < `UNKNOWN` < `TRUE`. Then "and" is
the minimum, "or" the maximum, and "not" counts down from `TRUE`: Kleene's logic as arithmetic, which cannot
forget what is unknown.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Sequence
from itertools import zip_longest

import numpy as np
import numpy.typing as npt
import polars as pl

Truth = npt.NDArray[np.uint8]  # FALSE, UNKNOWN or TRUE
Places = npt.NDArray[np.intp]

UNKNOWN_VALUE = pl.lit(None, dtype=pl.Boolean)
FALSE, UNKNOWN, TRUE = np.uint8(0), np.uint8(1), np.uint8(2)
WORDS: tuple[bool | None, ...] = (False, None, True)  # what a byte means, by its value


def any_row(expr: pl.Expr) -> pl.Expr:
    """Within a group: true if one row is true; else unknown if one is unknown; else false."""
    return expr.any(ignore_nulls=False)


def either(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene OR of columns; false when there are none."""
    return functools.reduce(operator.or_, parts, pl.lit(False))


def every(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene AND of columns; true when there are none."""
    return functools.reduce(operator.and_, parts, pl.lit(True))


def certain(expr: pl.Expr) -> pl.Expr:
    """True where the expression is true; false where it is false or unknown. Faster than filling."""
    return expr.eq_missing(True)


def refuted(expr: pl.Expr) -> pl.Expr:
    """True where the expression is false; false where it is true or unknown."""
    return expr.eq_missing(False)


def among(column: pl.Expr, *words: str) -> pl.Expr:
    """True where the column is one of the words; false where it is another or unknown.

    For a few words and rows, `is_in` takes four times as long.
    """
    return functools.reduce(operator.or_, [column.eq_missing(word) for word in words])


def as_bytes(table: pl.DataFrame) -> Truth:
    """The Boolean columns of a table as truth values: one row a column, one column a row of the table."""
    stacked = table.unpivot()["value"].cast(pl.UInt8) * TRUE.item()
    return stacked.fill_null(UNKNOWN.item()).to_numpy().reshape(table.width, table.height)


def less(a: npt.NDArray[np.float64] | np.float64, b: npt.NDArray[np.float64] | np.float64) -> Truth:
    """Is a number less than another? Unknown where one of them is NaN, which is neither less nor not less."""
    found: Truth = UNKNOWN + (a < b) - (a >= b)
    return found


def negated(truth: Truth) -> Truth:
    """Kleene NOT."""
    return TRUE - truth


def places(rows: Iterable[int]) -> Places:
    """Rows of a matrix, to pick them all at once."""
    return np.fromiter(rows, dtype=np.intp)


def in_columns(rows: Sequence[Sequence[int]]) -> tuple[Places, ...]:
    """Lists of rows, the longest first, as `all_of` and `any_of` take them: all first ones, all second ones, ..."""
    return tuple(places(row for row in nth if row is not None) for nth in zip_longest(*rows))


def all_of(truth: Truth, parts: tuple[Places, ...]) -> Truth:
    """Kleene AND of the rows of each list (`in_columns`): one row a list."""
    return _combined(np.minimum, truth, parts)


def any_of(truth: Truth, parts: tuple[Places, ...]) -> Truth:
    """Kleene OR of the rows of each list (`in_columns`): one row a list."""
    return _combined(np.maximum, truth, parts)


def all_bits(flags: npt.NDArray[np.uint8], parts: tuple[Places, ...]) -> npt.NDArray[np.uint8]:
    """AND of the rows of each list, of yes-or-no packed eight to a byte (`np.packbits`): nothing there is unknown."""
    return _combined(np.bitwise_and, flags, parts)


def any_bit(flags: npt.NDArray[np.uint8], parts: tuple[Places, ...]) -> npt.NDArray[np.uint8]:
    """OR of the same."""
    return _combined(np.bitwise_or, flags, parts)


def one_of(truth: Truth) -> Truth:
    """Kleene OR of all rows together; false when there are none."""
    found: Truth = truth.max(axis=0, initial=FALSE)
    return found


def _combined(how: np.ufunc, truth: Truth, parts: tuple[Places, ...]) -> Truth:
    first, *rest = parts
    found = truth[first]
    for more in rest:
        some = found[: len(more)]
        how(some, truth[more], out=some)
    return found
