"""The Parquet tables of a cohort as they are written: a part for each share of the people.

A table of one part is one file; one of several is a folder of parts under the same name, as Spark writes it, and
Polars, pandas and Spark read both by that name. No table has to be in memory as a whole, and every process writes
what it made.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from openmbc.cohort.tables import TABLES, Tables
from openmbc.errors import UsageError

_PART = "part-*.parquet"


class Written(NamedTuple):
    """What stands in a part: how many people, how many decisions of each kind, how many problems."""

    people: int
    decisions: Counter[str]
    problems: int


def _folder(output: Path, table: str) -> Path:
    return output / f"{table}.parquet"


def _file(output: Path, table: str, part: int) -> Path:
    return _folder(output, table) / f"part-{part:05d}.parquet"


def start(output: Path) -> None:
    """Make the folder; tables of an earlier run are removed, other files stay.

    Raises `UsageError` where a folder with other files stands in the place of a table.
    """
    for table in TABLES:
        place = _folder(output, table)
        others = [path.name for path in place.iterdir() if not path.match(_PART)] if place.is_dir() else []
        if others:
            raise UsageError(
                f"other files stand where a table is to be written ({min(others)})",
                file=str(place),
                todo="Move them, or give another --output.",
            )
    for table in TABLES:
        place = _folder(output, table)
        if place.is_dir():
            for part in place.glob(_PART):
                part.unlink()
        else:
            place.unlink(missing_ok=True)
        place.mkdir(parents=True, exist_ok=True)


def write(output: Path, part: int, tables: Tables) -> Written:
    """Write the tables of some people as one part."""
    for name, table in tables.items():
        # People stand in no order: the lowest and highest value of a part would spare nobody to read it.
        table.write_parquet(_file(output, name, part), statistics=False)
    decisions = tables["state"]["decision"].value_counts()
    return Written(len(tables["state"]), Counter(dict(decisions.iter_rows())), len(tables["problems"]))


def write_without(output: Path, part: int, people: Mapping[str, object], more: pl.DataFrame) -> Written:
    """Write a part again without some people, and with more problems.

    A problem that is no person's has none, and stays.
    """
    kept = {
        name: pl.read_parquet(_file(output, name, part)).filter(~pl.col("person").is_in(list(people), nulls_equal=True))
        for name in TABLES
    }
    return write(output, part, kept | {"problems": pl.concat([kept["problems"], more])})


def finish(output: Path, parts: int) -> None:
    """A table of one part becomes a plain file."""
    if parts != 1:
        return
    for table in TABLES:
        place, aside = _folder(output, table), output / f"{table}.parquet.part"
        shutil.move(_file(output, table, 0), aside)
        place.rmdir()
        aside.rename(place)
