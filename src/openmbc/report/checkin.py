"""The check-in of one person on one day: which questions are asked, which are offered, and what asks for a call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec
import polars as pl

from openmbc.catalogue import SIGNS, WISHES
from openmbc.criteria.nodes import All, Leaf, Node, Not
from openmbc.facts import Facts
from openmbc.knowledge import Knowledge
from openmbc.knowledge import living as entries
from openmbc.report.basics import NOTICE_FOR_PERSON, Problem
from openmbc.report.living_types import Do
from openmbc.report.of_living import Reader, lives
from openmbc.report.of_problems import problems
from openmbc.state import assume, derive


class Alarm(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The fixed text of a red flag, shown beside the question from the answer ``at_least`` on (1 is yes)."""

    id: str
    do: Do
    at_least: int
    name: str
    text: str
    more: str | None


class Follow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is asked further from the grade ``at_least`` on; several ``choices`` may be ticked."""

    item: str
    text: str
    at_least: int
    choices: dict[str, str]


class Asked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A question. ``offered``: not asked today, and open to whoever has something to say.

    ``sign``: a "yes" asks for a call at once. ``answers`` are the words for 0 to 4; ``low`` and ``high`` bound a number
    in ``unit``.
    """

    item: str
    kind: str
    name: str
    text: str
    help: str | None
    answers: list[str]
    unit: str | None
    low: float | None
    high: float | None
    follow: list[Follow]
    alarms: list[Alarm]
    offered: bool
    sign: bool


class CheckIn(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The questions of a day, in the order in which they are asked; those that are offered come last.

    ``wishes``: what a person can put first, as it is stored and in words.
    """

    person: str
    as_of: dt.date
    questions: list[Asked]
    wishes: dict[str, str]
    problems: list[Problem]
    notice: str = NOTICE_FOR_PERSON


def checkin(
    facts: Facts, as_of: dt.date, knowledge: Knowledge, *, strict: bool = False, today: dt.date | None = None
) -> CheckIn:
    """The check-in of the one person in ``facts`` on the day ``as_of``."""
    person = facts.people["person"][0]
    state = derive(facts, pl.DataFrame({"person": [person], "as_of": [as_of]}))
    read = state.strict if strict else assume(state.strict)
    reader = lives(read.row(0, named=True), {}, knowledge).reader
    answered = _answered(facts, as_of)
    ordered = sorted(knowledge.checkin.values(), key=lambda q: (q.order, q.item))
    found = [
        _asked(q, not there and _offered(q, reader), reader)
        for q in ordered
        if (there := _still_there(q, answered, reader)) or not (_waits(q, answered) or _recorded(q, answered, reader))
    ]
    return CheckIn(
        person=person,
        as_of=as_of,
        questions=sorted(found, key=lambda q: q.offered),
        wishes=WISHES,
        problems=problems(facts, state, as_of, today),
    )


def _answered(facts: Facts, as_of: dt.date) -> dict[str, int]:
    """For how many days each item has not been answered."""
    told = facts.answers.filter((pl.col("instrument") == "checkin") & (pl.col("date") <= as_of))
    newest = told.group_by("item").agg(pl.col("date").max())
    return {item: (as_of - date).days for item, date in newest.iter_rows()}


def _waits(question: entries.Question, answered: dict[str, int]) -> bool:
    """Whether it was answered so lately that it need not be asked again."""
    return question.every is not None and answered.get(question.item, question.every) < question.every


def _recorded(question: entries.Question, answered: dict[str, int], reader: Reader) -> bool:
    """Whether the record holds a circumstance (children, work) without a day; one with its day waits (`_waits`)."""
    circumstance = question.kind == "yes_no" and question.item not in SIGNS
    return circumstance and question.item not in answered and reader.state[question.item] is not None


def _still_there(question: entries.Question, answered: dict[str, int], reader: Reader) -> bool:
    """What was there lately is asked at each check-in: a grade that the state still holds, told on a day before."""
    return bool(reader.state.get(f"symptom_{question.item}")) and answered.get(question.item, 0) > 0


def _offered(question: entries.Question, reader: Reader) -> bool:
    """Asked are those for everybody, and those whose condition is not refuted."""
    return not (question.ask == "always" or (question.ask == "when" and reader.held(question.when) is not False))


def _asked(question: entries.Question, offered: bool, reader: Reader) -> Asked:
    return Asked(
        item=question.item,
        kind=question.kind,
        name=question.name,
        text=question.text,
        help=question.help,
        answers=question.answers,
        unit=question.unit,
        low=question.low,
        high=question.high,
        follow=[Follow(item=f.item, text=f.text, at_least=f.at_least, choices=f.choices) for f in question.follow],
        alarms=list(_alarms(question.item, reader)),
        offered=offered,
        sign=question.item in SIGNS,
    )


def _alarms(item: str, reader: Reader) -> Iterator[Alarm]:
    """The red flags that an answer to this question alone raises, the most urgent first, each from its answer on."""
    for flag_id, flag in reader.held.plan.flags:
        if reader.held(flag.for_) is False:
            continue
        level = _level(item, reader.held.node(flag.sign))
        if level is not None:
            yield Alarm(id=flag_id, do=flag.do, at_least=level, name=flag.name, text=flag.text, more=flag.more)


def _level(item: str, node: Node) -> int | None:
    """The lowest answer that makes a sign true whatever else is answered: 1 for a yes; None where none does."""
    if isinstance(node, Leaf):
        return _of_leaf(item, node)
    if isinstance(node, Not):
        return None
    levels = [_level(item, part) for part in node.parts]
    known = [level for level in levels if level is not None]
    if isinstance(node, All):
        return max(known) if known and len(known) == len(levels) else None
    return min(known, default=None)


def _of_leaf(item: str, leaf: Leaf) -> int | None:
    if leaf.feature == f"sign_{item}":
        return 1 if leaf.values == (True,) else None
    if leaf.feature in (f"symptom_{item}", item) and leaf.low is not None and leaf.high is None:
        return int(leaf.low) if leaf.low_inside else int(leaf.low) + 1
    return None
