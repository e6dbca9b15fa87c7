"""What all commands share: the app, options, the clock, writing a file, listing problems."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from openmbc.errors import UsageError

if TYPE_CHECKING:
    from polars import DataFrame

    from openmbc.facts import Facts
    from openmbc.knowledge.model import Region
    from openmbc.report import Report

# The engine (Polars, the knowledge) is imported inside the commands, so that `--help` answers at once.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A care engine for metastatic breast cancer. Information for a conversation with the care team, "
    "not medical advice.",
)
case_app = typer.Typer(no_args_is_help=True, help="Case files: a record that you type.")
knowledge_app = typer.Typer(no_args_is_help=True, help="The medicine behind the answers.")
app.add_typer(case_app, name="case")
app.add_typer(knowledge_app, name="knowledge")

DONE_WITH_PROBLEMS = 3
_PROBLEMS_SHOWN = 20


class RegionName(StrEnum):
    """Where the person is treated: decides what is available."""

    us = "us"
    eu = "eu"


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day of the report. Default: today.")
]
RegionOption = Annotated[RegionName, typer.Option("--region", help="Where the person is treated.")]
Diary = Annotated[
    Path | None,
    typer.Option("--diary", help="Check-ins beside the record (CSV: date, item, answer; see docs/diary.md)."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Take nothing as absent: what is not recorded is not known.")]


def day_of(text: str | None, option: str = "--as-of") -> dt.date:
    """The day that was asked for; today where none was. Raises `UsageError`."""
    if text is None:
        return dt.date.today()  # noqa: DTZ011  the local day is the day of the visit
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a date", place=option, todo="Write it as YYYY-MM-DD.") from None


def data_folder() -> Path:
    """Where things that were fetched are kept: the folder in OPENMBC_DATA, else that of the user's programs."""
    named = os.environ.get("OPENMBC_DATA")
    if named:
        return Path(named)
    shared = os.environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else Path.home() / ".local" / "share") / "openmbc"


def say(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        write(output, text)
        typer.echo(f"Written to {output}", err=True)


def region_of(chosen: RegionName) -> Region:
    """The region as the knowledge names it."""
    return "us" if chosen is RegionName.us else "eu"


class Sequencing(msgspec.Struct, frozen=True):
    """Sequencing files beside a record, and what is said of each: once for all of them, or in their order."""

    files: Sequence[Path] | None = None
    panel: Sequence[str] | None = None
    specimen: Sequence[str] | None = None
    taken: Sequence[str] | None = None
    sample: Sequence[str] | None = None

    def each(self) -> list[tuple[Path, str | None, str | None, dt.date | None, str | None]]:
        """Each file with its panel, specimen, date and sample. Raises `UsageError`."""
        files = list(self.files or ())
        panels, specimens, days, samples = (
            self._for_each(values, option)
            for values, option in (
                (self.panel, "--panel"),
                (self.specimen, "--specimen"),
                (self.taken, "--sequenced-on"),
                (self.sample, "--sample"),
            )
        )
        dates = [None if day is None else day_of(day, "--sequenced-on") for day in days]
        return list(zip(files, panels, specimens, dates, samples, strict=True))

    def _for_each(self, values: Sequence[str] | None, option: str) -> list[str | None]:
        count = len(self.files or ())
        if values and not count:
            todo = "Give the file with --sequencing FILE."
            raise UsageError("there is no sequencing file that it could speak of", place=option, todo=todo)
        if values and len(values) not in (1, count):
            todo = "Give it once for all files, or once for each, in the same order."
            raise UsageError(f"{len(values)} values for {count} sequencing files", place=option, todo=todo)
        if not values:
            return [None] * count
        return [*values] * (count if len(values) == 1 else 1)


def facts_of(
    record: Path, lesions: Path | None = None, sequencing: Sequencing | None = None, diary: Path | None = None
) -> Facts:
    """The facts of one record, with lesions and check-ins from tables and sequencing files beside it."""
    from openmbc.records import read, with_diary, with_lesions, with_sequencing

    beside = sequencing.each() if sequencing is not None else []
    facts = read(record)
    if lesions is not None:
        facts = with_lesions(facts, lesions)
    if diary is not None:
        facts = with_diary(facts, diary)
    for file, panel, specimen, day, sample in beside:
        facts = with_sequencing(facts, file, panel=panel, specimen=specimen, day=day, sample=sample)
    return facts


def report_of(
    facts: Facts,
    day: dt.date,
    region: Region,
    strict: bool = False,
    ranges: bool = False,
    wishes: Sequence[str] = (),
    since: dt.date | None = None,
) -> Report:
    """The report of one record; ``since``: what changed from that day on, for the visit."""
    from openmbc.knowledge import load
    from openmbc.knowledge.civic import kept
    from openmbc.records import with_wishes
    from openmbc.report import build

    today = dt.date.today()  # noqa: DTZ011
    told, civic = with_wishes(facts, wishes, day), kept(data_folder())
    return build(told, day, load(), region=region, strict=strict, ranges=ranges, today=today, civic=civic, since=since)


def write(path: Path, text: str) -> None:
    """Write a text to a file, its folder made where it is missing. Raises `UsageError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=str(path), todo="Choose another file.") from None


def list_problems(found: list[DataFrame], file: Path) -> None:
    """Say what was wrong in a table: the first on the terminal, all in a file; and end with the code for it."""
    from openmbc.records.tables import joined, write_table

    problems = joined(found)
    for _, source, severity, what, todo in problems.head(_PROBLEMS_SHOWN).iter_rows():
        typer.echo(f"{severity}: {what}. {todo} [{source}]", err=True)
    if not problems.is_empty():
        write_table(problems, file)
        typer.echo(f"{problems.height:,d} problems, all of them in {file}", err=True)
    if problems["severity"].is_in(["error", "warning"]).any():
        raise typer.Exit(DONE_WITH_PROBLEMS)
