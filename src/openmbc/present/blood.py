"""Tumour DNA in blood as a picture: a line per variant, each test by itself, and the tumour fraction below.

A mark that is filled was found, an open one was looked for and not found. Draws of different tests are never joined.
Lines differ by the shape of their marks and by their labels, not by colour.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import msgspec

from openmbc.liquid import percent
from openmbc.present.axis import Axis
from openmbc.report import AtDraw, Liquid, VariantOverTime

WIDTH, LEFT, RIGHT, TOP, PLOT = 480, 66, 338, 36, 170  # of the drawing, in its own units: fits a telephone
LANE, STRIP = 12, 46  # height of a lane of what was not found, one a variant, and of the tumour fraction
TICKS = 4
SHOWN = 6  # lines; as many as there are shapes
_LEVELS = (0.00001, 0.0001, 0.001, 0.01, 0.1, 1.0)
_LABEL = 14  # height of a label
_LOOKED = ("detected", "below_lod", "not_detected")


class Mark(NamedTuple):
    """A variant at a draw: its place, its shape (a path), whether it was found, and what it says."""

    path: str
    found: bool
    text: str


class Label(NamedTuple):
    """The name of a line, the mark before it, and the way from its last mark."""

    x: float
    y: float
    text: str
    path: str
    lead: str


class Level(NamedTuple):
    """A horizontal line with its text."""

    y: float
    text: str


class Fraction(NamedTuple):
    """The tumour fraction of a draw: a bar, and its text."""

    x: float
    y: float
    height: float
    text: str


class Blood(msgspec.Struct):
    """The drawing, in its own units."""

    height: float
    plot: float
    ticks: list[tuple[float, str]]
    levels: list[Level] = msgspec.field(default_factory=list)
    lines: list[tuple[str, bool]] = msgspec.field(default_factory=list)  # points, and whether dashed
    marks: list[Mark] = msgspec.field(default_factory=list)
    labels: list[Label] = msgspec.field(default_factory=list)
    tests: list[tuple[float, str]] = msgspec.field(default_factory=list)
    fractions: list[Fraction] = msgspec.field(default_factory=list)
    left_out: int = 0
    starred: bool = False
    width: float = WIDTH
    left: float = LEFT
    right: float = RIGHT
    top: float = TOP


def blood(liquid: Liquid) -> Blood | None:
    """The picture of the draws; None where no variant was found and no tumour fraction is known."""
    chosen = sorted(liquid.variants, key=lambda v: (v.gene != "ESR1", -_highest(v), v.gene, v.change or ""))
    shown = chosen[:SHOWN]
    fractions = [d for d in liquid.draws if d.tumour_fraction is not None]
    if not shown and not fractions:
        return None
    axis = Axis(liquid.draws[0].date, liquid.draws[-1].date, LEFT + 12, RIGHT - 14)
    plot = TOP + PLOT + LANE * (len(shown) + 1)
    strip = plot + 32 if fractions else plot
    picture = Blood(height=strip + (STRIP if fractions else 0), plot=plot, ticks=axis.ticks(TICKS))
    picture.left_out = len(chosen) - len(shown)
    picture.starred = sum(v.from_blood_cells for v in shown) > 0
    scale = _Scale([d for v in shown for d in v.draws], plot)
    picture.levels = scale.levels()
    for shape, variant in enumerate(shown):
        _line(picture, variant, shape, axis, scale)
    picture.labels = _apart(picture.labels, plot)
    picture.tests = _tests(liquid, axis)
    most = max((d.tumour_fraction or 0 for d in fractions), default=0) or 1
    for draw in fractions:
        share = draw.tumour_fraction or 0
        high = round((STRIP - 18) * share / most, 1)
        picture.fractions.append(Fraction(axis.x(draw.date), picture.height - high, high, f"{share:g} %"))
    return picture


def at_draw(liquid: Liquid, number: int) -> list[tuple[str, AtDraw]]:
    """What the draw of that number says of each variant, but of those that it did not look for."""
    seen = [(_name(v), v.draws[number]) for v in liquid.variants]
    return [(name, at) for name, at in seen if at.status != "not_tested"]


def _highest(variant: VariantOverTime) -> float:
    return max((d.vaf for d in variant.draws if d.vaf is not None), default=0.0)


class _Scale:
    """Shares of alleles to heights: each tenfold the same, from the power of ten below the smallest share up."""

    def __init__(self, draws: list[AtDraw], bottom: float) -> None:
        self.bottom = bottom
        shares = [d.vaf for d in draws if d.vaf] or [0.01]
        self.low = max(math.floor(math.log10(min(shares))), -5)
        self.high = max(math.ceil(math.log10(max(shares))), self.low + 1)

    def y(self, draw: AtDraw, lane: int) -> float:
        """The height of a draw; what was not found lies in its lane below, what has no share on the line above them."""
        if draw.status == "not_detected":
            return TOP + PLOT + LANE * (lane + 1)
        if draw.vaf is None:
            return TOP + PLOT
        return self._at(math.log10(draw.vaf))

    def _at(self, power: float) -> float:
        share = (max(power, self.low) - self.low) / (self.high - self.low)
        return round(TOP + PLOT - share * PLOT, 1)

    def levels(self) -> list[Level]:
        """The powers of ten within, and the band of what was not found."""
        inside = [level for level in _LEVELS if self.low <= round(math.log10(level)) <= self.high]
        found = [Level(self._at(math.log10(level)), percent(level).replace(".0 %", " %")) for level in inside]
        return [*found, Level(self.bottom, "not found")]


def _line(picture: Blood, variant: VariantOverTime, shape: int, axis: Axis, scale: _Scale) -> None:
    looked = [d for d in variant.draws if d.status in _LOOKED]
    places = {id(d): (axis.x(d.date), scale.y(d, shape)) for d in looked}
    by_test: dict[str | None, list[AtDraw]] = {}
    for draw in looked:
        by_test.setdefault(draw.assay and draw.assay.lower(), []).append(draw)
    for test, draws in by_test.items():
        for one, next_ in pairwise(draws if test is not None else []):
            if next_.compared_with is not None:
                (x, y), (x2, y2) = places[id(one)], places[id(next_)]
                dashed = "not_detected" in (one.status, next_.status)
                picture.lines.append((f"{x},{y} {x2},{y2}", dashed))
    for draw in looked:
        x, y = places[id(draw)]
        test = draw.assay or "test not named"
        said = f"{_name(variant)}, {draw.date}, {test}: {draw.text}"
        picture.marks.append(Mark(_shape(shape, x, y), draw.status == "detected", said))
    if looked:
        x, y = places[id(looked[-1])]
        text = _name(variant) + (" *" if variant.from_blood_cells else "")
        picture.labels.append(Label(x, y, text, str(shape), ""))


def _name(variant: VariantOverTime) -> str:
    return f"{variant.gene} {variant.change}" if variant.change else f"{variant.gene} (not named)"


def _apart(labels: list[Label], lowest: float) -> list[Label]:
    """The labels at the right edge, each in its own height, with the way from the last mark of their line."""
    x, last = RIGHT + 18, float(TOP - _LABEL)
    placed = []
    ordered = sorted(labels, key=lambda label: (label.y, label.text))
    for left, label in zip(range(len(ordered), 0, -1), ordered, strict=True):
        y = max(last + _LABEL, min(label.y, lowest - (left - 1) * _LABEL))
        last = y
        lead = f"{label.x + 6},{label.y} {x - 10},{y}"
        placed.append(Label(x + 8, y + 4, label.text, _shape(int(label.path), x, y), lead))
    return placed


def _tests(liquid: Liquid, axis: Axis) -> list[tuple[float, str]]:
    """Where a test is used for the first time, or again after another one."""
    found: list[tuple[float, str]] = []
    before: str | None = ""
    for draw in liquid.draws:
        if draw.assay != before:
            found.append((axis.x(draw.date), draw.assay or "test not named"))
        before = draw.assay
    return found


def _shape(number: int, x: float, y: float) -> str:
    """Circle, square, triangle, diamond, triangle on its point, cross: a path around a place."""
    r = 4.5
    return (
        f"M{x - r},{y}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0z",
        f"M{x - r},{y - r}h{2 * r}v{2 * r}h{-2 * r}z",
        f"M{x},{y - 5.5}l5.5,9.5h-11z",
        f"M{x},{y - 6}l6,6l-6,6l-6,-6z",
        f"M{x},{y + 5.5}l5.5,-9.5h-11z",
        f"M{x - 2},{y - 6}h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    )[number]
