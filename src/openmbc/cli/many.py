"""Commands on many people: records in a folder, and plain tables."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openmbc.cli.base import (
    DONE_WITH_PROBLEMS,
    AsOf,
    RegionName,
    RegionOption,
    Strict,
    app,
    day_of,
    list_problems,
    region_of,
)

if TYPE_CHECKING:
    from openmbc.response import Criteria


class Engine(StrEnum):
    """What computes a cohort."""

    local = "local"


class Ctcae(StrEnum):
    """The version of CTCAE that grades."""

    v5 = "5"
    v6 = "6"


class CriteriaName(StrEnum):
    """By what response is judged."""

    recist = "recist"
    irecist = "irecist"
    rano_bm = "rano_bm"
    mda = "mda"
    percist = "percist"


@app.command()
def cohort(
    folder: Annotated[Path, typer.Argument(help="A folder of bundles (JSON) or NDJSON of many people.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for the Parquet tables.")],
    as_of: AsOf = None,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
    engine: Annotated[Engine, typer.Option("--engine", help="What computes it.")] = Engine.local,
) -> None:
    """The same answers for many people, as the Parquet tables state, options, due, alerts and problems."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from openmbc.processes import beside, fitting

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} people"), TimeElapsedColumn())
    with (
        beside(fitting(folder) - 1) as others,  # they begin before the engine is imported
        Progress(*columns, console=Console(stderr=True), transient=True) as bar,
    ):
        from openmbc.cohort import run
        from openmbc.knowledge import load

        task = bar.add_task("people", total=None)
        done = run(
            folder,
            output,
            day_of(as_of),
            load(),
            region=region_of(region),
            strict=strict,
            progress=lambda people: bar.advance(task, people),
            others=others,
        )
    for name, count in done.decisions.items():
        typer.echo(f"{count:10,d}  {name}")
    typer.echo(f"{done.people:10,d}  people; {done.problems:,d} problems listed. Tables in {output}")
    if done.problems:
        raise typer.Exit(DONE_WITH_PROBLEMS)


@app.command()
def response(
    lesions: Annotated[Path, typer.Argument(help="Lesion measurements (CSV): person, date, lesion, role, mm, ...")],
    output: Annotated[Path, typer.Option("--output", help="A row per person and date (CSV, or .parquet).")],
    criteria: Annotated[CriteriaName, typer.Option("--criteria", help="What judges it.")] = CriteriaName.recist,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Date and duration of a response that was confirmed after 28 days.")
    ] = False,
    stable_days: Annotated[
        int, typer.Option("--stable-days", min=0, help="How long after baseline stable disease counts as best.")
    ] = 42,
    people: Annotated[
        Path | None, typer.Option("--people", help="A row per person. Default: the name of the output and '_people'.")
    ] = None,
) -> None:
    """Response of tumours at each date, and the best one per person, from measurements of lesions."""
    from openmbc.records import lesions as tables
    from openmbc.records.tables import beside, refuse_overwriting, write_table
    from openmbc.response import assess, assess_brain, bone, metabolic

    of_people, problems_in = people or beside(output, "people"), beside(output, "problems")
    refuse_overwriting(lesions, output, of_people, problems_in)
    if criteria in (CriteriaName.mda, CriteriaName.percist):
        of_bone = criteria is CriteriaName.mda
        rows, unread = (tables.read_bone if of_bone else tables.read_uptake)(lesions)
        rows, wrong = (bone if of_bone else metabolic).checked(rows)
        write_table((bone if of_bone else metabolic).judge(rows), output)
        typer.echo(f"Written to {output}", err=True)
        return list_problems([unread, wrong], problems_in)
    rows, unread = tables.read_lesions(lesions)
    if criteria is CriteriaName.rano_bm:
        made = assess_brain(rows, confirm=confirm, stable_days=stable_days)
    else:
        by: Criteria = "irecist" if criteria is CriteriaName.irecist else "recist"
        made = assess(rows, by, confirm=confirm, stable_days=stable_days)
    write_table(made.visits, output)
    write_table(made.people, of_people)
    typer.echo(f"{made.visits.height:,d} visits in {output}, {made.people.height:,d} people in {of_people}", err=True)
    return list_problems([unread, made.problems], problems_in)


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
    from openmbc.records.tables import beside

    table, problems = grade_file(labs, output, "5" if ctcae is Ctcae.v5 else "6", worst_case=worst_case)
    typer.echo(f"{table['grade'].count():,d} of {table.height:,d} graded, in {output}", err=True)
    return list_problems([problems], beside(output, "problems"))


@app.command()
def score(
    instrument: Annotated[
        str, typer.Argument(help="pro-ctcae, qlq-c30, fact-b, phq-9, gad-7, phq-2, gad-2, distress or mst.")
    ],
    answers: Annotated[Path, typer.Argument(help="Answers (CSV): person, date, item, answer.")],
    output: Annotated[Path, typer.Option("--output", help="A row per person, date and scale (CSV, or .parquet).")],
) -> None:
    """Scores of a questionnaire, from the numbers that people ticked."""
    from openmbc.records.answers import score_file
    from openmbc.records.tables import beside

    table, problems = score_file(answers, output, instrument)
    typer.echo(f"{table['score'].count():,d} scores of {table.height:,d}, in {output}", err=True)
    return list_problems(problems, beside(output, "problems"))
