"""FHIR dates as ISO days with their precision, read cheaply: a date that was seen before is one look-up."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from openmbc.records.fhir.resources import Period

FIRST_YEAR, LAST_YEAR = 1900, 2100
_PRECISION = {4: "year", 7: "month", 10: "day"}


class Day(NamedTuple):
    """The first day of the period that a date names (``YYYY-MM-DD``), and its precision; None when undated."""

    iso: str | None
    precision: str | None


UNDATED = Day(None, None)
seen: dict[str, Day] = {}  # days that were read


def read(text: str) -> Day | None:
    """A FHIR date or dateTime, by the day it was written on; None when it is none, or not in 1900 to 2100."""
    found = seen.get(text)
    if found is not None:
        return found
    if len(text) > 10:
        return read(text[:10]) if text[10] == "T" else None
    found = _parse(text)
    if found is not None:  # few days exist; malformed texts are without end and not kept
        seen[text] = found
    return found


def _parse(text: str) -> Day | None:
    precision = _PRECISION.get(len(text))
    if precision is None or not text.isascii() or not text.replace("-", "").isdigit():
        return None
    try:
        day = dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    return Day(day.isoformat(), precision) if FIRST_YEAR <= day.year <= LAST_YEAR else None


def start_of(period: Period | None) -> str | None:
    """The first date of a period; its last one when only that is known."""
    return (period.start or period.end) if period is not None else None
