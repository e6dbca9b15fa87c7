"""Do the schedules of tests make sense? Names, days, and who they are for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from openmbc.knowledge.findings import File, Files, Finding, did_you_mean, entries, parsed
from openmbc.knowledge.model import Drug
from openmbc.knowledge.tests import Monitoring
from openmbc.knowledge.timing import Timing
from openmbc.terms import tests

_WAYS = ("at", "every", "each_dose", "before", "on")
_BELONGS = {"at_most": "every", "from_": "every", "until": "every", "within": "before"}


def schedules(files: Files, today: dt.date) -> Iterator[Finding]:
    """Tests and timings of drugs and of the disease."""
    for file, drug in entries(files, "drugs"):
        assert isinstance(drug, Drug)
        for part in ("baseline", "monitoring"):
            for i, test in enumerate(getattr(drug, part)):
                place = f"$.{part}[{i}]"
                yield from _names(file, place, test.what)
                yield from _timings(file, place, test.due)
                if test.due and not test.what:
                    yield file.finding(place, "says when and not which test: fill 'what' or leave 'due' out")
                if test.for_ is not None:
                    yield from parsed(file, f"{place}.for", test.for_)[1]
    for file, entry in entries(files, "monitoring"):
        assert isinstance(entry, Monitoring)
        yield from _names(file, "$", [entry.what])
        yield from _timings(file, "$", entry.due)
        yield from parsed(file, "$.for", entry.for_)[1]
        if any(timing.each_dose for timing in entry.due):
            yield file.finding("$.due", "each_dose belongs to a drug; the disease has no doses")


def _names(file: File, place: str, what: Sequence[str]) -> Iterator[Finding]:
    for name in what:
        if name not in tests():
            near = did_you_mean(name, tests())
            yield file.finding(f"{place}.what", f"there is no test '{name}' in terms/tests.csv{near}")


def _timings(file: File, place: str, due: Sequence[Timing]) -> Iterator[Finding]:
    for i, timing in enumerate(due):
        if wrong := _wrong(timing):
            yield file.finding(f"{place}.due[{i}]", wrong)


def _wrong(timing: Timing) -> str | None:
    """What is wrong with a timing; None when it makes sense."""
    ways = [way for way in _WAYS if getattr(timing, way) is not None]
    if len(ways) != 1:
        return f"must say one of {', '.join(_WAYS)}; it says {' and '.join(ways) or 'none'}"
    for part, whole in _BELONGS.items():
        if getattr(timing, part) is not None and ways[0] != whole:
            return f"'{part.rstrip('_')}' belongs to '{whole}'"
    if timing.at is not None and (not timing.at or timing.at != sorted(set(timing.at)) or timing.at[0] < 0):
        return "'at' must be days after the start, in order, each once"
    days = (timing.every, timing.at_most, timing.until, timing.within)
    if any(number is not None and number < 1 for number in days) or (timing.from_ or 0) < 0:
        return "days must be positive"
    if timing.every is not None:
        return _wrong_interval(timing, timing.every)
    return None


def _wrong_interval(timing: Timing, every: int) -> str | None:
    first = every if timing.from_ is None else timing.from_
    if timing.at_most is not None and timing.at_most <= every:
        return "'at_most' must be longer than 'every'"
    if timing.until is not None and timing.until < first:
        return f"ends on day {timing.until}, before its first day {first}"
    return None
