"""Plain tables (CSV) with named columns: lesions, laboratory values, answers.

What cannot be read in a cell is null and a problem with file and line; what makes the whole file unreadable is one
`RecordError`.
"""

from __future__ import annotations

import csv
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
_NEARLY = 0.85  # 'units' for 'unit', 'assesment' for 'assessment'; not 'note' for 'node'
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
    names = [name for name in raw.columns if name != LINE]
    _check_header(file, names, columns, optional)
    misspelled = _misspelled(file, names, [name for name in columns if name in optional])
    raw = raw.with_columns(pl.col(name).str.strip_chars() for name in names)
    raw = raw.with_columns(pl.when(pl.col(n) != "").then(pl.col(n)).alias(n) for n in names)
    raw = raw.filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))
    missing = [pl.lit(None, pl.String).alias(name) for name in columns if name not in raw.columns]
    raw = raw.with_columns(missing)
    others = [name for name in raw.columns if name not in columns and name != LINE]
    read = raw.select(*(_read(name, kind, decimal_comma) for name, kind in columns.items()), *others, LINE)
    found = [_problems(file, raw, read, name, kind) for name, kind in columns.items() if kind != "text"]
    empty = pl.DataFrame(schema={LINE: pl.Int64, **PROBLEMS})
    return read, pl.concat([misspelled, pl.concat([empty, *found]).sort(LINE).drop(LINE)])


def write_table(table: pl.DataFrame, file: Path) -> None:
    """A table as CSV, or as Parquet where the name ends so. Raises `UsageError` when it cannot be written."""
    try:
        if file.is_dir():
            raise UsageError("this is a folder", file=str(file), todo="Give the name of a file.")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".parquet":
            table.write_parquet(file)
        else:
            table.write_csv(file)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=str(file), todo="Choose another file.") from None


def refuse_overwriting(read: Path, *written: Path) -> None:
    """Raises `UsageError` when a table would be written over the one that is read, or over another."""
    seen = {read.resolve(): "it is the table that is read"}
    for file in written:
        if (why := seen.get(file.resolve())) is not None:
            raise UsageError(f"cannot be written: {why}", file=str(file), todo="Choose another file.")
        seen[file.resolve()] = "another table is written there"


def beside(output: Path, what: str) -> Path:
    """The file for a further table beside ``output``: its name and `_what`. Raises `UsageError` for a folder."""
    if not output.name:
        raise UsageError("this is a folder", file=str(output), todo="Give the name of a file.")
    return output.with_stem(f"{output.stem}_{what}")


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
        raise _not_a_table(str(error), data, separator, file) from None
    names = [name.strip().lower() for name in table.columns]
    doubled = [name for name in names if names.count(name) > 1 or "_duplicated_" in name]
    if doubled:
        name = doubled[0].split("_duplicated_", maxsplit=1)[0]
        raise RecordError(f"the column '{name}' is there twice", file=str(file), place="line 1", todo="Keep one.")
    if LINE in names:
        todo = "Rename it: the lines of the file are counted under this name."
        raise RecordError(f"there is a column '{LINE}'", file=str(file), place="line 1", todo=todo)
    table.columns = names
    return table.with_columns(_lines(table, data)), separator != ","


def _lines(table: pl.DataFrame, data: bytes) -> pl.Expr:
    """The line at which each row begins: a cell in quotation marks may go over several."""
    line = pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    if data.count(b"\n") > table.height + 1:
        within = pl.sum_horizontal(pl.col(n).str.count_matches("\n", literal=True) for n in table.columns)
        line = line + within.cum_sum().shift(1, fill_value=0).cast(pl.Int64)
    return line.alias(LINE)


def _not_a_table(error: str, data: bytes, separator: str, file: Path) -> RecordError:
    """Why the file cannot be read as a table, and in which line."""
    todo = "Save it as a plain CSV file."
    if "more fields" in error:
        what = "the line has more cells than the first line has names"
        if separator == ",":
            todo = "Write numbers with a decimal point, and a text that has a comma in quotation marks."
        return RecordError(what, file=str(file), place=_first_long_line(data, separator), todo=todo)
    if "quote" in error.lower() or "could not parse" in error:
        return RecordError("a quotation mark is not closed", file=str(file), todo=todo)
    return RecordError("the file cannot be read as a table", file=str(file), todo=todo)


def _first_long_line(data: bytes, separator: str) -> str:
    rows = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=separator)
    names = len(next(rows))
    begin = rows.line_num + 1
    for row in rows:
        if len(row) > names:
            return f"line {begin}"
        begin = rows.line_num + 1
    return ""


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


def _misspelled(file: Path, found: list[str], optional: Collection[str]) -> pl.DataFrame:
    """Columns that are not read and are nearly called like one that may be missing, as problems."""
    rows = [
        (None, f"{file.name}:1", "warning", f"the column '{near[0]}' is not read", f"Is '{name}' meant? Rename it.")
        for name in optional
        if name not in found and (near := get_close_matches(name, found, n=1, cutoff=_NEARLY))
    ]
    return pl.DataFrame(rows, schema=PROBLEMS, orient="row")


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
