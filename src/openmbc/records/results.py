"""A table of laboratory results (CSV) to the same table with CTCAE grades. What it may hold: docs/grading.md."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from openmbc import ctcae
from openmbc.errors import RecordError
from openmbc.records.tables import LINE, Kind, beside, read_table, refuse_overwriting, write_table

COLUMNS: dict[str, Kind] = {
    "person": "text",
    "date": "date",
    "test": "text",
    "value": "text",  # may have a comparator: <0.5
    "unit": "text",
    "lower": "number",
    "upper": "number",
    "baseline": "number",
}
_OPTIONAL = [name for name in COLUMNS if name not in ctcae.COLUMNS]


def grade_file(
    file: Path, output: Path, version: ctcae.Version, *, worst_case: bool = False
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Grade every result of a file and write the table; what was written, and the problems (`facts.PROBLEMS`).

    The table has the columns of the file, with their cells as they were, and those of `ctcae.grade`. Raises
    `RecordError` when the file cannot be read, `UsageError` when the table cannot be written.
    """
    refuse_overwriting(file, output, beside(output, "problems"))
    results, unread = read_table(file, COLUMNS, _OPTIONAL)
    taken = [name for name in ctcae.MADE if name in results.columns]
    if taken:
        todo = "Rename it: the grades use this name."
        raise RecordError(f"the column '{taken[0]}' is there already", file=str(file), place="line 1", todo=todo)
    as_written, _ = read_table(file, {})
    graded = ctcae.grade(results, version, worst_case=worst_case)
    table = graded.select(LINE, *ctcae.MADE).join(as_written, on=LINE, how="left", maintain_order="left")
    table = table.select(*(name for name in as_written.columns if name != LINE), *ctcae.MADE)
    write_table(table, output)
    return table, pl.concat([unread, ctcae.problems(results, graded, version, file.name)])
