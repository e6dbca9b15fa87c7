"""The command line: reads arguments and the clock, calls the engine, prints. Nothing is decided here."""

from __future__ import annotations

import datetime as dt
import gc
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openmbc import __version__
from openmbc.errors import OpenmbcError, UsageError

if TYPE_CHECKING:
    from polars import DataFrame

    from openmbc.knowledge.model import Region
    from openmbc.report import Report
    from openmbc.response import Criteria

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
DEMO_DAY = dt.date(2026, 11, 15)


class Format(StrEnum):
    """How a report is written."""

    text = "text"
    json = "json"
    html = "html"


class RegionName(StrEnum):
    """Where the person is treated: decides what is available."""

    us = "us"
    eu = "eu"


class Ctcae(StrEnum):
    """The version of CTCAE that grades."""

    v5 = "5"
    v6 = "6"


class Engine(StrEnum):
    """What computes a cohort."""

    local = "local"


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="The day of the report. Default: today.")
]
RegionOption = Annotated[RegionName, typer.Option("--region", help="Where the person is treated.")]
Strict = Annotated[bool, typer.Option("--strict", help="Take nothing as absent: what is not recorded is not known.")]


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.date.today()  # noqa: DTZ011  the local day is the day of the visit
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"'{text}' is not a date", place="--as-of", todo="Write it as YYYY-MM-DD.") from None


