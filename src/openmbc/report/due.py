"""What is due for one person: the calendar's lines with their reasons and sources, and the days of the next months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from openmbc.facts import Facts
from openmbc.guidance.monitoring import calendar, upcoming
from openmbc.guidance.schedule import Asked, schedule
from openmbc.knowledge import Knowledge
from openmbc.knowledge.model import Region
from openmbc.knowledge.tests import Monitoring
from openmbc.report import citing
from openmbc.report.calendar_types import CalendarLine, CalendarReason, Planned, PlannedTest
from openmbc.state import State, assume, derive
from openmbc.terms import tests

MONTHS_AHEAD = 183  # days


def due(
    read: pl.DataFrame, known: Mapping[str, object], state: State, knowledge: Knowledge, region: Region
) -> list[CalendarLine]:
    """The calendar of the one person in ``read`` (the state as it is read; ``known``: its row), most urgent first."""
    plan = schedule(knowledge, region)
    found = calendar(read, state.times, plan, [known])
    asked: dict[str, list[dict[str, Any]]] = {}
    for row in found.asked.iter_rows(named=True):
        asked.setdefault(row["what"], []).append(row)
    return [
        CalendarLine(
            what=line["what"],
            label=tests()[line["what"]].label,
            status=line["status"],
            due_on=line["due_on"],
            last_on=line["last_on"],
            every=line["every"],
            text=line["text"],
            reasons=[_reason(plan.asked[row["asked"]], row, knowledge) for row in asked[line["what"]]],
        )
        for line in found.lines.iter_rows(named=True)
    ]


def _reason(asked: Asked, row: dict[str, Any], knowledge: Knowledge) -> CalendarReason:
    said = asked.statement
    if isinstance(said, Monitoring):
        name, kind, sources = said.name, said.kind, citing.sources(tuple(said.because), knowledge)
    else:
        name, kind, sources = asked.name, "recommended", [citing.source(said.source, said.where, knowledge)]
    return CalendarReason(
        for_=name,
        kind=kind,
        when=said.when,
        why=said.why,
        status=row["status"],
        due_on=row["due_on"],
        text=row["text"],
        source=sources,
        unconfirmed=said.unconfirmed,
    )


def planned(
    facts: Facts, as_of: dt.date, knowledge: Knowledge, *, region: Region = "us", strict: bool = False
) -> Planned:
    """The planned days of the one person in ``facts`` for the six months after ``as_of``.

    Each test is taken as done on its day, so that the ones after it show; what is overdue or due stands on ``as_of``.
    """
    person = facts.people["person"][0]
    state = derive(facts, pl.DataFrame({"person": [person], "as_of": [as_of]}))
    read = state.strict if strict else assume(state.strict)
    lines = {line.what: line for line in due(read, read.row(0, named=True), state, knowledge, region)}
    days = upcoming(read, state.times, schedule(knowledge, region), MONTHS_AHEAD)
    return Planned(person=person, as_of=as_of, region=region, tests=list(_tests(days, lines)))


def _tests(days: pl.DataFrame, lines: dict[str, CalendarLine]) -> Iterable[PlannedTest]:
    """A planned test tells the reasons of those that ask for it then."""
    for row in days.iter_rows(named=True):
        line = lines[row["what"]]
        asking = [r for r in line.reasons if r.kind == "recommended"]
        yield PlannedTest(
            what=line.what, label=line.label, day=row["day"], status=row["status"], due_on=row["due_on"], reasons=asking
        )
