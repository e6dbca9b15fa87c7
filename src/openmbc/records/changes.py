"""Lists of changes of genes: one a line, or a table (CSV) with the columns gene and change."""

from __future__ import annotations

from pathlib import Path

from openmbc.errors import RecordError
from openmbc.records import files
from openmbc.records.tables import read_table


def read_changes(file: Path) -> list[tuple[str, str | None]]:
    """The changes of a file, each with its gene where a column names it. Raises `RecordError`.

    A file whose first line names the column ``change`` is a table, with commas, semicolons or tabs; in any other file
    each line is a change, and blank lines are left out.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise files.cannot_open(file, error) from None
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise RecordError("the file is not UTF-8 text", file=str(file), todo="Save it as UTF-8.") from None
    header = lines[0].lower() if lines else ""
    names = {name.strip(' "') for mark in ",;\t" for name in header.split(mark)}
    if not {"change", "gene"} <= names and names != {"change"}:
        changes: list[tuple[str, str | None]] = [(line.strip(), None) for line in lines if line.strip()]
        if not changes:
            raise RecordError("the file holds no change", file=str(file), todo="Write one change a line.")
        return changes
    table, _ = read_table(file, {"gene": "text", "change": "text"}, optional=["gene"])
    return [(change or "", gene) for gene, change in table.select("gene", "change").iter_rows()]
