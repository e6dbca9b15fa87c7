"""What the calendar says of a test, as one sentence."""

from __future__ import annotations

from functools import cache

import polars as pl

from openmbc.catalogue import by_name
from openmbc.terms.tests import tests

_WHY = {
    "no_result": "No result is recorded: was it done?",
    "undated": "A result is recorded without its day; the day would settle it.",
    "no_start": "The day on which the treatment was started is not recorded; it would settle this.",
    "imprecise": "The record gives a month or a year where the day decides; the day would settle it.",
    "none": "The source names no interval.",
    "dose": "Before each dose; the days of the doses are not in this knowledge.",
    "depends": "It is for some people only, and whether it is for this person is not known.",
    "symptoms": "With symptoms, at once.",
    "visit": "At each visit.",
    "need": "In the situation that the source names.",
    "before": "Before the start.",
}


@cache
def _parts() -> dict[str, str]:
    """What a result of a test with several parts must hold: one that lacks a part answers nothing."""
    return {
        test.key: f" with all its parts ({' and '.join(_plain(part[0]) for part in test.parts)})"
        for test in tests().values()
        if len(test.parts) > 1
    }


def _plain(concept: str) -> str:
    return by_name()[concept].label


def _said(column: str, texts: dict[str, str]) -> pl.Expr:
    """The text that stands for each word of a column, empty for others. A `replace_strict` takes five times as long."""
    place = pl.col(column).cast(pl.Enum(list(texts)), strict=False).to_physical()
    return pl.lit(pl.Series(list(texts.values()), dtype=pl.String)).gather(place).fill_null("")


def told(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows with what, status (place in `monitoring.STATUSES`), due, last and reason, and their sentence: ``text``."""
    for step in _steps():
        rows = rows.with_columns(step)
    return rows


@cache
def _steps() -> tuple[list[pl.Expr], ...]:
    """Pieces of sentences as columns, each of those before it: what stands in several places is made once."""
    status, result, none_yet, why = (pl.col(name) for name in ("status", "result", "none_yet", "why"))
    whole, last = pl.col("whole"), pl.col("last")
    of_last = pl.format(" The last result{} is of {}.", whole, last.dt.to_string("%Y-%m-%d"))
    first = [
        _said("what", _parts()).alias("whole"),
        pl.col("due").cast(pl.Date).dt.to_string("%Y-%m-%d").alias("day"),
        _said("reason", _WHY).alias("why"),
    ]
    second = [
        pl.when(last.is_not_null()).then(of_last).otherwise(pl.lit("")).alias("result"),
        pl.format("Planned for {}.", pl.col("day")).fill_null(why).alias("planned"),
        pl.format(" Planned next on {}.", pl.col("day")).fill_null("").alias("next"),
    ]
    third = pl.when(last.is_null()).then(pl.format(" No result{} is recorded.", whole)).otherwise(result)
    text = (
        pl.when(status <= 1)
        .then(pl.col("planned") + none_yet)
        .when(status == 2)
        .then(pl.format("Planned for {}.", pl.col("day")) + none_yet)
        .when((status == 3) & (pl.col("reason") == "before"))
        .then(pl.lit("No result from before the start is recorded.") + result)
        .when(status == 3)
        .then(why + pl.col("next") + result)
        .when(status == 4)
        .then(pl.lit("Never due by itself.") + result)
        .when(status == 6)
        .then(pl.lit("The planned days are done; more often when a value or a symptom calls for it.") + result)
        .otherwise(why + result)
        .alias("text")
    )
    return first, second, [third.alias("none_yet")], [text]
