"""Commands on the record of one person."""

from __future__ import annotations

import datetime as dt
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openmbc.cli.base import (
    DONE_WITH_PROBLEMS,
    AsOf,
    Diary,
    RegionName,
    RegionOption,
    Sequencing,
    Strict,
    app,
    case_app,
    day_of,
    facts_of,
    region_of,
    report_of,
    say,
    write,
)
from openmbc.errors import UsageError

if TYPE_CHECKING:
    from openmbc.report import Report

Record = Annotated[Path, typer.Argument(help="A FHIR Bundle, NDJSON, a folder of one person, or a case file.")]
Lesions = Annotated[
    Path | None, typer.Option("--lesions", help="Lesion measurements beside the record (CSV, see docs/response.md).")
]
SequencingFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--sequencing",
        help="A sequencing file beside the record: VCF, MAF, FoundationOne, Tempus, CSV (docs/sequencing.md); "
        "may be given again, and what follows once for all files or once for each.",
    ),
]
Panel = Annotated[
    list[str] | None, typer.Option("--panel", help="Its test by name, or a file of the genes that it looks at.")
]
Specimen = Annotated[
    list[str] | None, typer.Option("--specimen", help="plasma, tissue, germline, or where the tissue was taken.")
]
SequencedOn = Annotated[
    list[str] | None, typer.Option("--sequenced-on", metavar="YYYY-MM-DD", help="When its sample was taken.")
]
Sample = Annotated[list[str] | None, typer.Option("--sample", help="Which of its samples is the tumour.")]
DEMO_DAY = dt.date(2026, 11, 15)
DEMO_DIARY = "maya"  # who keeps a diary, and says what matters to her in a case file


class Format(StrEnum):
    """How a report is written."""

    text = "text"
    json = "json"
    html = "html"


@app.command()
def report(
    record: Record,
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
    lesions: Lesions = None,
    sequencing: SequencingFiles = None,
    panel: Panel = None,
    specimen: Specimen = None,
    sequenced_on: SequencedOn = None,
    sample: Sample = None,
    diary: Diary = None,
) -> None:
    """Where the disease stands, what to do now, the options with reasons, and what is missing."""
    facts = facts_of(record, lesions, Sequencing(sequencing, panel, specimen, sequenced_on, sample), diary)
    made = report_of(facts, day_of(as_of), region_of(region), strict, ranges, wish or [])
    say(_written(made, Format.json if json else format_), output)
    if any(p.severity in ("error", "warning") for p in made.problems):
        raise typer.Exit(DONE_WITH_PROBLEMS)


def _written(made: Report, format_: Format) -> str:
    from openmbc import present

    writers = {Format.text: present.as_text, Format.json: present.as_json, Format.html: present.as_page}
    return writers[format_](made)


@app.command()
def replay(
    record: Record,
    as_of: AsOf = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.text,
    output: Annotated[Path | None, typer.Option("--output", help="Write to this file instead of the terminal.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
    lesions: Lesions = None,
    sequencing: SequencingFiles = None,
    panel: Panel = None,
    specimen: Specimen = None,
    sequenced_on: SequencedOn = None,
    sample: Sample = None,
) -> None:
    """Walk through a record day by day: what changed, what the rules said, what was done, and where they differ."""
    from openmbc import present
    from openmbc.knowledge import load
    from openmbc.report.replay import replay as walk

    facts = facts_of(record, lesions, Sequencing(sequencing, panel, specimen, sequenced_on, sample))
    made = walk(facts, day_of(as_of), load(), region=region_of(region), strict=strict)
    writers = {
        Format.text: present.replay_as_text,
        Format.json: present.replay_as_json,
        Format.html: present.replay_as_page,
    }
    say(writers[Format.json if json else format_](made), output)
    if any(p.severity in ("error", "warning") for p in made.problems):
        raise typer.Exit(DONE_WITH_PROBLEMS)


@app.command()
def calendar(
    record: Record,
    output: Annotated[Path, typer.Option("--output", help="The calendar file (.ics) to write.")],
    as_of: AsOf = None,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
    sequencing: SequencingFiles = None,
    panel: Panel = None,
    specimen: Specimen = None,
    sequenced_on: SequencedOn = None,
    sample: Sample = None,
) -> None:
    """Tests of the next six months as a calendar file (iCalendar), each with its reason and source."""
    from openmbc import present
    from openmbc.knowledge import load
    from openmbc.report import planned

    facts = facts_of(record, None, Sequencing(sequencing, panel, specimen, sequenced_on, sample))
    made = planned(facts, day_of(as_of), load(), region=region_of(region), strict=strict)
    write(output, present.as_calendar(made))
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

    day = day_of(as_of)
    first = day_of(since) if since is not None else day - dt.timedelta(days=365)
    person = report_of(facts_of(record), day, region_of(region)) if record is not None else None
    sys.stdout.write(present.news_as_text(made(load(), first, day, person), first, day, known=person is not None))


@case_app.command("new")
def case_new(file: Annotated[Path, typer.Argument(help="The case file to write.")]) -> None:
    """Write a commented template of a case file."""
    from openmbc.records.case import template

    if file.exists():
        raise UsageError("exists already", file=str(file), todo="Choose another name; nothing was changed.")
    write(file, template())
    typer.echo(f"Written to {file}. Fill it in, then: openmbc report {file}")


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", help="Folder for the pages.")] = Path("out"),
) -> None:
    """Run the main job on the invented people that ship with openmbc."""
    from openmbc.records.demo import DEMO

    people = sorted(DEMO.glob("*.json"))
    first = None
    for record in people:
        made = report_of(facts_of(record), DEMO_DAY, "us")
        first = first or made
        write(output / f"{record.stem}.html", _written(made, Format.html))
    own = _own_pages(DEMO / f"{DEMO_DIARY}.yaml")
    for name, page in own.items():
        write(output / f"{name}.html", page)
    if first is not None:
        sys.stdout.write(_written(first, Format.text))
    typer.echo("")
    typer.echo(f"All {len(people)} people here are invented. Their pages, to open in a browser:")
    _list_pages(output, [record.stem for record in people])
    typer.echo(f"What {DEMO_DIARY.capitalize()} herself reads: the questions of the day, her guide, her next visit:")
    _list_pages(output, list(own))


def _own_pages(record: Path) -> dict[str, str]:
    """The pages that a person reads herself, by the name of the file: check-in, guide (in Spanish, too), visit."""
    from openmbc.knowledge import load
    from openmbc.present.person import checkin_as, guide_as, visit_as
    from openmbc.report import checkin, guide

    facts, knowledge, who = facts_of(record), load(), record.stem
    found, visit = guide(facts, DEMO_DAY, knowledge), report_of(facts, DEMO_DAY, "us").visit
    assert visit is not None
    return {
        f"{who}-checkin": checkin_as(checkin(facts, DEMO_DAY, knowledge), "html", "en"),
        f"{who}-living": guide_as(found, "html", "en"),
        f"{who}-living-es": guide_as(found, "html", "es"),
        f"{who}-visit": visit_as(visit, "html", "en"),
    }


def _list_pages(folder: Path, names: list[str]) -> None:
    for name in names:
        typer.echo(f"  {(folder / name).resolve()}.html")
