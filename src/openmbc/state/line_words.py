"""Treatment so far as a table: every line of therapy with its explanation, and early treatment, which is not numbered.

Only made where a trace is asked for: sentences for ten thousand people would cost more than all counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import polars as pl

from openmbc.state.episodes import Numbered
from openmbc.state.numbering import (
    ANSWERED,
    GAP,
    OTHER_REASONS,
    Given,
    Joined,
    Line,
    Opening,
    close,
    goes_on,
    maintenance,
    regimens,
)

TREATED = {
    "row": pl.UInt32,
    "line": pl.Int64,
    "setting": pl.String,
    "drugs": pl.List(pl.String),
    "start": pl.Date,
    "start_precision": pl.String,
    "end": pl.Date,
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

    Columns: row (the visit), line (from 1), setting, drugs (by first day), start with its precision, end, kinds
    (endocrine, cdk46, her2, targeted, chemotherapy, antibody_drug_conjugate, immunotherapy, other), maintenance, ended
    (progression, toxicity, completed, wish, cost, death, other; switched: another kind of drug followed and the reason
    is not recorded; running; unknown), explanation (sentences), sources (the entries of the record).
    """
    rows: list[tuple[object, ...]] = []
    for row, given, lines, growth in numbered.visits:
        placed = {g.place for line in lines for g in line.members if g.metastatic or g.setting == "metastatic"}
        rest = [g for g in given if g.place not in placed]
        rows += [_early(row, regimen) for setting in _SETTINGS for regimen in regimens(_of(setting, rest))]
        rows += [_line(row, line, lines, growth) for line in lines]
    return pl.DataFrame(rows, schema=TREATED, orient="row")


_SETTINGS = ("neoadjuvant", "adjuvant", None, "metastatic")  # what is left of the last is ovarian suppression alone


def _of(setting: str | None, given: Sequence[Given]) -> list[Given]:
    return [g for g in given if g.setting == setting]


def _early(row: int, regimen: list[Given]) -> tuple[object, ...]:
    as_line = Line(0, regimen[0].start, Opening("first"), own=regimen)
    close(as_line, None)
    said = {None: ["Whether it was for early or for metastatic disease is not recorded: it is not numbered."]}
    said["metastatic"] = ["Ovarian suppression alone is not numbered."]
    setting = regimen[0].setting
    sentences = [*said.get(setting, []), *_precisions(regimen)]
    return _cells(row, None, setting, as_line, False, sentences)


def _line(row: int, line: Line, lines: list[Line], growth: Sequence[dt.date]) -> tuple[object, ...]:
    following = lines[line.number] if line.number < len(lines) else None
    before = lines[line.number - 2] if line.number > 1 else None
    return _cells(row, line.number, "metastatic", line, maintenance(line), [*_said(line, before, following, growth)])


def _cells(
    row: int, number: int | None, setting: str | None, line: Line, kept_up: bool, sentences: list[str]
) -> tuple[object, ...]:
    sources = sorted({g.source for g in line.members})
    precision = line.own[0].start_precision
    times = (line.start, precision, line.end)
    return (row, number, setting, line.drugs, *times, line.kinds, kept_up, line.ended, sentences, sources)


def _said(line: Line, before: Line | None, following: Line | None, growth: Sequence[dt.date]) -> Iterator[str]:
    """What opened the line, what joined and why that is the same line, how it ended, and what that rests on."""
    yield _opened(line, before)
    for given in line.carried:
        # Ovarian suppression may have begun at any time of the line.
        if given.start is not None and line.start is not None and given.start > line.start:
            yield f"{given.drug} joined on {given.start}: ovarian suppression opens no line."
        else:
            yield f"{given.drug} went on from {_before(given)}."
    yield from (text for joined in line.joined if (text := _joined(joined, line)))
    yield from _dropped(line)
    for day in growth:
        if _unanswered(day, line, following):
            yield f"The growth on {day} was followed by no change of drugs: the line goes on."
    yield _ended(line)
    yield from _precisions(line.own)


def _before(given: Given) -> str:
    if given.setting == "metastatic":
        return "the line before" if given.metastatic else "before"
    return "the early disease"


def _opened(line: Line, before: Line | None) -> str:
    first = line.own[0]
    if first.start is None:
        return (
            f"{first.drug} opened it, without a date: what has none is counted before what has one, and as one line; "
            "there may have been more."
        )
    opened = f"{first.drug} opened it on {first.start}"
    if before is None:
        return f"{opened}: the first drug for metastatic disease."
    match line.opening.why:
        case "growth":
            day = f" (recorded on {line.opening.grew_on})" if line.opening.grew_on else ""
            return f"{opened}: the disease had grown{day}."
        case "gap":
            return f"{opened}: for more than {GAP.days} days no drug was given. Other definitions use 60, 90 or 120 days."
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


def _joined(joined: Joined, line: Line) -> str | None:
    """Why a drug belongs to the line; nothing where it is only another record of what runs."""
    given, other = joined.given, joined.other
    if joined.why == "together" or given.start is None:
        return f"{given.drug} began with it." if given.drug != line.own[0].drug else None
    if joined.why == "again":
        if other.end is None or other.end >= given.start:
            return None
        return f"{given.drug} paused from {other.end} to {given.start}, {GAP.days} days or less, and no growth is on record."
    if joined.why == "added":
        return f"{given.drug} joined on {given.start} beside {other.drug}: no growth is on record."
    if joined.why == "maintenance":
        return f"{given.drug} joined on {given.start} as maintenance after {other.drug}; {_reason(other)}."
    if goes_on(other, given.start):
        return f"{given.drug} joined on {given.start} beside {other.drug}, a drug of the same kind; no growth is on record."
    return f"{given.drug} joined on {given.start} in place of {other.drug}, a drug that does the same; {_reason(other)}."


def _reason(other: Given) -> str:
    if other.ended is None:
        return f"why {other.drug} ended is not recorded, and no growth is on record"
    return f"{other.drug} ended {_STOPPED[other.ended]}, not for growth"


def _dropped(line: Line) -> Iterator[str]:
    """Drugs that ended while others of the line went on, and that nothing replaced."""
    replaced = {j.other.drug for j in line.joined if j.why in ("exchange", "replaces", "again")}
    for given in line.own:
        if given.end is None or given.drug in replaced or given.ended == "progression":
            continue
        if any(goes_on(g, given.end) for g in line.members if g.drug != given.drug):
            why = f" {_STOPPED[given.ended]}" if given.ended in OTHER_REASONS else ""
            yield f"{given.drug} was dropped on {given.end}{why}, the rest went on: the same line."


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
        return "It goes on."
    if line.ended == "switched":
        return "It ended with the next line; the reason is not recorded."
    if line.ended == "unknown":
        return "Why it ended, or whether it still goes on, is not recorded."
    return f"It ended {_STOPPED[line.ended]}."


def _precisions(members: Sequence[Given]) -> Iterator[str]:
    for given in members:
        if given.start_precision in ("year", "month"):
            yield f"The start of {given.drug} is known to the {given.start_precision} alone."
