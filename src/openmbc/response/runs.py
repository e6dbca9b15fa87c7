"""Questions to the rows before, in tables sorted by person and date, without grouping them again.

A run is a stretch of rows that belong together: those of one person, or a part of these. ``begins`` (Boolean, never
null) is true on the first row of each run.
"""

from __future__ import annotations

import polars as pl


def begins(*of: str) -> pl.Expr:
    """True where a row differs from the one before in one of the columns, which are never null."""
    changed = pl.any_horizontal(pl.col(name) != pl.col(name).shift(1) for name in of)
    return changed.fill_null(True)


def number(begins: pl.Expr) -> pl.Expr:
    """The number of the run of each row (UInt32): a key for what must be grouped."""
    return begins.cast(pl.UInt32).cum_sum()


def earlier(condition: str, begins: pl.Expr) -> pl.Expr:
    """Was a condition (Boolean) true on an earlier row of the run? False where it never was."""
    before = pl.col(condition).fill_null(False).cast(pl.Int64).cum_sum().shift(1, fill_value=0)
    return before > pl.when(begins).then(before).forward_fill()


def at_first(name: str, begins: pl.Expr) -> pl.Expr:
    """What a column holds on the first row of the run."""
    row = pl.int_range(pl.len())
    return pl.col(name).gather(pl.when(begins).then(row).forward_fill())