@app.command()
def report(
    record: Annotated[Path, typer.Argument(help="A FHIR Bundle, NDJSON, a folder of one person, or a case file.")],
    as_of: AsOf = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.text,
    output: Annotated[Path | None, typer.Option("--output", help="Write to this file instead of the terminal.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
    ranges: Annotated[
        bool, typer.Option("--ranges", help="Add how far survival spreads around the medians of trials.")
    ] = False,
    wish: Annotated[
        list[str] | None,
        typer.Option("--wish", help="What matters to the person, such as tablets or keep_hair; may be given again."),
    ] = None,
) -> None:
    """Where the disease stands, what to do now, the options with reasons, and what is missing."""
    made = _report(record, _day(as_of), _region(region), strict, ranges, wish or [])
    text = _written(made, Format.json if json else format_)
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
    else:
        _write(output, text)
        typer.echo(f"Written to {output}", err=True)
    if any(p.severity in ("error", "warning") for p in made.problems):
        raise typer.Exit(DONE_WITH_PROBLEMS)


def _region(chosen: RegionName) -> Region:
    return "us" if chosen is RegionName.us else "eu"


def _report(
    record: Path, day: dt.date, region: Region, strict: bool = False, ranges: bool = False, wishes: Sequence[str] = ()
) -> Report:
    from openmbc.knowledge import load
    from openmbc.records import read, with_wishes
    from openmbc.report import build

    today = dt.date.today()  # noqa: DTZ011
    return build(
        with_wishes(read(record), wishes, day), day, load(), region=region, strict=strict, ranges=ranges, today=today
    )


def _written(made: Report, format_: Format) -> str:
    from openmbc import present

    writers = {Format.text: present.as_text, Format.json: present.as_json, Format.html: present.as_page}
    return writers[format_](made)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=str(path), todo="Choose another file.") from None


@app.command()
def cohort(
    folder: Annotated[Path, typer.Argument(help="A folder of bundles (JSON) or NDJSON of many people.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for the Parquet tables.")],
    as_of: AsOf = None,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
    engine: Annotated[Engine, typer.Option("--engine", help="What computes it.")] = Engine.local,
) -> None:
    """The same answers for many people, as the Parquet tables state, options, due and problems."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from openmbc.cohort import run
    from openmbc.knowledge import load

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} people"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("people", total=None)
        done = run(
            folder,
            output,
            _day(as_of),
            load(),
            region=_region(region),
            strict=strict,
            progress=lambda people: bar.advance(task, people),
        )
    for name, count in done.decisions.items():
        typer.echo(f"{count:10,d}  {name}")
    typer.echo(f"{done.people:10,d}  people; {done.problems:,d} problems listed. Tables in {output}")
    if done.problems:
        raise typer.Exit(DONE_WITH_PROBLEMS)


@app.command()
def calendar(
    record: Annotated[Path, typer.Argument(help="A FHIR Bundle, NDJSON, a folder of one person, or a case file.")],
    output: Annotated[Path, typer.Option("--output", help="The calendar file (.ics) to write.")],
    as_of: AsOf = None,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
) -> None:
    """Tests of the next six months as a calendar file (iCalendar), each with its reason and source."""
    from openmbc import present
    from openmbc.knowledge import load
    from openmbc.records import read
    from openmbc.report import planned

    made = planned(read(record), _day(as_of), load(), region=_region(region), strict=strict)
    _write(output, present.as_calendar(made))
    typer.echo(f"{len(made.tests)} planned tests in {output}")


@app.command()
def news(
    record: Annotated[Path | None, typer.Argument(help="A record: which news may matter to this person.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="From this day. Default: a year before.")
    ] = None,
    as_of: AsOf = None,
    region: RegionOption = RegionName.us,
) -> None:
    """Approvals, withdrawals and results of trials by date; for a record, which of them may matter."""
    from openmbc import present
    from openmbc.knowledge import load
    from openmbc.report import news as made

    day = _day(as_of)
    first = _day(since) if since is not None else day - dt.timedelta(days=365)
    person = _report(record, day, _region(region)) if record is not None else None
    sys.stdout.write(present.news_as_text(made(load(), first, day, person), first, day, known=person is not None))


class CriteriaName(StrEnum):
    """By what response is judged."""

    recist = "recist"
    irecist = "irecist"
    rano_bm = "rano_bm"
    mda = "mda"
    percist = "percist"


@app.command()
def response(
    lesions: Annotated[Path, typer.Argument(help="Lesion measurements (CSV): person, date, lesion, role, mm, ...")],
    output: Annotated[Path, typer.Option("--output", help="A row per person and date (CSV, or .parquet).")],
    criteria: Annotated[CriteriaName, typer.Option("--criteria", help="What judges it.")] = CriteriaName.recist,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Date and duration of a response that was confirmed after 28 days.")
    ] = False,
    stable_days: Annotated[
        int, typer.Option("--stable-days", help="How long after baseline stable disease counts as best response.")
    ] = 42,
    people: Annotated[
        Path | None, typer.Option("--people", help="A row per person. Default: the name of the output and '_people'.")
    ] = None,
) -> None:
    """Response of tumours at each date, and the best one per person, from measurements of lesions."""
    from openmbc.records import lesions as tables
    from openmbc.records.tables import write_table
    from openmbc.response import assess, assess_brain, bone, metabolic

    problems_in = output.with_stem(f"{output.stem}_problems")
    if criteria in (CriteriaName.mda, CriteriaName.percist):
        of_bone = criteria is CriteriaName.mda
        rows, unread = (tables.read_bone if of_bone else tables.read_uptake)(lesions)
        write_table((bone if of_bone else metabolic).judge(rows), output)
        typer.echo(f"Written to {output}", err=True)
        return _list_problems([unread], problems_in)
    rows, unread = tables.read_lesions(lesions)
    if criteria is CriteriaName.rano_bm:
        made = assess_brain(rows, confirm=confirm, stable_days=stable_days)
    else:
        by: Criteria = "irecist" if criteria is CriteriaName.irecist else "recist"
        made = assess(rows, by, confirm=confirm, stable_days=stable_days)
    of_people = people or output.with_stem(f"{output.stem}_people")
    write_table(made.visits, output)
    write_table(made.people, of_people)
    typer.echo(f"{made.visits.height:,d} visits in {output}, {made.people.height:,d} people in {of_people}", err=True)
    return _list_problems([unread, made.problems], problems_in)


def _list_problems(found: list[DataFrame], file: Path) -> None:
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


@app.command()
def grade(
    labs: Annotated[Path, typer.Argument(help="Laboratory results (CSV): person, date, test, value, unit, lower, ...")],
    output: Annotated[Path, typer.Option("--output", help="The graded table: CSV, or Parquet where the name ends so.")],
    ctcae: Annotated[Ctcae, typer.Option("--ctcae", help="The version of CTCAE.")] = Ctcae.v5,
    worst_case: Annotated[
        bool,
        typer.Option("--worst-case", help="Where symptoms decide between two grades, take the higher one."),
    ] = False,
) -> None:
    """CTCAE grades of laboratory values, for a table of results."""
    from openmbc.records.results import grade_file

    table, problems = grade_file(labs, output, "5" if ctcae is Ctcae.v5 else "6", worst_case=worst_case)
    typer.echo(f"{table['grade'].count():,d} of {table.height:,d} graded, in {output}", err=True)
    return _list_problems([problems], output.with_stem(f"{output.stem}_problems"))


@case_app.command("new")
def case_new(file: Annotated[Path, typer.Argument(help="The case file to write.")]) -> None:
    """Write a commented template of a case file."""
    from openmbc.records.case import template

    if file.exists():
        raise UsageError("exists already", file=str(file), todo="Choose another name; nothing was changed.")
    _write(file, template())
    typer.echo(f"Written to {file}. Fill it in, then: openmbc report {file}")


@knowledge_app.command("check")
def knowledge_check(
    folder: Annotated[Path | None, typer.Option("--folder", help="Another folder of knowledge.")] = None,
    as_of: AsOf = None,
) -> None:
    """Report everything that is wrong with the knowledge, in one run."""
    from openmbc.knowledge import FOLDER
    from openmbc.knowledge.check import check

    findings = check(folder or FOLDER, _day(as_of))
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(f.severity == "error" for f in findings)
    typer.echo(f"{errors} errors, {len(findings) - errors} warnings")
    if errors:
        raise typer.Exit(2)


@knowledge_app.command("show")
def knowledge_show(
    entry: Annotated[str, typer.Argument(help="An id, such as regimens/hr_positive/ribociclib_ai or ribociclib.")],
) -> None:
    """Show an entry of the knowledge as it is written."""
    from openmbc.knowledge.check import find

    typer.echo(find(entry))


@knowledge_app.command("pages")
def knowledge_pages(
    output: Annotated[Path, typer.Option("--output", help="Folder for the pages (Markdown).")],
) -> None:
    """Write the knowledge as pages to read: one for each option, drug and trial."""
    from openmbc.knowledge import load
    from openmbc.present.site import write_pages

    typer.echo(f"{write_pages(load(), output)} pages in {output}")


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", help="Folder for the pages.")] = Path("out"),
) -> None:
    """Run the main job on the invented people that ship with openmbc."""
    from openmbc.records.demo import DEMO

    people = sorted(DEMO.glob("*.json"))
    first = None
    for record in people:
        made = _report(record, DEMO_DAY, "us")
        first = first or made
        _write(output / f"{record.stem}.html", _written(made, Format.html))
    if first is not None:
        sys.stdout.write(_written(first, Format.text))
    typer.echo("")
    typer.echo(f"All {len(people)} people here are invented. Their pages, to open in a browser:")
    for record in people:
        typer.echo(f"  {(output / record.stem).resolve()}.html")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"openmbc {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Entry point: an error of ours is one clear line and its exit code, never a traceback."""
    gc.set_threshold(200_000, 20, 20)  # what is imported and loaded stays: looking through it is a tenth of a short run
    try:
        app()
    except OpenmbcError as error:
        sys.stderr.write(f"openmbc: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
