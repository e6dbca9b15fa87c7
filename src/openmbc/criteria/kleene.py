"""The only places where truth values are combined down rows or turned into values.

Polars' `&`, `|` and `~` keep unknown; `when`, `filter`, plain `.any()`, `.all()`, `.max()` and
`.sum()` on booleans do not. Everything in `state` and `guidance` that aggregates truth values
goes through these helpers (held by a house test).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

import polars as pl

UNKNOWN = pl.lit(None, dtype=pl.Boolean)


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
    """True where the expression is true; false where it is false or unknown."""
    return expr.fill_null(False)


def refuted(expr: pl.Expr) -> pl.Expr:
    """True where the expression is false; false where it is true or unknown."""
    return (~expr).fill_null(False)


def somewhere(truth: pl.DataFrame) -> set[str]:
    """The columns that are certainly true in at least one row."""
    return {name for name, hits in zip(truth.columns, truth.sum().row(0), strict=True) if hits}
