"""Plain tables (CSV) with named columns: lesions, laboratory values, answers.

What cannot be read in a cell is null and a problem with file and line; what makes the whole file unreadable is one
`RecordError`.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

import polars as pl

from openmbc.errors import RecordError, UsageError
from openmbc.facts import PROBLEMS
from openmbc.records import files

Kind = Literal["text", "number", "date", "yes_no"]
LINE = "line"

_YES, _NO = ["true", "yes", "y", "1", "t"], ["false", "no", "n", "0", "f"]
_WRONG = {
    "number": ("is not a number", "Write digits with a point for decimals, such as 12.5."),
    "date": ("is not a date", "Write it as YYYY-MM-DD."),
    "yes_no": ("is neither true nor false", "Write true or false."),
}


def read_table(
    file: Path, columns: Mapping[str, Kind], optional: Collection[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A CSV file with a header, and the problems in it.

    ``columns`` are the names and kinds of the columns that are read; those in ``optional`` may be missing and are
    null then. Other columns of the file stay as text. The table has the columns of ``columns`` (text: String,
    number: Float64, date: Date, yes_no: Boolean), then the others, then ``line`` (Int64): the line of the row in
    the file. Blank lines are left out. Cells are cut of spaces; an empty one is null.

    The problems have the columns of `facts.PROBLEMS`, ``person`` from a column of that name. Commas, semicolons or
    tabs may separate the cells; with semicolons or tabs a number may have a decimal comma. Raises `RecordError`.
    """
    raw, decimal_comma = _text(file)
    _check_header(file, raw.columns, columns, optional)
    raw = raw.with_columns(pl.col(name).str.strip_chars() for name in raw.columns)
    raw = raw.with_columns(pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in raw.columns)
    raw = raw.with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE))
    raw = raw.filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))
    missing = [pl.lit(None, pl.String).alias(name) for name in columns if name not in raw.columns]
    raw = raw.with_columns(missing)
    others = [name for name in raw.columns if name not in columns and name != LINE]
    read = raw.select(*(_read(name, kind, decimal_comma) for name, kind in columns.items()), *others, LINE)
    found = [_problems(file, raw, read, name, kind) for name, kind in columns.items() if kind != "text"]
    empty = pl.DataFrame(schema={LINE: pl.Int64, **PROBLEMS})
    return read, pl.concat([empty, *found]).sort(LINE).drop(LINE)


def write_table(table: pl.DataFrame, file: Path) -> None:
    """A table as CSV, or as Parquet where the name ends so. Raises `UsageError` when it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".parquet":
            table.write_parquet(file)
        else:
            table.write_csv(file)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=str(file), todo="Choose another file.") from None


def joined(problems: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Problems of several steps as one list: errors first, then warnings and notes."""
    return pl.concat(problems).sort("severity", maintain_order=True)


def _text(file: Path) -> tuple[pl.DataFrame, bool]:
    """The cells as text, and whether a comma may be a decimal one."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise files.cannot_open(file, error) from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.isascii() or data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError(
            "the file is not UTF-8 text", file=str(file), place=f"line {line}", todo="Save it as UTF-8."
        ) from None
    header = data[: data.find(b"\n") if b"\n" in data else None]
    if not header.strip():
        raise RecordError("the first line is empty", file=str(file), todo="Begin with the names of the columns.")
    separator = max((",", ";", "\t"), key=lambda mark: header.count(mark.encode()))
    try:
        table = pl.read_csv(io.BytesIO(data), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise RecordError(_why(str(error)), file=str(file), todo="Save it as a plain CSV file.") from None
    names = [name.strip().lower() for name in table.columns]
    doubled = [name for name in names if names.count(name) > 1 or "_duplicated_" in name]
    if doubled:
        name = doubled[0].split("_duplicated_", maxsplit=1)[0]
        raise RecordError(f"the column '{name}' is there twice", file=str(file), place="line 1", todo="Keep one.")
    table.columns = names
    return table, separator != ","


def _why(error: str) -> str:
    if "more fields" in error:
        return "a line has more cells than the first line has names"
    if "quote" in error.lower() or "could not parse" in error:
        return "a quotation mark is not closed"
    return "the file cannot be read as a table"


def _check_header(file: Path, found: list[str], columns: Mapping[str, Kind], optional: Collection[str]) -> None:
    """Every needed column is there."""
    for name in columns:
        if name in found or name in optional:
            continue
        near = get_close_matches(name, [other for other in found if other not in columns], n=1)
        hint = (
            f"Is '{near[0]}' meant? Rename it."
            if near
            else f"Needed: {', '.join(c for c in columns if c not in optional)}."
        )
        raise RecordError(f"there is no column '{name}'", file=str(file), place="line 1", todo=hint)


def _read(name: str, kind: Kind, decimal_comma: bool) -> pl.Expr:
    cell = pl.col(name)
    if kind == "number":
        digits = cell.str.replace(",", ".", literal=True) if decimal_comma else cell
        number = digits.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number).alias(name)
    if kind == "date":
        return cell.str.to_date("%Y-%m-%d", strict=False)
    if kind == "yes_no":
        low = cell.str.to_lowercase()
        return pl.when(low.is_in(_YES)).then(pl.lit(True)).when(low.is_in(_NO)).then(pl.lit(False)).alias(name)
    return cell


def _problems(file: Path, raw: pl.DataFrame, read: pl.DataFrame, name: str, kind: Kind) -> pl.DataFrame:
    """The cells of a column that hold something that could not be read."""
    what, todo = _WRONG[kind]
    bad = raw.filter(raw[name].is_not_null() & read[name].is_null())
    return bad.select(
        LINE,
        (pl.col("person") if "person" in raw.columns else pl.lit(None, pl.String)).alias("person"),
        pl.format(f"{file.name}:{{}}", LINE).alias("source"),
        pl.lit("error").cast(PROBLEMS["severity"]).alias("severity"),
        pl.format(f"{name} '{{}}' {what}", name).alias("what"),
        pl.lit(todo).alias("todo"),
    )
