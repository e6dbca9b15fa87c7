"""Problems of lesion measurements, in the shape of `facts.PROBLEMS`."""

from __future__ import annotations

import polars as pl

from openmbc.facts import PROBLEMS


def problem(severity: str | pl.Expr, what: pl.Expr, todo: str) -> list[pl.Expr]:
    """The columns of a problem, for rows with ``person`` and ``source``."""
    level = pl.lit(severity) if isinstance(severity, str) else severity
    return [
        pl.col("person").cast(pl.String),
        pl.col("source"),
        level.cast(PROBLEMS["severity"]).alias("severity"),
        what.alias("what"),
        pl.lit(todo).alias("todo"),
    ]
