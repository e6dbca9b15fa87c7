"""Commands for living with the disease: the check-in, the guide, the page for a visit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from openmbc.cli.base import (
    DONE_WITH_PROBLEMS,
    AsOf,
    Diary,
    RegionName,
    RegionOption,
    Strict,
    app,
    day_of,
    facts_of,
    region_of,
    report_of,
    say,
)
from openmbc.cli.person import Format, Record
from openmbc.errors import UsageError

if TYPE_CHECKING:
    from openmbc.report import Problem

Output = Annotated[Path | None, typer.Option("--output", help="Write to this file instead of the terminal.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
How = Annotated[Format, typer.Option("--format", help="How to write it.")]
LanguageOption = Annotated[str, typer.Option("--language", help="The language of the person: en or es.")]


@app.command()
def checkin(
    record: Record,
    as_of: AsOf = None,
    diary: Diary = None,
    language: LanguageOption = "en",
    format_: How = Format.text,
    json: Json = False,
    output: Output = None,
    strict: Strict = False,
) -> None:
    """The questions of today for one person: a form for the phone, or text. Answers go into a diary file."""
    from openmbc.knowledge import load
    from openmbc.present.person import checkin_as
    from openmbc.report import checkin as made

    code = _language(language)
    facts = facts_of(record, diary=diary)
    questions = made(facts, day_of(as_of), load(), strict=strict, today=day_of(None))
    say(checkin_as(questions, "json" if json else format_.value, code), output)
    _tell(questions.problems)


@app.command()
def living(
    record: Record,
    as_of: AsOf = None,
    diary: Diary = None,
    takes: Annotated[
        list[str] | None, typer.Option("--takes", help="A herb, food or supplement to check; may be given again.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Organisations of this country (ISO code: us, es), and global ones.")
    ] = None,
    language: LanguageOption = "en",
    format_: How = Format.text,
    json: Json = False,
    output: Output = None,
    strict: Strict = False,
) -> None:
    """What helps one person: what asks for a call, symptoms, support, supplements, people who help."""
    from openmbc.knowledge import load
    from openmbc.present.person import guide_as
    from openmbc.report import guide

    code, there = _language(language), _country(country)
    facts = facts_of(record, diary=diary)
    found = guide(
        facts,
        day_of(as_of),
        load(),
        taken=takes or [],
        country=there,
        strict=strict,
        today=day_of(None),
    )
    say(guide_as(found, "json" if json else format_.value, code), output)
    _tell(found.problems)


@app.command()
def visit(
    record: Record,
    as_of: AsOf = None,
    diary: Diary = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="YYYY-MM-DD", help="What changed since. Default: six weeks before.")
    ] = None,
    question: Annotated[
        list[str] | None, typer.Option("--question", help="A question of your own; may be given again.")
    ] = None,
    language: LanguageOption = "en",
    format_: How = Format.text,
    json: Json = False,
    output: Output = None,
    region: RegionOption = RegionName.us,
    strict: Strict = False,
) -> None:
    """One page for a visit: questions, what matters, what changed, symptoms over time, medicines."""
    from openmbc.present.person import visit_as
    from openmbc.records import with_questions

    code = _language(language)
    day = day_of(as_of)
    first = day_of(since, "--since") if since is not None else None
    facts = with_questions(facts_of(record, diary=diary), question or [], day)
    made = report_of(facts, day, region_of(region), strict, since=first)
    assert made.visit is not None
    say(visit_as(made.visit, "json" if json else format_.value, code), output)
    _tell(made.problems)


def _tell(problems: Sequence[Problem]) -> None:
    """Say what was not used, beside pages that have no place for it; and end with the code for it."""
    serious = [p for p in problems if p.severity in ("error", "warning")]
    for problem in serious:
        typer.echo(f"{problem.severity}: {problem.what}. {problem.todo} [{problem.source}]", err=True)
    if serious:
        raise typer.Exit(DONE_WITH_PROBLEMS)


def _country(code: str | None) -> str | None:
    """The code of a country, said where no organisation of it is known. Raises `UsageError` for what is no code."""
    from openmbc.knowledge import load

    if code is None:
        return None
    known = sorted({o.country for o in load().organisations.values()} - {"global"})
    given, todo = code.strip().casefold(), f"Known: {', '.join(known)}. Leave it out for all of them."
    if not (len(given) == 2 and given.isascii() and given.isalpha()):
        raise UsageError(f"'{code}' is not a code of two letters", place="--country", todo=todo)
    if given not in known:
        typer.echo(f"note: no organisation of '{given}' is known; those for everybody are shown. {todo}", err=True)
    return given


def _language(code: str) -> str:
    """The code of a language that there is. Raises `UsageError`."""
    from openmbc.present.person import LANGUAGES

    if code not in LANGUAGES:
        known = ", ".join(f"{name} ({words})" for name, words in LANGUAGES.items())
        raise UsageError(f"there is no language '{code}'", place="--language", todo=f"Choose one of: {known}.")
    return code
