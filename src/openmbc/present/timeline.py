"""A replay as one page: pictures on one time axis, a table under each, and the days below them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from openmbc.present import words
from openmbc.present.axis import WIDTH, Axis
from openmbc.present.page import template
from openmbc.present.replay_text import RULES
from openmbc.report.course_types import Measurement
from openmbc.report.replay import Lane, Point, Replay

_FOLDER = Path(__file__).parent / "templates"
ROW, PLOT = 26, 120  # of the drawing, in its own units


class Bar(NamedTuple):
    """A span of time: its left edge, top and width, what is written on it, and its shade (0 to 5)."""

    x: float
    y: float
    width: float
    text: str
    shade: int


class Mark(NamedTuple):
    """A point in time with a few letters beside it."""

    x: float
    y: float
    text: str
    bad: bool


class Guide(NamedTuple):
    """A horizontal line with what it stands for."""

    y: float
    text: str


class Picture(msgspec.Struct):
    """One drawing and the table that says the same."""

    title: str
    note: str
    columns: Sequence[str]
    rows: list[Sequence[str]]
    height: float = 0
    bars: list[Bar] = msgspec.field(default_factory=list)
    marks: list[Mark] = msgspec.field(default_factory=list)
    lines: list[str] = msgspec.field(default_factory=list)
    guides: list[Guide] = msgspec.field(default_factory=list)


def replay_as_page(made: Replay) -> str:
    """The whole replay as HTML without a script or a request; every text of the record is escaped."""
    axis = _axis(made)
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    return template("replay.html.j2").render(
        made=made,
        style=style,
        words=words,
        rules=RULES,
        width=WIDTH,
        ticks=axis.ticks(),
        pictures=_pictures(made, axis),
    )


def _axis(made: Replay) -> Axis:
    """From the first treatment or measurement of metastatic disease on; else from the first day of the record."""
    lines = [line.start for line in made.lines if line.number is not None and line.start is not None]
    seen = [m.date for m in made.measurements] + [a.date for a in made.assessments]
    first = min([*lines, *seen], default=made.steps[0].date if made.steps else made.as_of)
    return Axis(first - dt.timedelta(days=14), made.as_of)


def _pictures(made: Replay, axis: Axis) -> list[Picture]:
    series: dict[str, list[Point]] = {}
    for point in made.points:
        if point.date >= axis.first:
            series.setdefault(point.series, []).append(point)
    under: dict[int, list[Measurement]] = {}
    for measured in made.measurements:
        under.setdefault(measured.line, []).append(measured)
    found = [
        _treatments(made, axis),
        _scans(made, axis),
        *(_sums(line, of, axis) for line, of in under.items() if len(of) > 1),  # a baseline alone shows nothing
        *(_series(name, points, axis) for name, points in series.items()),
        _effects(made, axis),
    ]
    return [picture for picture in found if picture.rows]


def _treatments(made: Replay, axis: Axis) -> Picture:
    picture = Picture("Treatment", "Each drug from its start to its end; radiation and operations by their day.",
                      ["Treatment", "From", "To"], [])  # fmt: skip
    shown = [lane for lane in made.lanes if _in_time(lane, axis)]
    for row, lane in enumerate(shown):
        end = lane.end or (axis.last if lane.kind == "drug" else lane.start)
        x = axis.x(lane.start)
        shade = {"drug": 2, "radiation": 4}.get(lane.kind, 5)
        picture.bars.append(Bar(x, row * ROW + 2, max(axis.x(end) - x, 4), lane.name, shade))
        to = f"{lane.end}" if lane.end else "goes on, or not known" if lane.kind == "drug" else ""
        picture.rows.append([lane.name, f"{lane.start}", to])
    picture.height = len(shown) * ROW
    return picture


def _in_time(lane: Lane, axis: Axis) -> bool:
    return (lane.end or axis.last) >= axis.first


def _scans(made: Replay, axis: Axis) -> Picture:
    picture = Picture("Scans and examinations", "What reports say, and what measurements say.",
                      ["Day", "Says", "From"], [])  # fmt: skip
    said = [(a.date, a.says.replace("_", " "), a.by or "report", a.says == "progression") for a in made.assessments]
    said += [
        (
            m.date,
            m.overall,
            {"recist": "RECIST 1.1", "irecist": "iRECIST"}[m.criteria],
            m.overall in ("PD", "iUPD", "iCPD"),
        )
        for m in made.measurements
        if m.overall is not None
    ]
    for date, text, by, bad in sorted(said):
        picture.marks.append(Mark(axis.x(date), 34 if by in ("RECIST 1.1", "iRECIST") else 14, _short(text), bad))
        picture.rows.append([f"{date}", text, by.replace("_", " ")])
    picture.height = 44
    return picture


def _short(text: str) -> str:
    return {"responding": "better", "progression": "growth", "undetermined": "?", "unconfirmed": "growth?"}.get(
        text, text
    )


def _sums(line: int, measured: list[Measurement], axis: Axis) -> Picture:
    """Sum of the target lesions with the bounds of RECIST: 30 % below baseline, 20 % and 5 mm above the nadir."""
    picture = Picture(
        f"Sum of the target lesions, line {line}",
        "In mm. Partial response from 30 % below baseline on; growth from 20 % and 5 mm above the smallest sum on.",
        ["Day", "Sum, mm", "From baseline", "From the smallest before", "Says"], [],
    )  # fmt: skip
    known = [(m.date, m.sum_mm) for m in measured if m.sum_mm is not None]
    for m in measured:
        picture.rows.append([f"{m.date}", _number(m.sum_mm), _percent(m.change_from_baseline),
                             _percent(m.change_from_nadir), m.overall or "baseline"])  # fmt: skip
    if known:
        base, nadir = known[0][1], min(value for _, value in known)
        bounds = [(0.7 * base, "response"), (max(1.2 * nadir, nadir + 5), "growth"), (nadir, "smallest")]
        _plot(picture, known, bounds, axis)
    return picture


def _series(name: str, points: list[Point], axis: Axis) -> Picture:
    note = "Never alone a reason to change treatment." if "plasma" not in name else "Compare only within one test."
    picture = Picture(name, note, ["Day", "Value", "Upper limit of normal"], [])
    for point in points:
        picture.rows.append([f"{point.date}", _number(point.value), _number(point.upper_limit)])
    limits = [point.upper_limit for point in points if point.upper_limit is not None]
    _plot(picture, [(p.date, p.value) for p in points], [(limits[-1], "normal up to here")] if limits else [], axis)
    return picture


def _plot(
    picture: Picture, values: list[tuple[dt.date, float]], bounds: Iterable[tuple[float, str]], axis: Axis
) -> None:
    """Values as a line from zero up, and bounds as guides."""
    guides = list(bounds)
    most = max([value for _, value in values] + [value for value, _ in guides]) or 1.0

    def y(value: float) -> float:
        return round(PLOT - 4 - value / most * (PLOT - 24), 1)

    places = [(axis.x(day), y(value)) for day, value in values]
    picture.lines.append(" ".join(f"{x},{y_}" for x, y_ in places))
    picture.marks += [Mark(x, y_, _number(value), False) for (x, y_), (_, value) in zip(places, values, strict=True)]
    picture.guides += [Guide(y(value), text) for value, text in guides]
    picture.height = PLOT


def _effects(made: Replay, axis: Axis) -> Picture:
    picture = Picture(
        "Side effects", "CTCAE grade as reported; darker is more severe.", ["Side effect", "Grade", "From", "To"], []
    )
    names = list(dict.fromkeys(spell.effect for spell in made.effects if (spell.end or axis.last) >= axis.first))
    for spell in made.effects:
        if spell.effect not in names:
            continue
        x = axis.x(spell.start)
        grade = f"{spell.grade}" if spell.grade is not None else "not stated"
        end = spell.end or spell.start
        text = f"{spell.effect} {grade}" if spell.grade is not None else f"{spell.effect}, grade not stated"
        picture.bars.append(
            Bar(x, names.index(spell.effect) * ROW + 2, max(axis.x(end) - x, 4), text, spell.grade or 0)
        )
        picture.rows.append([spell.effect, grade, f"{spell.start}", f"{spell.end}" if spell.end else "not known"])
    picture.height = len(names) * ROW
    return picture


def _number(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:g}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:+.0f} %"
