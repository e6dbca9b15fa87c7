"""The calendar of tests, typed: a part of the report, and the days to come."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from openmbc.report.basics import NOTICE, Source

Standing = Literal["overdue", "due", "next", "not_known", "discuss", "on_symptoms", "done"]


class CalendarReason(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename={"for_": "for"}):
    """One statement that asks for a test: a drug that runs, or the disease (then ``for`` is the entry's name)."""

    for_: str
    kind: Literal["recommended", "discuss", "not_recommended"]
    when: str
    why: str
    status: Standing
    due_on: dt.date | None
    text: str
    source: list[Source]
    unconfirmed: str | None = None


class CalendarLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A test to be repeated: where it stands today. What several drugs ask for is one line at the earliest day.

    ``due_on`` is null where no day can be said; ``every`` are the days between two tests of the statement that decides;
    ``not_known`` is also a test of which no result is recorded: it may have been done.
    """

    what: str
    label: str
    status: Standing
    due_on: dt.date | None
    last_on: dt.date | None
    every: int | None
    text: str
    reasons: list[CalendarReason]


class PlannedTest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A test on a day to come; what is due or overdue stands on the day of the calendar."""

    what: str
    label: str
    day: dt.date
    status: Standing
    due_on: dt.date
    reasons: list[CalendarReason]


class Planned(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The tests of one person in the months to come."""

    person: str
    as_of: dt.date
    region: Literal["us", "eu"]
    tests: list[PlannedTest]
    notice: str = NOTICE
