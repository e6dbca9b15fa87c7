"""What a person brings to a visit, typed: what changed, questions, goals, dates, symptoms over time, medicines."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from openmbc.report.basics import NOTICE_FOR_PERSON, Source
from openmbc.report.living_types import Alert
from openmbc.report.phrase import Phrase


class Point(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One answer of a check-in."""

    date: dt.date
    grade: int


class Course(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A symptom over time, as the person graded it: 0 none, 1 mild, 2 moderate, 3 severe, 4 very severe."""

    symptom: str
    name: str
    points: list[Point]
    trend: Literal["better", "same", "worse", "first"]


class Told(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the person said in words: where a pain is (``about`` pain), or a note of her own (null)."""

    date: dt.date
    about: str | None
    texts: list[str]


class Weight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A body weight in kg."""

    date: dt.date
    kg: float


class Ask(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A question for the team, and why it is suggested. ``kind`` says from what it comes."""

    kind: Literal["decision", "test", "due", "option", "symptom", "goal", "date", "wish", "support"]
    text: Phrase
    why: Phrase
    source: list[Source]


class ImportantDate(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A day that matters to the person, and what is planned near it. ``date`` is as exact as it was told: 2027-05."""

    what: str
    date: str
    clashes: list[Phrase]
    from_: list[str]


class Medicine(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"from_": "from"}):
    """A medicine that is taken now, as the record has it."""

    name: str
    since: dt.date | None
    from_: list[str]


class Visit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One page for a visit, from the record and the diary; ``since``: what changed from that day on."""

    person: str
    as_of: dt.date
    since: dt.date
    alerts: list[Alert]
    changed: list[Phrase]
    questions: list[Ask]
    own_questions: list[str]
    goals: list[str]
    priorities: list[str]
    trade_offs: list[str]
    dates: list[ImportantDate]
    courses: list[Course]
    told: list[Told]
    weights: list[Weight]
    medicines: list[Medicine]
    notice: str = NOTICE_FOR_PERSON
