"""The planned tests as an iCalendar file (RFC 5545): one event a test and day, all day, without the person's name."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

from openmbc import __version__
from openmbc.report import CalendarReason, Planned, PlannedTest

_OCTETS = 75  # the longest line, section 3.1
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})  # section 3.3.11


def as_calendar(planned: Planned) -> str:
    """The file as text, lines ended by CRLF. The same record on the same day gives the same file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//openmbc//openmbc {__version__}//EN", "CALSCALE:GREGORIAN"]
    for test in planned.tests:
        lines += _event(test, planned)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(test: PlannedTest, planned: Planned) -> Iterator[str]:
    summary = test.label
    if test.day != test.due_on:
        summary += f" (since {test.due_on.isoformat()})"
    told = [_said(reason) for reason in test.reasons]
    # A hash keeps two people's events apart in one calendar, and names nobody.
    uid = hashlib.sha256(f"{planned.person}\0{test.what}\0{test.day}".encode()).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"UID:{uid}@openmbc"
    yield f"DTSTAMP:{planned.as_of:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{test.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{test.day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(summary)}"
    yield f"DESCRIPTION:{_text(chr(10).join([*told, planned.notice]))}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _said(reason: CalendarReason) -> str:
    places = "; ".join(f"{s.title}, {s.where}" for s in reason.source)
    doubt = f" Unconfirmed: {reason.unconfirmed}" if reason.unconfirmed else ""
    return f"{reason.for_}: {reason.when} ({reason.why}). Source: {places}.{doubt}"


def _text(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n").translate(_ESCAPES)


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, each after the first begun with a space; no character is cut in two."""
    pieces, piece, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    return "\r\n".join([*pieces, piece])
