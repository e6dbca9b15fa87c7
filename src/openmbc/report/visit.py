"""The page for a visit: what changed, what to ask, what matters, symptoms over time, medicines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal

import polars as pl

from openmbc.catalogue import SYMPTOMS, WISHES, key
from openmbc.facts import Facts, rows_of
from openmbc.guidance.monitoring import upcoming
from openmbc.guidance.schedule import schedule
from openmbc.knowledge import Knowledge
from openmbc.report import questions
from openmbc.report.phrase import Phrase, phrase
from openmbc.report.types import Report
from openmbc.report.visit_types import Course, ImportantDate, Medicine, Point, Told, Visit, Weight
from openmbc.state import State
from openmbc.state.visits import UNDATED
from openmbc.terms import tests

# What counts as new at a visit, unless the person says since when: the usual time between visits. Our choice.
SINCE_DAYS = 42
# A test so near to a day that matters is worth a question: results take days, and so does feeling well again after a
# dose. Our choice.
_DAYS_BEFORE, _DAYS_AFTER = 7, 3
_AHEAD = 183

Row = dict[str, Any]


def visit(
    made: Report, facts: Facts, state: State, read: pl.DataFrame, knowledge: Knowledge, since: dt.date | None = None
) -> Visit:
    """The visit of the one person in ``made``; ``since``: what changed from that day on (six weeks, if not given)."""
    first = since or made.as_of - dt.timedelta(days=SINCE_DAYS)
    wishes = _known(facts.wishes, made.as_of)
    courses = _courses(state)
    goals = _texts(wishes, "goal")
    dates = _dates(wishes, made, state, read, knowledge)
    wished = [name for name in WISHES if (seen := made.state.get(f"wish_{name}")) is not None and seen.value is True]
    treated = made.state.get("on_treatment")
    asked = chain(
        questions.of_decision(made.decision),
        questions.of_symptoms(courses, treated=treated is not None and treated.value is True),
        questions.of_tests(made.next_tests),
        questions.of_due(made.calendar),
        questions.of_options(made.options),
        questions.of_goals(goals),
        questions.of_dates(dates),
        questions.of_wishes(wished),
    )
    return Visit(
        person=made.person.id,
        as_of=made.as_of,
        since=first,
        alerts=made.alerts,
        changed=list(_changed(made, courses, facts, first)),
        questions=list(asked),
        own_questions=_texts(wishes, "question"),
        goals=goals,
        priorities=_priorities(wishes),
        trade_offs=_texts(wishes, "trade_off"),
        dates=dates,
        courses=courses,
        told=_told(facts, made.as_of, first, knowledge),
        weights=_weights(facts, made.as_of),
        medicines=_medicines(facts, made.as_of),
    )


def _known(table: pl.DataFrame, as_of: dt.date) -> list[Row]:
    return [row for row in table.iter_rows(named=True) if row["date"] is None or row["date"] <= as_of]


def _texts(wishes: Iterable[Row], wish: str) -> list[str]:
    found = sorted((w for w in wishes if w["wish"] == wish), key=lambda w: (w["date"] or dt.date.min, w["source"]))
    return [text for text in dict.fromkeys(w["text"] for w in found) if text]


def _priorities(wishes: Iterable[Row]) -> list[str]:
    """What matters most, the first first, in the words of the catalogue: as it was put last."""
    listed = [w for w in wishes if w["wish"] == "priority"]
    last = max((w["date"] or UNDATED for w in listed), default=UNDATED)
    ranked = sorted((_place(w), str(w["text"])) for w in listed if (w["date"] or UNDATED) == last and w["text"])
    return [WISHES.get(text, text) for _, text in ranked]


def _place(priority: Row) -> int:
    """The place among the priorities; one without a place comes first."""
    value = priority["value"] or ""
    return int(value) if value.isdecimal() else 0


def _dates(
    wishes: Iterable[Row], made: Report, state: State, read: pl.DataFrame, knowledge: Knowledge
) -> list[ImportantDate]:
    """Days to come that matter, with the tests and treatment days that fall near them."""
    today = made.as_of.isoformat()
    wanted = [w for w in wishes if w["wish"] == "important_date" and w["value"] is not None]
    wanted = [w for w in wanted if w["value"] >= today[: len(w["value"])]]
    if not wanted:
        return []
    planned = upcoming(read, state.times, schedule(knowledge, made.region), _AHEAD)
    given = list(_treatment_days(state, knowledge, made.as_of))
    return [
        ImportantDate(
            what=row["text"],
            date=row["value"],
            clashes=list(_clashes(row["value"], planned, given)),
            from_=[row["source"]],
        )
        for row in sorted(wanted, key=lambda w: (w["value"], w["text"] or ""))
    ]


def _clashes(date: str, planned: pl.DataFrame, given: Sequence[tuple[str, dt.date]]) -> Iterator[Phrase]:
    """What falls near a day; nothing can be said of a month."""
    if len(date) < len("YYYY-MM-DD"):
        return
    day = dt.date.fromisoformat(date)
    first, last = day - dt.timedelta(days=_DAYS_BEFORE), day + dt.timedelta(days=_DAYS_AFTER)
    for row in planned.filter(pl.col("day").is_between(first, last)).sort("day", "what").iter_rows(named=True):
        label = tests()[row["what"]].label
        yield phrase("The test {test} is planned for about {day}: ask to move it.", test=label, day=row["day"])
    for drug, at in given:
        if first <= at <= last:
            yield phrase("{drug} would be given about {day}, if its rhythm is kept: ask to move it.", drug=drug, day=at)


def _treatment_days(state: State, knowledge: Knowledge, as_of: dt.date) -> Iterator[tuple[str, dt.date]]:
    """The days on which drugs that run are given at a clinic, counted on from their start: a plan, not a record."""
    starts = state.times.filter((pl.col("kind") == "start") & (pl.col("date") == pl.col("latest")))
    begun = dict(starts.select("name", "date").iter_rows())
    for drug in knowledge.drugs.values():
        start = begun.get(key(drug.name))
        if start is None or drug.given is None:
            continue
        cycles = ((as_of - start).days + _AHEAD) // drug.given.every + 1
        for cycle in range(cycles):
            for on in drug.given.on:
                at = start + dt.timedelta(days=cycle * drug.given.every + on - 1)
                if as_of <= at <= as_of + dt.timedelta(days=_AHEAD):
                    yield drug.name, at


def _courses(state: State) -> list[Course]:
    """Each symptom of the check-ins over time; those that were never there are left out."""
    if state.diary is None:
        return []
    answers: dict[str, list[Point]] = {}
    for item, date, grade in state.diary.select("item", "date", "answer").iter_rows():
        answers.setdefault(item, []).append(Point(date=date, grade=grade))
    found = []
    for symptom in SYMPTOMS:
        points = sorted(answers.get(symptom, ()), key=lambda point: point.date)
        if [p for p in points if p.grade]:
            found.append(Course(symptom=symptom, name=SYMPTOMS[symptom].plain, points=points, trend=_trend(points)))
    return found


def _trend(points: Sequence[Point]) -> Literal["better", "same", "worse", "first"]:
    if len(points) == 1:
        return "first"
    before, now = points[-2].grade, points[-1].grade
    return "same" if now == before else "worse" if now > before else "better"


def _changed(made: Report, courses: Sequence[Course], facts: Facts, since: dt.date) -> Iterator[Phrase]:
    """What is new since a day: treatments, how it works, symptoms, weight."""
    for line in made.lines:
        drugs = ", ".join(line.drugs)
        if line.start is not None and line.start >= since:
            yield phrase("You began {drugs} on {day}.", drugs=drugs, day=line.start)
        if line.end is not None and line.ended != "running" and line.end >= since:
            yield phrase("{drugs} ended on {day}.", drugs=drugs, day=line.end)
    for measured in made.measurements:
        if measured.date >= since:
            yield phrase("Scans were measured on {day}.", day=measured.date)
    for course in courses:
        earlier = [p for p in course.points if p.date < since] or course.points[:1]
        before, now = earlier[-1].grade, course.points[-1].grade
        if now > before:
            yield phrase("Worse than before: {symptom}.", symptom=course.name)
        elif now < before:
            yield phrase("Better than before: {symptom}.", symptom=course.name)
    loss = made.state.get("weight_loss_percent")
    if loss is not None and isinstance(loss.value, float) and loss.value >= _WEIGHT_LOSS:
        yield phrase("You have lost weight.")


_WEIGHT_LOSS = 5.0  # percent in six months: the bound of the cachexia definition (knowledge/symptoms/nutrition.yaml)


def _told(facts: Facts, as_of: dt.date, since: dt.date, knowledge: Knowledge) -> list[Told]:
    """What was answered in words since a day: follow-up questions (``pain.place``) and notes."""
    if facts.answers.is_empty():
        return []
    words = {
        follow.item: (SYMPTOMS[question.item].plain if question.item in SYMPTOMS else question.name, follow.choices)
        for question in knowledge.checkin.values()
        for follow in question.follow
    }
    of_checkin = (pl.col("instrument") == "checkin") & pl.col("date").is_between(since, as_of)
    rows = facts.answers.filter(of_checkin & pl.col("text").is_not_null()).select("date", "item", "text").rows()
    found: dict[tuple[dt.date, str], list[str]] = {}
    for date, item, text in sorted({row for row in rows if row[1] in words or row[1] == "note"}):
        found.setdefault((date, item), []).append(words[item][1].get(text, text) if item in words else text)
    return [
        Told(date=date, about=words[item][0] if item in words else None, texts=texts)
        for (date, item), texts in found.items()
    ]


def _weights(facts: Facts, as_of: dt.date) -> list[Weight]:
    """Body weights of visits and of check-ins."""
    rows = {
        (date, value)
        for concept, date, precision, value, comparator in rows_of(facts.observations, _OF_OBSERVATIONS)
        if concept == "weight" and comparator is None and _weighed(date, precision, value, as_of)
    }
    if len(facts.answers):
        told = facts.answers.filter((pl.col("instrument") == "checkin") & (pl.col("item") == "weight"))
        found = rows_of(told, ("date", "date_precision", "value"))
        rows |= {(date, value) for date, precision, value in found if _weighed(date, precision, value, as_of)}
    return [Weight(date=date, kg=kg) for date, kg in sorted(rows)]


_OF_OBSERVATIONS = ("concept", "date", "date_precision", "value", "comparator")


def _weighed(date: dt.date | None, precision: str | None, value: float | None, as_of: dt.date) -> bool:
    return precision == "day" and value is not None and date is not None and date <= as_of


def _medicines(facts: Facts, as_of: dt.date) -> list[Medicine]:
    """Every medicine that the record says is taken, of the cancer or not."""
    of_each: dict[str, list[tuple[dt.date | None, str]]] = {}
    for kind, status, start, drug, text, source in rows_of(facts.treatments, _OF_TREATMENTS):
        name = text if drug is None else drug
        if kind == "drug" and status == "running" and (start is None or start <= as_of) and name is not None:
            of_each.setdefault(name, []).append((start, source))
    return [
        Medicine(
            name=name,
            since=min((start for start, _ in rows if start is not None), default=None),
            from_=sorted(source for _, source in rows),
        )
        for name, rows in sorted(of_each.items())
    ]


_OF_TREATMENTS = ["kind", "status", "start", "treatment", "text", "source"]
