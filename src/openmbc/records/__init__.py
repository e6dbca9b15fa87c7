"""What people have, as facts: FHIR (bundle, NDJSON, Bulk Data), case files, and beside them tables and sequencing.

Two doors: `read` for the record of one person, `read_many` for a folder with the records of many.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import polars as pl
from msgspec.structs import replace

from openmbc.catalogue import WISHES
from openmbc.errors import RecordError, UsageError
from openmbc.facts import TABLES, Facts, concat, frame
from openmbc.records import files

__all__ = [
    "folder_of",
    "read",
    "read_many",
    "with_diary",
    "with_lesions",
    "with_questions",
    "with_sequencing",
    "with_wishes",
]


def read(path: Path) -> Facts:
    """The facts of one person.

    ``path`` is a FHIR bundle or resource list (JSON), NDJSON, a folder of these, or a case file (YAML).
    Raises `RecordError`, one line with file, place, what is wrong and what to do.
    """
    if path.suffix.lower() in files.CASES:
        from openmbc.records.case import read_case  # noqa: PLC0415  (only where it is needed)

        return read_case(path)
    from openmbc.records.fhir import single  # noqa: PLC0415

    return single.read_folder(path) if path.is_dir() else single.read_file(path)


def read_many(folder: Path, progress: Callable[[int], None] | None = None) -> Iterator[Facts]:
    """The facts of many people, about 2,000 at a time.

    ``folder`` holds bundles (JSON, one person each), NDJSON (Bulk Data, or a bundle a line) and case
    files, in any mixture. ``progress`` is called with the number of people read since its last call. A
    file that cannot be read is an error in the problems, and the rest goes on. Raises `RecordError` when
    the folder is missing or holds no record.
    """
    from openmbc.records.fhir import many  # noqa: PLC0415

    return many.read_folder(folder_of(folder), progress)


def with_wishes(facts: Facts, wishes: Iterable[str], day: dt.date) -> Facts:
    """The facts of one person with wishes that were told on ``day``: for records that have no place for them.

    ``wishes`` are names of `catalogue.WISHES`. Raises `UsageError` for any other.
    """
    rows = []
    for wish in wishes:
        name = wish.strip().lower().replace(" ", "_").replace("-", "_")
        if name not in WISHES:
            raise UsageError(
                f"'{wish}' is not a wish that is known", place="--wish", todo=f"Known: {', '.join(WISHES)}."
            )
        rows.append((facts.people["person"][0], "--wish", day, "day", name, "yes", wish))
    return replace(facts, wishes=pl.concat([facts.wishes, frame("wishes", rows)])) if rows else facts


def with_questions(facts: Facts, questions: Iterable[str], day: dt.date) -> Facts:
    """The facts of one person with questions for the visit on ``day``, in the person's words."""
    person = facts.people["person"][0]
    rows = [(person, "--question", day, "day", "question", None, text) for text in questions]
    return replace(facts, wishes=pl.concat([facts.wishes, frame("wishes", rows)])) if rows else facts


def with_lesions(facts: Facts, file: Path) -> Facts:
    """The facts of one person with the lesions of a table (CSV, as `openmbc response` reads it).

    Rows of other people are left out and counted in a note; a table that names one person alone is that person's.
    Raises `RecordError`.
    """
    from openmbc.records.lesions import read_lesions  # noqa: PLC0415

    rows, problems = read_lesions(file)
    dated = pl.when(pl.col("date").is_not_null()).then(pl.lit("day")).cast(TABLES["lesions"]["date_precision"])
    return _with_own(facts, "lesions", rows.with_columns(dated.alias("date_precision")), problems, file, "lesion")


def with_diary(facts: Facts, file: Path) -> Facts:
    """The facts of one person with the check-ins of a table (CSV: date, item, answer; perhaps person, note).

    Rows of other people are left out and counted in a note; a table that names one person, or none, is that person's.
    Raises `RecordError`.
    """
    from openmbc.records.diary import read_diary, wishes_apart  # noqa: PLC0415

    rows, problems = read_diary(file)
    if rows["person"].null_count() == len(rows):
        rows = rows.with_columns(pl.lit(facts.people["person"][0]).alias("person"))
    told = _with_own(facts, "answers", rows, problems, file, "answer")
    answers, wishes = wishes_apart(told.answers)
    return replace(told, answers=answers, wishes=pl.concat([told.wishes, wishes]))


def _with_own(facts: Facts, table: str, rows: pl.DataFrame, problems: pl.DataFrame, file: Path, what: str) -> Facts:
    """The facts with those rows of a table that are this person's."""
    person = facts.people["person"][0]
    names = rows["person"].drop_nulls().unique()
    own = rows if len(names) == 1 else rows.filter(pl.col("person") == person)
    if own.is_empty():
        todo = f"Its people: {', '.join(sorted(names)[:5])}." if len(names) else "Write a row for each."
        raise RecordError(f"no {what} of '{person}' is in the table", file=str(file), todo=todo)
    found = own.with_columns(pl.lit(person).alias("person")).select(*TABLES[table])
    others = len(rows) - len(own)
    said = []
    if others:
        nothing = "Nothing needs to be done."
        said.append((person, file.name, "note", f"{others} rows are of other people and not used", nothing))
    if len(names) == 1 and names[0] != person:
        what = f"the table names '{names[0]}', the record '{person}': its {what}s were used as of one person"
        said.append((person, file.name, "warning", what, "Make sure that both are of the same person."))
    listed = pl.concat([facts.problems, problems.with_columns(pl.lit(person).alias("person")), frame("problems", said)])
    return replace(facts, problems=listed, **{table: pl.concat([getattr(facts, table), found])})


def with_sequencing(
    facts: Facts,
    file: Path,
    *,
    panel: str | None = None,
    specimen: str | None = None,
    day: dt.date | None = None,
    sample: str | None = None,
) -> Facts:
    """The facts of one person with the findings of a sequencing file (VCF, MAF, FoundationOne, Tempus, CSV).

    What the file does not say, the others do: ``panel`` the name of the test or a file of its genes, ``specimen``
    plasma, tissue, germline or where the tissue was taken, ``day`` when the sample was taken, ``sample`` which of
    several samples is the tumour. See `docs/sequencing.md`. Raises `RecordError` and `UsageError`.
    """
    from openmbc.records.sequencing import Asked, read_sequencing  # noqa: PLC0415

    person, birth, precision = facts.people.select("person", "birth", "birth_precision").row(0)
    asked = Asked(person, panel, specimen, day, sample)
    found = read_sequencing(file, asked, birth if precision == "day" else None)
    return concat([facts, found])


def folder_of(path: Path) -> Path:
    """The path, when it is a folder. Raises `RecordError`."""
    if not path.exists():
        raise RecordError("there is no such folder", file=str(path), todo="Check the path.")
    if not path.is_dir():
        raise RecordError("this is a file", file=str(path), todo="Give the folder that holds it.")
    return path
