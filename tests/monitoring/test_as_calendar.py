"""The calendar file by the rules of RFC 5545."""

from __future__ import annotations

import datetime as dt

from openmbc.knowledge import load
from openmbc.present import as_calendar
from openmbc.records import read
from openmbc.records.demo import DEMO
from openmbc.report import CalendarReason, Planned, PlannedTest, Source, planned

DAY = dt.date(2026, 11, 15)


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def events(text: str) -> list[dict[str, str]]:
    """The properties of every event; the frame around them is checked."""
    lines = unfolded(text)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert any(line.startswith("PRODID:") for line in lines)
    found: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and line != "END:VEVENT":
            assert name not in found[-1] or name == "END"
            found[-1][name] = value
    return found


def test_a_file_of_a_person() -> None:
    made = planned(read(DEMO / "jo.yaml"), DAY, load())
    found = events(as_calendar(made))
    assert len(found) == len(made.tests) > 0
    assert len({event["UID"] for event in found}) == len(found)
    for event, test in zip(found, made.tests, strict=True):
        assert event["DTSTAMP"] == "20261115T000000Z"
        assert event["DTSTART;VALUE=DATE"] == f"{test.day:%Y%m%d}"
        assert event["DTEND;VALUE=DATE"] == f"{test.day + dt.timedelta(days=1):%Y%m%d}"
        assert "Source: " in event["DESCRIPTION"]
        assert "not medical advice" in event["DESCRIPTION"]
    assert as_calendar(made) == as_calendar(planned(read(DEMO / "jo.yaml"), DAY, load()))


def test_escapes_folds_and_names_nobody() -> None:
    source = Source(id="x", title="Größe; \\ a,b " + "é" * 80, where="line 1\nline 2")
    reason = CalendarReason(
        for_="drug", kind="recommended", when="day 14", why="why", status="due", due_on=DAY, text="", source=[source]
    )
    test = PlannedTest(what="ecg", label="ECG", day=DAY, status="due", due_on=DAY, reasons=[reason])
    text = as_calendar(Planned(person="Zoë Müller", as_of=DAY, region="us", tests=[test]))
    (event,) = events(text)
    assert "Größe\\; \\\\ a\\,b " + "é" * 80 + "\\, line 1\\nline 2" in event["DESCRIPTION"]
    assert "Zoë" not in text
    assert "Müller" not in text


def test_two_people_have_different_events() -> None:
    test = PlannedTest(what="ecg", label="ECG", day=DAY, status="due", due_on=DAY, reasons=[])
    uids = {events(as_calendar(Planned(person=p, as_of=DAY, region="us", tests=[test])))[0]["UID"] for p in "ab"}
    assert len(uids) == 2
