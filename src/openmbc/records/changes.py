"""Lists of changes of genes: one a line, or a table (CSV) with the columns gene and change."""

from __future__ import annotations

from pathlib import Path

from openmbc.errors import RecordError
from openmbc.records import files
from openmbc.records.tables import read_table

_NAMES_A_GENE = frozenset({"gene", "genes", "hugo_symbol", "symbol"})  # the first line of a table, not a change


def read_changes(file: Path) -> list[tuple[str, str | None]]:
    """The changes of a file, each with its gene where a column names it. Raises `RecordError`.

    A file whose first line names the column ``change`` is a table, with commas, semicolons or tabs; one whose first
    line names a column of genes alone is refused. In any other file each line is a change; blank ones are left out.
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
        if names & _NAMES_A_GENE and len(names) > 1:
            raise _no_table(file)
        changes: list[tuple[str, str | None]] = [(line.strip(), None) for line in lines if line.strip()]
        if not changes:
            raise _nothing(file)
        return changes
    table, _ = read_table(file, {"gene": "text", "change": "text"}, optional=["gene"])
    if table.is_empty():
        raise _nothing(file)
    return [(change or "", gene) for gene, change in table.select("gene", "change").iter_rows()]


def _nothing(file: Path) -> RecordError:
    return RecordError("the file holds no change", file=str(file), todo="Write one change a line.")


def _no_table(file: Path) -> RecordError:
    what = "the table has no columns 'gene' and 'change'"
    return RecordError(what, file=str(file), todo="Name them so in the first line.")
