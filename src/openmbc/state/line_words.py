"""Treatment so far as a table: every line of therapy with its explanation, and early treatment, which is not numbered.

Only made where a trace is asked for: sentences for ten thousand people would cost more than all counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from openmbc.state.episodes import Numbered
from openmbc.state.numbering import ANSWERED, GAP, OTHER_REASONS, close, maintenance, regimens
from openmbc.state.therapy import TOGETHER, Given, Joined, Line, Opening, ends_too_early, goes_on, only_ovaries
from openmbc.state.visits import MONTHS_A_DAY

TREATED: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.UInt32,
    "line": pl.Int64,
    "setting": pl.String,
    "drugs": pl.List(pl.String),
    "start": pl.Date,
    "start_precision": pl.String,
    "end": pl.Date,
    "end_precision": pl.String,
    "kinds": pl.List(pl.String),
    "maintenance": pl.Boolean,
    "ended": pl.String,
    "explanation": pl.List(pl.String),
    "sources": pl.List(pl.String),
}
_STOPPED = {
    "progression": "because the disease grew",
    "toxicity": "for side effects",
    "completed": "as planned",
    "wish": "by the person's wish",
    "cost": "for its cost",
    "death": "by death",
    "other": "for another reason",
}


def treated(numbered: Numbered) -> pl.DataFrame:
    """One row a line, and one a regimen of early disease or of an unknown setting (``line`` null), in order of time.

    Columns: row (the visit), line (from 1), setting, drugs (by first day), start and end with their precision, kinds
    (endocrine, cdk46, her2, targeted, chemotherapy, antibody_drug_conjugate, immunotherapy, other), maintenance, ended
    (progression, toxicity, completed, wish, cost, death, other; switched: another kind of drug followed and the reason
    is not recorded; running; unknown), explanation (sentences), sources (the entries of the record).
    """
    rows: list[tuple[object, ...]] = []
    for visit in numbered.visits:
        lines = visit.lines
        placed = {g.places for line in lines for g in line.members if g.metastatic or g.setting == "metastatic"}
        rest = [g for g in visit.given if g.places not in placed]
        early = [regimen for setting in _SETTINGS for regimen in regimens(g for g in rest if g.setting == setting)]
        rows += [_early(visit.row, regimen, visit.metastatic_on) for regimen in early]
        rows += [_line(visit.row, line, lines, visit.growth) for line in lines]
    return pl.DataFrame(rows, schema=TREATED, orient="row")


_SETTINGS = ("neoadjuvant", "adjuvant", None, "metastatic")  # what is left of the last is ovarian suppression alone


_NOT_NUMBERED: dict[str | None, list[str]] = {
    None: ["Whether it was for early or for metastatic disease is not recorded: it is not numbered."],
    "metastatic": ["Ovarian suppression alone is not numbered."],
}


def _early(row: int, regimen: list[Given], spread: dt.date | None) -> tuple[object, ...]:
    as_line = Line(0, regimen[0].start, Opening("first"), own=regimen)
    close(as_line, None)
    setting = regimen[0].setting
    sentences = [*_NOT_NUMBERED.get(setting, []), *_relapse(as_line, spread)]
    return _cells(row, None, setting, as_line, None, sentences)


def _relapse(early: Line, spread: dt.date | None) -> Iterator[str]:
    """Whether treatment of early disease counts as an earlier line, by each of the two windows that are used."""
    start, end, systemic = early.start, early.end, any(not only_ovaries(g) for g in early.own)
    of_early = systemic and early.own[0].setting in ("adjuvant", "neoadjuvant")
    if not of_early or spread is None or start is None or spread < start:
        return
    both = "it counts as an earlier line by the 6-month and the 12-month rule"
    if early.ended == "running" or (end is not None and spread <= end):
        yield f"The disease spread while it was given: {both}."
    elif end is None:
        yield "When it ended is not recorded: whether it counts as an earlier line is not known."
    else:
        apart = (spread - end).days * MONTHS_A_DAY
        one = "it counts as an earlier line by the 12-month rule, not by the 6-month rule"
        none = "it counts as an earlier line by no rule"
        said = both if apart <= _SOON else one if apart <= _LATER else none
        yield f"The disease spread {apart:.1f} months after its end: {said}."


_SOON, _LATER = 6, 12  # months; the features relapse_within_6_months_of and relapse_within_12_months_of ask the same


def _line(row: int, line: Line, lines: list[Line], growth: Sequence[dt.date]) -> tuple[object, ...]:
    following = lines[line.number] if line.number < len(lines) else None
    before = lines[line.number - 2] if line.number > 1 else None
    return _cells(row, line.number, "metastatic", line, following, [*_said(line, before, following, growth)])


def _cells(
    row: int, number: int | None, setting: str | None, line: Line, following: Line | None, sentences: list[str]
) -> tuple[object, ...]:
    kept_up = number is not None and maintenance(line)
    sources = sorted({source for g in line.members for source in g.sources})
    # A line that ends because the next one begins ends on a day known as well as that beginning.
    ends = {g.end: g.end_precision for g in line.members if g.end == line.end}
    precision = ends.get(line.end, following.own[0].start_precision if following else None)
    times = (line.start, line.own[0].start_precision, line.end, precision if line.end else None)
    return (row, number, setting, line.drugs, *times, line.kinds, kept_up, line.ended, sentences, sources)


def _said(line: Line, before: Line | None, following: Line | None, growth: Sequence[dt.date]) -> Iterator[str]:
    """What opened the line, what joined and why that is the same line, how it ended, and what that rests on."""
    yield _opened(line, before)
    together = [j.given.drug for j in line.joined if _in_first_regimen(j) and j.given.drug != line.own[0].drug]
    if together:
        yield f"{_and(together)} began with it."
    for origin in ("the early disease", "the line before", "a time before the line"):
        if went_on := [g.drug for g in line.carried if _origin(g, line) == origin]:
            yield f"{_and(went_on)} went on from {origin}."
    # Ovarian suppression may have begun at any time of the line.
    for given in (g for g in line.carried if _origin(g, line) is None):
        yield f"{given.drug} joined {_began(given)}: ovarian suppression opens no line."
    yield from (text for joined in line.joined if (text := _joined(joined)))
    yield from _dropped(line)
    for day in growth:
        if _unanswered(day, line, following):
            so_far = " so far" if following is None else ""
            yield f"The growth on {day} was followed by no change of drugs{so_far}."
    yield _ended(line)


def _in_first_regimen(joined: Joined) -> bool:
    return joined.why == "together" or joined.given.start is None


def _origin(given: Given, line: Line) -> str | None:
    """Where a drug comes from that began before the line; null where it began within the line."""
    if given.start is not None and line.start is not None and given.start > line.start:
        return None
    if given.setting != "metastatic":
        return "the early disease"
    return "the line before" if given.metastatic else "a time before the line"


def _and(names: Sequence[str]) -> str:
    """Each name once: "letrozole", "letrozole and ribociclib", "a, b and c"."""
    *most, last = sorted(set(names))
    return f"{', '.join(most)} and {last}" if most else last


def _day(date: dt.date | None, precision: str | None) -> str:
    """A date as exact as it is known: "on 2024-02-01", "in 2024-02", "in 2024"."""
    if date is None:
        return "on a day that is not recorded"
    return {"year": f"in {date:%Y}", "month": f"in {date:%Y-%m}"}.get(precision or "day", f"on {date}")


def _began(given: Given) -> str:
    return _day(given.start, given.start_precision)


def _stop(given: Given) -> str:
    return _day(given.end, given.end_precision)


def _opened(line: Line, before: Line | None) -> str:
    first = line.own[0]
    if first.start is None:
        return (
            f"{first.drug} opened it, without a date: what has none is counted before what has one, and as one line; "
            "there may have been more."
        )
    opened = f"{first.drug} opened it {_began(first)}"
    if before is None:
        return f"{opened}: the first drug for metastatic disease."
    match line.opening.why:
        case "growth":
            under = line.opening.under
            if under is None:
                return f"{opened}: the disease had grown (seen on {line.opening.grew_on})."
            grown = [g.drug for g in before.members if g.ended == "progression" and g.end == under.end]
            return f"{opened}: the disease had grown under {_and([under.drug, *grown])}."
        case "gap":
            return (
                f"{opened}: for more than {GAP.days} days no drug was given. Other definitions use 60, 90 or 120 days."
            )
        case _:
            return f"{opened}: {_other_drug(first, before)}"


def _other_drug(first: Given, before: Line) -> str:
    """Why a drug of another kind opened a line although no growth is on record."""
    stopped = [g for g in before.members if not goes_on(g, first.start) and g.end is not None]
    if not stopped:
        return "a drug of another kind that came after the first 28 days. No growth is on record."
    last = max(stopped, key=lambda g: (g.end, g.drug))
    if last.ended is None:
        return (
            f"a drug of another kind. No growth is on record, and why {last.drug} ended is not recorded; the number "
            "rests on the change of drugs alone."
        )
    return (
        f"a drug of another kind after {last.drug}, which ended {_STOPPED[last.ended]}. No growth is on record: who "
        "counts only after growth would count one line."
    )


def _joined(joined: Joined) -> str | None:
    """Why a drug that came later belongs to the line; nothing where it is only another record of what runs."""
    given, other = joined.given, joined.other
    if _in_first_regimen(joined):
        return None
    if joined.why == "again":
        return _paused(given, other)
    came = f"{given.drug} joined {_began(given)}"
    if joined.why == "added":
        return f"{came} beside {other.drug}: no growth is on record."
    if joined.why == "maintenance":
        return f"{came} as maintenance after {other.drug}; {_reason(other)}."
    if goes_on(other, given.start):
        return f"{came} beside {other.drug}, a drug of the same kind; no growth is on record."
    return f"{came} in place of {other.drug}, a drug that does the same; {_reason(other)}."


def _paused(given: Given, other: Given) -> str | None:
    """A pause between two records of a drug, where it is longer than a cycle."""
    if other.end is None or given.start is None or given.start - other.end <= TOGETHER:
        return None
    known = (
        f"{GAP.days} days or less" if given.start - other.end <= GAP else f"not known to be longer than {GAP.days} days"
    )
    return f"{given.drug} paused from {other.end} to {given.start}, {known}, and no growth is on record."


def _reason(other: Given) -> str:
    if other.ended is None:
        return f"why {other.drug} ended is not recorded, and no growth is on record"
    return f"{other.drug} ended {_STOPPED[other.ended]}, not for growth"


def _dropped(line: Line) -> Iterator[str]:
    """Drugs that ended while others of the line went on, and that nothing replaced."""
    replaced = {j.other.drug for j in line.joined if j.why in ("exchange", "replaces", "again")}
    for given in line.own:
        if given.end is None or given.drug in replaced or given.ended == "progression" or ends_too_early(given):
            continue
        if any(goes_on(g, given.end) for g in line.members if g.drug != given.drug):
            why = f" {_STOPPED[given.ended]}" if given.ended in OTHER_REASONS else ""
            yield f"{given.drug} was dropped {_stop(given)}{why}, the rest went on: the same line."


def _unanswered(day: dt.date, line: Line, following: Line | None) -> bool:
    """Growth under a line after which its drugs went on."""
    if line.start is None or day <= line.start:
        return False
    if following is None:
        return line.ended == "running"
    change = following.start
    return change is not None and day < change and day != following.opening.grew_on and change - day > ANSWERED


def _ended(line: Line) -> str:
    if line.ended == "running":
        return "It is running."
    if line.ended == "switched":
        return "It ended with the next line; the reason is not recorded."
    if line.ended == "unknown":
        return "Why it ended, or whether it still goes on, is not recorded."
    return f"It ended {_STOPPED[line.ended]}."
