"""What is wrong with a table of results, in the shape of the problems of a record."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from openmbc.ctcae.grading import full
from openmbc.ctcae.naming import asked
from openmbc.ctcae.reasons import IMPOSSIBLE, TODO, wrong
from openmbc.ctcae.tables import Version
from openmbc.ctcae.values import Why, numbers
from openmbc.facts import PROBLEMS

_SEVERITY = PROBLEMS["severity"]
_LINE = pl.col("line")


def problems(labs: pl.DataFrame, graded: pl.DataFrame, version: Version, file: str) -> pl.DataFrame:
    """Results that contradict themselves or were not understood: columns of `facts.PROBLEMS`, by line.

    ``labs`` and ``graded`` are the argument and the answer of `grade`, with the columns ``person`` and ``line``.
    Severity ``error``: not graded for it, at least where it matters; ``warning``: to look at; ``note``: how
    it was read.
    """
    found = pl.concat(
        [
            _numbers(labs),
            _possible(graded),
            _words(labs, version),
            _twice(labs),
        ]
    ).sort("line", maintain_order=True)
    source = pl.format(f"{file}:{{}}", "line").alias("source")
    return found.select("person", source, pl.col("severity").cast(_SEVERITY), "what", "todo")


def _numbers(labs: pl.DataFrame) -> pl.DataFrame:
    """Numbers that cannot be."""
    bad = labs.select("person", "line").with_columns(why=pl.Series(numbers(full(labs)).why)).filter(pl.col("why") != 0)
    rows = [(person, line, "error", what, todo) for person, line, why in bad.iter_rows() for what, todo in wrong(why)]
    return _frame(rows)


def _possible(graded: pl.DataFrame) -> pl.DataFrame:
    """Values that nobody can have: of a test with two terms, once."""
    bad = graded.filter(pl.col("reason") == IMPOSSIBLE).unique("line", keep="first", maintain_order=True)
    what = pl.format("{} {} {}: " + IMPOSSIBLE, "test", "value", pl.col("unit").fill_null(""))
    return bad.select(
        "person",
        "line",
        pl.lit("error").alias("severity"),
        what.alias("what"),
        pl.lit(TODO[Why.IMPOSSIBLE]).alias("todo"),
    )


def _words(labs: pl.DataFrame, version: Version) -> pl.DataFrame:
    """Tests and units that are not understood: each once, at its first line, with the number of rows."""
    pairs = full(labs).group_by("test", "unit").agg(_LINE.min(), pl.len().alias("rows"), pl.col("person").first())
    rows = []
    for test, unit, line, count, person in pairs.iter_rows():
        one = asked(test, unit, version)[0]
        whose, times = (person, "") if count == 1 else (None, f" ({count} rows)")
        if one.wrong:
            rows.append((whose, line, "error", one.why + times, one.wrong))
        elif test is not None and test.strip() == "calcium":
            what = "'calcium' is read as calcium corrected for albumin" + times
            rows.append((whose, line, "note", what, "Write calcium_total for the total."))
    return _frame(rows)


def _twice(labs: pl.DataFrame) -> pl.DataFrame:
    """Rows that say the same as an earlier one; each is graded like it."""
    said = [name for name in labs.columns if name != "line"]
    first = _LINE.min().over(said)
    what = pl.format("the row says the same as line {}", "first").alias("what")
    return (
        labs.filter(labs.select(said).is_duplicated())
        .with_columns(first=first)
        .filter(pl.col("first") != _LINE)
        .select("person", "line", pl.lit("warning").alias("severity"), what, pl.lit("Keep one of them.").alias("todo"))
    )


def _frame(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    columns = {"person": pl.String, "line": pl.Int64, "severity": pl.String, "what": pl.String, "todo": pl.String}
    return pl.DataFrame(rows, columns, orient="row")
