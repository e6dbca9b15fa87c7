"""Tables as people write them: words spelled alike, rows without a place, and what is not understood as a problem.

For layers that take a table and give tables back, and know no record: `response`, `liquid`.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from openmbc.facts import PROBLEMS


def problem(severity: str | pl.Expr, what: pl.Expr, todo: str) -> list[pl.Expr]:
    """The columns of a problem (`facts.PROBLEMS`), for rows with ``person`` and ``source``."""
    level = pl.lit(severity) if isinstance(severity, str) else severity
    return [
        pl.col("person").cast(pl.String),
        pl.col("source"),
        level.cast(PROBLEMS["severity"]).alias("severity"),
        what.alias("what"),
        pl.lit(todo).alias("todo"),
    ]


def spelled(table: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Columns of words in one spelling: small letters, underscores for spaces and hyphens."""
    return table.with_columns(_spelled(table[name]) for name in names)


def _spelled(words: pl.Series) -> pl.Series:
    """Each of the few words that a long column has is spelled once."""
    distinct = words.unique()
    return words.replace(distinct, distinct.str.strip_chars().str.to_lowercase().str.replace_all("[ -]", "_"))


def with_source(table: pl.DataFrame) -> pl.DataFrame:
    """With ``source`` (String: where a row came from), which is the number of the row where nothing names it."""
    if "source" in table.columns:
        return table
    return table.with_columns(pl.format("row {}", pl.int_range(1, pl.len() + 1)).alias("source"))


def _unplaced() -> list[pl.Expr]:
    what = pl.lit("a row without a person or a date was not used")
    return problem("error", what, "Add what is missing.")


# Rows that have a person and a date; which have not, and the problem.
PLACED = pl.col("person").is_not_null() & pl.col("date").is_not_null()
NOT_PLACED = (~PLACED, _unplaced())


def placed(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with a person and a date, and the others as problems."""
    lost, said = NOT_PLACED
    return table.filter(PLACED), table.filter(lost).select(said)


def known(table: pl.DataFrame, name: str, words: Collection[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A column spelled alike, null where the word is none of ``words``; and those as problems."""
    table = spelled(table, name)
    strange = pl.col(name).is_not_null() & ~pl.col(name).is_in(list(words))
    what = pl.format(f"the {name} '{{}}' is not known", name)
    found = table.filter(strange).select(*problem("error", what, f"Write one of: {', '.join(words)}."))
    return table.with_columns(pl.when(~strange).then(name).alias(name)), found


def listed(*problems: pl.DataFrame) -> pl.DataFrame:
    """Problems of several steps as one table (`facts.PROBLEMS`)."""
    return pl.concat([pl.DataFrame(schema=PROBLEMS), *problems])
